"""Runs as evidence: only such as went by exactly the plan, where nobody is reached, to the end."""

from datetime import UTC, datetime
from typing import Any

import pytest

from smart_city.lifecycle import Rehearsed, rehearsed
from symphainy.errors import Refused
from symphainy.lineage import Lineage, Weaver

PLAN = "sha256:p"
NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


def lineage(*plans: str, status: str = "completed", **more: Any) -> Lineage:
    weaver = Weaver()
    run = weaver.node("run", "acme.a:1", NOON, status=status)
    for plan in plans:
        weaver.edge(weaver.node("plan", plan), "followed", run)
    weaver.node("intent", "i", NOON, input="sha256:i")
    weaver.edge(run, "gave", weaver.node("output", "sha256:o"))
    attempt = weaver.node("attempt", "r.7", NOON)
    for what, node in ((status, run), ("completed", attempt), *more.pop("besides", ())):
        weaver.happened(NOON, what, node)
    about = {"tenant": "acme", "run": "acme.a:1", "solution": "acme.a", "version": "1.0.0"}
    return weaver.woven(**{**about, "environment": "sandbox", "missing": (), **more})


def test_a_run_shows_what_it_was_given_and_what_came_of_it_and_when() -> None:
    shown = rehearsed(lineage(PLAN), PLAN, {"sandbox"})
    assert shown.model_dump(exclude={"timeline"}) == Rehearsed(
        run="acme.a:1",
        environment="sandbox",
        status="completed",
        input="sha256:i",
        output="sha256:o",
        timeline="",
    ).model_dump(exclude={"timeline"})
    assert shown == rehearsed(lineage(PLAN), PLAN, {"sandbox"})


def test_what_a_provider_tells_later_changes_nothing_and_another_attempt_does() -> None:
    first = rehearsed(lineage(PLAN), PLAN, {"sandbox"})
    told = lineage(PLAN, besides=[("delivered", "receipt:x")])
    assert rehearsed(told, PLAN, {"sandbox"}) == first
    other = lineage(PLAN, besides=[("faulted", "attempt:r.7")])
    assert rehearsed(other, PLAN, {"sandbox"}).timeline != first.timeline


@pytest.mark.parametrize(
    ("found", "says"),
    [
        (lineage("sha256:q"), "it went by another plan"),
        (lineage(PLAN, "sha256:q"), "it went by another plan"),
        (lineage(), "it went by another plan"),
        (lineage(PLAN, status="running"), "it is running, not completed"),
        (lineage(PLAN, status="faulted"), "it is faulted, not completed"),
        (lineage(PLAN, environment="production"), "it is of production, not of sandbox"),
        (lineage(PLAN, missing=["history"]), "not all of it is known (history)"),
    ],
)
def test_nothing_else_is_evidence(found: Lineage, says: str) -> None:
    with pytest.raises(Refused, match=r"lifecycle\.no-evidence") as refused:
        rehearsed(found, PLAN, {"sandbox"})
    assert says in refused.value.message
