"""What a page that shows ours in a frame hands over, where the frame gets no cookie of ours.

Its server asks us, with a key, for a token for the user it knows; its page gives the token to the
frame, and the frame exchanges it for a session. A token is good once, for a short while, and from
a page of the one origin that it was made for.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from corpus.errors import QuestionError
from web.identity import Role, Visitor
from web.sign_in.members import Members, is_name, signed_in
from web.sign_in.tickets import Tickets

TOKEN_SECONDS = 300.0


@dataclass(frozen=True, slots=True)
class _Handed:
    visitor: Visitor
    origin: str


class Handover:
    """Signs in visitors for whom an embedding page vouches, as readers."""

    def __init__(
        self, sessions: Tickets[Visitor], members: Members, embedders: Collection[str]
    ) -> None:
        """Let pages of these origins hand over who visits.

        Args:
            sessions: Where sessions begin.
            members: Who may come in.
            embedders: Origins ("https://intranet.example") whose pages may show ours in a frame.
        """
        self._sessions = sessions
        self._members = members
        self._embedders = frozenset(embedders)
        self._tokens = Tickets[_Handed](TOKEN_SECONDS)

    def token(self, user: str, name: str, groups: Collection[str], origin: str) -> str:
        """Return a token for a user.

        Args:
            user: As the sign-in would name the same user, whose conversations are then the same.
            name: To be shown; "" for the user's.
            groups: Those whose articles may be seen.
            origin: That of the page that will hand it over.

        Raises:
            QuestionError: Nobody is called so, or may come in, or no page of `origin` may embed.
        """
        for field, named in (("user", user), *(("groups", group) for group in groups)):
            if not is_name(named):
                raise QuestionError("E_FIELD", "not a name: printable, without edges", field)
        if origin not in self._embedders:
            raise QuestionError("E_FIELD", "not among [serve] embedded_in", "origin")
        if self._members.visitor(user, groups) is None:
            raise QuestionError("E_FIELD", "this user may not come in", "user")
        shown = name if is_name(name) else user
        visitor = Visitor(signed_in(user), Role.READER.scopes, frozenset(groups), shown)
        return self._tokens.issue(_Handed(visitor, origin))

    def session(self, token: str, origin: str) -> str | None:
        """Return a session for a token that a page of `origin` handed over; None if it is none."""
        handed = self._tokens.take(token)
        if handed is None or handed.origin != origin:
            return None
        return self._sessions.issue(handed.visitor)
