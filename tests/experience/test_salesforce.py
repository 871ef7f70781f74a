"""The salesforce adapter against a Salesforce that fails in every way one can."""

import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, get_args
from urllib.parse import unquote

import pytest
from joserfc.jwk import RSAKey

from experience_adapters.salesforce import SalesforceCrm
from public_works.secrets import Vault
from public_works.settings import Settings
from symphainy.conformance import AdapterSuite, Received, sending
from symphainy.delivery import Activity, CrmUpdate, Recipient, RecordKey, SendResult
from tests.experience.provider import OUTCOMES, ProviderCase
from tests.experience.tls import Behind
from tests.twins.provider import Fault
from tests.twins.salesforce import SECRET, SalesforceTwin

UPDATE = CrmUpdate(
    to=Recipient(address="ada@example.com", customer="c-1"),
    object="contact",
    key=RecordKey(property="email", value="ada@example.com"),
    properties={"firstname": "Ada", "Stage__c": "customer"},
)
SAID = Activity(kind="call", text="Paid <invoice> 7.\nOn time.", subject="Invoice")
NOTE = UPDATE.model_copy(update={"properties": {}, "activity": SAID})
BOTH = UPDATE.model_copy(update={"activity": SAID})
ADA = {"ada": ("Contact", {"Email": "ada@example.com"})}
ENDS: dict[Fault, tuple[str, str | None, int]] = {
    **OUTCOMES,
    "401": ("retryable", "delivery.credentials", 0),
    "403": ("retryable", "delivery.credentials", 0),
}
"""The token is another one next time."""


class SalesforceCase(ProviderCase):
    """The salesforce adapter, and Salesforce under its own name."""

    message = UPDATE
    repeatable = True

    adapter: SalesforceCrm

    def __init__(self, twin: SalesforceTwin, behind: Behind) -> None:
        self.twin = twin
        settings = Settings(home=behind.folder, tenant="conformance")
        self.adapter = SalesforceCrm(settings, behind.egress(twin), Vault(settings))

    async def received(self, delivery: str) -> list[Received]:
        return [_received(self.twin, one.document) for one in self.twin.of(delivery)]


class NoteCase(SalesforceCase):
    """The same with an activity of a contact that is there."""

    message = NOTE
    repeatable = False

    def __init__(self, twin: SalesforceTwin, behind: Behind) -> None:
        super().__init__(twin, behind)
        twin.records = dict(ADA)


class BothCase(SalesforceCase):
    """The same with both at once."""

    message = BOTH
    repeatable = False


def _received(twin: SalesforceTwin, document: dict[str, Any]) -> Received:
    task = document.get("task")
    fields = document["fields"]
    if "/Task/" in document["url"]:
        task, fields = fields, {}
    names = {"FirstName": "firstname"}
    data: dict[str, Any] = {
        "object": "contact",
        "key": "email",
        "properties": {names.get(name, name): one for name, one in fields.items()},
    }
    if task is None:
        address = unquote(document["url"].rpartition("/")[2])
        return Received(address, None, "", data=data)
    data["activity"] = task["TaskSubtype"].lower()
    who = twin.records[document["made"][0] if "task" in document else task["WhoId"]][1]
    return Received(who["Email"], task["Subject"], task["Description"], data=data)


@pytest.fixture
def behind(tmp_path: Path) -> Behind:
    return Behind(tmp_path, "acme.my.salesforce.com", "salesforce", SECRET)


@pytest.fixture
async def twin(behind: Behind) -> AsyncIterator[SalesforceTwin]:
    async with SalesforceTwin(tls=behind.proving) as one:
        yield one


@pytest.fixture
def case(twin: SalesforceTwin, behind: Behind) -> SalesforceCase:
    return SalesforceCase(twin, behind)


class TestRecords(AdapterSuite):
    """The suite, on the fixture `case` above."""


class TestActivities(AdapterSuite):
    """The suite, with activities."""

    @pytest.fixture
    def case(self, twin: SalesforceTwin, behind: Behind) -> NoteCase:
        return NoteCase(twin, behind)


