"""The API's routes: which body goes to which method, and who may call it."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import Depends, FastAPI, Request, Response
from fastapi.responses import JSONResponse, StreamingResponse
from pydantic import Field

from qa.deadline import Deadline
from qa.views import Views
from web.admission import Admission
from web.api.bodies import (
    ArticlesBody,
    AskBody,
    CompletionBody,
    FeedbackBody,
    NameBody,
    QuoteBody,
    VisitorBody,
)
from web.api.callers import Callers, not_known
from web.api.completions import completion, completion_chunks, question_of
from web.api.completions import model as one_model
from web.api.completions import models as all_models
from web.api.errors import ApiError, add_error_handlers, check_json
from web.api.progress import answered, events
from web.api.service import Progress, Served, Service
from web.identity import Visitor
from web.mcp.http import add_mcp
from web.operation.metrics import NO_TELEMETRY
from web.sender import key_of
from web.sign_in.handover import TOKEN_SECONDS, Handover

_EVENTS = "text/event-stream"
_CHARSETS = ("", "charset=utf-8", 'charset="utf-8"')
_DESCRIPTION = (
    "Answers questions about a collection of news articles with verified word-for-word quotes. "
    "Send a key as `Authorization: Bearer or_…` (`onrecord keys create`); on the machine itself, "
    "where nobody else is served, whatever is for everybody can be asked and read without one. "
    "Positions count characters (code points)."
)

Count = Annotated[int, Field(ge=1, le=50)]


def api_application(
    service: Service,
    callers: Callers,
    handover: Handover | None = None,
    views: Views | None = None,
    admission: Admission | None = None,
) -> FastAPI:
    """Return the application, to be mounted; its description is at ``/openapi.json``.

    Args:
        service: What is done, with the whole store.
        callers: Who may do it.
        handover: Signs in visitors of embedding pages; None where nobody signs in.
        views: Of the same store, of which each caller is served what they may see; by default the
            application makes its own.
        admission: Takes or refuses questions; None sets no limits on any one caller.
    """
    app = FastAPI(
        title="OnRecord",
        version="1",
        description=_DESCRIPTION,
        docs_url=None,
        redoc_url=None,
        telemetry=NO_TELEMETRY,
        dependencies=[Depends(_takes_json)],
    )
    add_error_handlers(app)
    views = views or Views(service.assistant, service.archive)

    def served(caller: Visitor) -> Service:
        return service.seen_by(views.of(caller.groups), caller.groups)

    admission = admission or Admission()
    _add_asking(app, served, callers, admission)
    _add_models(app, callers)
    _add_judging(app, served, callers)
    _add_conversations(app, served, callers)
    _add_articles(app, served, callers)
    add_mcp(app, served, callers, admission)
    if handover:
        _add_visitors(app, handover, callers)
    return app


async def _takes_json(request: Request) -> None:
    """Refuse a body that is not JSON, which a form on another site could send, or two at once."""
    length = request.headers.get("content-length", "0")
    has_body = length != "0" or "transfer-encoding" in request.headers
    kind, _, charset = request.headers.get("content-type", "").lower().partition(";")
    is_json = kind.strip() == "application/json" and charset.strip() in _CHARSETS
    if has_body and not is_json:
        raise ApiError(415, "E_CONTENT_TYPE", "the body has to be application/json in UTF-8")
    if has_body and (body := await request.body()):
        check_json(body)


def _add_asking(app: FastAPI, served: Served, callers: Callers, admission: Admission) -> None:
    may_ask = Depends(callers.with_scope("ask"))
    may_read = Depends(callers.with_scope("read"))

    async def _asked(request: Request, caller: Visitor, body: AskBody) -> dict[str, Any]:
        return await answered(
            admission,
            key_of(request, caller),
            lambda deadline: served(caller).ask(caller.user, body, deadline=deadline),
            cost=body.cost,
            request=request,
        )

    @app.post("/ask", response_model=None)
    async def ask(request: Request, body: AskBody, caller: Visitor = may_ask) -> Response:
        """Answer a question; as server-sent events where these are accepted."""
        if body.conversation and not caller.is_known:
            raise not_known("ask")
        if _EVENTS in request.headers.get("accept", ""):
            key = key_of(request, caller)

            def work(report: Progress, deadline: Deadline) -> dict[str, Any]:
                return served(caller).ask(caller.user, body, report, deadline)

            stream = await events(admission, key, work, body.cost)
            return StreamingResponse(stream, media_type=_EVENTS)
        return JSONResponse(await _asked(request, caller, body))

    @app.post("/chat/completions", response_model=None)
    async def complete(
        request: Request, body: CompletionBody, caller: Visitor = may_ask
    ) -> Response:
        """Answer the last message of a chat, as OpenAI-compatible services do."""
        answer = await _asked(request, caller, question_of(body))
        if body.stream:
            chunks = completion_chunks(answer, usage=body.stream_options.include_usage)
            return StreamingResponse(chunks, media_type=_EVENTS)
        return JSONResponse(completion(answer))

    @app.get("/search")
    async def search(
        request: Request, q: str, count: Count = 10, caller: Visitor = may_read
    ) -> dict[str, Any]:
        """Return the sentences that are likeliest to answer a question."""
        key = key_of(request, caller)
        return await answered(
            admission,
            key,
            lambda deadline: served(caller).search(q, count, deadline),
            request=request,
        )


def _add_models(app: FastAPI, callers: Callers) -> None:
    may_ask = Depends(callers.with_scope("ask"))

    @app.get("/models", dependencies=[may_ask])
    def models() -> dict[str, Any]:
        """Return what clients of OpenAI-compatible services pick a model from: the one there is."""
        return all_models()

    @app.get("/models/{id}", dependencies=[may_ask])
    def model(id: str) -> dict[str, Any]:  # noqa: A002
        """Return the same of one of them."""
        return one_model(id)


def _add_judging(app: FastAPI, served: Served, callers: Callers) -> None:
    may_ask = Depends(callers.with_scope("ask"))
    may_read = Depends(callers.with_scope("read"))

    @app.post("/feedback", status_code=204, response_model=None)
    def judge(body: FeedbackBody, caller: Visitor = may_ask) -> None:
        """Keep a judgement of an answer."""
        served(caller).judge(body)

    @app.post("/quote")
    def quote(body: QuoteBody, caller: Visitor = may_read) -> dict[str, Any]:
        """Tell which article says exactly this, or how the nearest sentence differs."""
        return served(caller).quote(body.quote)

    @app.get("/stats")
    def stats(caller: Visitor = may_read) -> dict[str, Any]:
        """Return how much is searched."""
        return served(caller).stats()


def _add_conversations(app: FastAPI, served: Served, callers: Callers) -> None:
    may_ask = Depends(callers.with_scope("ask", known=True))

    @app.get("/conversations")
    def listed(caller: Visitor = may_ask) -> dict[str, Any]:
        """Return the caller's conversations, newest first."""
        return served(caller).conversations(caller.user)

    @app.post("/conversations", status_code=201)
    def begin(body: NameBody, caller: Visitor = may_ask) -> dict[str, Any]:
        """Begin a conversation; `ask` takes its id."""
        return served(caller).begin(caller.user, body.name)

    @app.get("/conversations/{id}")
    def conversation(
        id: str,  # noqa: A002
        proofs: bool = False,
        caller: Visitor = may_ask,
    ) -> dict[str, Any]:
        """Return a conversation, its quotes checked again; with proofs where asked for."""
        return served(caller).conversation(caller.user, id, proofs=proofs)

    @app.patch("/conversations/{id}")
    def rename(id: str, body: NameBody, caller: Visitor = may_ask) -> dict[str, Any]:  # noqa: A002
        """Give a conversation another name."""
        return served(caller).rename(caller.user, id, body.name)

    @app.delete("/conversations/{id}", status_code=204, response_model=None)
    def forget(id: str, caller: Visitor = may_ask) -> None:  # noqa: A002
        """Delete a conversation."""
        served(caller).forget(caller.user, id)


