"""Who is what: the role of a user, by name and by group."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import TypeGuard

from web.identity import Role, Visitor

LONGEST_NAME = 256
"""Characters of a user's or a group's name."""
EVERYBODY = "*"
_GROUP = "group:"


@dataclass(frozen=True, slots=True)
class Members:
    """Names of users, ``group:NAME``, or ``*`` for everybody who is signed in."""

    readers: Collection[str] = (EVERYBODY,)
    editors: Collection[str] = ()
    administrators: Collection[str] = ()

    def visitor(self, user: str, groups: Iterable[str] = (), name: str = "") -> Visitor | None:
        """Return who a signed-in user is here; None for one who may not come in.

        Args:
            user: What tells the user from others.
            groups: The user's.
            name: To be shown.
        """
        known = frozenset(filter(is_name, groups))
        role = self._role(user, known)
        if role is None or not is_name(user):
            return None
        seen = None if role is Role.ADMINISTRATOR else known
        return Visitor(signed_in(user), role.scopes, seen, name if is_name(name) else user)

    def _role(self, user: str, groups: Collection[str]) -> Role | None:
        names = {EVERYBODY, *(_GROUP + group for group in groups)}
        if not user.startswith(_GROUP):  # a user may be called like a group
            names.add(user)
        lists = {
            Role.ADMINISTRATOR: self.administrators,
            Role.EDITOR: self.editors,
            Role.READER: self.readers,
        }
        return next((role for role, listed in lists.items() if names.intersection(listed)), None)


def signed_in(user: str) -> str:
    """Return whose conversations a user's are: nobody's who uses a key or sits at the machine."""
    return f"user:{user}"


def is_name(text: object) -> TypeGuard[str]:
    """Return whether this can be the name of a user or a group: printable, and not too long."""
    if not isinstance(text, str) or not 0 < len(text) <= LONGEST_NAME:
        return False
    return text.isprintable() and not re.search(r"^\s|\s$", text)
