"""Readers of others, as tiny models made here: what they point at, and which are refused."""

from __future__ import annotations

import json
import shutil
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from tokenizers import Tokenizer, models, normalizers, pre_tokenizers, processors
from transformers import (
    BertConfig,
    BertForQuestionAnswering,
    BertForSequenceClassification,
    BertModel,
    PreTrainedTokenizerFast,
)

from corpus.article import Article, Span, Version, sha256_of
from corpus.errors import ModelError
from corpus.sample import sample_path
from corpus.sentences import split_sentences
from index.build import ingest
from index.chunk_index import ChunkIndex
from index.embed_double import HashEmbedder
from index.schema import open_archive
from qa.assistant import Assistant
from qa.reader import fit, pointing, views
from qa.reader.confidence import confidence_features, short_features
from qa.reader.features import Asked, Reading, sentence_features
from qa.reader.fit import UNFITTED
from qa.reader.model import NOT_READ, ReaderModel, Scores, open_reader
from qa.reader.plugged import LIMIT
from qa.reader.pointing import pointed, proposals
from qa.reader.question import analyse
from qa.reader.read import Reader, Scored, Source, find_answers
from qa.reader.views import rank, view_features, view_windows
from tests import shipped

QUESTION = "How much has China lent Venezuela?"
HEADING = "Loans — “Venezuela” (24 January 2019)"
TEXT = "Caracas: it rained. China lent “Venezuela” $65 billion. Brazil lent less."
WORDS = ["Caracas", ":", "it", "rained", ".", "China", "lent", "“", "Venezuela", "”", "$", "65",
         "billion", ".", "Brazil", "lent", "less", "."]  # fmt: skip
MARKS = {"pad_token": "[PAD]", "unk_token": "[UNK]", "cls_token": "[CLS]", "sep_token": "[SEP]"}


def vocabulary() -> dict[str, int]:
    texts = f"{QUESTION} {HEADING} {TEXT}".lower()
    words = [word for word, _ in pre_tokenizers.BertPreTokenizer().pre_tokenize_str(texts)]
    return {word: n for n, word in enumerate(dict.fromkeys([*MARKS.values(), *words]))}


def word_pieces() -> Tokenizer:
    tokenizer = Tokenizer(models.WordPiece(vocabulary(), unk_token="[UNK]"))
    tokenizer.normalizer = normalizers.BertNormalizer(lowercase=True)
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    return tokenizer


def pieces_with_spaces() -> Tokenizer:
    """Return one that counts the space before a word to the word, as SentencePiece does."""
    known = {f"▁{word}" if word.isalnum() else word: n for word, n in vocabulary().items()}
    tokenizer = Tokenizer(models.WordLevel(known, unk_token="[UNK]"))
    tokenizer.normalizer = normalizers.Lowercase()
    marks = pre_tokenizers.Punctuation()
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence([pre_tokenizers.Metaspace(), marks])
    return tokenizer


def save_tokenizer(tokenizer: Tokenizer, folder: Path) -> None:
    tokenizer.post_processor = processors.TemplateProcessing(
        single="[CLS] $A [SEP]",
        pair="[CLS] $A [SEP] $B:1 [SEP]:1",
        special_tokens=[("[CLS]", 2), ("[SEP]", 3)],
    )
    fast = PreTrainedTokenizerFast(tokenizer_object=tokenizer, **MARKS)
    fast.model_input_names = ["input_ids", "token_type_ids", "attention_mask"]
    fast.save_pretrained(folder)


def tiny(**changed: Any) -> BertConfig:
    torch.manual_seed(1)
    return BertConfig(
        vocab_size=len(vocabulary()),
        hidden_size=32,
        num_hidden_layers=1,
        num_attention_heads=2,
        intermediate_size=32,
        initializer_range=0.5,
        **changed,
    )


def saved(folder: Path, model: Any, tokenizer: Tokenizer | None = None) -> Path:
    model.save_pretrained(folder)
    save_tokenizer(tokenizer or word_pieces(), folder)
    return folder


def pointing_at(word: str) -> BertForQuestionAnswering:
    """Return a model whose words are seen one by one; it points at this word, else at none."""
    model = BertForQuestionAnswering(tiny())
    bert, head = model.bert, model.qa_outputs
    with torch.no_grad():
        bert.embeddings.position_embeddings.weight.zero_()
        bert.embeddings.token_type_embeddings.weight.zero_()
        for dense in (bert.encoder.layer[0].attention.output.dense,
                      bert.encoder.layer[0].output.dense):  # fmt: skip
            dense.weight.zero_()
            dense.bias.zero_()
        ids = torch.tensor([[vocabulary()[word], vocabulary()["[CLS]"]]])
        wanted, null = model.eval().bert(ids).last_hidden_state[0]
        head.weight.copy_((wanted + null / 2).expand(2, -1))
        head.bias.zero_()
    return model


