"""Lines of a question set that an editor is to complete: questions as JSON, remarks as comments."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from typing import Any

from qa.evaluation.sets.questions import GoldSentence


def comment(text: str) -> str:
    """Return the text as one comment line, whatever it holds."""
    plain = " ".join("".join(c if c.isprintable() else " " for c in text).split())
    return f"# {plain}".rstrip()


def question_line(
    identity: str,
    question: str,
    *,
    answerable: bool | None,
    answers: Sequence[str] = (),
    gold: Iterable[GoldSentence] = (),
    **more: object,
) -> str:
    """Return a single question as a line of JSONL; what is empty in `more` is left out.

    Args:
        identity: Its id.
        question: Blank where it is still to be worded.
        answerable: None where that is still to be decided.
        answers: Acceptable short answers.
        gold: Sentences that answer.
        more: Further fields of the contract, such as `date_asked` or `history`.
    """
    return _line(
        {"id": identity, "question": question}
        | {name: value for name, value in more.items() if value}
        | {"answerable": answerable, "answers": list(answers), "gold_sentences": _gold(gold)}
    )


def dialogue_line(identity: str, turns: Iterable[tuple[str, GoldSentence]]) -> str:
    """Return a dialogue whose turns, given as answer and gold sentence, are to be worded."""
    blank = {"question": "", "standalone": None}
    return _line(
        {
            "conversation_id": identity,
            "turns": [
                blank | {"answers": [answer], "gold_sentences": _gold([gold])}
                for answer, gold in turns
            ],
        }
    )


def _gold(sentences: Iterable[GoldSentence]) -> list[dict[str, str]]:
    return [{"article_id": gold.article_id, "sentence": gold.sentence} for gold in sentences]


def _line(record: dict[str, Any]) -> str:
    return json.dumps(record, ensure_ascii=False)
