"""What is recorded: a definition each, what it is started with, and what people do meanwhile."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from symphainy.json import Json
from symphainy.session import Address
from temporal.addresses import run_of
from temporal.gate.governing import LOOKED
from temporal.intake import QUEUE
from temporal.sessions import Sessions
from tests.runtime.platform import LEAD, OWNER, Platform
from tests.runtime.test_doubt import resending
from tests.runtime.test_migrations import migrations

__all__ = ["SCENARIOS", "Scenario"]

DEFINITIONS = Path(__file__).parent / "definitions"
ROLE = "collections-lead"
Act = Callable[[Platform, str], Awaitable[None]]


async def nothing(platform: Platform, run: str) -> None:
    """Nobody does anything."""


async def approve(platform: Platform, run: str) -> None:
    """A person of the role says yes."""
    await platform.runs.answer(LEAD, run, await _asked(platform, run), granted=True)


async def reject(platform: Platform, run: str) -> None:
    """A person of the role says no, after one who may not say anything said yes."""
    asked = await _asked(platform, run)
    try:
        await platform.runs.answer(OWNER, run, asked, granted=True)
    except Exception:  # noqa: BLE001 - the refusal is part of the history
        await platform.runs.answer(LEAD, run, asked, granted=False)


async def pause(platform: Platform, run: str) -> None:
    """Somebody pauses the run, and somebody else resumes it once it has stopped."""
    await platform.runs.pause(OWNER, run)
    while (await platform.runs.get(OWNER.tenant, run)).stage != "paused":
        await asyncio.sleep(0.1)
    await platform.runs.resume(LEAD, run)


async def cancel(platform: Platform, run: str) -> None:
    """Somebody cancels the run once its first step is done."""
    await platform.until(run, "step.completed")
    await platform.runs.cancel("acme", run)


async def cancel_asking(platform: Platform, run: str) -> None:
    """Somebody cancels the run while it waits for a person."""
    await _asked(platform, run)
    await platform.runs.cancel("acme", run)


async def tell(platform: Platform, run: str) -> None:
    """Events come: some before the run listens for them, one twice, one that is not meant."""
    await platform.until(run, "run.listening")
    for n in (0, 1, 1, 2, 9, 3):
        await _happens(platform, run, n)


async def tell_often(platform: Platform, run: str) -> None:
    """Events come, of many of which nothing is made."""
    await platform.until(run, "run.listening")
    for n in range(30):
        await _happens(platform, run, n)


async def _happens(platform: Platform, run: str, n: int) -> None:
    event: Json = {
        "specversion": "1.0",
        "id": f"{run}-{n}",
        "source": "/recorder",
        "type": f"recorded.{run.partition(':')[0]}",
        "data": {"n": n},
    }
    await platform.intake.hub.accept(OWNER, "production", event)


async def _asked(platform: Platform, run: str) -> str:
    await platform.until(run, "step.decided", outcome="approve")
    (asked,) = [one for one in platform.stores.approvals.pending("acme") if one.run == run]
    return asked.id


@dataclass(frozen=True)
class Scenario:
    """A run to record; its definition is the file of its name."""

    name: str
    payload: Json = None
    act: Act = nothing
    ends: Literal["COMPLETED", "FAILED", "CANCELED"] = "COMPLETED"
    door: bool = True
    """Whether it is started as runs are, or past the platform."""

    def text(self, **filled: str) -> str:
        """The definition."""
        text = (DEFINITIONS / f"{self.name}.yaml").read_text()
        for name, value in filled.items():
            text = text.replace(f"%{name.upper()}%", value)
        return text

    async def start(self, platform: Platform, solution: str) -> str:
        """Begin; the run's workflow id."""
        if self.door:
            run = await platform.submit(solution, self.payload)
            await self.act(platform, run.run)
            return platform.runs.handle(OWNER.tenant, run.run).id
        id = f"acme/{solution}/past"
        await platform.environment.client.start_workflow(
            solution, {"input": self.payload}, id=id, task_queue=QUEUE
        )
        return id


class Governed(Scenario):
    """A run whose tenant asks people about a step that changes nothing."""

    async def start(self, platform: Platform, solution: str) -> str:
        """Begin once the tenant has said so and everybody looked again; the run's workflow id."""
        asks: Json = {"kind": "approval", "capabilities": ["insights.score"], "role": ROLE}
        platform.stores.policies.put("acme", {"policies": {"asks": asks}}, by="owner")
        await asyncio.sleep(LOOKED)
        return await super().start(platform, solution)


class Moving(Scenario):
    """A run that goes over to the next version of its solution."""

    async def start(self, platform: Platform, solution: str) -> str:
        """Begin, and have it go over where it waits; the run's workflow id."""
        id = await super().start(platform, solution)
        await platform.until(run_of(id), "run.waiting")
        platform.deploy(self._newer())
        await migrations(platform).migrate(OWNER, run_of(id))
        return id

    def _newer(self) -> str:
        two = "{call: email, with: {to: '${ .customer }', subject: Two, text: two}}"
        text = self.text().replace("version: 1.0.0", "version: 1.1.0, metadata: {migrates: 1.0.0}")
        return text.replace("  - last:", f"  - two: {two}\n  - last:").replace("by: 1.0", "by: 1.1")


