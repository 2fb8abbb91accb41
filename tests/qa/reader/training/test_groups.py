"""What a question is trained with: a window that answers it, and others that only seem to."""

from __future__ import annotations

from pathlib import Path

import pytest
from tokenizers import Tokenizer

from qa.reader.training.groups import Group, Groups, Recipe
from qa.reader.training.train import Schedule, prepare_run


@pytest.fixture(scope="module")
def groups(data: tuple[Path, Path], tmp_path_factory: pytest.TempPathFactory) -> Groups:
    recipe = Recipe(prefaced=0.3)
    folder = tmp_path_factory.mktemp("groups")
    return prepare_run(*data, folder, 1.0, recipe, Schedule()).groups


def drawn(groups: Groups, epoch: int = 0) -> list[tuple[int, Group]]:
    numbers = range(len(groups.askings))
    return [(number, group) for number in numbers if (group := groups.draw(number, epoch))]


def window_of(tokenizer: Tokenizer, group: Group, place: int) -> str:
    row = group[place].row
    text: str = tokenizer.decode(row.ids[row.first : -1])
    return text


def test_the_first_window_answers_and_no_other(groups: Groups) -> None:
    found = drawn(groups)
    answering = [number for number, group in found if group[0].answers]
    assert len(answering) > 0.8 * len(found)
    for number, group in found:
        assert bool(group[0].answers) == bool(groups.askings[number].answering)
        assert not any(each.answers for each in group[1:])
        assert all((each.start, each.end) == (0, 0) for each in group if not each.answers)


def test_the_answer_is_where_the_label_says(groups: Groups) -> None:
    checked = 0
    for number, group in drawn(groups):
        asking = groups.askings[number]
        if asking.answer and group[0].answers:
            row = group[0].row
            ids = row.ids[group[0].start : group[0].end + 1]
            said = groups.tokenizer.decode(ids).replace(" ", "")
            assert said == asking.answer.of(asking.passage.text).lower().replace(" ", "")
            checked += 1
    assert checked > 20


def test_other_windows_do_not_hold_the_answering_sentence(
    data: tuple[Path, Path], tmp_path: Path
) -> None:
    groups = prepare_run(*data, tmp_path, 1.0, Recipe(near_miss=0.0), Schedule()).groups
    checked = 0
    for number, group in drawn(groups):
        asking = groups.askings[number]
        if asking.answer is None:
            continue
        answering = asking.passage.sentences[asking.answering[0]].of(asking.passage.text)
        begins = groups.tokenizer.encode(answering, add_special_tokens=False).ids[:12]
        first = groups.tokenizer.decode(begins)
        assert first in window_of(groups.tokenizer, group, 0)
        for place in range(1, len(group)):
            assert first not in window_of(groups.tokenizer, group, place)
            checked += 1
    assert checked > 50


def test_draws_repeat_and_differ_between_epochs(groups: Groups) -> None:
    first, again, later = (
        [[each.row.ids.tolist() for each in group] for _, group in drawn(groups, epoch)]
        for epoch in (0, 0, 1)
    )
    assert first == again != later


def test_some_groups_hold_a_near_miss_of_the_same_window(groups: Groups) -> None:
    questions = [
        {tuple(each.row.ids[: each.row.segment].tolist()) for each in group}
        for _, group in drawn(groups)
    ]
    assert sum(len(each) > 1 for each in questions) > 5
