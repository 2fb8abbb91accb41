"""In which language a visitor is spoken to: the one picked on the page, else the browser's."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextvars import copy_context
from functools import wraps
from inspect import isgeneratorfunction
from types import MappingProxyType
from typing import Any, ParamSpec

import gradio as gr

from qa.messages.say import LANGUAGES, accepted, speaking

COOKIE = "onrecord_language"
"""Keeps the language that was picked; it says nothing else."""

NO_QUERY: Mapping[str, str] = MappingProxyType({})

Given = ParamSpec("Given")
_END = object()


def language_of(
    headers: Mapping[str, str], cookies: Mapping[str, str], query: Mapping[str, str] = NO_QUERY
) -> str:
    """Return the code of the language to speak; one of `qa.messages.say.LANGUAGES`.

    Args:
        headers: The request's; they name what the browser prefers.
        cookies: They name what was picked on the page.
        query: "lang" names what a page that shows ours in a frame has chosen.
    """
    named = (query.get("lang", ""), cookies.get(COOKIE, ""))
    picked = next((code for code in named if code in LANGUAGES), "")
    return picked or accepted(headers.get("accept-language", ""))


def localised(handle: Callable[Given, Any]) -> Callable[Given, Any]:
    """Let an event of the page speak the language of the `gr.Request` among its arguments."""
    if isgeneratorfunction(handle):

        @wraps(handle)
        def steps(*given: Given.args, **named: Given.kwargs) -> Iterator[Any]:
            with speaking(_language(given)):
                context = copy_context()
            running = handle(*given, **named)
            # Gradio takes every step in a context of its own.
            while (step := context.run(next, running, _END)) is not _END:
                yield step

        return steps

    @wraps(handle)
    def whole(*given: Given.args, **named: Given.kwargs) -> Any:  # noqa: ANN401
        with speaking(_language(given)):
            return handle(*given, **named)

    return whole


def _language(given: tuple[Any, ...]) -> str:
    requests = (each for each in given if isinstance(each, gr.Request))
    found = (language_of(each.headers, each.cookies, each.query_params) for each in requests)
    return next(found, "")
