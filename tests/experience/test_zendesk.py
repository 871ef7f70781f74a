"""The zendesk adapter against a Zendesk that fails in every way one can."""

import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, get_args

import pytest

from experience_adapters.zendesk import ZendeskTickets
from experience_adapters.zendesk.callbacks import doubt
from public_works.secrets import Vault
from public_works.settings import Settings
from symphainy.conformance import (
    AdapterSuite,
    CallbackCase,
    CallbackSuite,
    Received,
    sending,
)
from symphainy.delivery import Asking, Callback, DeliveryEvent, Recipient, SendResult, Ticket
from tests.experience.provider import OUTCOMES, ProviderCase
from tests.experience.tls import Behind
from tests.twins.provider import Fault
from tests.twins.zendesk import SECRET, ZendeskTwin

EXAMPLES = Path(__file__).parents[3] / "shared" / "specs" / "signed_examples.json"
TICKET = Ticket(
    to=Recipient(address="ada@example.com", customer="c-1"),
    subject="Refund of order 7",
    text="Please refund order 7.",
    name="Ada",
    kind="task",
    priority="high",
    tags=("refund", "vip"),
)
KEYED = TICKET.model_copy(update={"key": "order-7"})


class ZendeskCase(ProviderCase):
    """The zendesk adapter, and Zendesk under its own name."""

    message = TICKET

    adapter: ZendeskTickets

    def __init__(self, twin: ZendeskTwin, behind: Behind) -> None:
        self.twin = twin
        settings = Settings(home=behind.folder, tenant="conformance")
        self.adapter = ZendeskTickets(settings, behind.egress(twin), Vault(settings))

    async def received(self, delivery: str) -> list[Received]:
        return [_received(self.twin, one.document) for one in self.twin.of(delivery)]


class ContinuingCase(ZendeskCase):
    """The same with the ticket of a key that is open."""

    message = KEYED

    def __init__(self, twin: ZendeskTwin, behind: Behind) -> None:
        super().__init__(twin, behind)
        twin.tickets[1] = {
            "id": 1,
            "external_id": "order-7",
            "subject": "Refund of order 7",
            "requester": {"email": "ada@example.com", "name": "Ada"},
            "status": "open",
            "updated_at": "2026-11-22T08:00:00Z",
            "tags": [],
        }
        twin.audits[1] = [{"id": 2, "metadata": {"custom": {}}, "events": []}]


def _received(twin: ZendeskTwin, document: dict[str, Any]) -> Received:
    given = document["input"]
    ticket = twin.tickets[document["ticket"]] if "ticket" in document else given
    data = {
        "kind": given.get("type"),
        "priority": given.get("priority"),
        "public": given["comment"]["public"],
        "status": given.get("status", "open"),
        "tags": sorted(given.get("tags", [])),
    }
    return Received(
        ticket["requester"]["email"],
        ticket["subject"],
        given["comment"].get("body", ""),
        given["comment"].get("html_body"),
        data,
    )


@pytest.fixture
def behind(tmp_path: Path) -> Behind:
    return Behind(tmp_path, "acme.zendesk.com", "zendesk", SECRET)


@pytest.fixture
async def twin(behind: Behind) -> AsyncIterator[ZendeskTwin]:
    async with ZendeskTwin(tls=behind.proving) as one:
        yield one


@pytest.fixture
def case(twin: ZendeskTwin, behind: Behind) -> ZendeskCase:
    return ZendeskCase(twin, behind)


class TestOpening(AdapterSuite):
    """The suite, on the fixture `case` above."""


class TestContinuing(AdapterSuite):
    """The suite, with comments on a ticket."""

    @pytest.fixture
    def case(self, twin: ZendeskTwin, behind: Behind) -> ContinuingCase:
        return ContinuingCase(twin, behind)


SAID: dict[str, tuple[str, Any]] = {
    "replied": (
        "comment_added",
        {
            "comment": {
                "id": "1",
                "body": "Thank you!",
                "is_public": True,
                "author": {"id": "900", "name": "Ada", "is_staff": False},
            }
        },
    ),
    "updated": ("priority_changed", {"current": "HIGH", "previous": "LOW"}),
    "solved": ("status_changed", {"current": "SOLVED", "previous": "OPEN"}),
}


class ZendeskCallbacks(CallbackCase):
    """What the twin tells of a ticket."""

    events: tuple[DeliveryEvent, ...] = ("replied", "updated", "solved")
    about = Asking(tenant="conformance", channel="ticket", binding="helpdesk")
    url = "https://platform.example/v1/hooks/zendesk/helpdesk?t=conformance&c=ticket"

    def __init__(self, case: ZendeskCase) -> None:
        self.adapter = case.adapter
        self.twin = case.twin
        self.twin.tickets[7] = {"external_id": "dlv-d-1", "subject": "Refund", "status": "OPEN"}

    def told(self, event: DeliveryEvent, delivery: str) -> Callback:
        return self.twin.event(*self.of(event), self.url, at=datetime.now(UTC))

    def of(self, event: str) -> tuple[str, int, Any]:
        kind, said = SAID[event]
        return kind, 7, said


