"""The training command over our own sample: it learns, goes on after a stop, and repeats itself."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file

from index.export import bundled_folder, file_digest
from qa.reader.network import ReaderNetwork
from qa.reader.training.groups import Recipe
from qa.reader.training.losses import loss_of
from qa.reader.training.train import Run, blended, main, prepare_run
from qa.training import Schedule, Training

Data = tuple[Path, Path]


@pytest.fixture(scope="module")
def run(data: Data, tmp_path_factory: pytest.TempPathFactory) -> Run:
    folder = tmp_path_factory.mktemp("run")
    return prepare_run(*data, folder, 1.0, Recipe(), Schedule(epochs=0.2, batch=16))


def test_the_command_writes_weights_that_load_and_says_where_they_come_from(
    data: Data, tmp_path: Path
) -> None:
    options = ["--share", "0.5", "--epochs", "0.3", "--seed", "3", "--near-miss", "0.9"]
    assert main([*map(str, data), str(tmp_path), *options]) == 0
    weights = load_file(tmp_path / "reader.safetensors")
    ReaderNetwork(bundled_folder()).load_trained(weights)
    assert "bert.embeddings.word_embeddings.weight" not in weights
    summary = json.loads((tmp_path / "training.json").read_text("utf-8"))
    assert summary["data"] == {path.name: file_digest(path) for path in data}
    assert summary["weights"] == file_digest(tmp_path / "reader.safetensors")
    assert (summary["schedule"]["seed"], summary["recipe"]["near_miss"]) == (3, 0.9)
    assert set(summary["held_out"]) == {"first", "auc", "exact"}


def test_a_run_goes_on_from_the_weights_of_another(data: Data, tmp_path: Path) -> None:
    options = [*map(str, data)]
    assert main([*options, str(tmp_path / "first"), "--share", "0.5", "--epochs", "0.3"]) == 0
    first = tmp_path / "first" / "reader.safetensors"
    still = ["--share", "0.5", "--epochs", "0.3", "--peak", "0", "--start", str(first)]
    assert main([*options, str(tmp_path / "second"), *still]) == 0
    whole, further = load_file(first), load_file(tmp_path / "second" / "reader.safetensors")
    assert all(torch.equal(tensor, further[name]) for name, tensor in whole.items())
    summary = json.loads((tmp_path / "second" / "training.json").read_text("utf-8"))
    assert summary["start"] == file_digest(first)


def test_of_two_weights_the_mean_is_kept() -> None:
    one, other = torch.zeros(3), torch.tensor([1.0, 2.0, 4.0])
    mean = blended({"x": one}, {"x": other.half()}, keep=0.25)
    assert mean["x"].tolist() == [0.25, 0.5, 1.0]


def test_weights_of_another_network_are_refused() -> None:
    with pytest.raises(ValueError, match=r"answers\.bias"):
        ReaderNetwork(bundled_folder()).load_trained({})


def test_training_lowers_the_loss_and_leaves_the_words_alone(run: Run) -> None:
    batch = [group for n in run.train[:5] if (group := run.groups.draw(n, 0))]
    words = run.network.bert.embeddings.word_embeddings.weight.clone()
    optimizer = torch.optim.AdamW(run.network.trained().values(), lr=2e-4)
    losses = []
    for _ in range(6):
        loss = loss_of(run.network, batch, run.training.device)
        loss.backward()
        optimizer.step()
        optimizer.zero_grad()
        losses.append(loss.item())
    assert losses[-1] < 0.8 * losses[0]
    assert torch.equal(words, run.network.bert.embeddings.word_embeddings.weight)


def test_a_stopped_run_goes_on_and_ends_as_one_that_was_not(
    data: Data, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    arguments = [*map(str, data), "--share", "0.6", "--epochs", "0.5"]
    assert main([*arguments[:2], str(tmp_path / "whole"), *arguments[2:]]) == 0
    save = Training._save

    def save_and_stop(self: Training[object], step: int) -> None:
        save(self, step)
        if step == 1:
            raise KeyboardInterrupt

    monkeypatch.setattr(Training, "_save", save_and_stop)
    monkeypatch.setattr(Training, "SAVE_EVERY", 0.0)
    with pytest.raises(KeyboardInterrupt):
        main([*arguments[:2], str(tmp_path / "parts"), *arguments[2:]])
    monkeypatch.undo()
    assert main([*arguments[:2], str(tmp_path / "parts"), *arguments[2:]]) == 0
    whole, parts = (load_file(tmp_path / n / "reader.safetensors") for n in ("whole", "parts"))
    for name, tensor in whole.items():
        assert torch.allclose(tensor.float(), parts[name].float(), atol=2e-3), name


def test_the_rate_rises_and_falls_to_nothing(run: Run) -> None:
    rates = [run.schedule.rate(share / 100) for share in range(101)]
    peak = rates.index(max(rates))
    assert rates == [*sorted(rates[:peak]), *sorted(rates[peak:], reverse=True)]
    assert rates[100] == 0 < max(rates) <= run.schedule.peak
