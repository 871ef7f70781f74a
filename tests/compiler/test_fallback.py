"""Fallbacks: other experiences of the solution, that have what is to be sent."""

import pytest

from symphainy.plan import Plan
from tests.compiler.finding import CATALOG, HEAD, found, messages
from workflows.compiler import check, compile

BODY = """
experiences:
  email: {adapter: ses, fallback: <FALLBACK>, templates: {hello: {text: Hello}}}
  backup: {adapter: sendgrid, templates: {hello: {text: Hello}}}
  phone: {channel: sms, adapter: sandbox, templates: {hi: {text: Hi}}}
do:
  - greet: {call: email, with: {to: ada, template: hello}}
"""


def over(*names: str) -> str:
    return BODY.replace("<FALLBACK>", f"[{', '.join(names)}]")


def test_a_fallback_is_kept_in_its_order() -> None:
    plan = compile(HEAD + over("backup"), CATALOG).plan

    assert plan is not None
    assert plan.experiences["email"].fallback == ("backup",)
    assert Plan.model_validate(plan.dump()) == plan


@pytest.mark.parametrize(
    ("names", "places"),
    [(("pigeon",), [0]), (("email",), [0]), (("backup", "backup"), [1])],
)
def test_a_fallback_is_another_experience(names: tuple[str, ...], places: list[int]) -> None:
    expected = [("compile.fallback", f"/experiences/email/fallback/{i}") for i in places]

    assert found(over(*names)) == expected


def test_a_fallback_has_the_template_that_is_to_be_sent() -> None:
    assert found(over("backup", "phone")) == [
        ("compile.unknown-template", "/do/0/greet/with/template")
    ]
    assert messages(over("backup", "phone"))[0][0].startswith(
        "`experiences.phone.templates`, a fallback of `email`, has no 'hello'"
    )


def test_the_promise_of_a_step_is_the_weakest_of_its_ways() -> None:
    body = """
experiences:
  email: {channel: email, adapter: sandbox, fallback: [backup]}
  backup: {adapter: sendgrid}
do:
  - greet: {call: email, with: {to: ada, text: Hello}}
"""

    assert check(HEAD + body, CATALOG).promises == {"/do/0/greet": "at most once"}
