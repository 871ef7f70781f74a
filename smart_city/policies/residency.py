"""residency: what is said and done stays in these parts of the world."""

import re
from collections.abc import Iterator, Mapping
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, StringConstraints

from smart_city.cedar import names
from smart_city.destinations import listed
from smart_city.facts import Facts, Step, Subject
from smart_city.policies.calling import Calling
from smart_city.policies.kind import Fact, Forbid, Hold, Ref, says
from smart_city.policies.lists import CALLS, Place

__all__ = ["HERE", "REGION", "Residency"]

REGION = r"^[a-z][a-z0-9]*(-[a-z0-9]+)*$"
HERE = "here"
"""The region of what never leaves the platform."""
Region = Annotated[str, StringConstraints(pattern=REGION, max_length=40)]
Hosts = Annotated[tuple[Place, ...], Field(min_length=1, max_length=500)]


def _some(hosts: Mapping[str, tuple[str, ...]]) -> Mapping[str, tuple[str, ...]]:
    if not hosts:
        raise ValueError("say which hosts are in which region, or leave it out")
    return hosts


class Residency(Calling):
    """Messages and calls go only to what is in these regions, and nothing is connected to before
    that is known. Where an experience is, its binding says (`region`), or else its adapter; where
    a capability is, the capability; where a host is, `hosts`, also one that a redirect leads to or
    that gives out a token. Nobody is asked where what never
    leaves the platform is. Without channels, tasks or capabilities: of all messages and of all
    calls to hosts."""

    places = True
    finds = True

    kind: Literal["residency"]
    regions: Annotated[tuple[Region, ...], Field(min_length=1, max_length=50)]
    """What begins with one of them is in it: `eu-central-1` is in `eu`."""
    hosts: Annotated[dict[Region, Hosts], AfterValidator(_some)] | None = None
    """By region: domains (`*.acme.example`) that calls of HTTP and the like go to."""
    unknown: Literal["deny", "allow"] = "deny"
    """What holds where nobody knows the region."""
    on_breach: Literal["deny", "skip"] = Field("deny", alias="onBreach")

    def default_scope(self) -> tuple[str, ...]:
        return (f'resource.channel != "" || resource.called.containsAny({names(CALLS)})',)

    def default_about(self, subject: Subject) -> bool:
        return bool(subject.heard_on) or subject.called_any(CALLS)

    def found(self, ref: Ref, step: Step, facts: Facts) -> Iterator[Fact]:
        region = facts.region or self._hosted(facts.destination)
        if region is None:
            yield "unplaced"
        elif region != HERE and not any(_within(region, one) for one in self.regions):
            yield "outside"

    def _hosted(self, destination: str | None) -> str | None:
        if destination is None or "@" in destination.partition("://")[0]:
            return None
        known = (self.hosts or {}).items()
        return next((region for region, some in known if listed(some, destination)), None)

    def forbids(self, ref: Ref) -> Iterator[Forbid]:
        where = ", ".join(self.regions)
        outside = f"`{ref.name}`: this is outside of {where}"
        yield Forbid(self.on_breach, outside, when=(says(ref, "outside"),))
        if self.unknown == "deny":
            unknown = f"`{ref.name}`: nobody knows whether this is in {where}"
            unplaced = (says(ref, "unplaced"),)
            yield Forbid(self.on_breach, unknown, when=unplaced, part="unplaced")

    def hold(self, ref: Ref, part: str, step: Step, facts: Facts) -> Hold:
        where = " or ".join(self.regions)
        if part == "unplaced":
            reason = f"`{ref.name}`: nobody knows whether this is in {where}"
            return Hold("policy.region-unknown", reason)
        region = facts.region or self._hosted(facts.destination)
        return Hold("policy.region", f"`{ref.name}`: this is in {region}, not in {where}")


def _within(region: str, wide: str) -> bool:
    return region == wide or re.match(re.escape(wide) + "-", region) is not None
