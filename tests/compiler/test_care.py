"""What an experience says about when, checked and planned."""

import pytest

from symphainy.plan import Plan
from tests.compiler.finding import CATALOG, HEAD, found
from workflows.compiler import compile

BODY = """
experiences:
  email:
    adapter: sandbox
    channel: email
    templates: {one: {subject: One, text: one}, several: {subject: All, text: all}}
    <MORE>
do:
  - tell: {call: email, with: {to: ada@example.com, template: one}}
"""


def saying(more: str) -> str:
    return BODY.replace("<MORE>", more)


def test_times_rates_and_digests_are_kept_in_the_plan() -> None:
    more = "expires: P1D\n    rate: 30/min\n    digest: {every: {minutes: 90}, template: several}"
    plan = compile(HEAD + saying(more), CATALOG).plan
    assert plan is not None
    email = plan.experiences["email"]
    assert (email.expires, email.every) == (86_400.0, 2.0)
    assert email.digest is not None
    assert (email.digest.seconds, email.digest.template) == (5_400.0, "several")
    assert Plan.model_validate(plan.dump()) == plan


def test_a_digest_may_be_for_a_time_of_day() -> None:
    more = 'digest: {at: "18:30", days: [fri, mon], template: several}'
    plan = compile(HEAD + saying(more), CATALOG).plan
    assert plan is not None
    digest = plan.experiences["email"].digest
    assert digest is not None
    assert (digest.at, digest.days, digest.template) == (1_110, ("mon", "fri"), "several")


@pytest.mark.parametrize(
    ("more", "expected"),
    [
        ('expires: "${ .soon }"', [("compile.care", "/experiences/email/expires")]),
        ("expires: PT0S", [("compile.care", "/experiences/email/expires")]),
        ("rate: fast", [("schema.value", "/experiences/email/rate")]),
        ("rate: 0/s", [("schema.value", "/experiences/email/rate")]),
        (
            "digest: {every: PT1H, template: al}",
            [("compile.care", "/experiences/email/digest/template")],
        ),
        (
            "expires: PT30M\n    digest: {every: PT1H, template: several}",
            [("compile.care", "/experiences/email/digest/every")],
        ),
        ("digest: {every: PT1H}", [("schema.required", "/experiences/email/digest")]),
        ("digest: {template: several}", [("schema.exclusive", "/experiences/email/digest")]),
        (
            'digest: {every: PT1H, at: "08:00", template: several}',
            [("schema.exclusive", "/experiences/email/digest")],
        ),
        (
            "digest: {every: PT1H, days: [mon], template: several}",
            [("schema.exclusive", "/experiences/email/digest")],
        ),
        (
            'digest: {at: "24:00", template: several}',
            [("schema.value", "/experiences/email/digest/at")],
        ),
        (
            'digest: {at: "08:00", days: [monday], template: several}',
            [("schema.value", "/experiences/email/digest/days/0")],
        ),
    ],
)
def test_what_cannot_be_kept_is_found(more: str, expected: list[tuple[str, str]]) -> None:
    assert found(saying(more)) == expected


def test_any_step_may_say_until_when_it_is_worth_sending() -> None:
    late = saying("").replace("template: one}", "template: one, expires: PT15M}")
    assert found(late) == []
    assert found(late.replace("PT15M", "7")) == [("compile.arguments", "/do/0/tell/with/expires")]
