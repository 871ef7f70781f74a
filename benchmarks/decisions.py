"""How long a full decision takes under 50 policies of three layers, and what of it.

    .venv/bin/python benchmarks/decisions.py [--policies 50] [--rounds 2000]

A decision goes from the facts as they were read to the verdict with its digest, through every
round that it takes: here a cap is reserved, so there are two. Each round is of another step
instance at another moment, as nothing is asked twice in life. The CPU of this process is counted,
not the clock. The database is not part of it.
"""

import argparse
import statistics
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from smart_city.bundle import Bundle
from smart_city.decide import Facts, Reserved, Step, decide
from smart_city.layers import Layers, effective
from symphainy.identity import Principal

BUDGET = 0.5
SAID: Any = {"template": "offer", "data": {"name": "Eva", "price": 12.5}}
COST = "0.0075 EUR"
CEDAR = """@id("{layer}/rule-{n}")
forbid (principal, action, resource) when {{ resource.purpose == "rule {n}" }};"""
NOW = datetime(2026, 6, 3, 12, tzinfo=UTC)
CHANNELS = ("email", "sms", "voice", "chat")
MAIL = Step(
    tenant="acme",
    environment="production",
    solution="acme.offers",
    run="acme/acme.offers/7",
    step="/do/0/offer",
    task="offer",
    capability="experience.email",
    effect="message",
    principal=Principal(tenant="acme", id="u-1", kind="user"),
    channel="email",
    purpose="marketing",
    customer="c-1",
)
FACTS = Facts(
    now=NOW,
    zone="Europe/Vienna",
    consents={("email", "marketing"): True},
    destination="eva@customer.example",
    region="eu",
    fresh=True,
)


def main() -> None:
    """Measure and print."""
    given = argparse.ArgumentParser()
    given.add_argument("--policies", type=int, default=50)
    given.add_argument("--rounds", type=int, default=2_000)
    asked = given.parse_args()
    bundle = effective(layers(asked.policies))
    about = len(bundle.about(MAIL.subject))
    took = sorted(_timed(bundle, asked.rounds))
    median, slow = statistics.median(took), took[int(len(took) * 0.99)]
    print(f"{asked.policies} policies, {about} of them about the step: {bundle.digest[:19]}")
    print(f"a full decision: median {median:.3f} ms, 99 % within {slow:.3f} ms")
    print(f"the target of {BUDGET} ms is {'met' if median < BUDGET else 'missed'}")


def layers(count: int) -> Layers:
    """So many policies of every kind, spread over the layers."""
    found: dict[str, dict[str, Any]] = {"platform": {}, "tenant": {}, "solution": {}}
    names = list(found)
    for n in range(count):
        found[names[n % 3]][f"p{n}"] = _policy(n)
    return found  # type: ignore[return-value]


def _policy(n: int) -> dict[str, Any]:
    names = ["platform", "tenant", "solution"]
    channels = {"channels": [CHANNELS[n // 15 % len(CHANNELS)]]}
    kinds: tuple[dict[str, Any], ...] = (
        {"kind": "consent", **channels},
        {"kind": "quietHours", "from": "21:00", "to": "08:00", **channels},
        {"kind": "frequencyCap", "max": 100, "per": "P7D", **channels},
        {"kind": "denyList", "destinations": [f"*.rival-{n}.example"]},
        {"kind": "killSwitch", "solutions": [f"acme.other-{n}"], "reason": "an incident"},
        {"kind": "rateLimit", "max": 100, "per": "PT1M", **channels},
        {"kind": "allowList", "destinations": ["*.customer.example", "customer.example"]},
        {"kind": "approval", "capabilities": [f"legal.other-{n}"], "role": "lead"},
        {"kind": "budget", "limit": "500.00 EUR", "per": "P1D", **channels},
        {"kind": "mask", "fields": ["iban"], **channels},
        {"kind": "dataClass", "classes": ["health"], **channels},
        {"kind": "residency", "regions": ["eu"], **channels},
        {"kind": "agentTools", "tools": ["insights.score"]},
        {"kind": "retention", "facts": "P14D"},
        {"kind": "cedar", "forbid": CEDAR.format(layer=names[n % 3], n=n)},
    )
    return kinds[n % len(kinds)]


def _measured(bundle: Bundle, step: Step, facts: Facts) -> Facts:
    """What the step costs and what of it is bare, as the gate finds it out."""
    about = [one for one in bundle.about(step.subject) if one.document.finds]
    amounts = {
        one.id: amount
        for one in about
        if one.document.counts and (amount := one.document.amount(SAID, COST)) is not None
    }
    bare = {one.id: some for one in about if (some := one.document.bare(SAID, step.carries))}
    return replace(facts, amounts=amounts, bare=bare)


def _timed(bundle: Bundle, rounds: int) -> Iterator[float]:
    for n in range(rounds):
        step, facts = replace(MAIL, key=str(n)), replace(FACTS, now=NOW + timedelta(seconds=n))
        begun = time.process_time()
        facts = _measured(bundle, step, facts)
        asked = decide(bundle, step, facts)
        held = {one.policy: Reserved(granted=True) for one in asked.reserve}
        verdict = decide(bundle, step, replace(facts, reservations=held))
        yield (time.process_time() - begun) * 1_000
        if verdict.outcome != "allow":
            raise SystemExit(f"the step should be allowed: {verdict.reason}")


if __name__ == "__main__":
    main()
