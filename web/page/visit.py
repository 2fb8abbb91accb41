"""In which language a visitor is spoken to: the one picked on the page, else the browser's."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from contextlib import aclosing, contextmanager
from functools import wraps
from inspect import isasyncgenfunction
from types import MappingProxyType
from typing import Any, ParamSpec

import gradio as gr

from qa.messages.say import LANGUAGES, accepted, say, speaking

log = logging.getLogger(__name__)

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
    """Let an event of the page speak the language of the `gr.Request` among its arguments.

    What it fails with goes to our log and stays there: Gradio would print it.
    """
    if isasyncgenfunction(handle):

        @wraps(handle)
        async def steps(*given: Given.args, **named: Given.kwargs) -> AsyncIterator[Any]:
            language = _language(given)
            async with aclosing(handle(*given, **named)) as running:
                while True:
                    # Not around "yield": what follows it may run in another context.
                    with speaking(language), _logged():
                        step = await anext(running, _END)
                    if step is _END:
                        return
                    yield step

        return steps

    @wraps(handle)
    def whole(*given: Given.args, **named: Given.kwargs) -> Any:  # noqa: ANN401
        with speaking(_language(given)), _logged():
            return handle(*given, **named)

    return whole


@contextmanager
def _logged() -> Iterator[None]:
    try:
        yield
    except Exception as error:
        log.exception("an event of the page failed")
        raise gr.Error(say("refused.failed"), print_exception=False) from error


def _language(given: tuple[Any, ...]) -> str:
    requests = (each for each in given if isinstance(each, gr.Request))
    found = (language_of(each.headers, each.cookies, each.query_params) for each in requests)
    return next(found, "")
