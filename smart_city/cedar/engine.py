"""The engine: a parsed policy set with its schema, asked one question at a time."""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, NamedTuple

import cedarpy

from smart_city.cedar.schema import ACTIONS, NAMESPACE
from smart_city.cedar.text import Rule, screen
from smart_city.facts import Subject
from symphainy.identity import Principal

__all__ = ["Answer", "Engine", "Place", "Question", "Unusable"]


class Unusable(Exception):
    """A policy set that must not be asked: `rule` is the id of what is to blame, if one is."""

    def __init__(self, rule: str, why: str) -> None:
        super().__init__(why[:300])
        self.rule = rule


class Question(NamedTuple):
    """May this principal do this step in this place, given what is known?"""

    place: "Place"
    context: str
    """JSON of the schema's type Known."""


class Place(NamedTuple):
    """The part of a question that a definition repeats: who, what and where."""

    principal: Principal
    subject: Subject
    solution: str
    environment: str
    tenant: str


@dataclass(frozen=True, slots=True)
class Answer:
    """`allowed` is true only for a clean Allow; `rules` are ids in the order of the text."""

    allowed: bool
    rules: tuple[str, ...]
    error: str | None = None


class Engine:
    """Rules and schema as Cedar handles, checked once."""

    def __init__(self, rules: Sequence[Rule], schema: str) -> None:
        self.text = "\n".join(rule.text() for rule in rules)
        self.schema = schema
        self._ids = _checked(rules, self.text, schema)
        self._policies = cedarpy.PolicySet.from_str(self.text)
        self._schema = cedarpy.Schema.from_str(schema)
        self._entities = lru_cache(maxsize=512)(self._read_entities)
        self.ask = lru_cache(maxsize=128)(self._ask)

    def _ask(self, question: Question) -> Answer:
        """What the policy set says; whatever goes wrong inside is an answer that is not allowed."""
        try:
            result = cedarpy.is_authorized(
                _request(question), self._policies, self._entities(question.place), self._schema
            )
            return self._answer(result)
        except Exception as error:  # noqa: BLE001 - an engine that fails must not open the gate
            return Answer(False, (), f"{type(error).__name__}: {error}"[:300])

    def _answer(self, result: Any) -> Answer:
        errors = result.diagnostics.errors
        if errors:
            return Answer(False, (), str(min(errors))[:300])
        if result.decision is cedarpy.Decision.NoDecision:
            return Answer(False, (), "no decision")
        # Cedar gives the reasons in the order of a hash map.
        spoke = sorted(int(one.removeprefix("policy")) for one in result.diagnostics.reasons)
        allowed = result.decision is cedarpy.Decision.Allow
        return Answer(allowed, tuple(self._ids[one] for one in spoke))

    def _read_entities(self, place: Place) -> cedarpy.Entities:
        return cedarpy.Entities.from_json_str(json.dumps(_entities(place)), self._schema)


def _uid(kind: str, name: str) -> dict[str, str]:
    return {"type": f"{NAMESPACE}::{kind}", "id": name}


def _entity(
    uid: dict[str, str], attributes: Mapping[str, object], *parents: dict[str, str]
) -> dict[str, object]:
    return {"uid": uid, "attrs": attributes, "parents": list(parents)}


def _entities(place: Place) -> list[dict[str, object]]:
    principal, subject = place.principal, place.subject
    home, host = _uid("Tenant", principal.tenant), _uid("Tenant", place.tenant)
    solution = _uid("Solution", place.solution)
    who = {
        "tenant": {"__entity": home},
        "kind": principal.kind,
        "roles": sorted(principal.roles),
    }
    what = {
        "tenant": {"__entity": host},
        "task": subject.task,
        "called": subject.called,
        "channel": subject.heard_on,
        "purpose": subject.meant_for,
        "consent": subject.consent,
        "adapter": subject.adapter or "",
    }
    return [
        _entity(_uid("Principal", principal.id), who, home),
        _entity(_uid("Step", subject.task), what, solution),
        _entity(solution, {"environment": place.environment}, host),
        *(_entity(_uid("Tenant", one), {}) for one in sorted({principal.tenant, place.tenant})),
    ]


def _request(question: Question) -> dict[str, object]:
    place = question.place
    return {
        "principal": _uid("Principal", place.principal.id),
        "action": _uid("Action", ACTIONS[place.subject.effect]),
        "resource": _uid("Step", place.subject.task),
        "context": question.context,
    }


def _checked(rules: Sequence[Rule], text: str, schema: str) -> tuple[str, ...]:
    """The ids of `rules` in order, once `text` is proven to be exactly these and well typed."""
    for rule in rules:
        if (why := screen(rule.text())) is not None:
            raise Unusable(rule.annotations["id"], why)
    try:
        parsed = json.loads(cedarpy.policies_to_json_str(text))
        problems = cedarpy.validate_policies(text, schema).errors
    except (ValueError, RecursionError) as error:
        raise Unusable("", str(error)) from None
    if problems:
        first = min(map(str, problems))
        raise Unusable(_blamed(rules, first), first)
    return _as_written(rules, parsed)


def _blamed(rules: Sequence[Rule], problem: str) -> str:
    """The rule that a problem is about, which Cedar knows by its place."""
    named = re.search(r"`policy(\d+)`", problem)
    return rules[int(named[1])].annotations["id"] if named else ""


def _as_written(rules: Sequence[Rule], parsed: Mapping[str, Any]) -> tuple[str, ...]:
    # A condition that closes its own brace could add a permit of its own.
    found = parsed["staticPolicies"]
    if len(found) != len(rules) or parsed["templates"] or parsed["templateLinks"]:
        raise Unusable("", "a policy holds more than its own rules")
    for place, rule in enumerate(rules):
        one = found[f"policy{place}"]
        if one["effect"] != rule.effect or one["annotations"] != dict(rule.annotations):
            raise Unusable(rule.annotations["id"], "not the rule that was meant")
        if rule.effect == "permit" and rule.annotations["layer"] != "platform":
            raise Unusable(rule.annotations["id"], "only the platform permits")
    return tuple(rule.annotations["id"] for rule in rules)
