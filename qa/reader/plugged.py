"""Readers of others: any cross-encoder or question answering model that transformers can load.

They need torch and are slower than the bundled reader. How a model is found, and what is refused:
see `index.local_models`. What a model's scores are worth is for the fitted weights to say, so each
reader wants weights of its own: see `qa.reader.fit`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from corpus.article import Span
from corpus.errors import ModelError
from index.export import quiet_conversion
from index.local_models import folder_of, loading, read_json, weights_digest
from qa.deadline import NO_DEADLINE, Deadline, until
from qa.reader.model import NOT_READ, ReaderModel, Scores

if TYPE_CHECKING:
    from transformers import PreTrainedModel, PreTrainedTokenizerFast

LIMIT = 384
"""Word pieces of a question with a window; of the question a third, of the heading a sixth."""

Offsets = NDArray[np.int64]


def open_plugged(model: str, threads: int = 1) -> ReaderModel:
    """Return the reader of that folder or name, by the architecture that its config.json names.

    Args:
        model: A folder, or the name of a model that was downloaded to this machine before.
        threads: CPU threads that it uses.

    Raises:
        ModelError: It is not here, damaged, unsafe or neither kind of reader.
    """
    folder = folder_of(model)
    named = _architectures(folder / "config.json")
    if "ForQuestionAnswering" in named:
        return QuestionAnsweringReader(model, folder, threads)
    if "ForSequenceClassification" in named:
        return CrossEncoderReader(model, folder, threads)
    raise ModelError(
        f"E_MODEL {folder / 'config.json'}: its architectures are {named}, expected one that ends"
        " in ForSequenceClassification (a cross-encoder) or ForQuestionAnswering"
    )


def _architectures(path: Path) -> str:
    config = read_json(path)
    if not isinstance(config, dict):
        raise ModelError(f"E_MODEL {path}: no object of settings")
    if "auto_map" in config:
        raise ModelError(f"E_MODEL {path}: auto_map names code of its own, which is never run")
    return str(config.get("architectures"))


class WithoutSpans(Scores):
    """Scores of a model that points at nothing: no answer in it is better or worse than another."""

    __slots__ = ()

    def best_span(self, within: Span) -> tuple[float, Span | None]:  # noqa: ARG002
        """Return zero and None: nothing is known of any stretch."""
        return 0.0, None


class CrossEncoderReader:
    """A cross-encoder with one output; it scores windows and points at nothing in them."""

    def __init__(self, model: str, folder: Path, threads: int = 1) -> None:
        """Load the model of that name from its folder; ModelError if it is damaged or unsafe."""
        self.fingerprint = f"{model} {weights_digest(folder)} cross-encoder-{LIMIT}-1"
        self._network = _Network(folder, "AutoModelForSequenceClassification", threads)
        if self._network.outputs != 1:
            raise ModelError(
                f"E_MODEL {folder}: a classifier with {self._network.outputs} outputs,"
                " expected a cross-encoder with one"
            )

    def read(
        self,
        question: str,
        windows: Sequence[tuple[str, str]],
        deadline: Deadline = NO_DEADLINE,
        /,
    ) -> list[Scores]:
        """Return the scores of each window, given as its heading and its text, in order."""
        return [self._scores(question, *window) for window in until(deadline, windows)]

    def _scores(self, question: str, heading: str, text: str) -> Scores:
        output, _ = self._network.run(question, heading, text)
        nowhere = np.zeros(0, dtype=np.float32)
        offsets = np.zeros((0, 2), dtype=np.int64)
        return WithoutSpans(float(output.logits[0, 0]), nowhere, nowhere, offsets)


class QuestionAnsweringReader:
    """A question answering model; that a window answers is its best span's score."""

    def __init__(self, model: str, folder: Path, threads: int = 1) -> None:
        """Load the model of that name from its folder; ModelError if it is damaged or unsafe."""
        self.fingerprint = f"{model} {weights_digest(folder)} question-answering-{LIMIT}-1"
        self._network = _Network(folder, "AutoModelForQuestionAnswering", threads)

    def read(
        self,
        question: str,
        windows: Sequence[tuple[str, str]],
        deadline: Deadline = NO_DEADLINE,
        /,
    ) -> list[Scores]:
        """Return the scores of each window, given as its heading and its text, in order."""
        return [self._scores(question, *window) for window in until(deadline, windows)]

    def _scores(self, question: str, heading: str, text: str) -> Scores:
        output, offsets = self._network.run(question, heading, text)
        start, end = (logits[0].numpy() for logits in (output.start_logits, output.end_logits))
        inside = offsets[:, 0] < offsets[:, 1]
        # The first word piece stands for no answer, as in SQuAD 2.0.
        start, end = (start - start[0])[inside], (end - end[0])[inside]
        scores = Scores(NOT_READ, start, end, offsets[inside])
        return replace(scores, answers=scores.best_span(Span(0, len(text) or 1))[0])


