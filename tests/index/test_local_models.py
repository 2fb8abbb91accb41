"""Models of others: which weights are taken; the refusals are tested where models are opened."""

from __future__ import annotations

from pathlib import Path

import pytest

from corpus.errors import ModelError
from index.export import file_digest
from index.local_models import weights_digest


def write(folder: Path, *names: str) -> None:
    for name in names:
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text(name)


def test_a_copy_for_openvino_is_no_pickle(tmp_path: Path) -> None:
    write(
        tmp_path, "model.safetensors", "openvino/openvino_model.xml", "openvino/openvino_model.bin"
    )
    expected = file_digest(tmp_path / "model.safetensors")
    assert weights_digest(tmp_path, nested=True) == expected


def test_a_nested_part_counts_where_there_may_be_one(tmp_path: Path) -> None:
    write(tmp_path, "model.safetensors")
    alone = weights_digest(tmp_path, nested=True)
    write(tmp_path, "2_Dense/model.safetensors")
    assert weights_digest(tmp_path) == alone != weights_digest(tmp_path, nested=True)
    write(tmp_path, "3_Dense/pytorch_model.bin")
    assert weights_digest(tmp_path) == alone
    with pytest.raises(ModelError, match=r"3_Dense/pytorch_model.bin: pickled"):
        weights_digest(tmp_path, nested=True)
