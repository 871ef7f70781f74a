"""quietHours: nothing goes out while it is night where the customer is."""

import re
from collections.abc import Iterator
from datetime import datetime
from typing import Annotated, Literal, Self
from zoneinfo import ZoneInfo

from pydantic import BeforeValidator, Field, PlainSerializer, model_validator
from pydantic_core import PydanticCustomError

from smart_city.cedar import literal, names
from smart_city.facts import Facts, Step
from smart_city.policies.kind import Breach, Forbid, Hold, Ref, Restriction
from smart_city.window import DAYS, MIDNIGHT, Day, Window, spoken, zone, zones

__all__ = ["QuietHours"]

_TIME = re.compile(r"([01]\d|2[0-4]):([0-5]\d)", re.ASCII)


def _minute(value: object) -> int:
    match = _TIME.fullmatch(value) if isinstance(value, str) else None
    minute = int(match[1]) * 60 + int(match[2]) if match else MIDNIGHT + 1
    if minute > MIDNIGHT:
        raise ValueError('write a time of day in quotes, from "00:00" to "24:00"')
    return minute


def _clock_face(minute: int) -> str:
    return f"{minute // 60:02}:{minute % 60:02}"


def _known_zone(value: object) -> str:
    if isinstance(value, str) and zone(value) is not None:
        return value
    near = zones().get(value.lower()) if isinstance(value, str) else None
    hint = f"; did you mean {near}?" if near else ", such as Europe/Berlin"
    raise ValueError(f"{str(value)[:60]!r} is no IANA time zone{hint}")


def _zone_or_customer(value: object) -> str:
    return "customer" if value == "customer" else _known_zone(value)


Time = Annotated[
    int,
    BeforeValidator(_minute, json_schema_input_type=str),
    PlainSerializer(_clock_face, return_type=str),
]


class QuietHours(Restriction):
    """No step on these channels within the window, by the clock on the customer's wall."""

    kind: Literal["quietHours"]
    from_: Time = Field(alias="from")
    to: Time
    zone: Annotated[str, BeforeValidator(_zone_or_customer)] = "customer"
    unknown_zone: Annotated[str, BeforeValidator(_known_zone)] | None = Field(
        None, alias="unknownZone"
    )
    """The zone to go by when neither the customer nor their phone number tells; without it nothing
    goes out."""
    days: Annotated[tuple[Day, ...], Field(min_length=1, max_length=7)] = DAYS
    """The days on which the window starts."""
    on_breach: Breach = Field("defer", alias="onBreach")

    @model_validator(mode="after")
    def _is_a_window(self) -> Self:
        if self.from_ == self.to or self.from_ == MIDNIGHT:
            raise PydanticCustomError("window", "a window that ends when it starts has no length")
        if self.window().endless:
            raise PydanticCustomError("window", "a window over all of every day never ends")
        return self

    def window(self) -> Window:
        return Window(self.from_, self.to, frozenset(self.days))

    def clocks(self) -> tuple[str, ...]:
        fallback = self.zone == "customer" and self.unknown_zone
        return (f"customer or {self.unknown_zone}" if fallback else self.zone,)

    def forbids(self, ref: Ref) -> Iterator[Forbid]:
        name = literal(self.clocks()[0])
        yield Forbid(
            self.on_breach,
            f"quiet hours `{ref.name}` from {_clock_face(self.from_)} to {_clock_face(self.to)}",
            when=(f"context.clocks has {name}", self._inside(f"context.clocks[{name}]")),
        )
        yield Forbid(
            "deny" if self.on_breach == "defer" else self.on_breach,
            f"quiet hours `{ref.name}`, and the time zone is unknown",
            unless=(f"context.clocks has {name}",),
            part="unknown",
        )

    def _inside(self, clock: str) -> str:
        late = f"{clock}.minute >= {self.from_}" + self._on(clock, self.days)
        early = f"{clock}.minute < {self.to}"
        if not self.window().overnight:
            return f"{late} && {early}"
        after = tuple(DAYS[(DAYS.index(day) + 1) % len(DAYS)] for day in self.days)
        return f"({late}) || ({early}{self._on(clock, after)})"

    def _on(self, clock: str, days: tuple[str, ...]) -> str:
        every = len(set(days)) == len(DAYS)
        return "" if every else f" && {names(days)}.contains({clock}.day)"

    def hold(self, ref: Ref, part: str, step: Step, facts: Facts) -> Hold:
        where = zone(facts.zone if self.zone == "customer" else self.zone)
        where = where or zone(self.unknown_zone)
        if where is None:
            reason = f"quiet hours `{ref.name}`: the customer's time zone is unknown"
            return Hold("policy.zone-unknown", reason)
        return self._quiet(ref, facts.now, where)

    def _quiet(self, ref: Ref, now: datetime, where: ZoneInfo) -> Hold:
        until = self.window().over(now, where)
        reason = f"quiet hours `{ref.name}`: {now.astimezone(where):%H:%M} in {where.key}"
        if self.on_breach == "defer":
            reason += f", held until {spoken(until, now, where)}"
        return Hold("policy.quiet-hours", reason, until=until)
