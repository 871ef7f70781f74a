"""From facts to alarms: each rule at its limit."""

from datetime import UTC, datetime, timedelta

import pytest

from smart_city.alarms import REMEDIES, Facts, Limits, Queue, Unattended, Waiting, alarms

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
DAY = timedelta(days=1)
QUIET = Facts(now=NOON)


def kinds(facts: Facts, limits: Limits = Limits()) -> list[tuple[str, str]]:
    return [(one.kind, one.subject) for one in alarms(facts, limits)]


def test_where_nothing_is_the_matter_there_is_no_alarm() -> None:
    assert kinds(QUIET) == []


@pytest.mark.parametrize(
    ("known", "below", "found"),
    [
        pytest.param({"stuck": ("a:1",)}, {"stuck": ()}, ("stuck-runs", "runs"), id="stuck"),
        pytest.param(
            {"approvals": Waiting(many=1, oldest=NOON - DAY)},
            {"approvals": Waiting(many=9, oldest=NOON - DAY + timedelta(seconds=1))},
            ("old-approvals", "approvals"),
            id="approvals",
        ),
        pytest.param(
            {"queues": (Queue(name="p", pollers=0, waiting=1, oldest=timedelta(minutes=2)),)},
            {"queues": (Queue(name="p", pollers=1, waiting=9, oldest=DAY),)},
            ("dead-workers", "queue:p"),
            id="workers",
        ),
        pytest.param({"unknown": 5}, {"unknown": 4}, ("unknowns", "deliveries"), id="unknown"),
        pytest.param({"letters": 5}, {"letters": 4}, ("dead-letters", "letters"), id="letters"),
        pytest.param(
            {"unreviewed": (Unattended(id="g", at=NOON - DAY),)},
            {"unreviewed": ()},
            ("unreviewed", "glass:g"),
            id="glass",
        ),
        pytest.param(
            {"unsealed": NOON - timedelta(minutes=15)},
            {"unsealed": NOON - timedelta(minutes=14)},
            ("unsealed", "audit"),
            id="audit",
        ),
    ],
)
def test_an_alarm_is_raised_at_its_limit_and_not_below(
    known: dict[str, object], below: dict[str, object], found: tuple[str, str]
) -> None:
    assert kinds(Facts.model_validate({"now": NOON, **known})) == [found]
    assert kinds(Facts.model_validate({"now": NOON, **below})) == []
    assert found[0] in REMEDIES


def test_broken_glass_is_an_alarm_at_once_and_critical_when_nobody_looks() -> None:
    glass = (Unattended(id="g", at=NOON),)
    found = [
        alarms(Facts(now=NOON + passed, unreviewed=glass), Limits())[0].severity
        for passed in (timedelta(), DAY - timedelta(seconds=1), DAY)
    ]
    assert found == ["warning", "warning", "critical"]


def test_work_without_workers_is_no_alarm_while_nobody_waits() -> None:
    idle = Queue(name="p", pollers=0, waiting=0, oldest=timedelta())

    assert kinds(QUIET.model_copy(update={"queues": (idle,)})) == []


def test_the_same_alarm_raised_again_later_has_another_name() -> None:
    (first,) = alarms(QUIET.model_copy(update={"unknown": 5}), Limits())

    assert first.id(NOON) != first.id(NOON + DAY)
