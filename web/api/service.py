"""What the API does, without HTTP: each method takes what was checked and returns JSON."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

from corpus.archive import Archive
from corpus.article import Article, Version
from corpus.errors import NotFoundError, QuestionError
from corpus.export import article_json
from index.adding import Adding
from index.chunk_index import Limits
from index.schema import open_archive
from qa.answer import Answer, Conversation, Turn
from qa.assistant import Assistant
from qa.conversations.export import conversation_json, summary_json
from qa.conversations.kept import Summary
from qa.conversations.store import Conversations
from qa.deadline import NO_DEADLINE, Deadline
from qa.evaluation.sets.feedback import record_feedback
from qa.gone import Gone
from qa.history import conversation_from
from qa.quotes import find_quote, match_json
from qa.removal import remove
from qa.render import citation_json, to_json
from qa.verify import cite
from qa.views import View
from web.api.bodies import MOST_TURNS, ArticlesBody, AskBody, FeedbackBody
from web.identity import Visitor

_PAGE = 100
_MOST_FOUND = 50

Progress = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Service:
    """One store as the API serves it.

    Attributes:
        archive: Where articles and quotes are looked up; what is not in there is not there.
        kept: The conversations of every caller.
        adding: Stores articles.
        groups: Those that the caller is in; None where they see everything.
    """

    assistant: Assistant
    archive: Archive
    kept: Conversations
    adding: Adding
    store: Path
    groups: frozenset[str] | None = None

    def seen_by(self, view: View, groups: frozenset[str] | None) -> Service:
        """Return the service for callers in these groups, who see no more than this view."""
        adding = self.adding.brought_by(groups)
        return replace(
            self, assistant=view.assistant, archive=view.archive, adding=adding, groups=groups
        )

    def ask(
        self,
        user: str,
        body: AskBody,
        progress: Progress = lambda _: None,
        deadline: Deadline = NO_DEADLINE,
    ) -> dict[str, Any]:
        """Answer a question; where a conversation is named, add the turn to it."""
        if body.conversation and body.history:
            message = "give either a conversation or a history"
            raise QuestionError("E_FIELD", message, "history")
        limits = self._limits(body)
        conversation = self._conversation(user, body, limits, deadline)
        answer = self.assistant.ask(
            body.question,
            conversation=conversation,
            without=body.without,
            asked=body.asked,
            limits=limits,
            everything=body.everything,
            progress=progress,
            deadline=deadline,
        )
        deadline.look()  # what nobody was told is no turn
        if body.conversation:
            turn = Turn(
                body.question,
                answer.standalone,
                answer,
                without=tuple(body.without),
                everything=body.everything,
            )
            self.kept.append(user, body.conversation, turn)
            answer = self.assistant.standing(answer, conversation)  # the disk may have taken long
        return to_json(answer)

    def _conversation(
        self, user: str, body: AskBody, limits: Limits, deadline: Deadline
    ) -> Conversation:
        if body.conversation:
            return self.kept.open(
                user, body.conversation, self.archive, last=MOST_TURNS
            ).conversation

        def ask(question: str, before: Conversation, asked: date | None) -> Answer:
            return self.assistant.ask(
                question, conversation=before, asked=asked, limits=limits, deadline=deadline
            )

        def understand(question: str, before: Conversation, asked: date | None) -> Turn:
            deadline.look()
            return self.assistant.understand(question, before, asked)

        return conversation_from(body.history, body.asked, ask, understand)

    def _limits(self, body: AskBody) -> Limits:
        if body.since and body.until and body.since > body.until:
            raise QuestionError("E_FIELD", "since lies after until", "since")
        if body.publisher is None:
            return Limits(since=body.since, until=body.until)
        known = {name.casefold(): name for name in self.archive.publishers()}
        named = known.get(body.publisher.casefold())
        if named is None:
            raise QuestionError("E_FIELD", "no article is from this publisher", "publisher")
        return Limits(named, body.since, body.until)

    def search(self, question: str, count: int, deadline: Deadline = NO_DEADLINE) -> dict[str, Any]:
        """Return the sentences that are likeliest to answer, whether or not they do."""
        trace = self.assistant.trace(question, deadline=deadline)
        found = []
        for item in trace.evidence[: min(count, _MOST_FOUND)]:
            citation = cite(item)
            if citation:
                found.append({"score": round(item.score, 3), **citation_json(citation)})
        return {"question": question, "sentences": found}

    def begin(self, user: str, name: str) -> dict[str, Any]:
        """Begin a conversation."""
        return {"id": self.kept.start(user, name), "name": name}

    def conversations(self, user: str) -> dict[str, Any]:
        """Return a caller's conversations, newest first, without what was said."""
        kept = [entry for entry in self.kept.listed(user) if isinstance(entry, Summary)]
        return {"conversations": [summary_json(entry) for entry in kept]}

    def conversation(self, user: str, id: str, *, proofs: bool) -> dict[str, Any]:  # noqa: A002
        """Return a conversation, its quotes checked again."""
        return conversation_json(self.kept.open(user, id, self.archive), proofs=proofs)

    def rename(self, user: str, id: str, name: str) -> dict[str, Any]:  # noqa: A002
        """Give a conversation another name."""
        return {"id": id, "name": self.kept.rename(user, id, name)}

    def forget(self, user: str, id: str) -> None:  # noqa: A002
        """Delete a conversation."""
        self.kept.delete(user, id)

    def articles(self, after: str, publisher: str | None) -> dict[str, Any]:
        """Return a page of articles without their texts; "next" asks for the one after it."""
        found = self.archive.listed(_PAGE, after=after, publisher=publisher)
        records = [self._record(article, version) for article, version in found]
        for record in records:
            del record["text"]
        return {"articles": records, "next": found[-1][0].id if len(found) == _PAGE else None}

    def article(
        self,
        id: str,  # noqa: A002
        number: int | None = None,
        sha256: str | None = None,
    ) -> dict[str, Any]:
        """Return an article as stored, in its newest or another version.

        With the sha256 that a quote names, or its first digits, it is the text that was quoted.
        """
        found = self._found(id, number, sha256)
        if found is None:
            raise NotFoundError("there is no such article")
        return self._record(*found)

    def _found(
        self,
        id: str,  # noqa: A002
        number: int | None,
        sha256: str | None,
    ) -> tuple[Article, Version] | None:
        if number is not None:
            if sha256 is None:
                return self.archive.numbered(id, number)
            return self.archive.cited(id, number, sha256)
        article, version = self.archive.article(id), self.archive.current_version(id)
        if article is None or version is None or not version.is_intact:
            return None
        return (article, version) if version.sha256.startswith(sha256 or "") else None

    def _record(self, article: Article, version: Version) -> dict[str, Any]:
        return article_json(article, version, self.archive.groups_of(article))

    def add(self, body: ArticlesBody) -> dict[str, Any]:
        """Store articles; those that are refused are named, the others are stored."""
        records = (article.model_dump() for article in body.articles)
        report = self.adding.articles(records)
        refused = [
            {"article": int(error.locator.split(":")[0]) - 1, "code": error.code}
            | {"message": error.message, "hint": error.hint}
            for error in report.refused
        ]
        return {
            "new": report.added,
            "changed": report.updated,
            "unchanged": report.unchanged,
            "refused": refused,
        }

    def remove(self, id: str) -> None:  # noqa: A002
        """Remove an article with all its versions; NotFoundError where there is none.

        Where the caller sees several of this id, for different groups, all of them are removed.
        """
        if self.archive.article(id) is None:  # told without waiting for a turn to write
            raise NotFoundError("there is no such article")
        with open_archive(self.store) as archive:
            removed = remove(archive, article_id=id, seen_in=self.groups)
        if not removed.articles:  # somebody else was faster
            raise NotFoundError("there is no such article")

    def quote(self, text: str) -> dict[str, Any]:
        """Return who says exactly this, or how the nearest sentence differs."""
        return match_json(find_quote(self.archive, text))

    def judge(self, body: FeedbackBody) -> None:
        """Keep a judgement of an answer."""
        try:
            record_feedback(
                self.store,
                body.verdict,
                body.answer,
                why=body.why,
                history=body.history,
                gone=Gone(self.archive).within,
            )
        except ValueError as error:
            raise QuestionError("E_FIELD", "not an answer as `ask` returns it", "answer") from error

    def stats(self) -> dict[str, Any]:
        """Return how much is searched."""
        stats = self.archive.stats()
        return {
            "articles": stats.articles,
            "publishers": self.archive.publishers(),
            "oldest": stats.oldest.isoformat() if stats.oldest else None,
            "newest": stats.newest.isoformat() if stats.newest else None,
        }


Served = Callable[[Visitor], Service]
"""Returns what a caller is served, at that moment."""
