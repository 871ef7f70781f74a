"""The life of a version as a table, and what holds of it whatever is done in whatever order."""

from dataclasses import replace
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smart_city.lifecycle import (
    TABLE,
    Act,
    Attachment,
    Candidate,
    Evidence,
    Given,
    Ran,
    Round,
    Rules,
    Signatory,
    Stage,
    Standing,
    State,
    approvable,
    before,
    cleared,
    diff,
    moved,
    next_environment,
    upwards,
)
from smart_city.lifecycle.states import REVIEWING
from smart_city.roles import BARRED
from symphainy.errors import Refused
from symphainy.plan import Plan

STATES: tuple[State, ...] = get_args(State)
STAGES: tuple[Stage, ...] = get_args(Stage)
SUBMITTED = "lifecycle.not-submitted"
RETIRED = "solution.version-retired"

ADA, BEN, BEA = (Signatory(id, id) for id in ("ada", "ben", "bea"))
ADA_TOO = Signatory("ada-too", "ada")
EVIDENCE = Evidence(
    plan="sha256:p", definition="sha256:d", findings="sha256:f", policies="sha256:b"
)
OPEN = Round("submitted", EVIDENCE, author=ADA, submitter=ADA)
LOOKED = Given()

standings = st.builds(
    Standing,
    stage=st.sampled_from(STAGES),
    environments=st.frozensets(st.sampled_from(["sandbox", "staging", "production"])),
    paused=st.booleans(),
    retired=st.just(False),
) | st.just(Standing(retired=True))
acts = st.sampled_from(get_args(Act))


def after(standing: Standing, act: Act) -> str:
    """The state that follows, or the code of the refusal."""
    try:
        return moved(standing, act, "production").state
    except Refused as error:
        return error.code


def code(standing: Standing, by: Signatory, environment: str, **more: object) -> str:
    """What lets a version of ada's run, or the code of the refusal."""
    one = Candidate("acme.a 1.0.0", standing, environment, by, ADA, free=frozenset({"sandbox"}))
    glass = bool(more.pop("glass", False))
    try:
        return cleared(replace(one, **more), glass=glass)  # type: ignore[arg-type]
    except Refused as error:
        return error.code


def worth(round: Round, by: Signatory, given: Given = LOOKED, needed: int = 1) -> str:
    """What an approval is worth, or the code of the refusal."""
    try:
        return approvable(round, by, given, needed)
    except Refused as error:
        return error.code


def test_every_act_leads_from_every_state_to_where_the_table_says() -> None:
    stood = {
        "draft": Standing(),
        "submitted": Standing("submitted"),
        "approved": Standing("approved"),
        "deployed": Standing("approved", frozenset({"production"})),
        "paused": Standing("approved", frozenset({"production"}), paused=True),
        "retired": Standing(retired=True),
    }
    assert {name: one.state for name, one in stood.items()} == {name: name for name in STATES}
    assert {act: [after(stood[state], act) for state in STATES] for act in TABLE} == {
        "submit": ["submitted", "submitted", "approved", "deployed", "paused", RETIRED],
        "approve": [SUBMITTED, "approved", "approved", "deployed", "paused", RETIRED],
        "reject": [SUBMITTED, "draft", "draft", "deployed", "paused", RETIRED],
        "withdraw": [SUBMITTED, "draft", "draft", "deployed", "paused", RETIRED],
        "deploy": ["deployed", "deployed", "deployed", "deployed", "paused", RETIRED],
        "promote": ["deployed", "deployed", "deployed", "deployed", "paused", RETIRED],
        "rollback": ["deployed", "deployed", "deployed", "deployed", "paused", RETIRED],
        "pause": ["draft", "submitted", "approved", "paused", "paused", "retired"],
        "resume": ["draft", "submitted", "approved", "deployed", "deployed", "retired"],
        "retire": ["retired"] * 6,
    }


def test_the_table_says_who_may_and_roles_keep_machines_from_deciding() -> None:
    assert set(TABLE) == set(get_args(Act))
    for row in TABLE.values():
        assert row.person == (row.action in BARRED["service"])


@given(standings, acts)
def test_nothing_leads_out_of_retirement_and_no_act_forgets_what_runs(
    standing: Standing, act: Act
) -> None:
    try:
        then = moved(standing, act, "production")
    except Refused:
        return
    assert then.retired == (standing.retired or act == "retire")
    if act != "retire":
        assert then.environments >= standing.environments
        assert (then.stage == standing.stage) or act in REVIEWING