class MovingAsking(Moving):
    """A run that goes over while people are asked, who answer what the next version asks."""

    async def start(self, platform: Platform, solution: str) -> str:
        """Begin, have it go over, and say yes to its second question; the run's workflow id."""
        id = await Scenario.start(self, platform, solution)
        run = run_of(id)
        first = await _asked(platform, run)
        platform.deploy(self._newer())
        await migrations(platform).migrate(OWNER, run)
        second: list[str] = []
        while not second:
            await asyncio.sleep(0.05)
            pending = platform.stores.approvals.pending("acme", limit=200)
            second = [one.id for one in pending if one.run == run and one.id != first]
        await platform.runs.answer(LEAD, run, second[0], granted=True)
        return id


class Resent(Scenario):
    """What sends a message once more, after a run whose message was not sent."""

    async def start(self, platform: Platform, solution: str) -> str:
        """Begin once the first run is over; the workflow id of the second."""
        id = await super().start(platform, solution)
        await platform.client.get_workflow_handle(id).result()
        (sent,) = platform.stores.ledger.list("acme", run=run_of(id))
        resent = await resending(platform).resend(OWNER, sent.id, twice=False)
        return platform.runs.handle("acme", resent.run).id


class Conversation(Scenario):
    """A session to record: a customer writes, reads the answers, and goes."""

    async def start(self, platform: Platform, solution: str) -> str:
        """Talk; the session's workflow id."""
        sessions = Sessions(platform.client, platform.stores, platform.intake.key)
        address = Address(solution, "production", customer="ada")
        transcripts = platform.stores.transcripts
        for n in range(1, 6):
            said = {"id": f"m-{n}", "text": f"Message {n}", "channel": "web"}
            await sessions.receive("acme", address, **said)
            while len(transcripts.messages("acme", address.id)) < 2 * n:
                await asyncio.sleep(0.05)
            await sessions.seen("acme", address, delivered=2 * n, read=2 * n - 1)
        while transcripts.unseen("acme", address.id, delivered=10, read=9):
            await asyncio.sleep(0.05)
        await platform.client.get_workflow_handle(address.workflow("acme")).cancel()
        return address.workflow("acme")


def _mail(amount: int = 120, customer: str = "ada") -> dict[str, Any]:
    return {"customer": customer, "amount": amount}


SCENARIOS = (
    Scenario("shapes", {"order": {"id": "o-1", "total": 21}}),
    Scenario("switch", {"amount": 500}),
    Moving("moved", {"customer": "ada"}),
    MovingAsking("moved-asking", {"customer": "ada"}),
    Scenario("loop", {"numbers": [1, 2, 3], "total": 0}),
    Scenario("waits", {"pause": "PT0.3S"}),
    Scenario("raised", ends="FAILED"),
    Scenario("caught"),
    Scenario("retried"),
    Scenario("forked"),
    Scenario("http", {"id": 1, "lang": "en"}),
    Scenario("secrets", {"id": 1, "who": "Ada"}),
    Scenario("capabilities"),
    Scenario("mail", _mail()),
    Scenario("mail-masked", {"customer": "ada", "iban": "AT611904300234573201"}),
    Scenario("mail-held", _mail()),
    Scenario("mail-denied", _mail(customer="bea")),
    Scenario("mail-skipped", _mail()),
    Scenario("mail-fallback", _mail()),
    Scenario("mail-suppressed", _mail(customer="bea")),
    Scenario("mail-expired", _mail()),
    Resent("mail-resent", _mail(customer="bea")),
    Scenario("approved", _mail(20_000), approve),
    Scenario("rejected", _mail(20_000), reject, "FAILED"),
    Scenario("lapsed", _mail(20_000), ends="FAILED"),
    Scenario("approved-task", act=approve),
    Scenario("paused", act=pause),
    Scenario("cancelled", act=cancel, ends="CANCELED"),
    Scenario("cancelled-asking", _mail(), cancel_asking, "CANCELED"),
    Scenario("long", _mail()),
    Scenario("timeout", {"short": "PT1S"}),
    Scenario("timeout-long"),
    Scenario("child", {"depth": 0}),
    Scenario("child-fails", {}),
    Scenario("child-long", {}),
    Scenario("extended"),
    Scenario("extended-long"),
    Scenario("consumed"),
    Scenario("emitted", {"n": 1}),
    Scenario("listened", {"least": 1}, tell),
    Scenario("listened-long", act=tell_often),
    Scenario("without-context", ends="FAILED", door=False),
    Conversation("session", ends="CANCELED", door=False),
    Governed("layer-asks", act=approve),
)
