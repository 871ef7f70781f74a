"""The digest of what a decision was made on, so that a record of it can be checked later."""

import hashlib
import json

from smart_city.facts import Facts, Step
from symphainy.identity import Principal
from symphainy.json import Json

__all__ = ["facts_digest", "facts_json", "step_json"]

_JSON = json.JSONEncoder(sort_keys=True)


def facts_digest(step: Step, facts: Facts) -> str:
    """`sha256:` and the digest of everything that `decide` looks at; for any text there is one."""
    record = _JSON.encode({"step": step_json(step), "facts": facts_json(facts)})
    return "sha256:" + hashlib.sha256(record.encode()).hexdigest()


def step_json(step: Step) -> Json:
    """The step as JSON."""
    return {
        "tenant": step.tenant,
        "environment": step.environment,
        "solution": step.solution,
        "run": step.run,
        "step": step.step,
        "task": step.task,
        "capability": step.capability,
        "effect": step.effect,
        "principal": _principal(step.principal),
        "channel": step.channel,
        "purpose": step.purpose,
        "topic": step.topic,
        "customer": step.customer,
        "conditions": dict(step.conditions),
        "key": step.key,
        **({"adapter": step.adapter} if step.adapter else {}),
        **({"carries": {at: [*some] for at, some in step.carries.items()}} if step.carries else {}),
    }


def _principal(one: Principal) -> Json:
    return {"tenant": one.tenant, "id": one.id, "kind": one.kind, "roles": [*sorted(one.roles)]}


def facts_json(facts: Facts) -> Json:
    """The facts as JSON."""
    return {
        "now": facts.now.isoformat(),
        "zone": facts.zone,
        "consents": None
        if facts.consents is None
        else [[*pair, given] for pair, given in sorted(facts.consents.items())],
        "approvals": {
            name: [_principal(one.by), one.at.isoformat()] for name, one in facts.approvals.items()
        },
        "rejections": {
            name: [_principal(one.by) if one.by else None, one.at.isoformat()]
            for name, one in facts.rejections.items()
        },
        "reservations": {
            name: [one.granted, one.free_at.isoformat() if one.free_at else None]
            for name, one in facts.reservations.items()
        },
        "switches": [*sorted(facts.switches)],
        "fresh": facts.fresh,
        **({"destination": facts.destination} if facts.destination else {}),
        **({"region": facts.region} if facts.region else {}),
        **({"amounts": {**facts.amounts}} if facts.amounts else {}),
        **({"bare": {name: [*at] for name, at in facts.bare.items()}} if facts.bare else {}),
    }