class _Network:
    """A transformers model with its tokenizer, which reads a question with one window at a time.

    Attributes:
        outputs: How many classes a classifier tells apart; one where it gives a score.
    """

    def __init__(self, folder: Path, kind: str, threads: int) -> None:
        self._tokenizer, self._model = _load(folder, kind, threads)
        self._limit = _limit_of(self._tokenizer, self._model)
        self._one_at_a_time = Lock()  # cutting to a limit changes the tokenizer
        self.outputs = int(self._model.config.num_labels)

    def run(self, question: str, heading: str, text: str) -> tuple[Any, Offsets]:
        """Return what the model makes of a window, and where its t word pieces stand in it.

        Args:
            question: The standalone question; of a very long one the end is kept, which asks.
            heading: Read before the window; its beginning is kept.
            text: The window; its beginning is kept.

        Returns:
            The model's output for a batch of one, and (t, 2) code points: (0, 0) for what does not
            stand in the window.
        """
        with self._one_at_a_time:
            head = self._beginning(heading, self._limit // 6)
            context = f"{head}\n{text}" if head else text
            encoded = self._tokenizer(
                self._end(question, self._limit // 3),
                context,
                truncation="only_second",
                max_length=self._limit,
                return_offsets_mapping=True,
                return_tensors="pt",
            )
            stretches = encoded.pop("offset_mapping")[0].tolist()
            before = len(context) - len(text)
            offsets = [
                _within(context, before, begin, end) if part == 1 else (0, 0)
                for part, (begin, end) in zip(encoded.sequence_ids(0), stretches, strict=True)
            ]
            return self._model(**encoded), np.array(offsets, dtype=np.int64)

    def _beginning(self, text: str, pieces: int) -> str:
        stretches = self._stretches(text)
        return text[: stretches[pieces - 1][1]] if len(stretches) > pieces else text

    def _end(self, text: str, pieces: int) -> str:
        stretches = self._stretches(text)
        return text[stretches[-pieces][0] :] if len(stretches) > pieces else text

    def _stretches(self, text: str) -> list[tuple[int, int]]:
        encoded = self._tokenizer(
            text, add_special_tokens=False, return_offsets_mapping=True, verbose=False
        )
        return list(encoded["offset_mapping"])


def _within(context: str, before: int, begin: int, end: int) -> tuple[int, int]:
    """Return where a word piece stands after the first `before` code points, (0, 0) if nowhere.

    Some tokenizers count the space before a word to its first piece.
    """
    begin = end - len(context[begin:end].lstrip())
    return (begin - before, end - before) if before <= begin < end else (0, 0)


def _load(folder: Path, kind: str, threads: int) -> tuple[PreTrainedTokenizerFast, PreTrainedModel]:
    """Return tokenizer and model, loaded from the folder alone and without running code of it."""
    with loading(folder, threads), quiet_conversion():
        import transformers

        safely = {"local_files_only": True, "trust_remote_code": False}
        tokenizer = transformers.AutoTokenizer.from_pretrained(folder, **safely)
        if not tokenizer.is_fast:
            raise ModelError(f"E_MODEL {folder}: its tokenizer is slow, expected a tokenizer.json")
        if len(tokenizer) <= len(tokenizer.all_special_ids):  # the libraries make up an empty one
            raise ModelError(f"E_MODEL {folder}: no vocabulary, expected a tokenizer.json")
        model, found = getattr(transformers, kind).from_pretrained(
            folder, use_safetensors=True, output_loading_info=True, **safely
        )
    if found["missing_keys"]:  # the libraries would fill them with random numbers
        missing = ", ".join(sorted(found["missing_keys"]))
        raise ModelError(f"E_MODEL {folder}: its weights lack {missing}")
    return tokenizer, model.eval().float().requires_grad_(requires_grad=False)


def _limit_of(tokenizer: PreTrainedTokenizerFast, model: PreTrainedModel) -> int:
    known = getattr(model.config, "max_position_embeddings", LIMIT)
    return min(LIMIT, int(tokenizer.model_max_length), int(known))
