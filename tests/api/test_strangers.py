"""What callers cost who have not shown who they are is bounded."""

from contextlib import ExitStack
from dataclasses import dataclass

import pytest

from solution_api.strangers import HELD, LARGE, Strangers
from symphainy.errors import Unavailable


@dataclass
class Clock:
    """A clock that is set by hand."""

    at: float = 100.0

    def __call__(self) -> float:
        return self.at


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def strangers(clock: Clock) -> Strangers:
    return Strangers(patience=3, clock=clock)


def is_let_in(strangers: Strangers, source: str | None, octets: int = 0) -> bool:
    try:
        with strangers.admitted(source, octets):
            return True
    except Unavailable as error:
        return error.code != "callback.too-many" or error.retry_after is None


def test_who_is_believed_may_come_as_often_as_they_like(strangers: Strangers) -> None:
    assert all(is_let_in(strangers, "twilio") for _ in range(1_000))


def test_who_is_not_believed_waits_in_the_end_and_nobody_else_does(strangers: Strangers) -> None:
    for _ in range(3):
        assert is_let_in(strangers, "eve")
        strangers.doubted("eve", 0)

    assert not is_let_in(strangers, "eve")
    assert is_let_in(strangers, "twilio")
    assert is_let_in(strangers, None)


def test_patience_comes_back(strangers: Strangers, clock: Clock) -> None:
    for _ in range(30):
        strangers.doubted("eve", 0)
    clock.at += 1.4
    assert not is_let_in(strangers, "eve")

    clock.at += 0.2
    assert is_let_in(strangers, "eve")


def test_what_is_large_costs_more(strangers: Strangers) -> None:
    strangers.doubted("eve", 2 * LARGE)

    assert not is_let_in(strangers, "eve")


def test_what_is_under_way_at_once_is_bounded(strangers: Strangers) -> None:
    with ExitStack() as under_way:
        under_way.enter_context(strangers.admitted("one", HELD // 2))
        assert not is_let_in(strangers, "two", HELD // 2)
        assert is_let_in(strangers, "two", HELD // 4)

    assert is_let_in(strangers, "two", HELD // 2)


def test_of_very_many_callers_the_first_are_forgotten(strangers: Strangers) -> None:
    for n in range(20_000):
        strangers.doubted(f"{n}", 2 * LARGE)

    assert is_let_in(strangers, "0")
    assert not is_let_in(strangers, "19999")
