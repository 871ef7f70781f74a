"""Durations: in parts, in ISO 8601, or as an expression."""

import re
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from pydantic import GetCoreSchemaHandler
from pydantic_core import CoreSchema, PydanticCustomError, core_schema

from symphainy.definition.model import OBJECT, TAG, TEXT, Model, shape
from symphainy.json import Json

__all__ = ["Duration", "DurationParts", "is_expression"]

MADE = f"{TAG}made"
SECOND, MINUTE, HOUR, DAY = 1_000, 60_000, 3_600_000, 86_400_000
PARTS = {"days": DAY, "hours": HOUR, "minutes": MINUTE, "seconds": SECOND, "milliseconds": 1}
NUMBER = r"(?:([0-9]{1,12}(?:\.[0-9]{1,12})?)%s)?"
ISO_8601 = re.compile(
    "P(?!$)"
    + "".join(NUMBER % unit for unit in "YMWD")
    + "(?:T(?=[0-9])"
    + "".join(NUMBER % unit for unit in "HMS")
    + ")?"
)
UNITS = (365 * DAY, 30 * DAY, 7 * DAY, DAY, HOUR, MINUTE, SECOND)
LONGEST = 100 * 365 * DAY
EXPRESSION = re.compile(r"\s*\$\{.+\}\s*", re.DOTALL)


def is_expression(text: str) -> bool:
    """Whether the whole text is one `${ ... }`."""
    return EXPRESSION.fullmatch(text) is not None


class DurationParts(Model):
    """The form that says its units."""

    days: int = 0
    hours: int = 0
    minutes: int = 0
    seconds: int = 0
    milliseconds: int = 0


@dataclass(frozen=True, slots=True)
class Duration:
    """A length of time; exactly one of `milliseconds` and `expression` is there.

    A year counts 365 days and a month 30, for want of a date to count from.
    """

    milliseconds: int | None
    expression: str | None
    written: Json

    @classmethod
    def parse(cls, text: str) -> "Duration":
        """From ISO 8601 or `${ ... }`; raises `ValueError` for anything else."""
        if is_expression(text):
            return cls(None, text, text)
        match = ISO_8601.fullmatch(text)
        if match is None:
            raise PydanticCustomError("schema.duration", "is not an ISO 8601 duration")
        parts = zip(match.groups(), UNITS, strict=True)
        total = sum(Fraction(count) * unit for count, unit in parts if count)
        return cls(_bounded(round(total)), None, text)

    @classmethod
    def __get_pydantic_core_schema__(cls, _: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        parts = handler.generate_schema(DurationParts)
        text = core_schema.str_schema(strict=True)
        return core_schema.tagged_union_schema(
            {
                OBJECT: core_schema.no_info_after_validator_function(_of_parts, parts),
                TEXT: core_schema.no_info_after_validator_function(cls.parse, text),
                MADE: core_schema.is_instance_schema(cls),
            },
            discriminator=lambda value: MADE if isinstance(value, cls) else shape(value),
        )


def _of_parts(parts: DurationParts) -> Duration:
    if not parts.model_fields_set:
        raise PydanticCustomError("schema.duration", "has no parts")
    if any(getattr(parts, name) < 0 for name in PARTS):
        raise PydanticCustomError("schema.duration", "has a negative part")
    total = sum(getattr(parts, name) * unit for name, unit in PARTS.items())
    written: dict[str, Json] = parts.model_dump(exclude_unset=True)
    return Duration(_bounded(total), None, written)


def _bounded(total: int) -> int:
    if total > LONGEST:
        raise PydanticCustomError("schema.duration", "is longer than 100 years")
    return total
