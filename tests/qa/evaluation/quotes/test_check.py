from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from corpus.archive import Archive
from corpus.errors import UsageError
from corpus.sample import sample_path
from index.build import ingest
from index.embed_double import HashEmbedder
from index.schema import open_archive
from qa.evaluation.quotes.check import MOST_MISSED, QuoteCheck, Tally, check_quotes
from qa.evaluation.quotes.excerpts import is_statement
from qa.evaluation.quotes.falsify import FALSE_KINDS
from qa.evaluation.quotes.places import places_of
from qa.evaluation.quotes.reword import TRUE_KINDS

ROOT = Path(__file__).parents[4]
LENT = "By 2015, China had lent Venezuela a total of $65 billion."


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("sample")
    with open_archive(path, create=True) as archive:
        ingest([str(sample_path())], archive, HashEmbedder())
    return path


@pytest.fixture(scope="module")
def archive(store: Path) -> Iterator[Archive]:
    with open_archive(store) as archive:
        yield archive


@pytest.fixture(scope="module")
def checked(archive: Archive) -> QuoteCheck:
    return check_quotes(archive, excerpts=30, statements=30, foreign_count=20)


def one_article(folder: Path, text: str) -> Path:
    source = folder / "a.jsonl"
    source.write_text(json.dumps({"id": "a", "text": text}))
    with open_archive(folder / "store", create=True) as archive:
        ingest([str(source)], archive, HashEmbedder())
    return folder / "store"


def test_every_measure_has_its_cases(checked: QuoteCheck) -> None:
    assert checked.articles == 45
    assert [checked.found.n, checked.variants.n, checked.altered.n] == [30, 30, 30]
    assert checked.foreign.n == 20
    made = {kind: tally.n for kind, tally in checked.refused.items()}
    assert list(made) == list(FALSE_KINDS)
    assert made.pop("part") >= 10  # few sentences of so few have one
    assert set(made.values()) == {30}
    assert list(checked.accepted) == list(TRUE_KINDS)
    assert all(tally.n >= 20 for tally in checked.accepted.values())


def test_quotes_of_the_sample_are_found_and_its_falsehoods_refused(checked: QuoteCheck) -> None:
    quotes = [checked.found, checked.variants, checked.foreign, checked.unlike]
    tallies = [*quotes, *checked.refused.values()]
    assert [tally.missed for tally in tallies if tally.right < tally.n] == []
    assert checked.altered.share >= 0.9
    assert all(tally.share >= 0.9 for tally in checked.accepted.values())


def test_what_goes_wrong_is_counted_and_kept(archive: Archive) -> None:
    stored = [place.text for place, _ in zip(places_of(archive, 1).draw("x"), range(2))]  # noqa: B905
    altered = [text.replace(" ", " never ", 1) for text in stored]
    strange = "Nobody has ever whistled to the purple kettles of Nether Quibley."
    checked = check_quotes(
        archive, excerpts=0, statements=0, foreign=[*stored, *altered, strange], foreign_count=9
    )
    assert (checked.foreign.n, checked.foreign.right) == (5, 3)
    assert [missed.tried for missed in checked.foreign.missed] == stored
    assert (checked.unlike.n, checked.unlike.right) == (5, 1)
    assert [missed.tried for missed in checked.unlike.missed] == [*stored, *altered]


def test_json_says_n_and_share_and_nothing_over_nothing(checked: QuoteCheck) -> None:
    none = replace(checked, found=Tally(0, 0)).to_json()
    assert none["found"] == {"n": 0, "right": 0, "share": None, "missed": []}
    some = json.loads(json.dumps(replace(checked, found=Tally(3, 2)).to_json()))
    assert (some["found"]["share"], some["seed"], some["articles"]) == (0.6667, 0, 45)
    assert set(some["refused"]) == set(FALSE_KINDS)
    assert MOST_MISSED == 20


def test_the_same_in_another_process_with_another_hash_seed(store: Path, archive: Archive) -> None:
    code = (
        "import json, sys; from pathlib import Path\n"
        "from index.schema import open_archive\n"
        "from qa.evaluation.quotes.check import check_quotes\n"
        "with open_archive(Path(sys.argv[1])) as archive:\n"
        "    done = check_quotes(archive, excerpts=5, statements=5, foreign_count=5, seed=3)\n"
        "print(json.dumps(done.to_json()))\n"
    )
    outputs = {
        subprocess.run(
            [sys.executable, "-c", code, str(store)], cwd=ROOT, check=True, capture_output=True,
            env={**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": str(ROOT)}, text=True,
        ).stdout
        for seed in ("1", "2")
    }  # fmt: skip
    assert len(outputs) == 1
    here = check_quotes(archive, excerpts=5, statements=5, foreign_count=5, seed=3)
    assert json.loads(outputs.pop()) == here.to_json()


def test_another_seed_draws_other_cases(archive: Archive) -> None:
    drawn = [
        [place.text for place, _ in zip(places_of(archive, seed).draw("x"), range(9))]  # noqa: B905
        for seed in (1, 2)
    ]
    assert drawn[0] != drawn[1]


def test_a_small_store_gives_fewer_cases_none_twice(tmp_path: Path) -> None:
    with open_archive(
        one_article(tmp_path, f"{LENT} The lake is deep and cold in March.")
    ) as small:
        assert {place.text for place in places_of(small, 0).draw("x")} == {
            LENT, "The lake is deep and cold in March."
        }  # fmt: skip
        checked = check_quotes(small, foreign_count=1)
    assert checked.found == Tally(2, 2)
    assert checked.refused["other article"].n == 0


def test_a_store_without_sentences_is_refused(tmp_path: Path) -> None:
    with (
        open_archive(one_article(tmp_path, "Headline only")) as empty,
        pytest.raises(UsageError, match="ingest articles first"),
    ):
        check_quotes(empty)


def test_progress_names_every_measure(archive: Archive) -> None:
    steps: list[str] = []
    check_quotes(archive, excerpts=1, statements=1, foreign_count=1, progress=steps.append)
    assert len(steps) == 4 + len(FALSE_KINDS) + len(TRUE_KINDS)
    assert "false statements: stitched" in steps


@pytest.mark.parametrize(
    ("text", "states"),
    [
        (LENT, True),
        ("“By 2015, China had lent Venezuela $65 billion,” he said.", True),
        ("Has China lent Venezuela a total of $65 billion?", False),
        ("China lent Venezuela money.", False),
        ("China lends Venezuela a total of $65 billion", False),
        ("and by 2015 it had lent a total of $65 billion.", False),
        (f"{LENT[:-1]}{' and more' * 50}.", False),
    ],
)
def test_which_sentences_state_something(text: str, states: bool) -> None:
    assert is_statement(text) is states
