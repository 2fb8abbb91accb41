"""Pages that ask for something before they show anything, which crawlers store as articles.

Walls of cookies, scripts, advertisement blockers, robots and logins. The rule looks at short texts
only and at whole sentences: it is a notice if sentences that ask the reader for such a thing hold
at least half of its words. News that merely tells of cookies or JavaScript addresses nobody.
"""

from __future__ import annotations

import re

from corpus.sentences import split_sentences

MOST_WORDS = 120

_MOST_CHARACTERS = 15 * MOST_WORDS
_ASKS = re.compile(
    # scripts and blockers
    r"\b(?:enable|turn on|activate|switch on|allow) (?:js|javascript|cookies)\b"
    r"|\b(?:site|page|app|website) requires? (?:js|javascript|cookies)\b"
    r"|\bjavascript (?:is|must be|needs to be|has to be|seems to be|appears to be)"
    r" (?:not|disabled|enabled|turned o|switched o|blocked|required|needed)"
    r"|\b(?:disable|turn off|pause|deactivate|remove) (?:any|your|the) ad.?block"
    r"|\b(?:make|be) sure (?:that )?(?:javascript|cookies|your browser)\b"
    r"|\byour browser (?:does not support|doesn['’]t support|is not supported|will redirect)"
    # robots
    r"|\byou(?: are|['’]re) (?:really )?(?:a |not a )(?:human|person|robot|bot)\b"
    r"|\b(?:complete|solve) (?:the|this) (?:captcha|security check)|\bchecking your browser\b"
    r"|\baccess to this (?:page|site|website) (?:has been|was|is) (?:denied|blocked)\b"
    r"|\bunusual (?:traffic|activity) from your\b"
    r"|\byou (?:do not|don['’]t) have (?:permission|access) to\b"
    # cookies
    r"|\b(?:we|partners|site|website) (?:may )?uses? cookies\b|\b(?:our|the) use of cookies\b"
    r"|\byou\b.*\bcookie (?:settings|preferences|policy)\b|\baccept (?:all |our |the )?cookies\b"
    r"|\A(?:accept|reject|allow|decline) all\b|\Amanage (?:preferences|settings|cookies|choices)\b"
    # logins
    r"|\b(?:log|sign) ?in\b.*\b(?:your account|password|to (?:continue|read|view|access))\b"
    r"|\b(?:your|the|forgot) password\b.*\b(?:log|sign) ?in\b"
    r"|\bsubscribe (?:now )?to (?:continue|keep reading|read|view)\b"
    r"|\balready a (?:subscriber|member)\b",
    re.IGNORECASE | re.DOTALL,
)


def is_notice(text: str) -> bool:
    """Return whether a canonical text is such a notice, not an article."""
    if len(text) > _MOST_CHARACTERS or len(text.split()) > MOST_WORDS or not _ASKS.search(text):
        return False
    sentences = [sentence.span.of(text) for sentence in split_sentences(text)]
    asking = sum(len(sentence.split()) for sentence in sentences if _ASKS.search(sentence))
    return 2 * asking >= len(text.split())
