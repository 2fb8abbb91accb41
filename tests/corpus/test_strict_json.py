"""The one parser of JSON lines: what it takes, what it refuses and where, and in what time."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.strict_json import StrictJsonError, parse_json

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(exclude_categories=["Cs"])),
    lambda inner: st.lists(inner) | st.dictionaries(st.text("ab\u00e9"), inner),
)  # fmt: skip


@given(VALUES)
def test_what_json_writes_is_read_back(value: object) -> None:
    assert parse_json(json.dumps(value, ensure_ascii=False).encode()) == value


@pytest.mark.parametrize(
    ("line", "code", "message", "column"),
    [
        (b'{"a": nope}', "E_JSON", "not JSON: Expecting value", 7),
        (b'{"a": "\xc3\xa9\xff"}', "E_ENCODING", "byte 0xff at offset 9 of the line is not", 9),
        (b'{"a": {"b": 1, "b": 1}}', "E_JSON", "not JSON: the key 'b' occurs twice", 0),
        (b'{"a": NaN}', "E_JSON", "not JSON: NaN is no JSON value", 0),
        (b'{"a": -Infinity}', "E_JSON", "not JSON: -Infinity is no JSON value", 0),
        (b"1" * 5000, "E_JSON", "not JSON: a number of 5,000 digits", 0),
        (b"[" * 100_000, "E_JSON", "not JSON: nested too deeply", 0),
        (b"", "E_JSON", "not JSON: Expecting value", 1),
    ],
    ids=["word", "bytes", "key twice", "NaN", "infinity", "digits", "nesting", "nothing"],
)
def test_what_is_refused(line: bytes, code: str, message: str, column: int) -> None:
    with pytest.raises(StrictJsonError) as caught:
        parse_json(line)
    assert (caught.value.code, caught.value.column) == (code, column)
    assert str(caught.value).startswith(message)


def test_a_late_repetition_in_a_wide_object_is_found_without_comparing_all_with_all() -> None:
    keys = [*(f"k{number}" for number in range(300_000)), "k299998"]  # hours, if all with all
    line = "{" + ",".join(f'"{key}":1' for key in keys) + "}"
    with pytest.raises(StrictJsonError, match="'k299998' occurs twice"):
        parse_json(line.encode())