class TestBoth(AdapterSuite):
    """The suite, with records and activities at once."""

    @pytest.fixture
    def case(self, twin: SalesforceTwin, behind: Behind) -> BothCase:
        return BothCase(twin, behind)


def test_every_fault_of_the_twin_is_known_here() -> None:
    assert set(ENDS) == set(get_args(Fault))


@pytest.mark.parametrize("fault", ENDS)
async def test_an_outcome_is_what_salesforce_is_known_to_have_done(
    case: SalesforceCase, fault: Fault
) -> None:
    case.twin.fault = fault
    result = await case.adapter.send(UPDATE, sending("d-1"))

    assert (result.outcome, result.code, len(case.twin.of("d-1"))) == ENDS[fault]


@pytest.mark.parametrize("silent", [False, True])
async def test_a_record_is_made_and_then_changed(case: SalesforceCase, silent: bool) -> None:
    case.twin.silent = silent
    made = await case.adapter.send(UPDATE, sending("d-1"))
    emptied = {"Stage__c": "", "phone": None, "Score__c": 5, "Vip__c": True}
    changed = await case.adapter.send(
        UPDATE.model_copy(update={"properties": emptied}), sending("d-2")
    )

    ((id, (kind, fields)),) = case.twin.records.items()
    assert made.data == {"record": id, "object": "contact", "created": True}
    assert changed.data == (
        {"object": "contact"} if silent else {"record": id, "object": "contact", "created": False}
    )
    assert changed.provider_id == ("ada@example.com" if silent else id)
    assert (kind, fields) == (
        "Contact",
        {
            "Email": "ada@example.com",
            "FirstName": "Ada",
            "Stage__c": None,
            "Phone": None,
            "Score__c": 5,
            "Vip__c": True,
        },
    )


async def test_both_at_once_are_one_write_and_all_or_nothing(case: SalesforceCase) -> None:
    sent = await case.adapter.send(BOTH, sending("d-1"))
    wrong = BOTH.model_copy(update={"properties": {"Shoe__c": 42}})
    refused = await case.adapter.send(wrong, sending("d-2"))

    kinds = sorted(kind for kind, _ in case.twin.records.values())
    assert (kinds, case.twin.writes) == (["Contact", "Task"], 2)
    assert sent.data["created"] is True
    assert sent.data["activity"] == sent.provider_id
    assert (refused.outcome, refused.code) == ("rejected", "delivery.refused")
    assert "Shoe__c" in (refused.detail or "")


async def test_what_was_both_made_and_never_answered_is_not_made_again(
    case: SalesforceCase,
) -> None:
    case.twin.fault, case.twin.times = "kept drop", 1
    await case.adapter.send(BOTH, sending("d-1"))
    again = await case.adapter.send(BOTH, sending("d-1", attempt=2))

    assert again.outcome == "accepted"
    assert sorted(kind for kind, _ in case.twin.records.values()) == ["Contact", "Task"]


@pytest.mark.parametrize("message", [UPDATE, NOTE, BOTH])
async def test_a_key_of_several_records_is_told_of(
    case: SalesforceCase, message: CrmUpdate
) -> None:
    case.twin.records = {"a": ADA["ada"], "b": ADA["ada"]}
    result = await case.adapter.send(message, sending("d-1"))

    assert (result.outcome, result.code) == ("rejected", "delivery.refused")
    assert case.twin.kept == []


@pytest.mark.parametrize("message", [UPDATE, BOTH])
async def test_a_record_that_somebody_else_writes_now_is_tried_again(
    case: SalesforceCase, message: CrmUpdate
) -> None:
    case.twin.locked = True
    result = await case.adapter.send(message, sending("d-1"))

    assert (result.outcome, result.code) == ("retryable", "delivery.busy")


