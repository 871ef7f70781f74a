"""The sandboxes of all channels, by the suites that every adapter passes."""

from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import text
from standardwebhooks import Webhook

from experience_adapters.sandbox import SANDBOXES
from public_works.database import Database
from public_works.outbox import Outbox, OutboxMessage
from public_works.seal import Seal
from symphainy.conformance import (
    AdapterCase,
    AdapterSuite,
    CallbackCase,
    CallbackSuite,
    Fault,
    Received,
    sending,
)
from symphainy.delivery import (
    EVENTS,
    Activity,
    ApiResponse,
    Asking,
    Callback,
    ChatMessage,
    Choice,
    CrmUpdate,
    DeliveryEvent,
    Gather,
    Heard,
    Inbound,
    Message,
    Receipt,
    Recipient,
    RecordKey,
    Say,
    SmsMessage,
    Ticket,
    VoiceCall,
    WebhookEvent,
)
from tests.experience.conftest import MESSAGE, TEXT_MESSAGE

SEAL = Seal(b"pepper")
CALL = VoiceCall(
    to=Recipient(address="+4366012345678", customer="c-1"),
    sender="+15005550006",
    script=(
        Say(text="Good day, this is Acme."),
        Gather(name="keep", prompt=(Say(text="Press 1."),), choices={"1": (Say(text="Thanks."),)}),
    ),
)
EVENT = WebhookEvent(
    to=Recipient(address="https://example.com/hook"), type="invoice.paid", data={"invoice": 7}
)
CHAT = ChatMessage(
    to=Recipient(address="conversation-1"),
    text="Shall I book it?",
    choices=(Choice(title="Yes", value="yes"),),
)
RECORD = CrmUpdate(
    to=Recipient(address="ada@example.com"),
    object="contact",
    key=RecordKey(property="email", value="ada@example.com"),
    properties={"name": "Ada", "amount": 7.5, "since": None},
    activity=Activity(kind="call", subject="Reminded", text="Ada keeps the appointment."),
)
TICKET = Ticket(
    to=Recipient(address="ada@example.com"),
    subject="Ada wants to be called",
    text="She asked for it.",
    key="callback-7",
    priority="high",
    tags=("callback",),
)
ANSWER = ApiResponse(to=Recipient(address="caller"), body={"accepted": True})
MESSAGES: tuple[Message, ...] = (MESSAGE, TEXT_MESSAGE, CALL, RECORD, TICKET, EVENT, CHAT, ANSWER)


def _received(kept: OutboxMessage) -> Received:
    """What the receiver has, in the words of the suite for that channel."""
    document: dict[str, Any] = kept.document or {}
    if kept.channel == "crm":
        activity = document["activity"] or {}
        data = {
            "object": document["object"],
            "key": document["key"]["property"],
            "properties": document["properties"],
            **({"activity": activity["kind"]} if activity else {}),
        }
        return Received(kept.to, activity.get("subject"), activity.get("text", ""), data=data)
    if kept.channel == "ticket":
        data = {name: document[name] for name in ("kind", "priority", "public")}
        data |= {"status": document["status"] or "open", "tags": sorted(document["tags"])}
        return Received(kept.to, kept.subject, kept.text, kept.html, data)
    if kept.channel == "webhook":
        return Received(kept.to, document["type"], "", data=document["data"])
    if kept.channel == "chat":
        choices = [[one["title"], one["value"]] for one in document["choices"]]
        return Received(kept.to, None, kept.text, data=choices)
    if kept.channel == "api":
        return Received(kept.to, None, kept.subject, data=document["body"])
    return Received(kept.to, kept.subject or None, kept.text, kept.html)


class SandboxCase(AdapterCase):
    """The sandbox of a channel, and an outbox."""

    faults = frozenset({"unreachable"})

    def __init__(self, database: Database, message: Message) -> None:
        self.database = database
        self.outbox = Outbox(database)
        self.message = message
        self.adapter = adapter(self.outbox, message)

    async def provoke(self, fault: Fault) -> None:
        with self.database.session() as session:
            session.connection().execute(text("ALTER TABLE outbox_message RENAME TO elsewhere"))

    async def received(self, delivery: str) -> list[Received]:
        kept = [one for one in self.outbox.list("conformance") if one.delivery == delivery]
        return [_received(one) for one in kept]

    async def writes(self) -> int:
        return len(self.outbox.list("conformance"))


def adapter(outbox: Outbox, message: Message) -> Any:
    """The sandbox of the channel of `message`."""
    kinds = {one.spec.channel: one for one in SANDBOXES}
    return kinds[message.channel](outbox, SEAL)