@pytest.fixture(scope="module", autouse=True)
def one_thread() -> None:
    torch.set_num_threads(1)


@pytest.fixture(scope="module")
def folders(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("models")
    saved(folder / "points", pointing_at("billion"))
    saved(folder / "points with spaces", pointing_at("billion"), pieces_with_spaces())
    saved(folder / "answers", BertForQuestionAnswering(tiny()))
    saved(folder / "scores", BertForSequenceClassification(tiny(num_labels=1)))
    return folder


@pytest.fixture(scope="module", params=["answers", "scores"])
def reader(request: pytest.FixtureRequest, folders: Path) -> ReaderModel:
    return open_reader(str(folders / request.param))


def words_of(scores: Scores, text: str) -> list[str]:
    return [text[begin:end] for begin, end in scores.offsets.tolist()]


@pytest.mark.parametrize("model", ["points", "points with spaces"])
@pytest.mark.parametrize("heading", ["", HEADING])
def test_word_pieces_are_those_of_the_window(folders: Path, model: str, heading: str) -> None:
    [scores] = open_reader(str(folders / model)).read(QUESTION, [(heading, TEXT)])
    assert words_of(scores, TEXT) == WORDS
    assert len(scores.start) == len(scores.end) == len(WORDS)
    assert {scores.start.dtype, scores.end.dtype} == {np.dtype(np.float32)}


@pytest.mark.parametrize("model", ["points", "points with spaces"])
def test_it_points_at_the_word_and_not_at_the_headings(folders: Path, model: str) -> None:
    heading = "65 billion"
    with_it, without = open_reader(str(folders / model)).read(
        QUESTION, [(heading, TEXT), (heading, "Brazil lent less.")]
    )
    score, span = with_it.best_span(Span(0, len(TEXT)))
    assert span is not None
    assert span.of(TEXT) == "billion"
    assert with_it.answers == score > without.answers


def test_scores_are_those_over_no_answer(folders: Path) -> None:
    folder = folders / "answers"
    [scores] = open_reader(str(folder)).read(QUESTION, [(HEADING, TEXT)])
    tokenizer = PreTrainedTokenizerFast.from_pretrained(folder)
    encoded = tokenizer(QUESTION, f"{HEADING}\n{TEXT}", return_tensors="pt")
    with torch.inference_mode():
        output = BertForQuestionAnswering.from_pretrained(folder).eval()(**encoded)
    for ours, theirs in ((scores.start, output.start_logits[0]),
                         (scores.end, output.end_logits[0])):  # fmt: skip
        expected = (theirs - theirs[0])[-len(WORDS) - 1 : -1].numpy()
        assert ours == pytest.approx(expected, abs=1e-4)


def test_a_cross_encoder_scores_as_sentence_transformers_does(folders: Path) -> None:
    from sentence_transformers import CrossEncoder

    folder = str(folders / "scores")
    windows = [(HEADING, TEXT), ("", "Brazil lent less.")]
    found = [s.answers for s in open_reader(folder).read(QUESTION, windows)]
    pairs = [(QUESTION, f"{HEADING}\n{TEXT}"), (QUESTION, "Brazil lent less.")]
    original = CrossEncoder(folder, device="cpu", local_files_only=True)
    expected = original.predict(pairs, activation_fn=torch.nn.Identity())
    assert found == pytest.approx(expected.tolist(), abs=1e-4)
    assert abs(found[0] - found[1]) > 1e-3


def test_a_window_alone_scores_as_in_company(reader: ReaderModel) -> None:
    windows = [(HEADING, TEXT), ("", "It rained."), (HEADING, "")]
    together = reader.read(QUESTION, windows)
    assert [s.answers for s in together] == [
        scores.answers for window in windows for scores in reader.read(QUESTION, [window])
    ]
    assert reader.read(QUESTION, []) == []


def test_several_threads_may_read(reader: ReaderModel) -> None:
    alone = reader.read(QUESTION, [(HEADING, TEXT)])[0].answers
    with ThreadPoolExecutor(4) as pool:
        found = pool.map(lambda n: reader.read(QUESTION, [(HEADING, TEXT * n)])[0].answers,
                         [1, 30, 1, 40, 1, 50, 1, 2])  # fmt: skip
    assert list(found)[::2] == [alone] * 4


@pytest.mark.parametrize(
    ("question", "heading", "text"),
    [
        pytest.param("lent " * 800, HEADING, TEXT, id="long question"),
        pytest.param(QUESTION, "loans " * 800, TEXT, id="long heading"),
        pytest.param(QUESTION, HEADING, TEXT * 100, id="long window"),
        pytest.param("lent " * 800, "loans " * 800, TEXT * 100, id="all long"),
        pytest.param(QUESTION, HEADING, "", id="no text"),
        pytest.param("?", "", "你好 😀\u200b", id="nothing known"),
    ],
)
def test_whatever_is_read_the_scores_are_finite(
    reader: ReaderModel, question: str, heading: str, text: str
) -> None:
    [scores] = reader.read(question, [(heading, text)])
    assert np.isfinite([scores.answers, *scores.start, *scores.end]).all()
    assert len(scores.offsets) < LIMIT
    if text.startswith(TEXT) and "question" in reader.fingerprint:
        assert words_of(scores, text)[: len(WORDS)] == WORDS


def test_where_nothing_is_read_nothing_answers(folders: Path) -> None:
    [scores] = open_reader(str(folders / "points")).read(QUESTION, [(HEADING, "")])
    assert scores.answers == NOT_READ


def scored(asked: Asked) -> list[Scored]:
    version = Version(
        1, "a", 1, None, (), None, datetime(2026, 1, 2, tzinfo=UTC), None, TEXT, sha256_of(TEXT)
    )
    sentences = split_sentences(TEXT)
    texts = [sentence.span.of(TEXT) for sentence in sentences]
    vectors = np.tile(np.array([0.6, 0.8], np.float32), (len(texts), 1))
    some = [0.5] * len(texts)
    reading = Reading(HEADING, date(2019, 1, 24), texts, vectors, range(len(texts)), some, some)
    source = Source(Article("a", None, None), version, sentences, reading)
    return [Scored(source, n, row, -n) for n, row in enumerate(sentence_features(asked, reading))]


def asked() -> Asked:
    question = analyse(QUESTION)
    rarity = dict.fromkeys(question.terms, 0.5)
    return Asked(question, np.array([1, 0], np.float32), rarity, date(2019, 1, 24))


def test_the_rest_of_reading_works_with_it(reader: ReaderModel) -> None:
    question = asked()
    seen = view_windows(QUESTION, scored(question), reader)
    rows = view_features(seen)
    assert rows.shape == (3, len(views.NAMES))
    assert np.isfinite(rows).all()
    assert rows[:, views.NAMES.index("share")].sum() == pytest.approx(1)
    ranked = rank(seen, np.ones(len(views.NAMES), np.float32))
    searched = find_answers(question, ranked, np.ones(len(pointing.NAMES), np.float32))
    assert any(item.candidate for item in searched)
    for item in searched:
        assert np.isfinite(confidence_features(question, item, searched)).all()
        assert np.isfinite(short_features(question, item, 0.5)).all()


def test_a_cross_encoder_speaks_for_no_short_answer(folders: Path) -> None:
    question = asked()
    seen = view_windows(QUESTION, scored(question), open_reader(str(folders / "scores")))
    searched = find_answers(question, seen, np.ones(len(pointing.NAMES), np.float32))
    candidates = [item.candidate for item in searched if item.candidate]
    assert candidates
    assert not any(pointed(item, candidates).any() for item in searched)
    assert not any(proposals(item) for item in searched)
    column = view_features(seen)[:, views.NAMES.index("best_span")]
    assert column.tolist() == [0, 0, 0]


def test_it_answers_with_stored_quotes_and_is_named_in_the_settings(
    reader: ReaderModel, tmp_path: Path
) -> None:
    embedder = HashEmbedder()
    with open_archive(tmp_path / "store", create=True) as archive:
        ingest([str(sample_path())], archive, embedder)
        index = ChunkIndex(archive, embedder)
        plugged = Reader(archive, index, UNFITTED, reader)
        assistant = Assistant(
            archive, index, embedder, plugged, shipped.resolver(), floor=0.0, quotes=4
        )
        answer = assistant.ask(QUESTION)
        assert answer.citations
        for citation in answer.citations:
            version = archive.version_number(citation.article_id, citation.version)
            assert version is not None
            assert citation.span.of(version.text) == citation.quote
    assert assistant.settings["reader"] == reader.fingerprint


def test_weights_for_it_are_never_written_over_those_that_ship(
    capsys: pytest.CaptureFixture[str],
) -> None:
    with pytest.raises(SystemExit):
        fit.main(["--set", "questions.jsonl", "store", "--reader", "nobody/nothing"])
    assert "need a file of their own: --out FILE" in capsys.readouterr().err


def test_a_fingerprint_tells_models_apart(folders: Path, tmp_path: Path) -> None:
    copied = shutil.copytree(folders / "answers", tmp_path / "copy")
    saved(tmp_path / "other", BertForQuestionAnswering(tiny(hidden_act="relu")))
    names = [*(str(folders / name) for name in ("points", "answers", "scores")), str(copied)]
    prints = [open_reader(name).fingerprint for name in names]
    assert len(set(prints)) == len(names)
    assert all(name in found for name, found in zip(names, prints, strict=True))
    assert prints[1].split()[-2:] == prints[3].split()[-2:]


def with_config(folder: Path, **changed: object) -> None:
    path = folder / "config.json"
    path.write_text(json.dumps({**json.loads(path.read_bytes()), **changed}))


def pickle_weights(folder: Path) -> None:
    (folder / "model.safetensors").rename(folder / "pytorch_model.bin")


def damage_weights(folder: Path) -> None:
    (folder / "model.safetensors").write_bytes(b"not a model")


def write_config(content: str) -> Any:
    return lambda folder: (folder / "config.json").write_text(content)


@pytest.mark.parametrize(
    ("model", "change", "message"),
    [
        pytest.param("answers", pickle_weights, "pytorch_model.bin: pickled", id="pickle"),
        pytest.param("scores", damage_weights, "cannot be loaded", id="damaged weights"),
        pytest.param(
            "answers", lambda f: (f / "model.safetensors").unlink(), "no .safetensors", id="none"
        ),
        pytest.param(
            "scores",
            lambda f: with_config(f, auto_map={"AutoModel": "own.Code"}),
            "auto_map names code of its own",
            id="code of its own",
        ),
        pytest.param(
            "answers",
            lambda f: with_config(f, architectures=["BertModel"]),
            "architectures are .'BertModel'., expected one that ends in ForSequenceClassification",
            id="architecture of an embedding model",
        ),
        pytest.param(
            "answers", lambda f: with_config(f, architectures=None), "expected one", id="unnamed"
        ),
        pytest.param(
            "answers",
            lambda f: with_config(f, architectures=["BertForSequenceClassification"]),
            "weights lack .*classifier.weight",
            id="another kind than its weights",
        ),
        pytest.param("answers", write_config("{"), "config.json: not JSON", id="config no JSON"),
        pytest.param("answers", write_config("[]"), "no object of settings", id="config no object"),
        pytest.param(
            "answers", lambda f: (f / "config.json").unlink(), "cannot be read", id="no config"
        ),
        pytest.param(
            "answers",
            lambda f: [(f / n).unlink() for n in ("tokenizer.json", "tokenizer_config.json")],
            "no vocabulary",
            id="no tokenizer",
        ),
    ],
)
def test_unsafe_and_damaged_models_are_refused(
    folders: Path, tmp_path: Path, model: str, change: Any, message: str
) -> None:
    folder = shutil.copytree(folders / model, tmp_path / "model")
    change(folder)
    with pytest.raises(ModelError, match=message) as caught:
        open_reader(str(folder))
    assert str(folder) in str(caught.value)


@pytest.mark.parametrize(
    ("made", "architecture", "message"),
    [
        pytest.param(BertModel, None, "BertModel", id="embedding model"),
        pytest.param(
            BertModel, "BertForQuestionAnswering", "weights lack qa_outputs", id="without its head"
        ),
        pytest.param(BertForSequenceClassification, None, "3 outputs", id="classifier"),
    ],
)
def test_models_that_are_no_readers_are_refused(
    tmp_path: Path, made: Any, architecture: str | None, message: str
) -> None:
    folder = saved(tmp_path / "model", made(tiny(num_labels=3)))
    if architecture:
        with_config(folder, architectures=[architecture])
    with pytest.raises(ModelError, match=message):
        open_reader(str(folder))


def test_a_model_that_is_not_here_is_not_fetched(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HF_HUB_CACHE", str(tmp_path))
    (tmp_path / "weights").touch()
    with pytest.raises(ModelError, match="hf download nobody/nothing"):
        open_reader("nobody/nothing")
    with pytest.raises(ModelError, match="no such folder"):
        open_reader(str(tmp_path / "missing"))
    with pytest.raises(ModelError, match="expected a folder"):
        open_reader(str(tmp_path / "weights"))