def _add_articles(app: FastAPI, served: Served, callers: Callers) -> None:
    may_read = Depends(callers.with_scope("read"))
    may_write = Depends(callers.with_scope("write"))

    @app.get("/articles")
    def articles(
        after: str = "", publisher: str | None = None, caller: Visitor = may_read
    ) -> dict[str, Any]:
        """Return articles without their texts, by id, a page at a time."""
        return served(caller).articles(after, publisher)

    @app.post("/articles")
    def add(body: ArticlesBody, caller: Visitor = may_write) -> dict[str, Any]:
        """Store articles; sent again, they change nothing."""
        return served(caller).add(body)

    @app.get("/articles/{id:path}/versions/{number}")
    def version(
        id: str,  # noqa: A002
        number: int,
        sha256: str | None = None,
        caller: Visitor = may_read,
    ) -> dict[str, Any]:
        """Return one version of an article, with its text; only the quoted one with its sha256."""
        return served(caller).article(id, number, sha256)

    @app.get("/articles/{id:path}")
    def article(id: str, caller: Visitor = may_read) -> dict[str, Any]:  # noqa: A002
        """Return the newest version of an article, with its text."""
        return served(caller).article(id)

    @app.delete("/articles/{id:path}", status_code=204, response_model=None)
    def remove(id: str, caller: Visitor = may_write) -> None:  # noqa: A002
        """Remove an article with all its versions."""
        served(caller).remove(id)


def _add_visitors(app: FastAPI, handover: Handover, callers: Callers) -> None:
    may_embed = Depends(callers.with_scope("embed"))

    @app.post("/visitors", status_code=201)
    def token(body: VisitorBody, _: Visitor = may_embed) -> dict[str, Any]:
        """Return a token with which a page of yours signs a visitor in to the frame on it."""
        secret = handover.token(body.user, body.name, body.groups, body.origin)
        return {"token": secret, "seconds": TOKEN_SECONDS}
