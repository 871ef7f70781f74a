"""One step of one run on an ordinary day, to vary in tests."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, cast

from smart_city.bundle import Bundle, LayeredDocument, compile_bundle
from smart_city.decide import Facts, Step
from smart_city.verdict import Layer
from symphainy.identity import Principal

NOON = datetime(2026, 6, 3, 12, 0, tzinfo=UTC)

SERVICE = Principal(tenant="acme", id="svc-1", kind="service")
INITIATOR = Principal(tenant="acme", id="u-1", kind="user", roles=frozenset({"collections-lead"}))
LEAD = Principal(tenant="acme", id="u-2", kind="user", roles=frozenset({"collections-lead"}))

NIGHT = {
    "kind": "quietHours",
    "channels": ["email", "voice"],
    "from": "21:00",
    "to": "08:00",
    "zone": "customer",
}
CONSENT = {"kind": "consent", "channels": ["email", "voice"]}
CAP = {"kind": "frequencyCap", "channels": ["email"], "max": 3, "per": "P7D"}
APPROVAL = {
    "kind": "approval",
    "when": "${ .invoice.amount > 10000 }",
    "before": ["escalate"],
    "role": "collections-lead",
    "within": "P2D",
}


def layered(policies: Mapping[str, Any]) -> list[LayeredDocument]:
    """Documents by `layer/name`, or by name alone for the layer solution."""
    found = []
    for address, document in policies.items():
        layer, _, name = address.rpartition("/")
        found.append(LayeredDocument(cast(Layer, layer or "solution"), name, document))
    return found


def bundle(**policies: Any) -> Bundle:
    return compile_bundle(layered(policies))


def mail(**changes: Any) -> Step:
    """A marketing mail to a known customer."""
    step: dict[str, Any] = {
        "tenant": "acme",
        "environment": "production",
        "solution": "acme.invoice-dunning",
        "run": "acme/acme.invoice-dunning/7",
        "step": "/do/0/remind",
        "task": "remind",
        "capability": "experience.email",
        "effect": "message",
        "principal": INITIATOR,
        "channel": "email",
        "purpose": "marketing",
        "customer": "c-1",
        "key": "7/0/0",
    }
    return Step(**{**step, **changes})


def score(**changes: Any) -> Step:
    """A call that reads."""
    calm = {
        "task": "score",
        "capability": "insights.score:1",
        "effect": "read",
        "channel": None,
        "purpose": None,
    }
    return mail(**{**calm, **changes})


def internal(**changes: Any) -> Step:
    """A task of the interpreter itself."""
    calm = {"task": "total", "capability": "", "effect": "none", "channel": None, "purpose": None}
    return mail(**{**calm, **changes})


def known(**changes: Any) -> Facts:
    """Fresh facts about a customer in Berlin who agreed to marketing mails."""
    facts: dict[str, Any] = {
        "now": NOON,
        "zone": "Europe/Berlin",
        "consents": {("email", "marketing"): True},
        "fresh": True,
    }
    return Facts(**{**facts, **changes})
