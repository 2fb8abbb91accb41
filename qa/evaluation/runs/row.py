"""One question and what was answered -> its row: measures, outcome and slices, ready for JSON.

The quote that is put first is judged also where it was declined, as the first of the nearest: what
is found and how it is picked is one thing, and whether it is trusted another. "answered right" and
the outcome join the two.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from functools import cached_property, lru_cache
from typing import Any

from corpus.archive import Archive
from corpus.article import day_of
from qa.assistant import Trace
from qa.evaluation.measures.answers import (
    exact_match,
    holds_answer,
    is_gold,
    is_right,
    normal,
    token_f1,
)
from qa.evaluation.measures.citations import citation_precision, citation_recall, fidelity, support
from qa.evaluation.measures.retrieval import best_scores, retrieval_measures
from qa.evaluation.runs.outcome import gold_of, lost_at, outcome_of
from qa.evaluation.sets.questions import Query
from qa.reader.question import analyse
from qa.render import to_json

Json = dict[str, Any]

RETRIEVED_KEPT = 20
SHORT_QUESTION, MEDIUM_QUESTION = 8, 14
"""Words at most."""

IN_CONVERSATION = "follow-ups right in conversation"
"""What conversation costs apart from the question: only of follow-ups that are right by themselves.

After the comparison with rewritten questions in Elgohary et al. 2019, "Can You Unpack That?".
"""


class Sources:
    """What the store says of the articles that rows name, looked up once each."""

    def __init__(self, archive: Archive) -> None:
        self._archive = archive
        self.article_of = lru_cache(maxsize=None)(self._article_of)
        self.text_of = lru_cache(maxsize=256)(self._text_of)
        self.byline_of = lru_cache(maxsize=None)(self._byline_of)

    def _article_of(self, version_id: int) -> str | None:
        """Return the id of the article that a version belongs to; None if it was removed."""
        try:
            return self._archive.version(version_id).article_id
        except KeyError:
            return None

    def _text_of(self, article_id: str, number: int, sha256: str) -> str | None:
        cited = self._archive.cited(article_id, number, sha256)
        return cited[1].text if cited else None

    def _byline_of(self, article_id: str) -> tuple[str | None, date | None]:
        """Return the publisher, and the day of the current version."""
        article = self._archive.article(article_id)
        version = self._archive.current_version(article_id)
        return article.publisher if article else None, day_of(
            version.published if version else None
        )


@dataclass(frozen=True)
class Attempt:
    """A question and what came of asking it.

    Attributes:
        trace: None where it could not be asked.
        cpu_ms: Processor time that asking took.
    """

    query: Query
    trace: Trace | None
    sources: Sources
    cpu_ms: float
    error: str | None = None

    @cached_property
    def answer(self) -> Json | None:
        """The contract's JSON of the answer."""
        return to_json(self.trace.answer, self.query.id) if self.trace else None

    @property
    def status(self) -> str | None:
        """The answer's status; None where it could not be asked."""
        return self.answer["status"] if self.answer else None

    @property
    def first(self) -> Json | None:
        """The citation put first: as the answer, or as the nearest where it was declined."""
        if self.answer is None:
            return None
        quoted = [c for statement in self.answer["statements"] for c in statement["citations"]]
        return next(iter(quoted or self.answer["nearest"]), None)

    @property
    def first_is_right(self) -> bool:
        """Whether that citation holds an acceptable answer or is a gold sentence."""
        first = self.first
        return first is not None and self._answers(first["article_id"], first["quote"])

    @property
    def is_right(self) -> bool:
        """Whether it was answered, and that citation is right."""
        return self.status == "answered" and self.first_is_right

    @cached_property
    def retrieved(self) -> dict[str, float]:
        """The articles retrieved, each with the score of its best chunk, best first."""
        hits = self.trace.hits if self.trace else ()
        found = ((self.sources.article_of(hit.chunk.version_id), hit.score) for hit in hits)
        scores = best_scores((article, score) for article, score in found if article)
        return dict(sorted(scores.items(), key=lambda item: (-item[1], item[0])))

    @cached_property
    def ranked(self) -> dict[str, float]:
        """The sentences kept, by `sentence_id`, each with 1 / its rank."""
        evidence = self.trace.evidence if self.trace else ()
        names = (
            sentence_id(item.article.id, item.sentence.span.of(item.version.text))
            for item in evidence
        )
        return {name: 1 / rank for rank, name in enumerate(dict.fromkeys(names), start=1)}

    @property
    def evidence_is_right(self) -> bool:
        """Whether any sentence kept holds an acceptable answer or is a gold sentence."""
        return self.trace is not None and any(
            self._answers(item.article.id, item.sentence.span.of(item.version.text))
            for item in self.trace.evidence
        )

    def _answers(self, article_id: str, sentence: str) -> bool:
        return is_right(sentence, self.query.answers, gold_of(self.query, article_id))


def sentence_id(article_id: str, sentence: str) -> str:
    """Return the id of a sentence in runs and qrels; typography does not change it."""
    return f"{article_id}#{hashlib.sha256(normal(sentence).encode()).hexdigest()[:12]}"


