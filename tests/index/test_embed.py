"""The embedders: the compiled one against sentence-transformers, and models that are refused."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from corpus.article import Span
from corpus.errors import ModelError
from index.embed import CompiledMiniLM, Embedder, Passage, open_embedder, pieces_of
from index.embed_double import HashEmbedder
from index.export import bundled_folder, prepare

TEXT = (
    "Loans to Venezuela (January 24, 2019)\nChina lent Venezuela $65 billion. It rained in Caracas."
)
SENTENCES = (Span(38, 71), Span(72, 93))
PASSAGE = Passage(TEXT, SENTENCES)


@pytest.fixture(scope="module")
def compiled() -> CompiledMiniLM:
    return CompiledMiniLM(prepare())


@pytest.fixture(scope="module")
def original() -> Embedder:
    return open_embedder(str(bundled_folder()))


@pytest.fixture(scope="module", params=["double", "compiled", "original"])
def embedder(request: pytest.FixtureRequest) -> Embedder:
    if request.param == "double":
        return HashEmbedder()
    found: Embedder = request.getfixturevalue(request.param)
    return found


def test_vectors_have_length_one_and_their_shape(embedder: Embedder) -> None:
    found = embedder.embed_passages([PASSAGE])[0]
    texts = embedder.embed_texts([TEXT, ""])
    assert found.vector.shape == embedder.embed_query("x").shape == (embedder.dimension,)
    assert found.sentences.shape == texts.shape == (2, embedder.dimension)
    assert {found.vector.dtype, found.sentences.dtype, texts.dtype} == {np.dtype(np.float32)}
    lengths = np.linalg.norm(np.vstack([found.vector, found.sentences, texts]), axis=1)
    assert lengths == pytest.approx(np.ones(5), abs=1e-5)


def test_nothing_gives_nothing(embedder: Embedder) -> None:
    assert embedder.embed_passages([]) == []
    assert embedder.embed_texts([]).shape == (0, embedder.dimension)
    assert embedder.embed_passages([Passage("No sentence", ())])[0].sentences.shape[0] == 0


def test_the_sentence_that_answers_is_nearest(embedder: Embedder) -> None:
    query = embedder.embed_query("How much has China lent Venezuela?")
    near, far = embedder.embed_passages([PASSAGE])[0].sentences @ query
    assert near > far


def test_order_and_company_change_nothing(embedder: Embedder) -> None:
    long = Passage(f"{TEXT} {'The council sat. ' * 30}", SENTENCES)
    together = embedder.embed_passages([long, PASSAGE, *[long] * 9])
    alone = embedder.embed_passages([PASSAGE])[0]
    assert together[1].vector @ alone.vector == pytest.approx(1, abs=2e-4)
    assert together[0].vector @ alone.vector < 0.999


def test_a_passage_beyond_the_limit_is_never_cut(embedder: Embedder) -> None:
    marks = 0 if isinstance(embedder, HashEmbedder) else 2
    most = "a " * (embedder.limit - marks)
    assert embedder.fits(most)
    assert embedder.embed_passages([Passage(most, ())])
    assert not embedder.fits(most + "a")
    with pytest.raises(ValueError, match=str(embedder.limit)):
        embedder.embed_passages([PASSAGE, Passage(most + "a", ())])


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(TEXT, id="passage"),
        pytest.param("How much has China lent Venezuela?", id="question"),
        pytest.param("", id="empty"),
        pytest.param("Ünïcödé — 你好 😀 “naïve”", id="accents, CJK and emoji"),
        pytest.param("the mayor said " * 200, id="beyond the limit"),
    ],
)
def test_compiled_equals_sentence_transformers(
    compiled: CompiledMiniLM, original: Embedder, text: str
) -> None:
    assert compiled.embed_query(text) @ original.embed_query(text) > 0.9999
    assert compiled.embed_texts([text])[0] @ original.embed_texts([text])[0] > 0.9999


def test_compiled_sentences_equal_sentence_transformers(
    compiled: CompiledMiniLM, original: Embedder
) -> None:
    ours, theirs = (e.embed_passages([PASSAGE])[0] for e in (compiled, original))
    assert ours.vector @ theirs.vector > 0.9999
    assert np.sum(ours.sentences * theirs.sentences, axis=1).min() > 0.9999


def test_embedders_never_share_a_fingerprint(compiled: CompiledMiniLM, original: Embedder) -> None:
    prints = {compiled.fingerprint, original.fingerprint, HashEmbedder().fingerprint}
    assert len(prints | {HashEmbedder(32).fingerprint}) == 4


@pytest.mark.parametrize(
    ("span", "expected"),
    [
        pytest.param(Span(0, 5), slice(1, 3), id="two pieces"),
        pytest.param(Span(3, 9), slice(2, 4), id="a piece that only overlaps"),
        pytest.param(Span(5, 6), slice(0, 0), id="only a space"),
        pytest.param(Span(20, 30), slice(0, 0), id="beyond the end"),
    ],
)
def test_pieces_of_a_span(span: Span, expected: slice) -> None:
    offsets = np.array([(0, 0), (0, 3), (3, 5), (6, 9), (0, 0)])
    assert pieces_of(span, offsets) == expected


def test_asking_imports_no_torch_and_no_telemetry(compiled: CompiledMiniLM) -> None:
    code = (
        "import sys; from index.embed import open_embedder; open_embedder().embed_query('x');"
        "found = {'torch', 'transformers', 'sentence_transformers'} & set(sys.modules);"
        "sys.exit(str(found) if found or sys.modules['openvino_telemetry'] else 0)"
    )
    environment = os.environ | {"PYTHONPATH": str(Path(__file__).parents[2])}
    subprocess.run([sys.executable, "-c", code], check=True, env=environment)
    assert compiled.dimension == 384


MODULES = [{"idx": 0, "name": "0", "path": "", "type": "sentence_transformers.models.Transformer"}]


def model_folder(folder: Path, *files: str, modules: object = MODULES) -> Path:
    (folder / "modules.json").write_text(json.dumps(modules))
    for name in files:
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_bytes(b"not a model")
    return folder


@pytest.mark.parametrize(
    ("files", "modules", "message"),
    [
        pytest.param([], MODULES, "no .safetensors", id="no weights"),
        pytest.param(["pytorch_model.bin"], MODULES, "pytorch_model.bin: pickled", id="pickle"),
        pytest.param(
            ["model.safetensors", "2_Dense/pytorch_model.bin"],
            MODULES,
            "2_Dense/pytorch_model.bin: pickled",
            id="a later module's weights are a pickle",
        ),
        pytest.param(
            ["model.safetensors"], [{"type": "own.Code"}], "own.Code is code", id="code of its own"
        ),
        pytest.param(["model.safetensors"], {"type": 1}, "not a list of modules", id="odd modules"),
        pytest.param(["model.safetensors"], MODULES, "cannot be loaded", id="damaged weights"),
    ],
)
def test_unsafe_and_damaged_models_are_refused(
    tmp_path: Path, files: list[str], modules: object, message: str
) -> None:
    folder = model_folder(tmp_path, *files, modules=modules)
    with pytest.raises(ModelError, match=message) as caught:
        open_embedder(str(folder))
    assert str(folder) in str(caught.value)


def test_a_model_that_is_not_here_is_not_fetched(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HF_HUB_CACHE", str(tmp_path))
    (tmp_path / "weights").touch()
    with pytest.raises(ModelError, match="hf download nobody/nothing"):
        open_embedder("nobody/nothing")
    with pytest.raises(ModelError, match="expected a folder"):
        open_embedder(str(tmp_path / "weights"))