@pytest.fixture
def callbacks(case: ZendeskCase) -> ZendeskCallbacks:
    return ZendeskCallbacks(case)


class TestCallbacks(CallbackSuite):
    """The suite for callbacks."""


def test_every_fault_of_the_twin_is_known_here() -> None:
    assert set(OUTCOMES) == set(get_args(Fault))


@pytest.mark.parametrize("fault", OUTCOMES)
async def test_an_outcome_is_what_zendesk_is_known_to_have_done(
    case: ZendeskCase, fault: Fault
) -> None:
    case.twin.fault = fault
    result = await case.adapter.send(TICKET, sending("d-1"))

    assert (result.outcome, result.code, len(case.twin.of("d-1"))) == OUTCOMES[fault]


async def test_a_ticket_is_what_was_written_and_no_more(case: ZendeskCase) -> None:
    there = {"fields": {"order": 360_001}}
    message = TICKET.model_copy(update={"fields": {"order": "7", "group_id": 5, "360002": True}})
    sent = await case.adapter.send(message, sending("d-1", settings=there))

    (kept,) = case.twin.kept
    assert kept.document["input"] == {
        "subject": "Refund of order 7",
        "requester": {"email": "ada@example.com", "name": "Ada"},
        "external_id": "dlv-d-1",
        "tags": ["refund", "vip"],
        "comment": {"body": "Please refund order 7.", "public": True},
        "priority": "high",
        "type": "task",
        "group_id": 5,
        "custom_fields": [{"id": 360_001, "value": "7"}, {"id": 360_002, "value": True}],
        "metadata": {"delivery": "d-1"},
    }
    assert sent == SendResult(
        outcome="accepted",
        provider_id=kept.id,
        data={
            "ticket": kept.id,
            "number": kept.id,
            "url": f"https://acme.zendesk.com/agent/tickets/{kept.id}",
            "status": "new",
            "opened": True,
        },
    )


async def test_messages_of_one_key_are_one_ticket_that_is_solved_in_the_end(
    case: ZendeskCase,
) -> None:
    opened = await case.adapter.send(KEYED, sending("d-1"))
    inside = KEYED.model_copy(update={"text": "Refunded.", "public": False, "tags": ("paid",)})
    noted = await case.adapter.send(inside, sending("d-2"))
    last = KEYED.model_copy(update={"text": "All done.", "html": "<b>Done</b>", "status": "solved"})
    solved = await case.adapter.send(last, sending("d-3"))

    ((id, ticket),) = case.twin.tickets.items()
    said = [(one.get("body"), one["public"]) for one in case.twin.comments(id)]
    assert said == [("Please refund order 7.", True), ("Refunded.", False), (None, True)]
    assert (ticket["status"], ticket["tags"]) == ("solved", ["refund", "vip", "paid"])
    told = [(one.data["ticket"], one.data["opened"]) for one in (opened, noted, solved)]
    assert told == [(str(id), True), (str(id), False), (str(id), False)]
    assert len({opened.provider_id, noted.provider_id, solved.provider_id}) == 3


async def test_what_continues_a_closed_ticket_follows_it_up(case: ZendeskCase) -> None:
    await case.adapter.send(KEYED, sending("d-1"))
    ((closed, _),) = case.twin.tickets.items()
    case.twin.touch(closed, status="closed")
    await case.adapter.send(KEYED, sending("d-2"))
    await case.adapter.send(KEYED, sending("d-3"))

    after = {id: one["via_followup_source_id"] for id, one in case.twin.tickets.items()}
    assert list(after.values()) == [None, closed]


async def test_of_two_that_open_the_ticket_of_one_key_the_second_comes_again(
    case: ZendeskCase,
) -> None:
    await case.adapter.send(KEYED, sending("d-1"))
    # As if the first had not been there yet when the second looked.
    hidden = dict(case.twin.tickets)
    case.twin.tickets.clear()
    second = await case.adapter.send(KEYED.model_copy(update={"text": "Me too"}), sending("d-2"))
    case.twin.tickets |= hidden
    again = await case.adapter.send(
        KEYED.model_copy(update={"text": "Me too"}), sending("d-2", attempt=2)
    )

    assert (second.outcome, second.code) == ("retryable", "delivery.busy")
    assert (again.outcome, again.data["opened"]) == ("accepted", False)
    assert len(case.twin.tickets) == 1


async def test_a_comment_on_a_ticket_that_is_changed_meanwhile_comes_again(
    case: ZendeskCase,
) -> None:
    await case.adapter.send(KEYED, sending("d-1"))
    case.twin.crowded = True
    result = await case.adapter.send(KEYED, sending("d-2"))

    assert (result.outcome, len(case.twin.of("d-2"))) == ("retryable", 0)


