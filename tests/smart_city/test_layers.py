"""Platform, tenant and solution together: each restricts, and none loosens unless it may."""

import pytest

from smart_city.decide import decide
from smart_city.layers import effective, problems
from tests.smart_city.world import CAP, CONSENT, NIGHT, known, mail


def test_every_layer_has_to_be_content() -> None:
    both = effective({"tenant": {"asked": CONSENT}, "solution": {"night": NIGHT}})
    agreed, refused = known(), known(consents={})

    assert decide(both, mail(), agreed).outcome == "allow"
    verdict = decide(both, mail(), refused)
    assert (verdict.outcome, verdict.layer, verdict.determining) == (
        "deny",
        "tenant",
        ("tenant/asked",),
    )


def test_a_namesake_adds_to_what_is_not_overridable() -> None:
    both = effective({"tenant": {"cap": CAP}, "solution": {"cap": {**CAP, "max": 9}}})

    assert [one.id for one in both.policies if one.kind == "frequencyCap"] == [
        "tenant/cap",
        "solution/cap",
    ]
    assert both.replaced == ()


def test_the_most_specific_namesake_replaces_what_is_overridable() -> None:
    loose = {**CAP, "overridable": True}
    layers = {
        "platform": {"cap": {**loose, "max": 1}},
        "tenant": {"cap": {**loose, "max": 2}},
        "solution": {"cap": {**CAP, "max": 9}},
    }
    found = effective(layers)

    assert [one.id for one in found.policies if one.kind == "frequencyCap"] == ["solution/cap"]
    assert [(one.id, by.id) for one, by in found.replaced] == [
        ("platform/cap", "solution/cap"),
        ("tenant/cap", "solution/cap"),
    ]


def test_another_kind_of_the_same_name_replaces_nothing() -> None:
    layers = {"tenant": {"one": {**CAP, "overridable": True}}, "solution": {"one": CONSENT}}

    assert effective(layers).replaced == ()


@pytest.mark.parametrize(
    ("layer", "document", "pointer"),
    [
        ("tenant", {**CAP, "before": ["remind"]}, "/before"),
        ("platform", {**CAP, "when": "${ .big }"}, "/when"),
        ("solution", {**CAP, "overridable": True}, "/overridable"),
        ("tenant", {**CAP, "maximum": 3}, "/maximum"),
    ],
)
def test_what_a_layer_cannot_say_is_refused(layer, document, pointer) -> None:
    assert [one.pointer for one in problems(layer, {"one": document})] == [pointer]
