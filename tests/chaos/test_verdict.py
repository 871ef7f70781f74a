"""The count finds what it is there to find."""

import pytest

from tests.chaos.verdict import Account, Book, Verdict, verdict


def account(number: int, state: str | None = "accepted", *, completed: bool = True) -> Account:
    """An intent as the platform shows it."""
    delivery = None if state is None else f"d-{number}"
    return Account(number, f"run-{number}", completed, delivery, state)


def mute(kept: dict[int, set[str]], *proved: str) -> Book:
    """A provider that cannot be asked."""
    return Book(kept, frozenset(proved), tells=False)


def test_what_is_sent_once_and_shown_so_is_well() -> None:
    found = verdict([account(1), account(2)], [mute({1: {"a"}, 2: {"b"}}, "a", "b")], ())

    assert found == Verdict(2, lost=0, duplicates=0, unknown_shown=0, unknown_true=0)


@pytest.mark.parametrize(
    "one",
    [
        Account(1, None, False, None, None),
        account(1, completed=False),
        account(1, None),
        account(1, "rejected"),
        account(1, "accepted"),
    ],
)
def test_what_nobody_has_and_nobody_doubts_is_lost(one: Account) -> None:
    assert verdict([one], [mute({})], ()).lost == 1


def test_what_a_provider_has_twice_is_a_duplicate_whatever_is_shown() -> None:
    books = [mute({1: {"a", "b"}}, "a", "b"), mute({1: {"c"}}, "c")]

    assert verdict([account(1)], books, ()).duplicates == 2


def test_what_was_taken_without_an_answer_cannot_be_known() -> None:
    found = verdict([account(1, "unknown"), account(2)], [mute({1: {"a"}, 2: {"b"}}, "b")], ())

    assert (found.unknown_shown, found.unknown_true) == (1, 1)


def test_a_guess_shows_as_one_unknown_too_few() -> None:
    found = verdict([account(1, "accepted")], [mute({1: {"a"}})], ())

    assert (found.unknown_shown, found.unknown_true) == (0, 1)


def test_what_died_on_the_wire_cannot_be_known_even_if_it_was_answered_for() -> None:
    shown = [account(1, "unknown"), account(2, "unknown")]
    found = verdict(shown, [mute({1: {"a"}}, "a")], {"d-1", "d-2"})

    assert (found.unknown_shown, found.unknown_true) == (2, 2)


def test_a_provider_that_tells_leaves_nothing_unknown() -> None:
    book = Book({1: {"a"}}, frozenset(), tells=True)

    assert verdict([account(1, "unknown")], [book], {"d-1"}).unknown_true == 0