@pytest.mark.parametrize("message", MESSAGES, ids=[one.channel for one in MESSAGES])
class TestSandbox(AdapterSuite):
    @pytest.fixture
    async def case(self, database: Database, message: Message) -> SandboxCase:
        return SandboxCase(database, message)


class SandboxCallbacks(CallbackCase):
    """What the outbox tells."""

    about = Asking(tenant="acme", channel="sms", binding="text")
    events = EVENTS

    def __init__(self, database: Database) -> None:
        self.adapter = adapter(Outbox(database), TEXT_MESSAGE)
        self.first: dict[tuple[str, str], Receipt] = {}

    def told(self, event: DeliveryEvent, delivery: str) -> Callback:
        now = datetime.now(UTC)
        new = Receipt(event=event, at=now, delivery=delivery, provider_id="m-1", dedupe="0")
        receipt = self.first.setdefault((event, delivery), new)
        body = Heard(receipts=(receipt,)).model_dump_json(exclude={"answer"}).encode()
        return Callback(
            method="POST",
            url="https://hooks.acme.example/v1/hooks/sandbox/text?t=acme&c=sms&d=d-1",
            headers=SEAL.headers("acme", body, now),
            body=body,
            at=now,
        )


class TestWhatTheOutboxTells(CallbackSuite):
    @pytest.fixture
    def callbacks(self, database: Database) -> SandboxCallbacks:
        return SandboxCallbacks(database)


def test_what_somebody_wrote_is_heard(database: Database) -> None:
    wrote = Inbound(
        channel="sms",
        sender="+4366012345678",
        to="Acme",
        text="STOP",
        provider_id="m-1-0",
        at=datetime(2026, 11, 2, 9, 30, tzinfo=UTC),
    )
    callback = SandboxCallbacks(database).told("delivered", "d-1")
    told = callback.model_copy(
        update={"body": Heard(inbound=(wrote,)).model_dump_json(exclude={"answer"}).encode()}
    )

    heard = adapter(Outbox(database), TEXT_MESSAGE).parse(told, SandboxCallbacks.about)

    assert heard == Heard(inbound=(wrote,))


async def test_what_nobody_has_seen_is_taken_back_and_nothing_else(database: Database) -> None:
    outbox = Outbox(database)
    sandbox = adapter(outbox, TEXT_MESSAGE)
    first, second = sending("d-1"), sending("d-2")
    one = (await sandbox.send(TEXT_MESSAGE, first)).provider_id
    other = (await sandbox.send(TEXT_MESSAGE, second)).provider_id
    outbox.act("conformance", other, {"act": "deliver", "at": None}, 0)

    assert (await sandbox.cancel(TEXT_MESSAGE, first, one)).outcome == "accepted"
    assert (await sandbox.cancel(TEXT_MESSAGE, second, other)).outcome == "rejected"
    kept = outbox.get("conformance", one)
    assert kept is not None
    assert [act["act"] for act in kept.acts] == ["cancel"]


async def test_messages_to_one_number_are_one_thread(database: Database) -> None:
    outbox = Outbox(database)
    sandbox = adapter(outbox, TEXT_MESSAGE)
    elsewhere = SmsMessage(to=Recipient(address="+4366000000000"), sender="Acme", text="Hi")
    first = await sandbox.send(TEXT_MESSAGE, sending("d-1"))
    await sandbox.send(elsewhere, sending("d-2"))
    last = await sandbox.send(TEXT_MESSAGE, sending("d-3"))

    thread = outbox.thread("conformance", first.provider_id or "")

    assert [one.id for one in thread] == [first.provider_id, last.provider_id]


async def test_an_event_is_kept_as_the_signed_request_that_it_would_be(database: Database) -> None:
    outbox = Outbox(database)
    sent = await adapter(outbox, EVENT).send(EVENT, sending("d-1"))

    kept = outbox.get("conformance", sent.provider_id or "")
    assert kept is not None
    told = Webhook(SEAL.secret("conformance")).verify(kept.text, kept.headers)
    assert (told["type"], told["data"]) == ("invoice.paid", {"invoice": 7})
    assert kept.headers["webhook-id"] == "d-1"


async def test_what_names_the_same_record_or_ticket_is_told_the_same_id(
    database: Database,
) -> None:
    outbox = Outbox(database)
    renamed = RECORD.model_copy(update={"properties": {"name": "Ada L."}, "activity": None})
    nameless = TICKET.model_copy(update={"key": None})
    given = [
        (await adapter(outbox, one).send(one, sending(f"d-{number}"))).data
        for number, one in enumerate((RECORD, renamed, TICKET, TICKET, nameless))
    ]

    assert given[0] == given[1]
    assert given[0]["record"]
    assert given[2] == given[3] != given[4]
    assert given[4]["ticket"]
