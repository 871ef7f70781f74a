"""How tasks stand, by what is told of a run."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, NamedTuple

from docs.generator.plugins import catalog
from symphainy.plan import Plan
from workflows.compiler import check, overlay


class Told(NamedTuple):
    type: str
    step: str | None = None
    data: Mapping[str, Any] = MappingProxyType({})


DOCUMENT = """\
document: {dsl: 1.0.3, namespace: acme, name: hello, version: 1.0.0}
experiences: {email: {adapter: sandbox}}
do:
  - prepare: {set: {a: "${ .a }"}}
  - each:
      for: {in: .list}
      do:
        - tell: {call: email, with: {to: ada@example.com, text: Hello}}
  - pause: {wait: PT1H}
  - profile: {call: journey.profile, with: {customer: c-1}}
"""
PREPARE, EACH, TELL = "/do/0/prepare", "/do/1/each", "/do/1/each/do/0/tell"
PAUSE, PROFILE = "/do/2/pause", "/do/3/profile"


def plan() -> Plan:
    found = check(DOCUMENT, catalog()).plan
    assert found is not None
    return found


def stands(*events: Told) -> dict[str, tuple[str, int]]:
    return {ref: (one.status, one.count) for ref, one in overlay(plan(), events).items()}


def test_nothing_is_known_of_a_run_that_has_only_begun() -> None:
    assert stands(Told("run.started")) == {}


def test_a_step_that_runs_shows_on_it_and_on_what_holds_it() -> None:
    told = [Told("step.started", TELL), Told("step.completed", TELL), Told("step.started", TELL)]

    assert stands(*told) == {
        TELL: ("running", 2),
        EACH: ("running", 1),
        PREPARE: ("done", 1),
    }


def test_a_wait_is_known_by_the_name_of_its_timer() -> None:
    told = [Told("step.started", TELL), Told("step.completed", TELL),
            Told("run.waiting", None, {"reason": "pause"})]  # fmt: skip

    assert stands(*told) == {
        TELL: ("done", 1),
        EACH: ("done", 1),
        PREPARE: ("done", 1),
        PAUSE: ("waiting", 1),
    }


def test_what_waits_is_done_once_something_behind_it_has_begun() -> None:
    told = [Told("run.waiting", None, {"reason": "pause"}), Told("step.started", PROFILE)]

    assert stands(*told)[PAUSE] == ("done", 1)


def test_a_step_that_policy_holds_waits_and_says_why() -> None:
    held = {"outcome": "defer", "reason": "quiet hours", "until": "2026-11-02T08:00:00Z"}

    found = overlay(plan(), [Told("step.decided", TELL, held)])[TELL]

    assert (found.status, found.reason) == ("waiting", "quiet hours")


def test_a_fault_is_where_its_instance_points_and_the_rest_was_cancelled() -> None:
    told = [
        Told("run.waiting", None, {"reason": "pause"}),
        Told("step.started", PROFILE),
        Told("run.faulted", None, {"instance": PROFILE, "detail": "no such customer"}),
    ]

    assert stands(*told)[PROFILE] == ("failed", 1)
    assert overlay(plan(), told)[PROFILE].reason == "no such customer"


def test_what_was_under_way_when_the_run_was_cancelled_is_cancelled() -> None:
    assert stands(Told("step.started", TELL), Told("run.cancelled"))[TELL] == ("cancelled", 1)


def test_a_run_that_is_over_has_done_what_nothing_could_lead_past() -> None:
    assert stands(Told("run.completed")) == dict.fromkeys(
        (PREPARE, EACH, PAUSE, PROFILE), ("done", 1)
    )


JUMPING = """\
document: {dsl: 1.0.3, namespace: acme, name: hello, version: 1.0.0}
do:
  - route: {switch: [{short: {when: .short, then: last}}]}
  - long: {set: {a: "${ .a }"}}
  - last: {set: {b: "${ .a }"}}
"""


def test_nothing_is_said_of_what_the_flow_may_have_gone_past() -> None:
    found = check(JUMPING, catalog()).plan
    assert found is not None

    assert [*overlay(found, [Told("run.completed")])] == ["/do/2/last", "/do/0/route"]