@given(st.lists(acts))
def test_nothing_is_approved_that_was_not_submitted(done: list[Act]) -> None:
    standing, submitted = Standing(), False
    for act in done:
        try:
            standing = moved(standing, act, "production")
        except Refused:
            continue
        submitted = act == "submit" or (submitted and act != "reject")
        assert standing.stage == "draft" or submitted


def test_what_only_the_sandbox_runs_is_not_deployed() -> None:
    assert moved(Standing(), "deploy", "sandbox").state == "draft"
    assert moved(Standing("submitted"), "deploy", "sandbox").state == "submitted"


@pytest.mark.parametrize(
    ("by", "told"),
    [
        (BEN, "last"),
        (ADA, "lifecycle.own-work"),
        (ADA_TOO, "lifecycle.own-work"),
        (replace(BEN, kind="service"), "lifecycle.not-a-person"),
        (replace(BEN, kind="agent"), "lifecycle.not-a-person"),
    ],
)
def test_an_approval_is_of_another_person(by: Signatory, told: str) -> None:
    assert worth(OPEN, by) == told
    assert worth(replace(OPEN, author=BEA, submitter=ADA), by) == told


def test_an_approval_is_of_what_lies_before_its_giver() -> None:
    seen = Given(EVIDENCE.plan, EVIDENCE.digest)
    assert worth(OPEN, BEN, seen) == "last"
    for other in (Given(plan="sha256:o"), Given(evidence=EVIDENCE.plan)):
        assert worth(OPEN, BEN, other) == "lifecycle.other-digest"
    shown = Attachment(kind="simulation", digest="sha256:" + "0" * 64)
    more = EVIDENCE.model_copy(update={"attached": (shown,)})
    assert worth(replace(OPEN, evidence=more), BEN, seen) == "lifecycle.other-digest"


people = st.builds(
    Signatory,
    id=st.sampled_from(["ada", "ada-too", "ben", "ben-too", "bea", "bob"]),
    person=st.just(""),
    kind=st.sampled_from(["user", "user", "user", "service", "agent"]),
).map(lambda one: replace(one, person=one.id.removesuffix("-too")))


@given(st.lists(people, max_size=12), st.integers(1, 3))
def test_whoever_approves_in_whatever_order_it_takes_so_many_other_persons(
    tried: list[Signatory], needed: int
) -> None:
    round, ended = OPEN, 0
    for by in tried:
        told = worth(round, by, needed=needed)
        if told in ("counted", "last"):
            round = replace(round, approvers=(*round.approvers, by.person))
        if told == "last":
            round, ended = replace(round, stage="approved"), ended + 1
    persons = set(round.approvers)
    assert (len(persons), ended) == (len(round.approvers), int(len(persons) >= needed))
    others = {one.person for one in tried if one.kind == "user"} - {"ada"}
    assert persons <= others
    assert (round.stage == "approved") == (len(others) >= needed)


def test_an_environment_takes_what_is_approved_and_the_sandbox_anything() -> None:
    draft, waiting, approved = (Standing(stage) for stage in STAGES)
    assert [code(one, BEN, "sandbox") for one in (draft, waiting, approved)] == ["free"] * 3
    refused = "lifecycle.not-approved"
    assert [code(one, BEN, "production") for one in (draft, waiting, approved)] == [
        refused,
        refused,
        "approved",
    ]
    assert code(Standing(retired=True), BEN, "sandbox") == RETIRED


def test_glass_is_broken_by_persons_and_only_where_something_is_missing() -> None:
    assert code(Standing(), BEN, "production", glass=True) == "broken-glass"
    assert code(Standing("approved"), BEN, "production", glass=True) == "approved"
    machine = replace(BEN, kind="service")
    assert code(Standing(), machine, "production", glass=True) == "lifecycle.not-a-person"
    assert code(Standing(retired=True), BEN, "production", glass=True) == RETIRED


def test_an_owner_deploys_what_they_wrote_and_nobody_submitted() -> None:
    mine = {"owners": frozenset({"ada"})}
    refused = "lifecycle.not-approved"
    assert code(Standing(), ADA, "production", **mine) == "owner"
    assert code(Standing(), BEN, "production", **mine) == refused
    assert code(Standing(), ADA_TOO, "production", **mine) == refused
    assert code(Standing(), replace(ADA, kind="service"), "production", **mine) == refused
    assert code(Standing(), ADA, "production", submissions=1, **mine) == refused


