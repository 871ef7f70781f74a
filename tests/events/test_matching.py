"""A filter means the events it says, and no hostile one makes it fail."""

import pytest

from symphainy.errors import Refused
from symphainy.event import Bound, Criterion, Link, checked, evaluator, index_of, matches, tie
from symphainy.json import Json

EVENT: dict[str, Json] = {
    "specversion": "1.0",
    "id": "e1",
    "source": "https://shop.example/orders?kind=paid",
    "type": "com.acme.paid",
    "count": 3,
    "data": {"id": 42, "tags": ["a"], "on": True},
}
NOW = evaluator(0.0)


def bound(**tests: Criterion) -> Bound:
    return Bound(tests=tests)


def like(what: Json) -> Criterion:
    return Criterion(how="like", what=what)


@pytest.mark.parametrize(
    ("tests", "means"),
    [
        ({}, True),
        ({"type": like("com.acme.paid")}, True),
        ({"type": like("com.acme.*")}, True),
        ({"type": like("com.acme")}, False),
        ({"type": like("com-acme-paid")}, False),
        ({"type": like("comXacmeXpaid")}, False),
        ({"type": like("(a+)+$" * 50)}, False),
        ({"type": like("com(")}, False),
        ({"source": like("https://shop.example/orders?kind=paid")}, True),
        ({"count": like(3)}, True),
        ({"count": like("3")}, False),
        ({"subject": like("x")}, False),
        ({"subject": Criterion(how="equals", what=None)}, True),
        ({"data": Criterion(how="equals", what={"id": 42, "tags": ["a"], "on": True})}, True),
        ({"data": Criterion(how="has", members={"on": Criterion(how="equals", what=1)})}, False),
        ({"data": Criterion(how="holds", what="${ .id > 41 }")}, True),
        ({"data": Criterion(how="holds", what="${ .id.x.y }")}, False),
        ({"data": Criterion(how="holds", what="${ [limit(1e9; repeat(1))] }")}, False),
    ],
)
def test_a_filter_means_what_it_says(tests: dict[str, Criterion], means: bool) -> None:
    assert matches(bound(**tests), EVENT, NOW) is means


@pytest.mark.parametrize(
    ("source", "expect", "means"),
    [
        (".data.id", "42", True),
        (".data.id", "43", False),
        (".data.none", None, False),
        (".data.none", "null", False),
        (".data.tags", '["a"]', True),
        ("error", None, False),
    ],
)
def test_a_correlation_compares_text(source: str, expect: str | None, means: bool) -> None:
    link = Link(source=f"${{ {source} }}", expect=expect)

    assert matches(Bound(links={"x": link}), EVENT, NOW) is means


def test_the_first_event_decides_where_nothing_is_expected() -> None:
    one = Bound(links={"x": Link(source="${ .data.id }")})
    learned: dict[str, str] = {}

    heard = [
        matches(one, {**EVENT, "data": {"id": id}}, NOW, learned) for id in (None, 1, 2, 1, "1")
    ]

    assert (heard, learned) == ([False, True, False, True, True], {"x": "1"})


def test_a_filter_is_filed_where_its_events_look() -> None:
    one = Bound(links={"x": Link(source="${ .data.id }", expect="42")})
    index = index_of(one)

    assert tie(index.links, EVENT, NOW) == index.value
    assert tie(index.links, {**EVENT, "data": {"id": 7}}, NOW) != index.value
    assert tie(index.links, {**EVENT, "data": None}, NOW) is None
    assert (one.type, bound(type=like("a.b")).type, bound(type=like("a.*")).type) == (
        "*",
        "a.b",
        "*",
    )


@pytest.mark.parametrize(
    "wrong",
    [
        {"specversion": "0.3"},
        {"source": "has space"},
        {"time": "2026-01-01"},
        {"subject": ""},
        {"count": 2**31},
        {"ratio": 0.5},
        {"x" * 41: "x"},
        {"type": "x" * 513},
        {"data_base64": "AAAA"},
    ],
)
def test_what_is_no_event_is_told_where(wrong: dict[str, Json]) -> None:
    with pytest.raises(Refused) as told:
        checked({**EVENT, **wrong})

    assert (told.value.code, told.value.pointer) == ("event.malformed", f"/{next(iter(wrong))}")
