"""Where a question stands in the page."""

from __future__ import annotations

import re
from urllib.parse import quote

_UNFIT = re.compile(r"[\s\x00-\x1f\x7f-\x9f\ud800-\udfff]")


def anchor(question_id: str) -> str:
    """Return a question's anchor, ``q-`` and its id; what an anchor cannot hold becomes ``_``."""
    return f"q-{_UNFIT.sub('_', question_id)}"


def address(question_id: str) -> str:
    """Return the link to a question within the page."""
    return f"#{quote(anchor(question_id), safe='')}"
