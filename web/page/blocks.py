"""Gradio's page, where an event costs what it changes."""

from __future__ import annotations

from copy import copy
from typing import Any

import gradio as gr

_LOOK_SECONDS = 0.01
"""Between two looks for new events; Gradio's own, 1 ms, takes a tenth of a core when idle."""


class Page(gr.Blocks):
    """Blocks whose events leave alone the parts that they do not change.

    Gradio makes every part anew that `gr.skip()` says to leave as it is; with a dozen parts and a
    few steps an answer, that was more than a third of what the page's Python did.
    """

    async def postprocess_data(
        self,
        block_fn: Any,  # noqa: ANN401 - Gradio's types are not checked
        predictions: Any,  # noqa: ANN401
        state: Any,  # noqa: ANN401
    ) -> list[Any]:
        """Return what to send for each output of an event."""
        parts = block_fn.outputs
        if len(parts) < 2 or not isinstance(predictions, (list, tuple)):
            return list(await super().postprocess_data(block_fn, predictions, state))
        sent: list[Any] = []
        for part, value in zip(parts, predictions, strict=True):
            if value == gr.skip() and not part.stateful:
                sent.append(value)
            else:
                one = copy(block_fn)
                one.outputs = [part]
                sent += await super().postprocess_data(one, value, state)
        return sent

    def queue(self, *given: Any, **named: Any) -> gr.Blocks:  # noqa: ANN401
        """Set the queue up; return the page."""
        super().queue(*given, **named)
        self._queue.sleep_when_free = _LOOK_SECONDS
        self._queue.progress_update_sleep_when_free = _LOOK_SECONDS
        return self
