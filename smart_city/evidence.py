"""What a decision was made on, as it is kept for a while so that it can be decided again."""

import hashlib
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from smart_city.approval import Approval, Rejection
from smart_city.facts import Facts, Reserved, Step
from smart_city.record import facts_json, step_json
from symphainy.identity import Principal
from symphainy.json import Json

__all__ = ["Evidence", "kept", "restored", "token"]

SHOWN = 6
"""Characters of a phone number that say in which country and net it is."""
Evidence = Mapping[str, Any]


def kept(step: Step, facts: Facts, cost: str | None) -> dict[str, Any]:
    """The step and the facts, without personal data: of where it goes there is only what lists of
    domains and of beginnings of numbers look at. `cost` is what the step declares."""
    place = token(facts.destination) if facts.destination else None
    said: dict[str, Json] = {**_object(facts_json(replace(facts, destination=place)))}
    if cost is not None:
        said["cost"] = cost
    return {"step": step_json(step), "facts": said}


def token(destination: str) -> str:
    """Something that is on the same lists of domains and of beginnings of numbers."""
    given = destination.strip()
    if given.startswith("+"):
        return given[:SHOWN] + "0" * max(len(given) - SHOWN, 0)
    if "://" in given:
        try:
            return f"https://{urlsplit(given).hostname or ''}/"
        except ValueError:
            return "https://unknown/"
    local, at, domain = given.rpartition("@")
    if not at:
        return given
    return f"{hashlib.sha256(local.encode()).hexdigest()[:12]}@{domain}"


def restored(evidence: Evidence) -> tuple[Step, Facts, str | None]:
    """The step, the facts, and what the step declares to cost."""
    said, known = dict(evidence["step"]), evidence["facts"]
    carries = {at: tuple(some) for at, some in said.pop("carries", {}).items()}
    principal = Principal.model_validate(said.pop("principal"))
    step = Step(**said, principal=principal, carries=carries)
    pairs = known["consents"]
    consents = None if pairs is None else {(one, other): given for one, other, given in pairs}
    facts = Facts(
        now=_at(known["now"]),
        zone=known["zone"],
        consents=consents,
        approvals={
            name: Approval(Principal.model_validate(by), _at(at))
            for name, (by, at) in known["approvals"].items()
        },
        rejections={
            name: Rejection(Principal.model_validate(by) if by else None, _at(at))
            for name, (by, at) in known["rejections"].items()
        },
        reservations={
            name: Reserved(granted, _at(free) if free else None)
            for name, (granted, free) in known["reservations"].items()
        },
        switches=frozenset(known["switches"]),
        destination=known.get("destination"),
        region=known.get("region"),
        amounts=known.get("amounts", {}),
        bare={name: tuple(at) for name, at in known.get("bare", {}).items()},
        fresh=known["fresh"],
    )
    return step, facts, known.get("cost")


def _at(written: str) -> datetime:
    return datetime.fromisoformat(written)


def _object(value: Json) -> dict[str, Json]:
    return value if isinstance(value, dict) else {}
