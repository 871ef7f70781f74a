"""Abuse cases 1 to 4: Cedar of a tenant can forbid, and nothing else."""

import pytest

from smart_city.decide import decide
from smart_city.layers import problems
from smart_city.verdict import Layer
from tests.smart_city.world import INITIATOR, SERVICE, bundle, known, mail

BY_PEOPLE = """
// Offers are for people; ( ( (
@id("tenant/by-people") @reason("people send offers")
forbid (principal, action == Symphainy::Action::"deliver", resource)
unless { principal.kind == "user" };
@id("tenant/no-sms") @obligation("skip")
forbid (principal, action, resource) when { resource.channel == "sms" };
"""


def said(text: str, layer: Layer = "tenant") -> list[tuple[str, str]]:
    return [
        (one.code, one.message)
        for one in problems(layer, {"raw": {"kind": "cedar", "forbid": text}})
    ]


def test_a_forbid_in_cedar_decides_with_its_own_words() -> None:
    found = bundle(**{"tenant/raw": {"kind": "cedar", "forbid": BY_PEOPLE}})

    assert decide(found, mail(principal=INITIATOR), known()).outcome == "allow"
    verdict = decide(found, mail(principal=SERVICE), known())
    assert (verdict.outcome, verdict.code, verdict.reason, verdict.determining) == (
        "deny",
        "policy.cedar",
        "people send offers",
        ("tenant/raw.by-people",),
    )
    assert decide(found, mail(channel="sms"), known()).outcome == "skip"


@pytest.mark.parametrize(
    "text",
    [
        "permit(principal, action, resource);",
        '@id("tenant/all") permit(principal, action, resource);',
        '@id("tenant/a") forbid(principal, action, resource); permit(principal, action, resource);',
        '@id("tenant/a") forbid(principal, action, resource) when { true };'
        '@id("tenant/b") permit(principal, action, resource);',
    ],
)
def test_case_1_a_permit_of_a_tenant_is_refused_and_the_rule_is_named(text: str) -> None:
    ((code, message),) = said(text)
    assert code == "policy.value"
    assert "only the platform permits" in message


@pytest.mark.parametrize(
    "condition",
    [
        "(" * 1000 + "true" + ")" * 1000,
        "[" * 1000,
        "!(" * 1000,
        " || ".join(f'resource.task == "{n}"' for n in range(10_000)),
        " || ".join(["true"] * 500),
        "if true then true else " * 400 + "true",
        "1" + "+1" * 500 + " == 1",
    ],
)
def test_case_2_deep_or_long_cedar_is_refused_before_it_is_parsed(condition: str) -> None:
    text = f'@id("tenant/a") forbid(principal, action, resource) when {{ {condition} }};'
    ((code, message),) = said(text)
    assert code == "policy.value"
    assert message.startswith(("more than", "brackets nested", "a closing"))


@pytest.mark.parametrize(
    "condition",
    ["context.chanel == 3", "resource.channel > 3", 'context.clocks["customer"].minute > 3'],
)
def test_case_3_what_reads_what_is_not_there_is_refused(condition: str) -> None:
    text = f'@id("tenant/a") forbid(principal, action, resource) when {{ {condition} }};'
    ((code, _),) = said(text)
    assert code == "policy.not-compiled"


def test_case_3_a_forbid_that_fails_to_evaluate_denies() -> None:
    text = (
        '@id("tenant/a") forbid(principal, action, resource)'
        " when { 9223372036854775807 + 1 > 0 && resource.channel == context.facts.contains(1) };"
    )
    overflow = (
        '@id("tenant/a") forbid(principal, action, resource) when { 9223372036854775807 + 1 > 0 };'
    )
    assert said(text) != []
    found = bundle(**{"tenant/raw": {"kind": "cedar", "forbid": overflow}})
    verdict = decide(found, mail(), known())
    assert (verdict.outcome, verdict.code) == ("deny", "policy.engine-error")


@pytest.mark.parametrize(
    ("annotations", "why"),
    [
        ('@id("tenant/a") @obligation("allow")', "@obligation('allow') is none of deny, skip"),
        ('@id("tenant/a") @obligation("defer")', "@obligation('defer') is none of deny, skip"),
        ('@id("tenant/a") @layer("platform")', "@layer is none of @id, @obligation and @reason"),
        (
            '@id("platform/permit")',
            '@id("platform/permit") is not yours: ids here begin with tenant/',
        ),
        ('@id("solution/a")', '@id("solution/a") is not yours: ids here begin with tenant/'),
        ("", 'every statement has an @id such as @id("tenant/no-rivals")'),
        ('@id("tenant/a.b")', 'every statement has an @id such as @id("tenant/no-rivals")'),
    ],
)
def test_case_4_unknown_obligations_and_ids_of_others_are_refused(
    annotations: str, why: str
) -> None:
    assert said(f"{annotations} forbid(principal, action, resource);") == [("policy.value", why)]


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "write 1 to 50 statements"),
        ("// nothing", "write 1 to 50 statements"),
        ('@id("tenant/a") forbid(principal, action, resource)', "has no semicolon"),
        ('@id("tenant/a") forbid(principal == ?principal, action, resource);', "templates"),
        ('@id("tenant/a") forbid(principal, action, resource);' * 2, "the same @id"),
        ('@id("tenant/a") forbid;', "this is no Cedar"),
        ("x" * 17_000, "more than 16 KiB"),
        ('@id("tenant/a") forbid(principal, action, resource) when { " };', "no semicolon"),
    ],
)
def test_what_is_no_forbid_is_refused(text: str, why: str) -> None:
    ((code, message),) = said(text)
    assert code == "policy.value"
    assert why in message


def test_an_annotation_cannot_pretend_to_be_the_statement() -> None:
    tricky = (
        '@id("tenant/a") @reason("forbid (principal, action, resource);")'
        ' forbid(principal, action, resource) when { resource.channel == "sms" };'
    )
    found = bundle(**{"tenant/raw": {"kind": "cedar", "forbid": tricky}})
    assert decide(found, mail(), known()).outcome == "allow"
    assert decide(found, mail(channel="sms"), known()).outcome == "deny"
