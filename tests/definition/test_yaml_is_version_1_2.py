"""YAML is read by the core schema of version 1.2, not by the habits of 1.1."""

import pytest

from symphainy.document import load
from tests.definition.writing import refusals


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("no", "no"),
        ("on", "on"),
        ("Yes", "Yes"),
        ("n", "n"),
        ("12:30:45", "12:30:45"),
        ("1_000", "1_000"),
        ("2026-11-22", "2026-11-22"),
        ("0b11", "0b11"),
        ("1.0.3", "1.0.3"),
        ("=", "="),
        ("tRuE", "tRuE"),
        ("0o17", 15),
        ("0x1F", 31),
        ("017", 17),
        ("-12", -12),
        ("+3", 3),
        ("1e3", 1000.0),
        (".5", 0.5),
        ("-2.", -2.0),
        ("TRUE", True),
        ("false", False),
        ("~", None),
        ("Null", None),
        ("", None),
        ("'12'", "12"),
        ('"true"', "true"),
        ("!!str 12", "12"),
        ("!!int '12'", 12),
        ("!!float 1", 1.0),
        ("! 12", "12"),
        ("+", "+"),
        ("-", [None]),
    ],
)
def test_a_scalar_is_what_the_core_schema_says(text: str, value: object) -> None:
    data = load(f"a:\n {text}\n").data
    assert data == {"a": value}
    assert type(data["a"]) is type(value)  # type: ignore[index, call-overload]


def test_keys_that_were_booleans_in_1_1_are_plain_words() -> None:
    assert load("on: 1\nno: 2\ny: 3\n").data == {"on": 1, "no": 2, "y": 3}


@pytest.mark.parametrize(
    ("text", "refused"),
    [
        ("a: &x 1\nb: *x\n", [("document.anchor", 1, 4), ("document.alias", 2, 4)]),
        ("a: &x {b: 1}\n", [("document.anchor", 1, 4)]),
        ("*x : 1\n", [("document.alias", 1, 1)]),
        ("a: !!python/object:os.system x\n", [("document.tag", 1, 4)]),
        ("a: !local {b: 1}\n", [("document.tag", 1, 4)]),
        ("a: !!set {b}\n", [("document.tag", 1, 4)]),
        ("a: !!timestamp 2026-11-22\n", [("document.tag", 1, 4)]),
        ("a: !!int x\n", [("document.tag", 1, 4)]),
        ("a: !!binary aGk=\n", [("document.tag", 1, 4)]),
        ("<<: {a: 1}\n", [("document.merge-key", 1, 1)]),
        ("a: 1\na: 3\na: 4\n", [("document.duplicate-key", line, 1) for line in (2, 3)]),
        ("1: a\n", [("document.key-type", 1, 1)]),
        ("true: a\n", [("document.key-type", 1, 1)]),
        ("~: a\n", [("document.key-type", 1, 1)]),
        ("? [a]\n: b\n", [("document.key-type", 1, 3)]),
        ("a: .inf\nb: -.INF\nc: .nan\n", [("document.number", one, 4) for one in (1, 2, 3)]),
        ("a: 1e999\n", [("document.number", 1, 4)]),
        (f"a: {2**1024}\n", [("document.number", 1, 4)]),
        (f"a: 0x{2**1024:x}\n", [("document.number", 1, 4)]),
        ("a: 1\n---\nb: 2\n", [("document.several", 2, 1)]),
        ("", [("document.empty", 1, 1)]),
        ("# nothing\n", [("document.empty", 1, 1)]),
        ("---\n...\n", [("document.empty", 1, 1)]),
        ("null\n", [("document.empty", 1, 1)]),
        ("a: [1\n", [("document.syntax", 2, 1)]),
        ("a: b: c\n", [("document.syntax", 1, 5)]),
        ('a: "\\0"\n', [("document.character", 1, 4)]),
    ],
)  # fmt: skip
def test_what_is_not_plain_data_is_refused_where_it_stands(
    text: str, refused: list[tuple[str, int, int]]
) -> None:
    assert refusals(text) == refused


@pytest.mark.parametrize("escape", ["\\U00110000", "\\ud800", "\\q", "\\x1"])
def test_an_escape_of_no_character_is_refused(escape: str) -> None:
    ((code, line, _),) = refusals(f'a: "{escape}"\n')
    assert (code, line) == ("document.syntax", 1)


def test_the_largest_numbers_are_read() -> None:
    text = f"a: {2**1024 - 1}\nb: 1.7e308\nc: '<<'\n"
    assert load(text).data == {"a": 2**1024 - 1, "b": 1.7e308, "c": "<<"}


def test_a_quoted_merge_key_is_a_key() -> None:
    assert load("'<<': 1").data == {"<<": 1}
