"""Scorecards: points for what is so, each with its reason; deciding only."""

from collections.abc import Callable, Mapping
from decimal import Decimal
from math import isfinite
from types import MappingProxyType
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from symphainy.errors import Refused
from symphainy.json import Json

__all__ = ["Band", "Number", "Operator", "Reason", "Rule", "Score", "Scorecard", "scored"]

Number = int | float
Operator = Literal["eq", "ne", "lt", "le", "gt", "ge", "in", "between", "exists"]
_MISSING = object()


class _Model(BaseModel):
    model_config = ConfigDict(extra="forbid", allow_inf_nan=False)


class Rule(_Model):
    """Points for one thing about one feature."""

    feature: str = Field(min_length=1, description="Dotted path into the features.")
    op: Operator = Field(
        description="How the feature is compared with the value. `between` includes both ends; "
        "`exists` takes true (the default) or false."
    )
    value: Json = None
    points: Number
    reason: str = Field(min_length=1, description="For people: why the points are given.")


class Band(_Model):
    """A name for the scores from one on."""

    model_config = ConfigDict(extra="forbid", populate_by_name=True)

    start: Number = Field(alias="from")
    label: str = Field(min_length=1)


class Scorecard(_Model):
    """Base, rules and bands; every rule that applies adds its points."""

    base: Number = 0
    rules: list[Rule] = Field(min_length=1, max_length=500)
    bands: list[Band] = Field(default_factory=list, max_length=50)


class Reason(BaseModel):
    """Points that a rule gave."""

    feature: str
    points: Number
    text: str


class Score(BaseModel):
    """The sum, what it is called, and where each point comes from."""

    score: Number
    band: str | None = Field(description="The label of the highest band reached, if any.")
    base: Number = Field(description="What the score started from, before the reasons.")
    reasons: list[Reason]
    missing: list[str] = Field(
        description="Features that rules asked for and that are absent or null; they gave nothing."
    )


def scored(features: Mapping[str, Json], card: Scorecard) -> Score:
    """The score of `features`. Refused: score.rule, score.bands."""
    applied = [
        rule for position, rule in enumerate(card.rules) if _applies(features, rule, position)
    ]
    total = _sum([card.base, *(rule.points for rule in applied)])
    return Score(
        score=total,
        band=_band(card.bands, total),
        base=card.base,
        reasons=[
            Reason(feature=one.feature, points=one.points, text=one.reason) for one in applied
        ],
        missing=_missing(features, card.rules),
    )


def _applies(features: Mapping[str, Json], rule: Rule, position: int) -> bool:
    value = _at(features, rule.feature)
    if rule.op == "exists":
        return (value is not _MISSING) is (rule.value is not False)
    if value is _MISSING:
        return False
    try:
        return _OPERATORS[rule.op](value, rule.value)
    except TypeError as error:
        raise Refused(
            "score.rule",
            f"rule {position} ({rule.feature} {rule.op}): {error}",
            pointer=f"/scorecard/rules/{position}",
        ) from None


def _missing(features: Mapping[str, Json], rules: list[Rule]) -> list[str]:
    asked = dict.fromkeys(rule.feature for rule in rules if rule.op != "exists")
    return [feature for feature in asked if _at(features, feature) is _MISSING]


def _at(features: Mapping[str, Json], path: str) -> object:
    value: object = features
    for part in path.split("."):
        if not isinstance(value, Mapping) or value.get(part) is None:
            return _MISSING
        value = value[part]
    return value


def _same(value: object, other: object) -> bool:
    # To Python true is 1; to people who write scorecards it is not.
    return isinstance(value, bool) is isinstance(other, bool) and value == other


def _in(value: object, others: object) -> bool:
    if not isinstance(others, list):
        raise TypeError("`in` needs a list as its value")
    return any(_same(value, one) for one in others)


def _between(value: object, ends: object) -> bool:
    if not isinstance(ends, list) or len(ends) != 2:
        raise TypeError("`between` needs a list of two as its value")
    return _order(value, ends[0]) >= 0 and _order(value, ends[1]) <= 0


def _order(value: object, other: object) -> int:
    if isinstance(value, str) and isinstance(other, str):
        return (value > other) - (value < other)
    if _number(value) and _number(other):
        first, second = Decimal(str(value)), Decimal(str(other))
        return (first > second) - (first < second)
    raise TypeError(
        f"{_kind(value)} and {_kind(other)} have no order: use two numbers or two texts"
    )


def _number(value: object) -> bool:
    if isinstance(value, float):
        return isfinite(value)
    return isinstance(value, int) and not isinstance(value, bool)


def _kind(value: object) -> str:
    names = {bool: "a truth value", str: "a text", list: "a list", dict: "an object"}
    return names.get(type(value), "null" if value is None else "a number")


_OPERATORS: Mapping[str, Callable[[object, object], bool]] = MappingProxyType(
    {
        "eq": _same,
        "ne": lambda value, other: not _same(value, other),
        "lt": lambda value, other: _order(value, other) < 0,
        "le": lambda value, other: _order(value, other) <= 0,
        "gt": lambda value, other: _order(value, other) > 0,
        "ge": lambda value, other: _order(value, other) >= 0,
        "in": _in,
        "between": _between,
    }
)


def _sum(points: list[Number]) -> Number:
    """Summed as people write numbers, so that 0.1 + 0.2 is 0.3."""
    total = sum((Decimal(str(one)) for one in points), Decimal(0))
    return int(total) if total == total.to_integral_value() else float(total)


def _band(bands: list[Band], score: Number) -> str | None:
    starts = [band.start for band in bands]
    if len(set(starts)) < len(starts):
        raise Refused(
            "score.bands", "two bands start at the same score", pointer="/scorecard/bands"
        )
    reached = [band for band in bands if band.start <= score]
    return max(reached, key=lambda band: band.start).label if reached else None
