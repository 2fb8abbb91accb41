"""Pages of ours that Gradio has no part in: a strip with a few links, and something below it."""

from __future__ import annotations

from qa.markup import text
from qa.messages.say import say, spoken
from web.page.banner import languages, strip
from web.page.head import ICON

ASSETS_IN_HEAD = """
<link rel="stylesheet" href="onrecord/page.css">
<script src="onrecord/strip.js"></script>
"""


def plain_page(title: str, body: str, *, kind: str = "", scripts: str = "") -> str:
    """Return a page.

    Args:
        title: In words.
        body: HTML, below the strip.
        kind: A class of the part that holds the body.
        scripts: HTML that goes into the page's ``head``.
    """
    back = f'<a class="back" href="./"><span>{text(say("sources.back"))}</span></a>'
    return (
        f'<!doctype html><html lang="{spoken()}"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{text(title)} – OnRecord</title>{ICON}{ASSETS_IN_HEAD}{scripts}</head>"
        f'<body class="plain"><div class="page">{strip(back, languages())}'
        f'<main class="{kind}">{body}</main></div></body></html>'
    )
