"""insights.score, as a definition would use it."""

from typing import Any

import pytest

from activities.insights.models import MODELS
from activities.insights.score import Asked, score
from activities.insights.scorecard import Rule, Score, Scorecard, scored
from symphainy.capability import Call
from symphainy.errors import Refused


def card(op: str, value: Any, **more: Any) -> Scorecard:
    rule = {"feature": "x", "op": op, "value": value, "points": 1, "reason": "so"}
    return Scorecard.model_validate({"rules": [rule], **more})


@pytest.mark.parametrize(
    ("op", "value", "feature", "applies"),
    [
        ("eq", 3, 3.0, True),
        ("eq", True, 1, False),
        ("eq", "a", "a", True),
        ("ne", "a", "b", True),
        ("ne", "a", "a", False),
        ("lt", 3, 2.9, True),
        ("lt", 3, 3, False),
        ("le", 3, 3, True),
        ("gt", "2026-01-01", "2026-01-02", True),
        ("ge", 3, 3, True),
        ("in", ["AT", "DE"], "AT", True),
        ("in", [1, 2], True, False),
        ("between", [1, 3], 3, True),
        ("between", [1, 3], 3.01, False),
        ("exists", None, 0, True),
        ("exists", False, 0, False),
    ],
)
def test_a_rule_applies_or_not(op: str, value: Any, feature: Any, applies: bool) -> None:
    assert scored({"x": feature}, card(op, value)).score == int(applies)


def test_what_is_missing_gives_nothing_and_is_named() -> None:
    rules = [
        Rule(feature="a.b", op="ge", value=1, points=5, reason="five"),
        Rule(feature="a.c", op="ne", value=1, points=5, reason="five"),
        Rule(feature="d", op="exists", points=5, reason="five"),
        Rule(feature="e", op="exists", value=False, points=2, reason="no e"),
    ]

    assert scored({"a": {"b": None}}, Scorecard(rules=rules)).model_dump() == {
        "score": 2,
        "band": None,
        "base": 0,
        "reasons": [{"feature": "e", "points": 2, "text": "no e"}],
        "missing": ["a.b", "a.c"],
    }


def test_points_add_up_as_people_write_them() -> None:
    rules = [
        Rule(feature="x", op="exists", points=points, reason="so") for points in (0.1, 0.2, 2.7)
    ]

    assert scored({"x": 1}, Scorecard(rules=rules[:2])).score == 0.3
    assert repr(scored({"x": 1}, Scorecard(rules=rules)).score) == "3"


@pytest.mark.parametrize(("base", "band"), [(-1, None), (0, "low"), (39.9, "low"), (40, "high")])
def test_the_highest_band_reached_is_named(base: float, band: str | None) -> None:
    bands = [{"from": 40, "label": "high"}, {"from": 0, "label": "low"}]

    assert scored({}, card("exists", True, base=base, bands=bands)).band == band


@pytest.mark.parametrize("model", MODELS)
def test_a_built_in_model_goes_from_zero_to_a_hundred(model: str) -> None:
    rules = MODELS[model].rules
    base = MODELS[model].base

    assert base + sum(one.points for one in rules if one.points < 0) == 0
    assert base + sum(one.points for one in rules if one.points > 0) == 100
    assert MODELS[model].bands[0].start == 0


@pytest.mark.parametrize(
    ("asked", "code", "pointer"),
    [
        ({"features": {}}, "score.model", "/model"),
        ({"features": {}, "model": "oracle"}, "score.model", "/model"),
        (
            {"features": {}, "model": "lead-fit", "scorecard": card("eq", 1)},
            "score.model",
            "/model",
        ),
        ({"features": {"x": "3"}, "scorecard": card("lt", 5)}, "score.rule", "/scorecard/rules/0"),
        ({"features": {"x": True}, "scorecard": card("lt", 5)}, "score.rule", "/scorecard/rules/0"),
        ({"features": {"x": 1}, "scorecard": card("in", 1)}, "score.rule", "/scorecard/rules/0"),
        (
            {"features": {"x": 1}, "scorecard": card("between", [1])},
            "score.rule",
            "/scorecard/rules/0",
        ),
        (
            {"features": {"x": float("nan")}, "scorecard": card("lt", 1)},
            "score.rule",
            "/scorecard/rules/0",
        ),
        (
            {
                "features": {},
                "scorecard": card("eq", 1, bands=[{"from": 1, "label": "a"}] * 2),
            },
            "score.bands",
            "/scorecard/bands",
        ),
    ],
)
async def test_what_cannot_be_scored_is_refused(
    call: Call, asked: dict[str, Any], code: str, pointer: str
) -> None:
    with pytest.raises(Refused) as caught:
        await score(call, Asked.model_validate(asked))

    assert (caught.value.code, caught.value.pointer) == (code, pointer)


async def test_a_customer_of_old_who_pays_late_is_a_medium_risk(call: Call) -> None:
    features = {"daysOverdue": 20, "latePayments": 4, "brokenPromises": 1, "openAmount": 900.5}
    risk: Score = await score(call, Asked(model="payment-risk", features={**features}))

    assert (risk.score, risk.band) == (60, "medium")
    assert risk.score == risk.base + sum(one.points for one in risk.reasons)