def row_of(attempt: Attempt, *, right_standalone: bool = False) -> Json:
    """Return the row of a question.

    Args:
        attempt: What came of it.
        right_standalone: Whether it is a follow-up that is right when asked by itself.
    """
    query, trace = attempt.query, attempt.trace
    outcome = outcome_of(query, attempt.status, first_is_right=attempt.first_is_right)
    kept = {IN_CONVERSATION: float(attempt.is_right)} if right_standalone else {}
    return {
        **_asked(query),
        "values": values_of(attempt) | kept,
        "outcome": outcome,
        "lost": lost_at(
            outcome,
            first_is_right=attempt.first_is_right,
            evidence_is_right=attempt.evidence_is_right,
            article_retrieved=any(name in attempt.retrieved for name in query.relevant),
        ),
        "slices": _slices(query, attempt.sources),
        "answer": attempt.answer,
        "error": attempt.error,
        "retrieved": [list(item) for item in attempt.retrieved.items()][:RETRIEVED_KEPT],
        "ranked": [list(item) for item in attempt.ranked.items()],
        "ms": {stage: round(spent, 3) for stage, spent in trace.answer.ms.items()} if trace else {},
        "cpu_ms": round(attempt.cpu_ms, 3),
    }


def values_of(attempt: Attempt) -> dict[str, float]:
    """Return the measures that apply to a question, by the names of their figures.

    What could not be asked counts as nothing found, nothing quoted and not declined. Declining is
    told apart as in SQuAD 2.0 (Rajpurkar et al. 2018, "Know What You Don't Know").
    """
    answerable = attempt.query.answerable
    return {
        **_finding(attempt),
        **(_answering(attempt) if answerable else {}),
        **_citing(attempt),
        f"{'' if answerable else 'un'}answerable declined": float(attempt.status == "declined"),
    }


def _asked(query: Query) -> Json:
    return {
        "id": query.id,
        "line": query.line,
        "conversation": query.conversation,
        "turn": query.turn,
        "question": query.question,
        "standalone_wanted": query.standalone,
        "asked": query.asked.isoformat() if query.asked else None,
        "answerable": query.answerable,
        "answers": list(query.answers),
        "gold": [asdict(gold) for gold in query.gold],
        "relevant": list(query.relevant),
        "possible": list(query.possible),
    }


def _finding(attempt: Attempt) -> dict[str, float]:
    query = attempt.query
    gold = [sentence_id(entry.article_id, entry.sentence) for entry in query.gold]
    return {
        **_retrieval("article", attempt.retrieved, query.relevant),
        **_retrieval("sentence", attempt.ranked, gold),
    }


def _retrieval(kind: str, found: Mapping[str, float], wanted: Sequence[str]) -> dict[str, float]:
    if not wanted:
        return {}
    measured = retrieval_measures({"": found}, {"": dict.fromkeys(wanted, 1)})[""]
    return {f"{kind} {name}": value for name, value in measured.items()}


def _answering(attempt: Attempt) -> dict[str, float]:
    query, first = attempt.query, attempt.first
    short = attempt.answer["answer"] if attempt.answer else None
    quote = first["quote"] if first else None
    gold = gold_of(query, first["article_id"]) if first else []
    return {
        "short answer EM": exact_match(short, query.answers),
        "short answer F1": token_f1(short, query.answers),
        "quote holds the answer": holds_answer(quote, query.answers),
        **(
            {"quote is a gold sentence": is_gold(quote, gold) if gold else 0.0}
            if query.gold
            else {}
        ),
        "first quote right": float(attempt.first_is_right),
        "answered right": float(attempt.is_right),
        "right publisher and date": float(first is not None and _is_attributed(attempt, first)),
    }


def _is_attributed(attempt: Attempt, first: Json) -> bool:
    """Return whether publisher and day are those of an article that is known to answer."""
    day = first["published"] and date.fromisoformat(first["published"][:10])
    bylines = [attempt.sources.byline_of(name) for name in attempt.query.relevant]
    return (first["publisher"], day) in bylines


def _citing(attempt: Attempt) -> dict[str, float]:
    answer = attempt.answer
    if not answer or not answer["statements"]:
        return {}
    return {
        "citation fidelity": fidelity(answer, attempt.sources.text_of),
        "citation support": support(answer),
        "citation recall": citation_recall(answer),
        "citation precision": citation_precision(answer),
    }


def _slices(query: Query, sources: Sources) -> dict[str, str]:
    """Return what to group questions by; what is unknown is left out.

    The kind is what the reader takes the question to ask for. Publisher and year are those of the
    first article that is known to answer.
    """
    publisher, day = sources.byline_of(query.relevant[0]) if query.relevant else (None, query.asked)
    words = len((query.standalone or query.question).split())
    length = (
        "short" if words <= SHORT_QUESTION else "medium" if words <= MEDIUM_QUESTION else "long"
    )
    return {
        "kind": analyse(query.standalone or query.question).kind.value,
        **({"publisher": publisher} if publisher else {}),
        **({"year": str(day.year)} if day else {}),
        "length": f"{length} question",
    }
