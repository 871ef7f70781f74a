"""The adapter of answers against a caller's server that fails in every way one can."""

import ssl
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from experience_adapters.answer.adapter import RunAnswer
from public_works.answers import Answers
from public_works.database import Database
from public_works.egress import Egress
from public_works.secrets import Vault
from public_works.settings import Settings
from symphainy.conformance import AdapterCase, AdapterSuite, Received, sending
from symphainy.conformance import Fault as Told
from symphainy.delivery import CALLER, ApiResponse, Recipient, Sending
from tests.experience.test_webhooks import FAULTS, HOST, TENANT, URL, keep
from tests.twins.receiver import SECRET, ReceiverTwin
from tests.twins.web import Answer, certificate

RUN, ORDERS = "run-1", "orders"
ANSWER = ApiResponse(to=Recipient(address=CALLER), status=201, body={"order": 7})


class AnswerCase(AdapterCase):
    """The adapter, and a caller who hung up and wants to be told."""

    adapter: RunAnswer
    message = ANSWER
    faults = frozenset({*FAULTS, "refused", "unreachable"})

    def __init__(
        self, twin: ReceiverTwin, folder: Path, trusted: ssl.SSLContext, answers: Answers
    ) -> None:
        self.twin, self.answers = twin, answers
        settings = Settings(home=folder, tenant=TENANT)
        egress = Egress(stands_in={HOST: ("127.0.0.1", twin.port)}, tls=trusted)
        self.adapter = RunAnswer(settings, egress, Vault(settings), answers)
        answers.expect(TENANT, RUN, ORDERS, callback=URL)

    def sending(self, delivery: str, **more: Any) -> Sending:
        run = {"run": more.pop("run", RUN), "binding": ORDERS}
        return sending(delivery, **more).model_copy(update=run)

    async def provoke(self, fault: Told) -> None:
        if fault == "unreachable":
            await self.twin.stop()
        elif fault == "refused":
            self.twin.says = Answer(410)
        else:
            self.twin.fault = FAULTS[fault]

    async def received(self, delivery: str) -> list[Received]:
        told = [one.document["data"] for one in self.twin.of(delivery)]
        return [Received(CALLER, None, str(one["status"]), data=one["body"]) for one in told]

    async def writes(self) -> int:
        return self.twin.writes


@pytest.fixture
async def case(tmp_path: Path, database: Database) -> AsyncIterator[AnswerCase]:
    file = certificate(tmp_path, HOST)
    proving = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    proving.load_cert_chain(file)
    keep(tmp_path, SECRET)
    async with ReceiverTwin(tls=proving) as twin:
        trusted = ssl.create_default_context(cafile=str(file))
        yield AnswerCase(twin, tmp_path, trusted, Answers(database))


class TestAnswer(AdapterSuite):
    """The suite, on the fixture `case` above."""

    async def test_it_says_so_when_its_provider_is_not_there(self, case: AdapterCase) -> None:
        """There is none to ask: each caller has a server of its own."""
        await case.provoke("unreachable")

        assert await case.adapter.check() == []


async def test_a_posted_answer_says_of_which_run_it_is(case: AnswerCase) -> None:
    message = ANSWER.model_copy(update={"headers": {"X-Order": "7"}})
    await case.adapter.send(message, case.sending("d-1"))

    (kept,) = case.twin.kept
    assert (kept.document["type"], kept.headers["webhook-id"]) == ("api.answered", "d-1")
    assert kept.document["data"] == {
        "run": RUN,
        "status": 201,
        "headers": {"X-Order": "7"},
        "body": {"order": 7},
    }


async def test_nothing_is_posted_to_a_caller_on_the_line(case: AnswerCase) -> None:
    soon = datetime.now(UTC) + timedelta(minutes=1)
    case.answers.expect(TENANT, "run-2", ORDERS, callback=URL, waiting=soon)
    result = await case.adapter.send(ANSWER, case.sending("d-1", run="run-2"))
    kept = case.answers.get(TENANT, "run-2", ORDERS)

    assert (result.outcome, case.twin.asked) == ("accepted", [])
    assert kept is not None
    assert (kept.status, kept.body, kept.delivery) == (201, {"order": 7}, "d-1")


async def test_a_caller_who_left_is_told_by_a_post(case: AnswerCase) -> None:
    soon = datetime.now(UTC) + timedelta(minutes=1)
    case.answers.expect(TENANT, "run-2", ORDERS, callback=URL, waiting=soon)
    case.answers.leave(TENANT, "run-2", ORDERS)
    await case.adapter.send(ANSWER, case.sending("d-1", run="run-2"))

    assert [one.delivery for one in case.twin.kept] == ["d-1"]


async def test_a_caller_whose_platform_died_while_it_waited_is_told_by_a_post(
    case: AnswerCase,
) -> None:
    past = datetime.now(UTC) - timedelta(seconds=6)
    case.answers.expect(TENANT, "run-2", ORDERS, callback=URL, waiting=past)
    await case.adapter.send(ANSWER, case.sending("d-1", run="run-2"))

    assert [one.delivery for one in case.twin.kept] == ["d-1"]


async def test_an_answer_that_nobody_asked_for_is_kept(case: AnswerCase) -> None:
    result = await case.adapter.send(ANSWER, case.sending("d-1", run="run-3"))

    assert (result.outcome, case.twin.asked) == ("accepted", [])
    assert case.answers.expect(TENANT, "run-3", ORDERS, callback=URL).status == 201


async def test_a_run_answers_once(case: AnswerCase) -> None:
    await case.adapter.send(ANSWER, case.sending("d-1"))
    other = ANSWER.model_copy(update={"body": {"order": 8}})
    second = await case.adapter.send(other, case.sending("d-2"))
    kept = case.answers.get(TENANT, RUN, ORDERS)

    assert (second.outcome, second.code) == ("rejected", "delivery.answered")
    assert kept is not None
    assert kept.body == {"order": 7}
    assert len(case.twin.kept) == 1


@pytest.mark.parametrize(
    ("status", "outcome"), [(200, "rejected"), (422, "accepted"), (500, "accepted")]
)
async def test_what_the_endpoint_says_it_answers_is_what_it_answers(
    case: AnswerCase, status: int, outcome: str
) -> None:
    schema = {"type": "object", "required": ["id"]}
    message = ANSWER.model_copy(update={"status": status})
    result = await case.adapter.send(message, case.sending("d-1", settings={"response": schema}))

    assert result.outcome == outcome
    assert len(case.twin.kept) == (outcome == "accepted")
