"""Articles that are added on the page: the dialog, and the address that takes what it sends."""

from __future__ import annotations

from typing import Annotated

from fastapi import FastAPI, Form, Request, UploadFile
from fastapi.responses import JSONResponse

from corpus.errors import OnRecordError
from index.adding import Added
from qa.markup import text
from qa.messages.say import say, speaking
from web.guard import UPLOAD_LIMIT
from web.identity import known_visitor
from web.page.offers import See
from web.page.panel import place_of_beginning
from web.page.visit import language_of

_KINDS = ("link", "paste", "file")


def dialog() -> str:
    """Return the dialog in which an article is given: by its link, as pasted text or as a file."""
    picks = "".join(
        f'<label><input type="radio" name="kind" value="{kind}"{" checked" if not n else ""}> '
        f"{text(say(f'add.{kind}'))}</label>"
        for n, kind in enumerate(_KINDS)
    )
    heading = text(say("add.heading"))
    return (
        f'<dialog id="add" aria-label="{heading}"><form class="adding" data-most="{UPLOAD_LIMIT}" '
        f'data-large="{text(say("add.too_large", limit=UPLOAD_LIMIT // 1_000_000))}">'
        f'<h2>{heading}</h2><div class="kinds">{picks}</div>{_fields()}'
        '<p class="said" role="status"></p><div class="deeds">'
        f'<button class="primary">{text(say("add.submit"))}</button>'
        f'<button type="button" class="cancel">{text(say("source.close"))}</button></div>'
        "</form></dialog>"
    )


def _fields() -> str:
    paste = "".join(
        f'<label>{text(say(f"add.{label}"))} <input name="{name}" type="{kind}"></label>'
        for label, name, kind in (
            ("headline", "title", "text"),
            ("outlet", "publisher", "text"),
            ("date", "published", "date"),
            ("address", "source", "url"),
        )
    )
    return (
        f'<fieldset data-kind="link"><label>{text(say("add.address"))} '
        '<input name="url" type="url" placeholder="https://"></label></fieldset>'
        f'<fieldset data-kind="paste" hidden disabled>{paste}<label class="whole">'
        f'{text(say("add.text"))} <textarea name="text" rows="8" dir="auto"></textarea></label>'
        f'</fieldset><fieldset data-kind="file" hidden disabled><label>'
        f'{text(say("add.file_label"))} <input name="file" type="file" '
        'accept=".txt,.text,.md,.markdown,.html,.htm,.xhtml,.jsonl,.ndjson"></label></fieldset>'
    )


def add_uploads(app: FastAPI, see: See) -> None:
    """Serve the address that takes what the dialog sends.

    Args:
        app: Where to.
        see: Returns what stores it, for each visitor, and what is searched then.
    """

    @app.post("/articles")
    def add(
        request: Request,
        kind: Annotated[str, Form()],
        url: Annotated[str, Form()] = "",
        text: Annotated[str, Form()] = "",
        title: Annotated[str, Form()] = "",
        publisher: Annotated[str, Form()] = "",
        published: Annotated[str, Form()] = "",
        source: Annotated[str, Form()] = "",
        file: UploadFile | None = None,
    ) -> JSONResponse:
        given = {"text": text, "title": title, "publisher": publisher, "published": published}
        given["url"] = source
        with speaking(language_of(request.headers, request.cookies)):
            visitor = known_visitor(request)
            adds = see(visitor).adds
            if adds is None or not visitor.may("write"):
                lacking = visitor.is_here and not visitor.is_known
                why = say("owner.passing" if lacking else "add.not_allowed")
                return JSONResponse({"error": why}, 403)
            try:
                if kind == "link" and url.strip():
                    return _reply(adds.page(url))
                if kind == "paste" and text.strip():
                    return _reply(adds.pasted(given))
                if kind == "file" and file and file.filename:
                    return _reply(adds.file(file.filename, file.file.read()))
            except OnRecordError as error:
                return JSONResponse({"error": str(error)}, 422)
            return JSONResponse({"error": say("add.nothing")}, 422)


def _reply(added: Added) -> JSONResponse:
    said = say("add.unchanged")
    if added.stored:
        title = added.version.title or say("answer.untitled")
        said = say("add.added", count=added.stored, title=title)
    said = " ".join((said, *map(str, added.refused[:3])))
    at = place_of_beginning(added.version)
    return JSONResponse({"said": said, "at": at})