def test_a_refusal_says_what_is_missing_and_who_can_do_it() -> None:
    one = Candidate(
        "acme.a 1.0.0", Standing("submitted"), "production", BEA, ADA, submitter=BEN, needed=3
    )
    with pytest.raises(Refused) as refused:
        cleared(replace(one, approvals=1))
    assert refused.value.message == (
        "acme.a 1.0.0 is under review, and production takes what is approved: it takes 2 "
        "approvals, each of a person with one of the roles approver, tenant-admin, "
        "platform-admin, other than ada, ben."
    )


versions = st.sampled_from(["1", "2", "3", "4"])


@given(st.lists(versions, min_size=1))
def test_going_back_never_stays_and_never_goes_where_nothing_ran(ran: list[str]) -> None:
    history = [Ran(one) for one in ran]
    earlier = before(history, ran[-1])
    assert ran[-1] not in earlier
    assert len(earlier) == len(set(earlier))
    assert set(earlier) == set(ran) - {ran[-1]}


@given(st.lists(versions, min_size=1, unique=True))
def test_going_back_again_and_again_leads_to_the_first_and_ends(ran: list[str]) -> None:
    history, now, seen = [Ran(one) for one in ran], ran[-1], [ran[-1]]
    while earlier := before(history, now):
        now = earlier[0]
        history.append(Ran(now, back=True))
        seen.append(now)
    assert seen == ran[::-1]


def test_versions_are_promoted_upwards_only() -> None:
    order = Rules().order
    upwards(order, "sandbox", "production")
    for source, target in (("production", "staging"), ("staging", "staging"), ("moon", "staging")):
        with pytest.raises(Refused, match=r"lifecycle\.order"):
            upwards(order, source, target)
    assert next_environment(order, ["sandbox", "staging"]) == ("staging", "production")
    assert next_environment(order, ["production"]) is None
    assert next_environment(order, []) is None


def plan(*tasks: object, **more: object) -> Plan:
    """A plan of these tasks."""
    known = {"solution": "acme.a", "version": "1.0.0", "definition": "sha256:d", "tasks": tasks}
    return Plan.model_validate({**known, **more})


def step(name: str, n: int, **more: object) -> object:
    return {"kind": "set", "name": name, "ref": f"/do/{n}/{name}", "value": {"n": 1}, **more}


def told(one: Plan, other: Plan) -> list[tuple[str, str, str]]:
    return [(change.what, change.how, change.name) for change in diff(one, other)]


def test_versions_that_do_the_same_do_not_differ() -> None:
    one = plan(step("a", 0), step("b", 1))
    assert diff(one, one) == ()
    assert told(one, plan(step("a", 0), step("b", 1), version="2.0.0", definition="sha256:o")) == []


def test_a_step_put_in_between_does_not_change_those_behind_it() -> None:
    one = plan(step("a", 0), step("b", 1))
    assert told(one, plan(step("a", 0), step("new", 1), step("b", 2))) == [
        ("step", "added", "do/new")
    ]
    assert told(one, plan(step("b", 1))) == [("step", "removed", "do/a")]


def test_what_moved_and_what_changed_is_told_apart() -> None:
    one = plan(step("a", 0), step("b", 1), step("c", 2))
    assert told(one, plan(step("b", 0), step("c", 1), step("a", 2))) == [("step", "moved", "do/a")]
    [change] = diff(one, plan(step("a", 0), step("b", 1, value={"n": 2}), step("c", 2)))
    assert (change.name, change.before, change.after) == (
        "do/b",
        {"value": {"n": 1}},
        {"value": {"n": 2}},
    )


def test_whom_it_reaches_and_what_it_may_use_are_differences_of_their_own() -> None:
    fetch = {
        "kind": "http",
        "name": "pay",
        "ref": "/do/0/pay",
        "method": "POST",
        "uri": "https://bank.example/pay",
        "effect": "write",
        "secrets": {"/headers/Authorization": ({"secret": "bank"},)},
    }
    rival = {**fetch, "uri": "https://rival.example/pay"}
    night = {"kind": "quietHours", "from": "21:00", "to": "08:00"}
    one = plan(fetch, policies={"night": night}, capabilities={"insights.score:1": "1.0.0"})
    assert told(plan(), one) == [
        ("step", "added", "do/pay"),
        ("destination", "added", "host bank.example"),
        ("policy", "added", "night"),
        ("permission", "added", "capability insights.score:1"),
        ("permission", "added", "secret bank"),
        ("permission", "added", "effect write"),
    ]
    other = plan(rival, policies={"night": night | {"to": "07:00"}})
    assert told(one, other) == [
        ("step", "changed", "do/pay"),
        ("destination", "removed", "host bank.example"),
        ("destination", "added", "host rival.example"),
        ("policy", "changed", "night"),
        ("permission", "removed", "capability insights.score:1"),
    ]
