"""Follow-ups about the answer just given: who said that, when, what else, are you sure?

Such a follow-up asks nothing new of the collection. A small trained model knows it by its words;
with a name or a matter of its own ("what else did he say about oil?") it is a question like any
other.
"""

from __future__ import annotations

from enum import StrEnum
from importlib.resources import files
from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from corpus.errors import ModelError
from index.embed import Embedder
from index.export import file_digest
from qa.answer import Answer, Citation, Conversation
from qa.reader.named import name_spans

WEIGHTS = Path(str(files("qa.discourse"))) / "trained" / "moves.safetensors"
WEIGHTS_DIGEST = "3dab528d48a5e6b7cc36241be056d5c7bc06d6fd7b6f409794f41cd47b33c07d"
OWN = "own"
MOST_WORDS = 10
# Where it is less sure the question is searched for, which finds what a move would have shown.
LEAST_LIKELY = 0.5

Weights = NDArray[np.float64]


class Move(StrEnum):
    """What a follow-up wants of the last answer."""

    SPEAKER = "speaker"
    DATE = "date"
    REASON = "reason"
    MORE = "more"
    PROOF = "proof"
    SOURCE = "source"
    STILL = "still"


_KINDS: tuple[Move | None, ...] = (None, *Move)
# What may be asked of a sentence that was shown as nearest only.
OF_ANY_QUOTE = frozenset({Move.SPEAKER, Move.SOURCE})


class MoveModel(Protocol):
    """Knows by its words what a follow-up wants.

    Attributes:
        fingerprint: Of its weights; what changes it may change answers.
    """

    fingerprint: str

    def move_in(self, question: str, /) -> Move | None:
        """Return what the question wants of an answer before it, or None."""
        ...


class TrainedMoves:
    """The trained model: a multinomial logistic regression on a question's vector."""

    def __init__(
        self, embedder: Embedder, weights: Path = WEIGHTS, digest: str = WEIGHTS_DIGEST
    ) -> None:
        """Load the weights; ModelError if they are missing or altered.

        Args:
            embedder: The bundled one, on whose vectors the model was trained.
            weights: A file of `qa.discourse.training.train`.
            digest: Its SHA-256.
        """
        from safetensors.numpy import load_file

        if not weights.is_file() or file_digest(weights) != digest:
            raise ModelError(f"E_MODEL {weights}: the model of follow-ups is missing or altered.")
        self._embedder = embedder
        self._weights: Weights = load_file(weights)["weights"].astype(np.float64)
        self.fingerprint = digest

    def move_in(self, question: str) -> Move | None:
        """Return what the question wants of an answer before it, or None."""
        if not 0 < len(question.split()) <= MOST_WORDS or name_spans(question):
            return None
        vector = self._embedder.embed_query(question)
        likely = chances(vector @ self._weights[:-1] + self._weights[-1])
        likeliest = int(np.argmax(likely))
        return _KINDS[likeliest] if likely[likeliest] >= LEAST_LIKELY else None


def chances(logits: Weights) -> Weights:
    """Return the softmax of each row."""
    raised = np.exp(logits - logits.max(axis=-1, keepdims=True))
    shares: Weights = raised / raised.sum(axis=-1, keepdims=True)
    return shares


def move_of(question: str, conversation: Conversation, model: MoveModel) -> Move | None:
    """Return what the question wants of the last answer; None if it asks something of its own."""
    last = conversation.turns[-1].answer if conversation.turns else None
    if last is None or not shown_by(last):
        return None
    move = model.move_in(question)
    return move if last.citations or move in OF_ANY_QUOTE else None


def shown_by(answer: Answer) -> tuple[Citation, ...]:
    """Return the quotes that an answer showed: its own, or the nearest where it declined."""
    return answer.citations or answer.nearest
