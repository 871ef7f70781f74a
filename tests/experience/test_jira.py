"""The jira adapter against a Jira that fails in every way one can, and whose index lags."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, get_args

import pytest

from experience_adapters.jira import JiraTickets
from experience_adapters.jira.prose import plain
from public_works.secrets import Vault
from public_works.settings import Settings
from symphainy.conformance import (
    AdapterSuite,
    CallbackCase,
    CallbackSuite,
    Received,
    sending,
)
from symphainy.delivery import (
    Asking,
    Callback,
    DeliveryEvent,
    Recipient,
    Sending,
    SendResult,
    Ticket,
)
from tests.experience.provider import OUTCOMES, ProviderCase
from tests.experience.tls import Behind
from tests.twins.jira import SECRET, JiraTwin
from tests.twins.provider import Fault

THERE: dict[str, Any] = {"project": "HELP", "kinds": {"question": "Question"}}
TICKET = Ticket(
    to=Recipient(address="ada@example.com", customer="c-1"),
    subject="Refund of order 7",
    text="Please refund order 7.\nToday.\n\nThank you",
    name="Ada",
    kind="question",
    priority="high",
    tags=("refund", "vip"),
)
KEYED = TICKET.model_copy(update={"key": "order 7"})


class JiraCase(ProviderCase):
    """The jira adapter, and Jira under its own name."""

    message = TICKET

    adapter: JiraTickets

    def __init__(self, twin: JiraTwin, behind: Behind) -> None:
        self.twin = twin
        settings = Settings(home=behind.folder, tenant="conformance")
        self.adapter = JiraTickets(settings, behind.egress(twin), Vault(settings))

    def sending(self, delivery: str, **more: Any) -> Sending:
        return sending(delivery, **{"settings": THERE, **more})

    async def received(self, delivery: str) -> list[Received]:
        return [_received(self.twin, one.document) for one in self.twin.of(delivery)]


class ContinuingCase(JiraCase):
    """The same with the issue of a key that is there."""

    message = KEYED.model_copy(update={"kind": None})

    def __init__(self, twin: JiraTwin, behind: Behind) -> None:
        super().__init__(twin, behind)
        # What the key `order 7` is as a label.
        label = "key-0fc89f8ae19394b48debd6353bb9ad33"
        fields = {"summary": KEYED.subject, "labels": [label], "requester": "ada@example.com"}
        twin.issues["1"] = {"key": "HELP-0", "fields": fields, "comments": []}
        twin.move("1", "To Do")


def _received(twin: JiraTwin, document: dict[str, Any]) -> Received:
    given = document["input"]
    fields = given.get("fields", {})
    priorities = {"High": "high"}
    data: dict[str, Any] = {
        "kind": {"Question": "question"}.get(fields.get("issuetype", {}).get("name")),
        "priority": priorities.get(fields.get("priority", {}).get("name")),
        "public": True,
        "status": "open",
    }
    if "issue" in document:
        comment = given["update"]["comment"][0]["add"]
        tags = sorted(one["add"] for one in given["update"]["labels"])
        issue = twin.issues[document["issue"]]["fields"]
        text = plain(comment["body"])
        return Received(issue["requester"], issue["summary"], text, data={**data, "tags": tags})
    text, _, who = plain(fields["description"]).rpartition("\n\n\n\nRequested by Ada <")
    tags = sorted(one for one in fields["labels"] if not one.startswith("dlv-"))
    return Received(who.rstrip(">"), fields["summary"], text, data={**data, "tags": tags})


@pytest.fixture
def behind(tmp_path: Path) -> Behind:
    return Behind(tmp_path, "acme.atlassian.net", "jira", SECRET)


@pytest.fixture
async def twin(behind: Behind) -> AsyncIterator[JiraTwin]:
    async with JiraTwin(tls=behind.proving) as one:
        yield one


@pytest.fixture
def case(twin: JiraTwin, behind: Behind) -> JiraCase:
    return JiraCase(twin, behind)


class TestOpening(AdapterSuite):
    """The suite, on the fixture `case` above."""


class TestContinuing(AdapterSuite):
    """The suite, with comments on an issue."""

    @pytest.fixture
    def case(self, twin: JiraTwin, behind: Behind) -> ContinuingCase:
        return ContinuingCase(twin, behind)


URL = "https://platform.example/v1/hooks/jira/helpdesk?t=conformance&c=ticket"
CUSTOMER = {"displayName": "Ada", "accountType": "customer"}
AGENT = {"displayName": "Bob", "accountType": "atlassian"}


class JiraCallbacks(CallbackCase):
    """What the twin tells of an issue."""

    events: tuple[DeliveryEvent, ...] = ("replied", "updated", "solved")
    about = Asking(tenant="conformance", channel="ticket", binding="helpdesk")

    def __init__(self, case: JiraCase) -> None:
        self.adapter = case.adapter
        self.twin = case.twin
        fields = {"labels": ["vip", "dlv-d-1"], "summary": "Refund"}
        self.twin.issues["7"] = {"key": "HELP-7", "fields": fields, "comments": []}

    def told(self, event: DeliveryEvent, delivery: str) -> Callback:
        self.twin.move("7", "Done" if event == "solved" else "To Do")
        if event == "replied":
            return self.comment(CUSTOMER)
        changed = [{"field": "status" if event == "solved" else "priority"}]
        return self.of("jira:issue_updated", {"changelog": {"id": "9", "items": changed}})

    def comment(self, author: dict[str, str]) -> Callback:
        said = {"id": "5", "body": "Thank you!", "author": author, "jsdPublic": True}
        return self.of("comment_created", {"comment": said})

    def of(self, kind: str, said: dict[str, Any]) -> Callback:
        return self.twin.event(kind, "7", said, URL, at=datetime.now(UTC))


@pytest.fixture
def callbacks(case: JiraCase) -> JiraCallbacks:
    return JiraCallbacks(case)


class TestCallbacks(CallbackSuite):
    """The suite for callbacks."""


def test_every_fault_of_the_twin_is_known_here() -> None:
    assert set(OUTCOMES) == set(get_args(Fault))


@pytest.mark.parametrize("fault", OUTCOMES)
async def test_an_outcome_is_what_jira_is_known_to_have_done(case: JiraCase, fault: Fault) -> None:
    case.twin.fault = fault
    result = await case.adapter.send(TICKET, case.sending("d-1"))

    assert (result.outcome, result.code, len(case.twin.of("d-1"))) == OUTCOMES[fault]


async def test_an_issue_is_what_was_written_and_no_more(case: JiraCase) -> None:
    there = {**THERE, "fields": {"order": "customfield_7"}, "priorities": {"high": "Highest"}}
    message = TICKET.model_copy(update={"fields": {"order": "7"}})
    sent = await case.adapter.send(message, sending("d-1", settings=there))

    (kept,) = case.twin.kept
    line = {"type": "text", "text": "Please refund order 7."}
    lines = [line, {"type": "hardBreak"}, {"type": "text", "text": "Today."}]
    who = "Requested by Ada <ada@example.com>"
    assert kept.document["input"] == {
        "fields": {
            "project": {"key": "HELP"},
            "issuetype": {"name": "Question"},
            "summary": "Refund of order 7",
            "description": {
                "type": "doc",
                "version": 1,
                "content": [
                    {"type": "paragraph", "content": lines},
                    {"type": "paragraph", "content": [{"type": "text", "text": "Thank you"}]},
                    {"type": "rule"},
                    {"type": "paragraph", "content": [{"type": "text", "text": who}]},
                ],
            },
            "labels": ["refund", "vip", "dlv-d-1"],
            "customfield_7": "7",
            "priority": {"name": "Highest"},
            "status": {"name": "To Do", "statusCategory": {"key": "new"}},
        },
        "properties": [
            {
                "key": "symphainy",
                "value": {"delivery": "d-1", "requester": "ada@example.com", "key": None},
            }
        ],
    }
    assert sent == SendResult(
        outcome="accepted",
        provider_id=kept.id,
        data={
            "ticket": kept.id,
            "number": "HELP-1",
            "url": "https://acme.atlassian.net/browse/HELP-1",
            "opened": True,
        },
    )


async def test_messages_of_one_key_are_one_issue_that_is_done_in_the_end(case: JiraCase) -> None:
    opened = await case.adapter.send(KEYED, case.sending("d-1"))
    inside = KEYED.model_copy(update={"text": "Refunded.", "public": False, "tags": ("paid",)})
    noted = await case.adapter.send(inside, case.sending("d-2"))
    last = KEYED.model_copy(update={"text": "All done.", "status": "solved"})
    solved = await case.adapter.send(last, case.sending("d-3"))
    again = await case.adapter.send(last, case.sending("d-4"))

    ((id, issue),) = case.twin.issues.items()
    said = [(plain(one["body"]), len(one["properties"])) for one in issue["comments"]]
    assert said == [("Refunded.", 2), ("All done.", 1), ("All done.", 1)]
    assert issue["fields"]["status"]["name"] == "Done"
    assert "paid" in issue["fields"]["labels"]
    told = [(one.data["ticket"], one.data["opened"]) for one in (opened, noted, solved, again)]
    assert told == [(id, True), (id, False), (id, False), (id, False)]
    assert len({one.provider_id for one in (opened, noted, solved, again)}) == 4


async def test_a_binding_says_what_the_statuses_are_called(case: JiraCase) -> None:
    there = {**THERE, "statuses": {"pending": "waiting"}}
    await case.adapter.send(KEYED, case.sending("d-1"))
    pending = KEYED.model_copy(update={"status": "pending"})
    unnamed = await case.adapter.send(pending, case.sending("d-2"))
    named = await case.adapter.send(pending, sending("d-3", settings=there))

    (issue,) = case.twin.issues.values()
    assert (unnamed.outcome, named.outcome) == ("rejected", "accepted")
    assert issue["fields"]["status"]["name"] == "Waiting"


async def test_what_the_workflow_does_not_lead_to_is_told_of(case: JiraCase) -> None:
    await case.adapter.send(KEYED, case.sending("d-1"))
    case.twin.stuck = True
    solved = KEYED.model_copy(update={"status": "solved"})
    result = await case.adapter.send(solved, case.sending("d-2"))

    assert (result.outcome, result.code, len(case.twin.of("d-2"))) == (
        "rejected",
        "delivery.refused",
        0,
    )


async def test_what_the_index_does_not_know_yet_is_unknown_and_not_absent(case: JiraCase) -> None:
    case.twin.lags = True
    case.twin.fault = "kept drop"
    await case.adapter.send(TICKET, case.sending("d-1"))
    now = datetime.now(UTC)
    soon = await case.adapter.find(TICKET, case.sending("d-1", since=now - timedelta(minutes=4)))
    case.twin.unindexed.clear()
    later = await case.adapter.find(TICKET, case.sending("d-1", since=now - timedelta(minutes=4)))
    never = await case.adapter.find(TICKET, case.sending("d-2", since=now - timedelta(minutes=6)))

    found = [one.outcome if one else None for one in (soon, later, never)]
    assert found == ["unknown", "accepted", "retryable"]


async def test_an_issue_that_the_ledger_knows_of_is_continued_before_the_index_knows(
    case: JiraCase,
) -> None:
    case.twin.lags = True
    opened = await case.adapter.send(KEYED, case.sending("d-1"))
    known = frozenset({opened.provider_id or "", "SM7", "10001/d-0"})
    continued = await case.adapter.send(KEYED, case.sending("d-2", others=known))

    assert continued.data["opened"] is False
    assert len(case.twin.issues) == 1


async def test_a_comment_is_found_at_once(case: JiraCase) -> None:
    await case.adapter.send(KEYED, case.sending("d-1"))
    case.twin.fault = "kept drop"
    lost = await case.adapter.send(KEYED, case.sending("d-2"))
    found = await case.adapter.find(KEYED, case.sending("d-2"))

    assert lost.outcome == "unknown"
    assert found is not None
    assert (found.outcome, found.data["opened"]) == ("accepted", False)


@pytest.mark.parametrize("status", ["pending", "solved"])
async def test_no_issue_is_opened_that_is_done_already(case: JiraCase, status: str) -> None:
    plain_one = TICKET.model_copy(update={"status": status})
    keyed = KEYED.model_copy(update={"status": status})

    assert case.adapter.validate(plain_one) != []
    assert (await case.adapter.send(plain_one, case.sending("d-1"))).outcome == "rejected"
    assert (await case.adapter.send(keyed, case.sending("d-2"))).outcome == "rejected"
    assert case.twin.kept == []


async def test_a_field_that_is_on_no_screen_is_told_of(case: JiraCase) -> None:
    message = TICKET.model_copy(update={"fields": {"shoe_size": 42}})
    result = await case.adapter.send(message, case.sending("d-1"))

    assert (result.outcome, result.code) == ("rejected", "delivery.refused")
    assert "shoe_size" in (result.detail or "")


async def test_a_ticket_whose_time_is_over_is_not_opened(case: JiraCase) -> None:
    over = datetime.now(UTC) - timedelta(seconds=1)
    result = await case.adapter.send(TICKET, case.sending("d-1", not_after=over))

    assert (result.outcome, result.code, case.twin.writes) == ("rejected", "delivery.expired", 0)


async def test_the_token_goes_nowhere_it_may_be_read(case: JiraCase) -> None:
    there = {**THERE, "endpoint": "http://acme.atlassian.net.example"}
    result = await case.adapter.send(TICKET, sending("d-1", settings=there))

    assert (result.outcome, result.code) == ("rejected", "egress.forbidden")


async def test_credentials_that_jira_does_not_take_are_told_of(case: JiraCase) -> None:
    case.twin.token = "another"

    assert await case.adapter.check() == ["Jira answers 401 no"]


def test_what_a_customer_writes_is_a_reply_and_what_an_agent_writes_is_none(
    callbacks: JiraCallbacks,
) -> None:
    callbacks.twin.move("7", "To Do")
    heard = [
        callbacks.adapter.parse(callbacks.comment(author), callbacks.about)
        for author in (CUSTOMER, AGENT)
    ]

    (replied,), (updated,) = (one.receipts for one in heard)
    assert (replied.event, updated.event) == ("replied", "updated")
    assert (replied.delivery, replied.provider_id, replied.data) == (
        "d-1",
        "7",
        {
            "ticket": "7",
            "number": "HELP-7",
            "text": "Thank you!",
            "author": "Ada",
            "public": True,
        },
    )
