"""Names of conversations."""

from __future__ import annotations

from corpus.errors import QuestionError
from qa.fold import is_border

LONGEST_NAME = 200
"""Code points of a name that somebody gives."""
_LONGEST_FROM_QUESTION = 60


def name_from(question: str) -> str:
    """Return a name for a conversation that begins with this question: its first words."""
    name = " ".join(question.encode("utf-8", "replace").decode().split())
    if len(name) <= _LONGEST_FROM_QUESTION:
        return name or "Untitled"
    end = _LONGEST_FROM_QUESTION
    while end > _LONGEST_FROM_QUESTION // 2 and not is_border(name, end):
        end -= 1
    return f"{name[: end if is_border(name, end) else _LONGEST_FROM_QUESTION].rstrip(' ,;:-')} …"


def checked_name(name: str) -> str:
    """Return a name with white space made single spaces.

    Raises:
        QuestionError: There is nothing in it, or more than LONGEST_NAME, or it is no text.
    """
    name = " ".join(name.split())
    if not name:
        raise QuestionError("E_EMPTY", "a conversation needs a name", "name")
    if len(name) > LONGEST_NAME:
        message = f"the name has {len(name):,} characters; at most {LONGEST_NAME} can be kept"
        raise QuestionError("E_TOO_LONG", message, "name")
    if any(0xD800 <= ord(character) <= 0xDFFF for character in name):
        raise QuestionError("E_NOT_TEXT", "the name is not valid Unicode text", "name")
    return name
