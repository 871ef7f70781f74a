"""The platform's own chat is an adapter like any other."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from experience_adapters.webchat import WebChat
from public_works import Settings, Stores
from symphainy.conformance import AdapterCase, AdapterSuite, Fault, Received
from symphainy.delivery import ChatMessage, Choice, Recipient, Sending, SendResult
from symphainy.errors import Refused, Unavailable, Unsure
from symphainy.session import Address, Kept, Message, Surface

RUN = "acme.shop:o-1"
ADDRESS = Address("acme.shop", "production", customer="c-17")


class Transcript:
    """Sessions without their workflows: messages go straight into the transcript."""

    def __init__(self, stores: Stores) -> None:
        self.stores = stores
        self.fault: Fault | None = None
        self.writes = 0

    async def say(self, tenant: str, address: Address, *, id: str, **said: Any) -> Kept:
        self.writes += 1
        if self.fault == "refused":
            raise Refused("session.text", "a message has 1 to 12,000 characters")
        if self.fault == "busy":
            raise Refused("session.busy", "too many messages wait to be read in this session")
        if self.fault == "unreachable":
            raise Unavailable("session.unreachable", "the runtime did not answer")
        before = await self.said(tenant, address, id)
        kept = before or await asyncio.to_thread(self._keep, tenant, address, id, said)
        if self.fault == "silent after":
            raise Unsure("session.unsure", "no worker has answered for the session")
        return kept

    async def said(self, tenant: str, address: Address, id: str) -> Kept | None:
        if self.fault == "unreachable":
            raise Unavailable("store.unavailable", "the database does not answer")
        place = await asyncio.to_thread(self.stores.transcripts.said, tenant, address.id, id)
        return Kept(session=address.id, seq=place, new=False) if place is not None else None

    def _keep(self, tenant: str, address: Address, id: str, said: dict[str, Any]) -> Kept:
        known = self.stores.transcripts.messages(tenant, address.id)
        message = Message(seq=len(known) + 1, id=id, direction="out", at=datetime.now(UTC), **said)
        surface = Surface(session=address.id, seq=message.seq, last=message)
        self.stores.transcripts.keep(tenant, surface, [message])
        return Kept(session=address.id, seq=message.seq, new=True)


class WebCase(AdapterCase):
    """The adapter over a transcript."""

    faults = frozenset[Fault]({"refused", "busy", "unreachable", "silent after"})
    message = ChatMessage(
        to=Recipient(address="c-17", customer="c-17"),
        text="Which colour?",
        choices=(Choice(title="Red", value="red"),),
    )

    def __init__(self, stores: Stores) -> None:
        self.transcript = Transcript(stores)
        self.adapter = WebChat(self.transcript)

    def sending(self, delivery: str, **more: Any) -> Sending:
        return super().sending(delivery, **more).model_copy(update={"run": RUN})

    async def provoke(self, fault: Fault) -> None:
        self.transcript.fault = fault

    async def received(self, delivery: str) -> list[Received]:
        stores = self.transcript.stores
        found = await asyncio.to_thread(
            stores.transcripts.messages, "conformance", ADDRESS.id, limit=1_000
        )
        return [
            Received(
                "c-17", None, one.text, data=[[each.title, each.value] for each in one.choices]
            )
            for one in found
            if one.id == delivery
        ]

    async def writes(self) -> int:
        return self.transcript.writes


@pytest.fixture
async def case(tmp_path: Path) -> AsyncIterator[WebCase]:
    stores = await asyncio.to_thread(Stores.open, Settings(home=tmp_path))
    yield WebCase(stores)
    await asyncio.to_thread(stores.close)


class TestWebChat(AdapterSuite):
    """Everything that holds for adapters."""


@pytest.mark.parametrize(
    "to",
    [
        pytest.param("acme.other:c-17", id="with another solution"),
        pytest.param("acme.shop:c-17!sandbox", id="in another environment"),
        pytest.param("acme.shop:", id="of nobody"),
    ],
)
async def test_a_solution_writes_in_its_own_sessions_alone(case: WebCase, to: str) -> None:
    message = case.message.model_copy(update={"to": Recipient(address=to)})

    found = await case.adapter.send(message, case.sending("d-1"))

    assert (found.outcome, found.code) == ("rejected", "session.unknown")
    assert await case.writes() == 0


async def test_a_session_may_be_named_instead_of_its_customer(case: WebCase) -> None:
    message = case.message.model_copy(update={"to": Recipient(address=ADDRESS.id)})

    found: SendResult = await case.adapter.send(message, case.sending("d-1"))

    assert found.provider_id == "acme.shop:c-17#1"
    assert found.data == {"session": "acme.shop:c-17", "seq": 1}
