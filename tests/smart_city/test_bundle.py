"""Policy documents become one bundle, or problems that say what to mend."""

from typing import Any, cast

import pytest

from smart_city.bundle import LayeredDocument, check, compile_bundle, explain
from smart_city.policies import KINDS
from symphainy.codes import CODES
from symphainy.findings import Invalid
from tests.smart_city.world import APPROVAL, CAP, CONSENT, NIGHT, bundle, layered


def _problems(document: Any, name: str = "night") -> list[tuple[str, str, str]]:
    found = check([LayeredDocument("solution", name, document)])
    return [(one.code, one.pointer, one.message) for one in found]


def _fix(document: Any) -> str:
    return check([LayeredDocument("solution", "night", document)])[0].fix


def test_policies_of_every_kind_and_layer_have_no_problems() -> None:
    policies = {"platform/night": NIGHT, "tenant/consent": CONSENT, "cap": CAP, "ask": APPROVAL}
    assert check(layered(policies)) == []


@pytest.mark.parametrize(
    ("document", "expected"),
    [
        ("night", ("policy.value", "", "a policy is a mapping with a kind")),
        ({}, ("policy.missing-field", "", "the policy does not say its kind")),
        ({"kind": "quietHour"}, ("policy.unknown-kind", "/kind", "`quietHour` is no kind")),
        ({"kind": ["x"]}, ("policy.unknown-kind", "/kind", "`['x']` is no kind")),
        ({"kind": "freeForAll"}, ("policy.unknown-kind", "/kind", "`freeForAll` is no kind")),
        (
            {**NIGHT, "chanels": ["sms"]},
            ("policy.unknown-field", "/chanels", "`chanels` is no field of quietHours"),
        ),
        (
            {**NIGHT, "from_": "21:00"},
            ("policy.unknown-field", "/from_", "`from_` is no field of quietHours"),
        ),
        ({"kind": "consent", "~a/b": 1}, ("policy.unknown-field", "/~0a~1b", None)),
        ({"kind": "quietHours", "from": "21:00"}, ("policy.missing-field", "", "to is missing")),
        (
            {**NIGHT, "from": 1260},
            ("policy.value", "/from", 'write a time of day in quotes, from "00:00" to "24:00"'),
        ),
        ({**NIGHT, "to": "24:01"}, ("policy.value", "/to", None)),
        ({**NIGHT, "to": "8:00"}, ("policy.value", "/to", None)),
        (
            {**NIGHT, "to": "21:00"},
            ("policy.value", "", "a window that ends when it starts has no length"),
        ),
        (
            {**NIGHT, "from": "00:00", "to": "24:00"},
            ("policy.value", "", "a window over all of every day never ends"),
        ),
        (
            {**NIGHT, "zone": "europe/berlin"},
            (
                "policy.value",
                "/zone",
                "'europe/berlin' is no IANA time zone; did you mean Europe/Berlin?",
            ),
        ),
        ({**NIGHT, "zone": 3}, ("policy.value", "/zone", None)),
        ({**NIGHT, "unknownZone": "customer"}, ("policy.value", "/unknownZone", None)),
        ({**NIGHT, "channels": []}, ("policy.value", "/channels", None)),
        ({**NIGHT, "channels": ["fax"]}, ("policy.value", "/channels/0", None)),
        ({**NIGHT, "channels": "email"}, ("policy.value", "/channels", None)),
        ({**NIGHT, "days": ["monday"]}, ("policy.value", "/days/0", None)),
        ({**NIGHT, "before": []}, ("policy.value", "/before", None)),
        ({**NIGHT, "onBreach": "hold"}, ("policy.value", "/onBreach", None)),
        ({**CONSENT, "onBreach": "defer"}, ("policy.value", "/onBreach", None)),
        ({**CONSENT, "purposes": ["fun"]}, ("policy.value", "/purposes/0", None)),
        ({**CAP, "max": 0}, ("policy.value", "/max", None)),
        ({**CAP, "max": "3"}, ("policy.value", "/max", None)),
        ({**CAP, "per": "P1M"}, ("policy.value", "/per", None)),
        ({**CAP, "scope": "planet"}, ("policy.value", "/scope", None)),
        ({**APPROVAL, "within": {"fortnights": 1}}, ("policy.value", "/within", None)),
        ({**APPROVAL, "role": ""}, ("policy.value", "/role", None)),
        ({**APPROVAL, "distinctFrom": ["author"]}, ("policy.value", "/distinctFrom/0", None)),
        ({**NIGHT, "when": 3}, ("policy.value", "/when", None)),
        ({**NIGHT, "when": {1, 2}}, ("policy.value", "", "the policy is not JSON")),
        ({**NIGHT, "when": "\ud800"}, ("policy.value", "", "the policy is not JSON")),
        ({**CAP, "max": float("nan")}, ("policy.value", "", "the policy is not JSON")),
    ],
)
def test_what_is_wrong_is_said_with_its_place(
    document: Any, expected: tuple[str, str, str | None]
) -> None:
    [(code, pointer, message)] = _problems(document)
    assert (code, pointer, expected[2] or message) == (expected[0], expected[1], message)
    assert code in CODES


