"""Documents made to break their reader are refused early, with a code."""

import pytest

from symphainy.document import load
from symphainy.document.limits import MAX_BYTES, MAX_DEPTH, MAX_NODES
from symphainy.findings import Invalid
from tests.definition.writing import codes, refusals

MIB = 1024 * 1024
YAML, JSON = "application/yaml", "application/json"


def test_a_bomb_of_aliases_is_disarmed_at_its_first_alias() -> None:
    rows = [f"l{n}: &l{n} [{', '.join([f'*l{n - 1}'] * 9)}]" for n in range(1, 9)]
    bomb = "l0: &l0 [lol, lol]\n" + "\n".join(rows)
    found = refusals(bomb)
    assert found[:3] == [
        ("document.anchor", 1, 5),
        ("document.anchor", 2, 5),
        ("document.alias", 2, 10),
    ]
    assert len(found) == 9 + 8 * 9


@pytest.mark.parametrize("media_type", [YAML, JSON])
@pytest.mark.parametrize(("opening", "column"), [("[", 65), ('{"a":', 321)])
@pytest.mark.parametrize("count", [5_000, MIB // 5])
def test_deep_nesting_is_refused_at_its_sixty_fifth_level(
    media_type: str, opening: str, column: int, count: int
) -> None:
    assert refusals(opening * count, media_type) == [("document.too-deep", 1, column)]


@pytest.mark.parametrize(
    ("pattern", "refused"),
    [
        ("- ", ("document.too-deep", 1, 129)),
        ("x: [", ("document.too-deep", 1, 129)),
        ("? - ", ("document.key-type", 1, 3)),
        ("? ", ("document.key-type", 1, 3)),
        ("- a:\n", ("document.too-many-nodes", 16_667, 5)),
        ("!", ("document.tag", 1, 1)),
        ("'", None),
        ('"', ("document.syntax", 1, 3)),
        ("%", ("document.syntax", 1, 2)),
        ("#", ("document.empty", 1, 1)),
        ("\n", ("document.empty", 1, 1)),
        ("---\n", ("document.several", 2, 1)),
    ],
)
def test_a_mebibyte_of_anything_ends_soon(
    pattern: str, refused: tuple[str, int, int] | None
) -> None:
    found = refusals((pattern * MIB)[:MIB], YAML)
    assert (found[0] if found else None) == refused


def test_sixty_four_levels_are_read() -> None:
    text = "[" * MAX_DEPTH + "]" * MAX_DEPTH
    assert load(text, JSON).data == load(text, YAML).data


def test_a_body_of_more_than_a_mebibyte_is_refused_unread() -> None:
    assert refusals("a" * (MAX_BYTES + 1)) == [("document.too-large", 1, 1)]
    assert refusals(b"\xff" * (MAX_BYTES + 1)) == [("document.too-large", 1, 1)]
    assert refusals("é" * (MAX_BYTES // 2 + 1)) == [("document.too-large", 1, 1)]
    assert load("a" * MAX_BYTES).data == "a" * MAX_BYTES


@pytest.mark.parametrize("media_type", [YAML, JSON])
def test_the_fifty_thousand_and_first_node_is_refused(media_type: str) -> None:
    fits = "[" + ",".join("1" * (MAX_NODES - 1)) + "]"
    assert len(load(fits, media_type).data) == MAX_NODES - 1  # type: ignore[arg-type]
    over = "[" + ",".join("1" * 60_000) + "]"
    assert refusals(over, media_type) == [("document.too-many-nodes", 1, 2 * MAX_NODES)]


@pytest.mark.parametrize(
    ("text", "refused"),
    [
        (b"a: \xff\xfe", ("document.encoding", 1, 4)),
        (b"\xff\xfea\x00", ("document.encoding", 1, 1)),
        ("a: \ud800", ("document.encoding", 1, 4)),
        ("a: b\x00", ("document.character", 1, 5)),
        ("a: 1\nb: \x1b[31m", ("document.character", 2, 4)),
        ("a: \x80", ("document.character", 1, 4)),
        ("a: \ufffe", ("document.character", 1, 4)),
    ],
)
def test_what_is_not_text_is_refused(text: str | bytes, refused: tuple[str, int, int]) -> None:
    assert refusals(text) == [refused]


def test_a_byte_order_mark_is_no_part_of_the_document() -> None:
    assert load(b"\xef\xbb\xbfa: 1").data == {"a": 1}


def test_a_number_of_a_million_digits_is_refused_before_it_is_computed() -> None:
    assert refusals("1" * MIB) == [("document.number", 1, 1)]
    assert refusals("1" * MIB, JSON) == [("document.number", 1, 1)]


def test_a_key_longer_than_a_kibibyte_is_refused() -> None:
    assert refusals('{"' + "k" * 1025 + '": 1}') == [("document.key-too-long", 1, 2)]


def test_findings_stop_at_two_hundred() -> None:
    with pytest.raises(Invalid) as refused:
        load("a: 1\n" * 10_000)
    assert len(refused.value.findings) == 200
    assert len(codes("do: [" + "{}, " * 10_000 + "]")) == 200


def test_thousands_of_unknown_keys_in_one_place_are_told_once_and_by_example() -> None:
    keys = ", ".join(f"k{n}: 1" for n in range(20_000))
    found = codes(f"do: [{{a: {{set: x, {keys}}}}}]")
    assert len(found) == 200
    assert found[0] == ("schema.too-many", "/do/0/a")
    assert {code for code, _ in found[1:]} == {"schema.unknown-key"}


def test_thousands_of_tolerated_keys_are_refused_together() -> None:
    keys = ", ".join(f"k{n}: 1" for n in range(20_000))
    found = codes(f"do: [{{a: {{try: [], catch: {{errors: {{{keys}}}}}}}}}]")
    assert found[0] == ("schema.too-many", "/do/0/a")
