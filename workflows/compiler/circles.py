"""Where a graph turns in circles, in linear time."""

from collections.abc import Iterable, Sequence

__all__ = ["circles", "leading_to"]


def circles(ways: Sequence[Sequence[int]]) -> list[int]:
    """For each place a number that it shares with just those it leads to and that lead back.

    Kosaraju's algorithm, without recursion.
    """
    found = [-1] * len(ways)
    back = _turned(ways)
    for start in reversed(_finished(ways)):
        open_ = [start] if found[start] < 0 else []
        while open_:
            place = open_.pop()
            if found[place] < 0:
                found[place] = start
                open_ += [one for one in back[place] if found[one] < 0]
    return found


def leading_to(ways: Sequence[Sequence[int]], ends: Iterable[int]) -> set[int]:
    """The places from which one of `ends` can be come to, these among them."""
    back = _turned(ways)
    found: set[int] = set()
    open_ = [*ends]
    while open_:
        place = open_.pop()
        if place not in found:
            found.add(place)
            open_ += back[place]
    return found


def _turned(ways: Sequence[Sequence[int]]) -> list[list[int]]:
    back: list[list[int]] = [[] for _ in ways]
    for place, following in enumerate(ways):
        for to in following:
            back[to].append(place)
    return back


def _finished(ways: Sequence[Sequence[int]]) -> list[int]:
    """Every place, after all that were first come to from it."""
    seen, order = set[int](), list[int]()
    for start in range(len(ways)):
        path = [(start, iter(ways[start]))] if start not in seen else []
        seen.add(start)
        while path:
            place, following = path[-1]
            to = next((one for one in following if one not in seen), None)
            if to is None:
                order.append(place)
                path.pop()
            else:
                seen.add(to)
                path.append((to, iter(ways[to])))
    return order