def test_near_misses_are_named() -> None:
    assert _fix({"kind": "QuietHour"}) == "Write quietHours."
    assert _fix({**NIGHT, "chanels": ["sms"]}) == "Write channels."
    assert _fix({**NIGHT, "zzz": 1}).startswith("Use one of: before, channels, days, from,")


@pytest.mark.parametrize("name", ["", "1st", "a b", "a/b", "a.b", 'a"b', "a" * 65, "nïght", "a\n"])
def test_names_that_could_not_be_ids_are_problems(name: str) -> None:
    assert [code for code, _, _ in _problems(NIGHT, name)] == ["policy.name"]


def test_a_layer_nobody_knows_is_a_problem() -> None:
    unknown = LayeredDocument(cast(Any, ["platform"]), "night", NIGHT)
    assert [one.code for one in check([unknown])] == ["policy.value"]


def test_two_policies_of_one_name_in_one_layer_are_a_problem() -> None:
    twice = [LayeredDocument("tenant", "night", NIGHT), LayeredDocument("tenant", "night", CAP)]
    assert [(one.code, one.layer, one.name) for one in check(twice)] == [
        ("policy.duplicate", "tenant", "night")
    ]


def test_problems_are_raised_as_findings_with_pointers_into_the_section() -> None:
    with pytest.raises(Invalid) as invalid:
        bundle(night={**NIGHT, "to": "8"}, cap={**CAP, "per": "P1Y"})
    assert [(one.code, one.pointer) for one in invalid.value.findings] == [
        ("policy.value", "/cap/per"),
        ("policy.value", "/night/to"),
    ]


def test_the_same_documents_in_any_order_are_one_bundle() -> None:
    documents = layered({"night": NIGHT, "tenant/consent": CONSENT, "cap": CAP})
    assert compile_bundle(documents) is compile_bundle(documents[::-1])


def test_every_value_that_decides_changes_the_digest() -> None:
    bundles = [
        bundle(),
        bundle(night=NIGHT),
        bundle(**{"tenant/night": NIGHT}),
        bundle(night={**NIGHT, "zone": "Europe/Berlin"}),
        bundle(night={**NIGHT, "onBreach": "skip"}),
        bundle(ask=APPROVAL),
        bundle(ask={**APPROVAL, "within": "P3D"}),
        bundle(ask={**APPROVAL, "distinctFrom": []}),
        bundle(ask={**APPROVAL, "when": "${ false }"}),
        bundle(cap=CAP),
        bundle(cap={**CAP, "per": "P8D"}),
        bundle(cap={**CAP, "scope": "run"}),
    ]
    assert len({one.digest for one in bundles}) == len(bundles)


def test_two_ways_to_write_one_policy_give_one_digest() -> None:
    short, long = {**CAP, "per": "P1W"}, {**CAP, "scope": "customer", "per": {"days": 7}}
    assert bundle(cap=short).digest == bundle(cap=long).digest


def test_a_bundle_lists_its_policies_with_the_platforms_own() -> None:
    policies = bundle(**{"night": NIGHT, "tenant/consent": CONSENT}).policies
    assert [(one.layer, one.name, one.kind) for one in policies] == [
        ("platform", "tenantWall", "tenantWall"),
        ("platform", "freshFacts", "freshFacts"),
        ("platform", "killSwitch", "killSwitch"),
        ("tenant", "consent", "consent"),
        ("solution", "night", "quietHours"),
    ]


def test_a_bundle_explains_itself_in_cedar() -> None:
    text = explain(bundle(consent=CONSENT))
    assert text[text.index('// {"kind": "consent"') :] == (
        '// {"kind": "consent", "channels": ["email", "voice"], "onBreach": "deny"}\n'
        '@id("solution/consent")\n'
        '@layer("solution")\n'
        '@kind("consent")\n'
        '@obligation("deny")\n'
        '@reason("no consent on record (`consent`)")\n'
        "forbid (principal, action, resource)\n"
        'when { ["email", "voice", "unknown"].contains(resource.channel) }\n'
        "unless { context.facts.contains(resource.consent) };\n"
    )


def test_every_kind_has_a_json_schema_for_editors() -> None:
    assert {name: kind.model_json_schema()["title"] for name, kind in KINDS.items()} == {
        "agentTools": "AgentTools",
        "allowList": "AllowList",
        "approval": "NeedsApproval",
        "budget": "Budget",
        "cedar": "Raw",
        "consent": "Consent",
        "dataClass": "DataClass",
        "denyList": "DenyList",
        "frequencyCap": "FrequencyCap",
        "killSwitch": "Stop",
        "mask": "Mask",
        "quietHours": "QuietHours",
        "rateLimit": "RateLimit",
        "residency": "Residency",
        "retention": "Retention",
    }
