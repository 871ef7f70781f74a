"""Every value of a document knows its line and column, whatever the syntax."""

import json

from symphainy.document import Position, load

TEXT = """\
document:
  name: é😀   # wide
  tags: {a: 1, "b/c~d": [x, {y: z}]}
do:
  - remind:
      text: >
        folded
"""


def test_a_value_and_its_key_are_found_by_pointer() -> None:
    source = load(TEXT)
    places = {
        "": (1, 1, 1, 1),
        "/document": (2, 3, 1, 1),
        "/document/name": (2, 9, 2, 3),
        "/document/tags": (3, 9, 3, 3),
        "/document/tags/a": (3, 13, 3, 10),
        "/document/tags/b~1c~0d": (3, 25, 3, 16),
        "/document/tags/b~1c~0d/0": (3, 26, 3, 26),
        "/document/tags/b~1c~0d/1/y": (3, 33, 3, 30),
        "/do/0/remind/text": (6, 13, 6, 7),
    }
    for pointer, (line, column, key_line, key_column) in places.items():
        assert source.position(pointer) == Position(line, column)
        assert source.key_position(pointer) == Position(key_line, key_column)


def test_what_is_not_there_is_where_its_nearest_ancestor_is() -> None:
    source = load(TEXT)
    assert source.position("/document/name/x/y") == Position(2, 9)
    assert source.position("/do/7") == Position(5, 3)
    assert source.position("/do/-1/x") == Position(5, 3)
    assert source.position("/do/x") == Position(5, 3)
    assert source.key_position("/document/nothing") == Position(1, 1)
    assert source.position("nonsense") == Position(1, 1)
    assert source.position("/do/" + "9" * 9999) == Position(5, 3)


def test_json_has_the_same_places() -> None:
    text = json.dumps({"a": {"b": [1, "é😀", {"c": None}]}}, indent=1, ensure_ascii=False)
    source = load(text)
    assert source.position("/a/b/1") == Position(5, 4)
    assert source.key_position("/a/b/2/c") == Position(7, 5)
    assert source.position("/a/b/2/c") == Position(7, 10)


def test_lines_end_as_editors_end_them() -> None:
    source = load("a: 1\r\nb: 2\r\nc: 3\n")
    assert [source.position(f"/{key}") for key in "abc"] == [(1, 4), (2, 4), (3, 4)]


def test_the_place_of_a_scalar_that_is_the_whole_document_is_its_own() -> None:
    assert load("\n  hello").position("") == Position(2, 3)
    assert load("\n  hello").key_position("") == Position(2, 3)