async def test_a_binding_says_what_salesforce_calls_things(case: SalesforceCase) -> None:
    there = {
        "objects": {"firm": "Account"},
        "fields": {"number": "Number__c", "branch": "Industry", "name": "Name"},
    }
    message = UPDATE.model_copy(
        update={
            "object": "firm",
            "key": RecordKey(property="number", value="A/7 ü"),
            "properties": {"branch": "Boats", "name": "Acme"},
        }
    )
    sent = await case.adapter.send(message, sending("d-1", settings=there))
    found = await case.adapter.find(message, sending("d-1", settings=there))

    assert case.twin.records == {
        sent.provider_id: (
            "Account",
            {"Number__c": "A/7 ü", "Industry": "Boats", "Name": "Acme"},
        )
    }
    assert found is not None
    assert (found.outcome, found.provider_id) == ("accepted", sent.provider_id)


async def test_a_record_that_somebody_changed_meanwhile_is_not_as_it_should_be(
    case: SalesforceCase,
) -> None:
    sent = await case.adapter.send(UPDATE, sending("d-1"))
    case.twin.records[sent.provider_id or ""][1]["Stage__c"] = "lead"
    found = await case.adapter.find(UPDATE, sending("d-1"))

    assert found is not None
    assert found.outcome == "retryable"


async def test_an_activity_alone_needs_its_record(case: SalesforceCase) -> None:
    result = await case.adapter.send(NOTE, sending("d-1"))

    assert (result.outcome, result.code, case.twin.writes) == ("rejected", "delivery.refused", 0)


async def test_a_token_serves_many_and_a_withdrawn_one_is_replaced(case: SalesforceCase) -> None:
    for n in range(3):
        await case.adapter.send(UPDATE, sending(f"d-{n}"))
    tokens = len(case.twin.given)
    case.twin.revoke()
    first = await case.adapter.send(UPDATE, sending("d-9"))
    second = await case.adapter.send(UPDATE, sending("d-9", attempt=2))

    assert tokens == 1
    assert (first.outcome, first.code) == ("retryable", "delivery.credentials")
    assert second.outcome == "accepted"


async def test_an_app_that_signs_gets_its_token_too(case: SalesforceCase, behind: Behind) -> None:
    key = RSAKey.generate_key(2048, private=True)
    case.twin.public = key.as_pem(private=False)
    secret = {
        "instanceUrl": SECRET["instanceUrl"],
        "clientId": SECRET["clientId"],
        "username": "bot@acme.example",
        "privateKey": key.as_pem(private=True).decode(),
    }
    (behind.folder / "secrets" / "conformance" / "salesforce").write_text(json.dumps(secret))
    results = [await case.adapter.send(UPDATE, sending(f"d-{n}")) for n in range(2)]

    assert [one.outcome for one in results] == ["accepted", "accepted"]
    assert len(case.twin.given) == 1


@pytest.mark.parametrize(
    ("change", "outcome", "code"),
    [
        ({"clientSecret": "another"}, "rejected", "delivery.credentials"),
        ({"privateKey": "no key"}, "rejected", "delivery.credentials"),
        ({"clientId": None}, "retryable", "delivery.credentials"),
        ({"clientSecret": None}, "retryable", "delivery.credentials"),
        ({"instanceUrl": None}, "retryable", "delivery.credentials"),
        ({"instanceUrl": "http://other.my.salesforce.com"}, "rejected", "egress.forbidden"),
    ],
)
async def test_credentials_that_are_none_are_told_of(
    case: SalesforceCase, behind: Behind, change: dict[str, Any], outcome: str, code: str
) -> None:
    secret = json.dumps({**SECRET, **change})
    (behind.folder / "secrets" / "conformance" / "salesforce").write_text(secret)
    result = await case.adapter.send(UPDATE, sending("d-1", attempt=2))

    assert (result.outcome, result.code, case.twin.writes) == (outcome, code, 0)
    assert await case.adapter.check() != []


async def test_an_update_whose_time_is_over_is_not_made(case: SalesforceCase) -> None:
    over = datetime.now(UTC) - timedelta(seconds=1)
    result = await case.adapter.send(UPDATE, sending("d-1", not_after=over))

    assert result == SendResult(outcome="rejected", code="delivery.expired")
    assert case.twin.writes == 0
