"""Kill -9 in the middle: nothing is lost, nothing is sent twice, nothing is guessed."""

import asyncio
import json
import random
from collections import Counter
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from public_works.outbox import OutboxMessage
from symphainy.json import Json
from tests.crash.city import TENANT, City, city

DROP_RATE, SEED = 0.3, 11
RUNS = 20

NOTICES = """
document: {dsl: 1.0.3, namespace: test, name: notices, version: 1.0.0}
experiences:
  post: {channel: email, adapter: smtp, from: billing@acme.example}
  desk: {channel: email, adapter: sandbox, from: billing@acme.example}
do:
  - notice:
      call: post
      with: {to: "${ $workflow.input.to }", subject: First, text: Please pay.}
      export: {as: {notice: "${ .state }"}}
  - pause: {wait: {milliseconds: 300}}
  - risk:
      call: insights.score
      with: {model: payment-risk, features: {daysOverdue: 35}}
      export: {as: "${ $context + {score: .score} }"}
  - reminder:
      call: desk
      with: {to: "${ $workflow.input.to }", subject: Second, text: Please pay.}
      export: {as: "${ $context + {reminder: .state} }"}
  - pauseAgain: {wait: {milliseconds: 300}}
  - farewell:
      call: desk
      with: {to: "${ $workflow.input.to }", subject: Third, text: Goodbye.}
      output: {as: "${ $context + {farewell: .state} }"}
"""


@dataclass(frozen=True)
class Mails:
    """What the mail server kept."""

    counts: Counter[str]
    dropped: frozenset[str]
    """Deliveries whose mail it kept, and then gave no answer."""


def mails(folder: Path) -> Mails:
    """What the mail server kept so far, and what chance, seeded, made it do then."""
    file = folder / "twin" / "mails.jsonl"
    text = file.read_text() if file.exists() else ""
    kept = [json.loads(line) for line in text.splitlines(keepends=True) if line.endswith("\n")]
    chance = random.Random(SEED)
    dropped = []
    for one in kept:
        assert one["id"] == f"{chance.getrandbits(48):012X}"
        if chance.random() < DROP_RATE:
            dropped.append(one["delivery"])
    return Mails(Counter(one["delivery"] for one in kept), frozenset(dropped))


def outbox(town: City) -> list[OutboxMessage]:
    """All that the sandbox adapter sent."""
    return town.stores.outbox.list(TENANT, limit=200)


@pytest.fixture
async def town(tmp_path: Path) -> AsyncIterator[City]:
    async with city(tmp_path, drop_rate=DROP_RATE, seed=SEED) as one:
        yield one


async def test_twenty_runs_survive_the_death_of_workers_and_server(town: City) -> None:
    processes, folder = town.processes, town.processes.folder
    solution = town.deploy(NOTICES)
    runs: list[str] = []
    cut: set[str] = set()

    async def start(many: int) -> None:
        to = [f"c{len(runs) + n}@customer.example" for n in range(many)]
        runs.extend(await asyncio.gather(*(town.submit(solution, {"to": a}, a) for a in to)))

    async def kept(count: int) -> None:
        await processes.until(lambda: mails(folder).counts.total() >= count, f"mail {count}")

    await start(10)
    await kept(5)
    with processes.twin.still():
        await start(5)
        await processes.until(lambda: len(town.in_flight()) >= 3, "three mails on their way")
        processes.worker.kill()
        cut.update(town.in_flight())
    await processes.start_worker()

    await processes.until(lambda: len(outbox(town)) >= 5, "five messages in the outbox")
    processes.temporal.kill()
    seen = mails(folder).counts.total()
    await asyncio.gather(start(5), processes.start_temporal())

    await kept(seen + 3)
    await processes.until(lambda: len(outbox(town)) >= 15, "fifteen messages there")
    processes.worker.kill()
    cut.update(town.in_flight())
    await processes.start_worker()

    finished = await asyncio.gather(*(town.finish(one) for one in runs))
    states: dict[str, dict[str, Json]] = {run: {"score": 40} for run in runs}
    for one in town.deliveries():
        states[one.run][one.step.rpartition("/")[2]] = one.state
    by_mail = [one for one in town.deliveries() if one.provider == "smtp"]
    by_desk = [one for one in town.deliveries() if one.provider == "sandbox"]
    sent = mails(folder)
    unknown = {one.id for one in by_mail if one.state == "unknown"}
    accepted = {one.id for one in by_mail if one.state == "accepted"}

    assert len(set(runs)) == RUNS
    assert [one.status for one in finished] == ["completed"] * RUNS
    assert (len(by_mail), len(by_desk)) == (RUNS, 2 * RUNS)
    assert accepted | unknown == {one.id for one in by_mail}
    assert unknown == sent.dropped | (cut & (accepted | unknown))
    assert sent.dropped
    assert cut
    assert set(sent.counts.values()) == {1}
    assert accepted <= set(sent.counts) <= accepted | unknown
    assert {one.state for one in by_desk} == {"accepted"}
    assert Counter(one.delivery for one in outbox(town)) == Counter(one.id for one in by_desk)
    assert {one.run: one.output for one in finished} == states
    assert (processes.worker.deaths, processes.temporal.deaths) == (2, 1)
