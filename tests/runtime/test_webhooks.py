"""Events and answers to servers that fail for hours: tried again by the schedule, taken once."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from public_works.ledger import AttemptRecord, DeliveryRecord
from tests.runtime.platform import Platform
from tests.twins.provider import Fault
from tests.twins.receiver import PATH, SECRET, ReceiverTwin
from tests.twins.web import Answer

TELLING = """\
    document: {dsl: 1.0.3, namespace: acme, name: telling-{{n}}, version: 1.0.0}
    experiences:
      erp: {adapter: webhook, settings: {endpoint: "URL"}}
    do:
      - tell:
          call: erp
          with: {type: invoice.paid, data: "${ {invoice: .id} }"}
"""
ELSE = """\
    document: {dsl: 1.0.3, namespace: acme, name: telling-{{n}}, version: 1.0.0}
    experiences:
      erp: {adapter: webhook, settings: {endpoint: "URL"}, fallback: [email]}
      email: {adapter: sandbox, channel: email, from: billing@acme.example}
    do:
      - tell: {call: erp, with: {to: {email: erp@acme.example}, text: An invoice is paid.}}
"""
ANSWERING = """\
    document: {dsl: 1.0.3, namespace: acme, name: answering-{{n}}, version: 1.0.0}
    experiences:
      orders: {adapter: api}
    intents:
      order: {starts: true, key: "${ .id }"}
    do:
      - answer: {call: orders, with: {status: 201, body: "${ {order: .id} }"}}
"""


@pytest.fixture
async def erp(reaching: Platform) -> AsyncIterator[ReceiverTwin]:
    folder = reaching.settings.home / "secrets" / "acme"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "webhook").write_text(SECRET)
    async with ReceiverTwin() as twin:
        yield twin


def to(twin: ReceiverTwin, text: str) -> str:
    return text.replace("URL", twin.url + PATH)


async def told(platform: Platform, run: str) -> tuple[DeliveryRecord, list[AttemptRecord]]:
    """What became of the run's event, and its attempts."""
    ledger = platform.stores.ledger
    kept = await asyncio.to_thread(ledger.list, "acme", run=run)
    (one,) = [each for each in kept if each.channel in ("webhook", "api")]
    return one, await asyncio.to_thread(ledger.attempts, "acme", one.id)


async def test_an_event_arrives_once_however_often_its_answer_is_lost(
    reaching: Platform, erp: ReceiverTwin
) -> None:
    erp.fault, erp.times = "kept drop", 4
    run = await reaching.run(to(erp, TELLING), {"id": 7})
    delivery, attempts = await told(reaching, run.run)

    assert run.status == "completed", run.problem
    assert run.output == {
        "delivery": delivery.id,
        "state": "accepted",
        "channel": "webhook",
        "adapter": "webhook",
        "providerId": delivery.id,
    }
    assert [one.outcome for one in attempts] == ["unknown"] * 4 + ["accepted"]
    assert [one.document["data"] for one in erp.kept] == [{"invoice": 7}]
    assert {one.headers["webhook-id"] for one in erp.asked} == {delivery.id}
    assert len({one.body for one in erp.asked}) == 1


async def test_a_server_that_never_takes_it_is_given_up_after_ten_attempts(
    reaching: Platform, erp: ReceiverTwin
) -> None:
    erp.fault = "400"
    run = await reaching.run(to(erp, TELLING), {"id": 7})
    delivery, attempts = await told(reaching, run.run)

    assert run.closed is not None
    assert run.problem is not None
    assert run.problem["code"] == "delivery.exhausted"
    assert (delivery.state, len(attempts), len(erp.asked)) == ("rejected", 10, 10)
    # The sum of the schedule's pauses.
    assert timedelta(hours=75) < run.closed - run.started < timedelta(hours=76)


async def test_another_way_is_taken_when_it_certainly_never_arrived(
    reaching: Platform, erp: ReceiverTwin
) -> None:
    erp.fault = "400"
    run = await reaching.run(to(erp, ELSE), {"id": 7})

    assert isinstance(run.output, dict), run.problem
    assert (run.output["channel"], run.output["state"]) == ("email", "accepted")


@pytest.mark.parametrize("fault", ["kept drop", "500"])
async def test_no_other_way_is_taken_when_it_may_have_arrived(
    reaching: Platform, erp: ReceiverTwin, fault: Fault
) -> None:
    erp.fault = fault
    run = await reaching.run(to(erp, ELSE), {"id": 7})

    assert run.status == "faulted"
    assert run.problem is not None
    assert run.problem["code"] == "delivery.unknown"
    delivery, attempts = await told(reaching, run.run)
    assert (delivery.state, len(attempts)) == ("unknown", 3)


async def test_what_may_have_arrived_and_was_never_answered_is_unknown(
    reaching: Platform, erp: ReceiverTwin
) -> None:
    erp.fault, erp.times, erp.says = "kept drop", 1, Answer(404)
    ended = await reaching.run(to(erp, TELLING), {"id": 7})
    delivery, attempts = await told(reaching, ended.run)

    assert isinstance(ended.output, dict), ended.problem
    assert (ended.output["state"], delivery.state, len(attempts)) == ("unknown", "unknown", 10)


async def test_a_server_that_is_gone_is_left_alone(reaching: Platform, erp: ReceiverTwin) -> None:
    erp.says = Answer(410)
    problems = [await reaching.problem(to(erp, TELLING), {"id": 7}) for _ in range(2)]

    assert [one["code"] for one in problems] == ["delivery.endpoint-gone"] * 2
    assert len(erp.asked) == 1


async def test_a_run_answers_a_caller_who_hung_up_by_a_post(
    reaching: Platform, erp: ReceiverTwin
) -> None:
    solution = await reaching.fetched(ANSWERING)
    erp.fault, erp.times = "500", 3
    callback = erp.url + PATH
    reaching.stores.answers.expect("acme", f"{solution}:o-7", "orders", callback=callback)
    submitted = await reaching.submit(solution, {"id": "o-7"}, intent="order")
    run = await reaching.finish(submitted.run)

    assert run.status == "completed", run.problem
    assert [one.document["data"] for one in erp.kept] == [
        {"run": run.run, "status": 201, "headers": None, "body": {"order": "o-7"}}
    ]
