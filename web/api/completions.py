"""The answer as services with an OpenAI-compatible API give it, its quotes as annotations.

The last message is the question, those before it are the history. What the assistant said there
helps to understand follow-ups and is never a source.
"""

from __future__ import annotations

import json
import time
import uuid
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import Any

from corpus.errors import NotFoundError, QuestionError
from qa.history import PastQuestion
from qa.links import web_link
from web.api.bodies import MOST_TURNS, AskBody, CompletionBody, Message

MODEL = "onrecord"
_SINCE = int(datetime(2026, 12, 1, tzinfo=UTC).timestamp())  # clients want to know; it never was


def question_of(body: CompletionBody) -> AskBody:
    """Return what is asked; QuestionError where the last message is no question of a user's."""
    said = [(message.role, _text(message)) for message in body.messages]
    if said[-1][0] != "user":
        raise QuestionError("E_FIELD", "the last message must be the user's", "messages")
    return AskBody(question=said[-1][1], history=_history(said[:-1])[-MOST_TURNS:])


def _history(said: Sequence[tuple[str, str]]) -> list[PastQuestion]:
    """Return the turns before: a user's message with the assistant's after it, if there is one."""
    turns: list[PastQuestion] = []
    for role, text in said:
        if role == "user" and text.strip():
            turns.append(PastQuestion(question=text, answer=""))
        elif role == "assistant" and turns:
            turns[-1] = PastQuestion(question=turns[-1].question, answer=text)
    return turns


def _text(message: Message) -> str:
    if isinstance(message.content, list):
        parts = (part.get("text") for part in message.content if part.get("type") == "text")
        return "\n".join(part for part in parts if isinstance(part, str))
    return message.content or ""


def completion(answer: dict[str, Any]) -> dict[str, Any]:
    """Return an answer, as the contract has it, as a completed chat."""
    content, annotations = _content(answer)
    message = {"role": "assistant", "content": content, "annotations": annotations}
    choice = {"index": 0, "message": message, "finish_reason": "stop", "logprobs": None}
    return {
        **_head("chat.completion"),
        "choices": [choice],
        "citations": [web_link(c["url"]) or c["article_id"] for c in _citations(answer)],
        "usage": {"prompt_tokens": 0, "completion_tokens": 0, "total_tokens": 0},
        "onrecord": answer,
    }


def completion_chunks(answer: dict[str, Any], *, usage: bool = False) -> Iterator[str]:
    """Yield the same as a stream: verified as a whole before the first piece is sent.

    Args:
        answer: As the contract has it.
        usage: Whether a chunk without choices ends it that has the usage, null in those before.
    """
    whole = completion(answer)
    head = _head("chat.completion.chunk") | ({"usage": None} if usage else {})
    for delta, reason in ((whole["choices"][0]["message"], None), ({}, "stop")):
        choice: dict[str, Any] = {"index": 0, "delta": delta, "finish_reason": reason}
        yield _chunk({**head, "choices": [choice], "citations": whole["citations"]})
    if usage:
        yield _chunk({**head, "choices": [], "usage": whole["usage"]})
    yield "data: [DONE]\n\n"


def _chunk(data: dict[str, Any]) -> str:
    return f"data: {json.dumps(data, ensure_ascii=False)}\n\n"


def models() -> dict[str, Any]:
    """Return the list that clients pick a model from: there is one."""
    return {"object": "list", "data": [model(MODEL)]}


def model(name: str) -> dict[str, Any]:
    """Return what is told of a model; NotFoundError where it is not the one."""
    if name != MODEL:
        raise NotFoundError(f"there is no such model; the one here is {MODEL!r}")
    return {"id": MODEL, "object": "model", "created": _SINCE, "owned_by": MODEL}


def _head(kind: str) -> dict[str, Any]:
    made = int(time.time())
    return {"id": f"chatcmpl-{uuid.uuid4().hex}", "object": kind, "created": made, "model": MODEL}


def _citations(answer: dict[str, Any]) -> list[dict[str, Any]]:
    return [citation for said in answer["statements"] for citation in said["citations"]]


def _content(answer: dict[str, Any]) -> tuple[str, list[dict[str, Any]]]:
    """Return the text of an answer, and where in it each quote stands (in code points)."""
    within = ", ".join(f"{name} {value}" for name, value in answer["limits"].items())
    lines = [f"Limited to articles of: {within}"] if within and answer["statements"] else []
    lines += [answer["answer"]] if answer["answer"] else []
    lines += [answer["note"]] if answer["note"] else []
    lines += ["\n".join(answer["choices"])] if answer["note"] and answer["choices"] else []
    text = "\n\n".join(lines)
    annotations: list[dict[str, Any]] = []
    for number, citation in enumerate(_citations(answer), 1):
        text += "\n\n" if text else ""
        start = len(text)
        named = ", ".join(filter(None, (citation["publisher"], citation["published"])))
        text += f"“{citation['quote']}” [{number}]" + (f" ({named})" if named else "")
        annotations.append(_annotation(citation, start, len(text)))
    return text or _without_quotes(answer), annotations


def _annotation(citation: dict[str, Any], start: int, end: int) -> dict[str, Any]:
    cited = {"start_index": start, "end_index": end, "title": citation["title"] or ""}
    return {
        "type": "url_citation",
        "url_citation": {**cited, "url": web_link(citation["url"]) or ""},
    }


def _without_quotes(answer: dict[str, Any]) -> str:
    if answer["status"] == "unclear":
        return "\n".join(["Which of these do you mean?", *answer["choices"]])
    return "Not on record: no sentence was found that answers this."
