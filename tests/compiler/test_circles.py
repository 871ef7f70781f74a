"""Where a graph turns in circles."""

from hypothesis import given
from hypothesis import strategies as st

from workflows.compiler.circles import circles, leading_to

WAYS = st.integers(1, 8).flatmap(
    lambda size: st.lists(
        st.lists(st.integers(0, size - 1), max_size=3), min_size=size, max_size=size
    )
)


def reached(ways: list[list[int]], start: int) -> set[int]:
    """The places come to from `start`, this among them."""
    found, open_ = set[int](), [start]
    while open_:
        place = open_.pop()
        if place not in found:
            found.add(place)
            open_ += ways[place]
    return found


@given(WAYS)
def test_places_share_a_circle_just_if_they_lead_to_each_other(ways: list[list[int]]) -> None:
    found = circles(ways)
    pairs = [(one, other) for one in range(len(ways)) for other in range(len(ways))]

    assert [found[one] == found[other] for one, other in pairs] == [
        other in reached(ways, one) and one in reached(ways, other) for one, other in pairs
    ]


@given(WAYS)
def test_what_leads_to_a_place_is_what_comes_to_it(ways: list[list[int]]) -> None:
    assert leading_to(ways, [0]) == {one for one in range(len(ways)) if 0 in reached(ways, one)}


def test_ten_thousand_places_one_behind_the_other_are_followed_to_their_end() -> None:
    ring = [[i + 1] for i in range(9_999)] + [[0]]

    assert len({*circles(ring)}) == 1
