"""What the chat page's ``head`` begins with: name, icon, and what is shown of a link to it."""

from __future__ import annotations

from qa.markup import text
from qa.messages.say import say
from web.place import Place

ICON = '<link rel="icon" type="image/svg+xml" href="onrecord/icon.svg">'
CARD = "onrecord/card.png"
"""The picture that chats and mail programs show beside a link; served by ourselves."""


def own_head(place: Place) -> str:
    """Return the tags; programs that follow a link say nothing of a language, so in the default.

    The picture's address has to be whole, which it is where it is known where we are served.
    """
    says = say("welcome.says")
    named = {
        "type": "website",
        "site_name": "OnRecord",
        "title": f"OnRecord: {say('welcome.heading')}",
        "description": says,
        "image": f"{place.root}/{CARD}" if place.root else CARD,
        "image:width": "1200",
        "image:height": "630",
        "image:alt": "OnRecord",
    }
    tags = "".join(
        f'<meta property="og:{name}" content="{text(value)}">' for name, value in named.items()
    )
    return f'<title>OnRecord</title><meta name="description" content="{text(says)}">{ICON}{tags}'
