"""Doubt about deliveries that their provider knows by a key."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from activities.delivery.keyed import again, honest, safe
from experience_adapters import Registry
from public_works.ledger import AttemptRecord
from symphainy.delivery import Outcome, SendResult

NOW = datetime(2026, 11, 22, 9, 30, tzinfo=UTC)
NONE: dict[str, Any] = {"content_hash": None, "provider_id": None, "code": None, "detail": None}


def attempt(n: int, outcome: Outcome | None) -> AttemptRecord:
    made: dict[str, Any] = {"tenant": "acme", "delivery": "d", "binding": "erp", "provider": "x"}
    return AttemptRecord(
        **made, **NONE, n=n, version="1.0.0", started=NOW, ended=None, outcome=outcome
    )


def test_only_providers_that_cannot_be_asked_are_sent_to_again() -> None:
    known = {f"{one.channel} {one.name}": safe(one) for one in Registry.installed().specs}

    assert known["webhook webhook"]
    assert known["api api"]
    assert not known["email sandbox"]
    assert not known["email sendgrid"]
    assert not known["chat slack"]


@pytest.mark.parametrize("doubt", ["unknown", None])
@pytest.mark.parametrize("later", ["retryable", "rejected"])
def test_a_refusal_says_nothing_of_an_attempt_that_may_have_arrived(
    doubt: Outcome | None, later: Outcome
) -> None:
    before = [attempt(1, doubt), attempt(2, "retryable")]

    assert honest(SendResult(outcome=later), before).outcome == "unknown"
    assert honest(SendResult(outcome="accepted"), before).outcome == "accepted"
    assert honest(SendResult(outcome=later), before[1:]).outcome == later


def test_doubt_is_tried_again_by_the_adapters_schedule_until_that_ends() -> None:
    later = SendResult(outcome="unknown", retry_after=timedelta(hours=2))
    failure = again(later, 9, "webhook")
    ended = SendResult(outcome="unknown", code="delivery.exhausted")

    assert failure is not None
    assert (failure.code, failure.retry_after) == ("delivery.unknown", timedelta(hours=2))
    assert again(ended, 10, "webhook") is None


def test_without_a_schedule_doubt_is_tried_again_for_half_a_minute() -> None:
    doubt = SendResult(outcome="unknown")

    assert [again(doubt, one, "x") is not None for one in range(1, 8)] == [True] * 5 + [False] * 2


def test_what_is_not_in_doubt_is_left_to_others() -> None:
    for outcome in ("accepted", "rejected", "retryable"):
        assert again(SendResult(outcome=outcome), 1, "x") is None
