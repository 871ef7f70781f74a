"""What an attempt says is what the next one says, should the first not be heard."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from temporalio.testing import ActivityEnvironment

from activities.delivery import Deliverer
from experience_adapters.registry import Registry
from public_works import Settings, Stores
from smart_city.grant import Grant
from symphainy.catalog import AdapterSpec, Catalog
from symphainy.delivery import EmailMessage, Sending, SendResult
from symphainy.errors import Refused
from symphainy.json import Json
from temporal.gate.activity import granted
from temporal.plans import Plans
from tests.runtime.platform import OWNER
from workflows.compiler import compile

LETTER = """
document: {dsl: 1.0.3, namespace: test, name: letter, version: 1.0.0}
experiences:
  post: {channel: email, adapter: odd, from: billing@acme.example}
do:
  - write: {call: post, with: {to: ada@customer.example, text: Hello}}
"""
WIRE: dict[str, Any] = {"experience": "post", "with": {"to": "ada@customer.example", "text": "Hi"}}
SPEC = AdapterSpec(
    name="odd",
    channel="email",
    version="1.0.0",
    summary="Does as it is told.",
    description="Does as it is told.",
    settings={"type": "object"},
    promise="at most once",
    finds=True,
)


class Odd:
    """An adapter whose `send` and `find` are given; it is its own factory."""

    spec = SPEC

    def __init__(
        self,
        send: Callable[[], Awaitable[SendResult]],
        found: SendResult | None = None,
    ) -> None:
        self._send = send
        self._found = found
        self.sends = 0

    def make(self, services: dict[type, Any]) -> "Odd":
        return self

    async def check(self) -> list[str]:
        return []

    def validate(self, message: EmailMessage) -> list[str]:
        return []

    async def send(self, message: EmailMessage, sending: Sending) -> SendResult:
        self.sends += 1
        return await self._send()

    async def find(self, message: EmailMessage, sending: Sending) -> SendResult | None:
        return self._found


class Attempts:
    """Attempts at one delivery."""

    def __init__(self, stores: Stores, settings: Settings, odd: Odd) -> None:
        self.stores = stores
        plan = compile(LETTER, Catalog(adapters=(SPEC,))).plan
        assert plan is not None
        plans = Plans(self.stores.definitions)
        plans.preload([(plan.digest, plan)])
        self.deliverer = Deliverer(self.stores, plans, Registry([odd]), settings, {})
        self.grant = Grant(
            tenant=OWNER.tenant,
            environment="production",
            principal=OWNER,
            solution=plan.solution,
            plan=plan.digest,
            workflow=f"{OWNER.tenant}/{plan.solution}/1",
            run="1",
            activity="experience.email",
            step="/do/0/write",
            key="/do/0/write#1",
            arguments="",
            bundle="",
            issued=0,
            expires=60,
        )

    async def attempt(
        self, what: Callable[[dict[str, Any]], Awaitable[dict[str, Json]]]
    ) -> dict[str, Json]:
        """What one attempt of that activity gives."""

        async def within() -> dict[str, Json]:
            granted.set(self.grant)
            return await what(WIRE)

        return await ActivityEnvironment().run(within)

    def states(self) -> list[str]:
        """How the ledger sees it."""
        return [one.state for one in self.stores.ledger.list(OWNER.tenant)]


Make = Callable[[Odd], Attempts]


@pytest.fixture
def attempts(tmp_path: Path) -> Iterator[Make]:
    settings = Settings(home=tmp_path)
    stores = Stores.open(settings)
    yield lambda odd: Attempts(stores, settings, odd)
    stores.close()


async def rejects() -> SendResult:
    return SendResult(outcome="rejected", detail="550 no such user")


async def breaks() -> SendResult:
    raise ValueError("not as promised")


async def silent() -> SendResult:
    return SendResult(outcome="unknown")


async def test_a_refusal_stays_a_refusal(attempts: Make) -> None:
    odd = Odd(rejects)
    one = attempts(odd)

    for _ in range(2):
        with pytest.raises(Refused, match="odd refused it: 550 no such user") as refused:
            await one.attempt(one.deliverer.deliver)
        assert refused.value.code == "delivery.rejected"

    assert (odd.sends, one.states()) == (1, ["rejected"])


async def test_a_refusal_learned_later_is_one_too(attempts: Make) -> None:
    one = attempts(Odd(silent, await rejects()))

    told = await one.attempt(one.deliverer.deliver)
    with pytest.raises(Refused, match="odd refused it: 550 no such user"):
        await one.attempt(one.deliverer.reconcile)

    assert (told["state"], one.states()) == ("unknown", ["rejected"])


async def test_an_adapter_that_raises_leaves_doubt_and_is_not_asked_twice(attempts: Make) -> None:
    odd = Odd(breaks)
    one = attempts(odd)

    with pytest.raises(ValueError, match="not as promised"):
        await one.attempt(one.deliverer.deliver)
    told = await one.attempt(one.deliverer.deliver)

    assert (odd.sends, told["state"], one.states()) == (1, "unknown", ["unknown"])


async def test_a_send_cancelled_on_the_wire_is_shown_as_doubt(attempts: Make) -> None:
    begun = asyncio.Event()

    async def waits() -> SendResult:
        begun.set()
        await asyncio.Event().wait()
        return await silent()

    one = attempts(Odd(waits))
    attempt = asyncio.create_task(one.attempt(one.deliverer.deliver))
    await begun.wait()
    attempt.cancel()
    with pytest.raises(asyncio.CancelledError):
        await attempt

    assert one.states() == ["unknown"]