async def test_a_comment_that_was_made_before_is_not_made_again(case: ZendeskCase) -> None:
    await case.adapter.send(KEYED, sending("d-1"))
    case.twin.fault, case.twin.times = "kept drop", 1
    await case.adapter.send(KEYED, sending("d-2"))
    again = await case.adapter.send(KEYED, sending("d-2", attempt=2))

    assert (again.outcome, len(case.twin.of("d-2"))) == ("accepted", 1)


async def test_a_comment_is_found_behind_hundreds_of_changes(case: ZendeskCase) -> None:
    case.twin.page = 2
    for n in range(1, 6):
        await case.adapter.send(KEYED, sending(f"d-{n}"))
    found = await case.adapter.find(KEYED, sending("d-5"))
    missing = await case.adapter.find(KEYED, sending("d-6"))

    assert found is not None
    assert missing is not None
    assert (found.outcome, missing.outcome) == ("accepted", "retryable")


async def test_a_ticket_opened_twice_with_other_words_is_one(case: ZendeskCase) -> None:
    case.twin.fault, case.twin.times = "kept drop", 1
    await case.adapter.send(TICKET, sending("d-1"))
    other = TICKET.model_copy(update={"text": "Please refund order 7 today."})
    again = await case.adapter.send(other, sending("d-1", attempt=2))

    assert (again.outcome, len(case.twin.tickets)) == ("accepted", 1)


async def test_a_field_that_nobody_knows_is_told_of(case: ZendeskCase) -> None:
    message = TICKET.model_copy(update={"fields": {"order": "7"}})
    result = await case.adapter.send(message, sending("d-1"))

    assert (result.outcome, result.code, case.twin.writes) == ("rejected", "delivery.header", 0)
    assert "settings.fields" in (result.detail or "")


async def test_a_ticket_whose_time_is_over_is_not_opened(case: ZendeskCase) -> None:
    over = datetime.now(UTC) - timedelta(seconds=1)
    result = await case.adapter.send(TICKET, sending("d-1", not_after=over))

    assert (result.outcome, result.code, case.twin.writes) == ("rejected", "delivery.expired", 0)


async def test_without_the_secret_nothing_is_opened_yet(case: ZendeskCase) -> None:
    result = await case.adapter.send(TICKET, sending("d-1", settings={"secret": "other"}))

    assert (result.outcome, result.code, case.twin.writes) == (
        "retryable",
        "delivery.credentials",
        0,
    )


async def test_the_token_goes_nowhere_it_may_be_read(case: ZendeskCase) -> None:
    there = {"endpoint": "http://acme.zendesk.com.example"}
    result = await case.adapter.send(TICKET, sending("d-1", settings=there))

    assert (result.outcome, result.code) == ("rejected", "egress.forbidden")


async def test_credentials_of_nobody_are_told_of(case: ZendeskCase) -> None:
    case.twin.token = "another"

    assert await case.adapter.check() == ["Zendesk does not know whose the credentials are"]


def test_what_the_requester_writes_is_a_reply(callbacks: ZendeskCallbacks) -> None:
    heard = callbacks.adapter.parse(callbacks.told("replied", "d-1"), callbacks.about)

    (receipt,) = heard.receipts
    assert (receipt.event, receipt.delivery, receipt.provider_id, receipt.data) == (
        "replied",
        "d-1",
        "7",
        {"ticket": "7", "text": "Thank you!", "author": "Ada", "public": True},
    )
    assert receipt.at == datetime(2026, 11, 22, 8, tzinfo=UTC)


def test_what_an_agent_writes_is_none(callbacks: ZendeskCallbacks) -> None:
    agent = {"comment": {"body": "Hm", "author": {"id": "5", "is_staff": True}}}
    callback = callbacks.twin.event("comment_added", 7, agent, callbacks.url, at=datetime.now(UTC))

    (receipt,) = callbacks.adapter.parse(callback, callbacks.about).receipts
    assert receipt.event == "updated"


def test_a_trigger_may_tell_too(callbacks: ZendeskCallbacks) -> None:
    body = b'{"ticket": {"id": 7, "status": "Solved", "external_id": "order-7"}}'
    callback = callbacks.twin.signed(body, callbacks.url, at=datetime.now(UTC))

    (receipt,) = callbacks.adapter.parse(callback, callbacks.about).receipts
    assert (receipt.event, receipt.delivery, receipt.provider_id) == ("solved", None, "7")


def test_a_signature_made_elsewhere_holds() -> None:
    if not EXAMPLES.exists():
        pytest.skip("the signed examples are not beside this repository")
    example = json.loads(EXAMPLES.read_text())["zendesk"]
    callback = Callback(
        method="POST",
        url=ZendeskCallbacks.url,
        headers={name.lower(): value for name, value in example["headers"].items()},
        body=example["body"].encode(),
        at=datetime(2026, 11, 22, 8, 1, tzinfo=UTC),
    )

    assert doubt(callback, example["secret"]) is None
    assert doubt(callback, "another") is not None
