"""JSON is read as RFC 8259 has it, with the limits of YAML."""

import json

import pytest

from symphainy.document import load
from tests.definition.writing import refusals

VALUE = {"a": [1, -2.5e3, True, False, None, 'é😀\t"\\/'], "b": {}, "c": [], "": {"x": [[]]}}


@pytest.mark.parametrize("indent", [None, 2])
@pytest.mark.parametrize("ascii_only", [True, False])
def test_what_json_writes_is_read_back(indent: int | None, ascii_only: bool) -> None:
    text = json.dumps(VALUE, indent=indent, ensure_ascii=ascii_only)
    assert load(text, "application/json; charset=utf-8").data == VALUE
    assert load(text).data == VALUE
    assert load(text.encode()).data == VALUE


@pytest.mark.parametrize(
    ("text", "refused"),
    [
        ("{'a': 1}", ("document.syntax", 1, 2)),
        ("{a: 1}", ("document.syntax", 1, 2)),
        ('{"a": 1,}', ("document.syntax", 1, 9)),
        ('{"a" 1}', ("document.syntax", 1, 2)),
        ('{"a": [1,]}', ("document.syntax", 1, 10)),
        ('{"a": [1 2]}', ("document.syntax", 1, 10)),
        ('{"a": 01}', ("document.syntax", 1, 7)),
        ('{"a": 1.}', ("document.syntax", 1, 7)),
        ('{"a": +1}', ("document.syntax", 1, 7)),
        ('{"a": NaN}', ("document.syntax", 1, 7)),
        ('{"a": truely}', ("document.syntax", 1, 7)),
        ('{"a": "\t"}', ("document.syntax", 1, 7)),
        ('{"a": "\\x"}', ("document.syntax", 1, 7)),
        ('{"a": 1} x', ("document.syntax", 1, 10)),
        ('{"a": 1', ("document.syntax", 1, 8)),
        ('{"a": [}', ("document.syntax", 1, 8)),
        ('{"a": 1]', ("document.syntax", 1, 8)),
        ('{"a": 1 // no\n}', ("document.syntax", 1, 9)),
        ('{"a": 1,\n "a": 2}', ("document.duplicate-key", 2, 2)),
        ('{"a": "\\ud800"}', ("document.character", 1, 7)),
        ('{"a": "\\u0000"}', ("document.character", 1, 7)),
        ('{"\\udc00": 1}', ("document.character", 1, 2)),
        ('{"a": 1e999}', ("document.number", 1, 7)),
        (f'{{"a": {2**1024}}}', ("document.number", 1, 7)),
        (f'{{"a": -{2**1024}}}', ("document.number", 1, 7)),
    ],
)
def test_what_is_not_json_is_refused_where_it_stands(
    text: str, refused: tuple[str, int, int]
) -> None:
    assert refusals(text) == [refused]


def test_flow_yaml_is_read_where_yaml_is_asked_for() -> None:
    assert load("{a: 1, b: [on]}", "application/yaml").data == {"a": 1, "b": ["on"]}


def test_an_array_is_json_where_json_is_asked_for() -> None:
    assert load("[1]", "application/problem+json").data == [1]
    assert refusals("[on]", "application/json") == [("document.syntax", 1, 2)]
    assert refusals("", "application/json") == [("document.syntax", 1, 1)]


@pytest.mark.parametrize("media_type", ["application/json", "application/yaml"])
def test_a_key_that_cannot_stand_is_not_taken_for_another(media_type: str) -> None:
    text = '{"": 1, "\\u0000": 2}'

    assert refusals(text, media_type) == [("document.character", 1, 9)]
