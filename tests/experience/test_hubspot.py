"""The hubspot adapter against a HubSpot that fails in every way one can."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from html import unescape
from pathlib import Path
from typing import Any, get_args

import pytest

from experience_adapters.hubspot import HubSpotCrm
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
    Activity,
    Asking,
    Callback,
    CrmUpdate,
    DeliveryEvent,
    Recipient,
    RecordKey,
)
from tests.experience.provider import OUTCOMES, ProviderCase
from tests.experience.tls import Behind
from tests.twins.hubspot import SECRET, HubSpotTwin
from tests.twins.provider import Fault

ADA = Recipient(address="ada@example.com", customer="c-1")
UPDATE = CrmUpdate(
    to=ADA,
    object="contact",
    key=RecordKey(property="email", value="ada@example.com"),
    properties={"firstname": "Ada", "lifecyclestage": "customer"},
)
NOTE = UPDATE.model_copy(
    update={"properties": {}, "activity": Activity(text="Paid <invoice> 7.\nOn time.")}
)


class HubSpotCase(ProviderCase):
    """The hubspot adapter, and HubSpot under its own name."""

    message = UPDATE
    repeatable = True

    adapter: HubSpotCrm

    def __init__(self, twin: HubSpotTwin, behind: Behind) -> None:
        self.twin = twin
        settings = Settings(home=behind.folder, tenant="conformance")
        self.adapter = HubSpotCrm(settings, behind.egress(twin), Vault(settings))

    async def received(self, delivery: str) -> list[Received]:
        return [_received(self.twin, one.document) for one in self.twin.of(delivery)]


class NoteCase(HubSpotCase):
    """The same with an activity of a contact that is there."""

    message = NOTE
    repeatable = False

    def __init__(self, twin: HubSpotTwin, behind: Behind) -> None:
        super().__init__(twin, behind)
        twin.records["contacts", "7"] = {"email": "ada@example.com"}


def _received(twin: HubSpotTwin, document: dict[str, Any]) -> Received:
    kinds = {"contacts": "contact", "companies": "company", "deals": "deal"}
    record = twin.records[document.get("of", document["kind"]), document["record"]]
    given = document["input"]["properties"]
    data: dict[str, Any] = {"object": kinds[document.get("of", document["kind"])], "key": "email"}
    if "of" not in document:
        data["properties"] = {name: one for name, one in given.items() if name != "email"}
        return Received(record["email"], None, "", data=data)
    text = unescape(given["hs_note_body"].replace("<br>", "\n"))
    data |= {"properties": {}, "activity": document["kind"].removesuffix("s")}
    return Received(record["email"], None, text, data=data)


@pytest.fixture
def behind(tmp_path: Path) -> Behind:
    return Behind(tmp_path, "api.hubapi.com", "hubspot", SECRET)


@pytest.fixture
async def twin(behind: Behind) -> AsyncIterator[HubSpotTwin]:
    async with HubSpotTwin(tls=behind.proving) as one:
        yield one


@pytest.fixture
def case(twin: HubSpotTwin, behind: Behind) -> HubSpotCase:
    return HubSpotCase(twin, behind)


@pytest.fixture
def noting(twin: HubSpotTwin, behind: Behind) -> NoteCase:
    return NoteCase(twin, behind)


class TestRecords(AdapterSuite):
    """The suite, on the fixture `case` above."""


class TestActivities(AdapterSuite):
    """The suite, with notes."""

    @pytest.fixture
    def case(self, noting: NoteCase) -> NoteCase:
        return noting


class HubSpotCallbacks(CallbackCase):
    """What the twin tells of a contact that a delivery has written."""

    events: tuple[DeliveryEvent, ...] = ("updated",)
    about = Asking(tenant="conformance", channel="crm", binding="crm", delivery="d-1")
    url = "https://platform.example/v1/hooks/hubspot/crm?t=conformance&c=crm"

    def __init__(self, case: HubSpotCase) -> None:
        self.adapter = case.adapter
        self.twin = case.twin

    def told(self, event: DeliveryEvent, delivery: str) -> Callback:
        return self.twin.change("501", "phone", "+43 1", self.url, at=datetime.now(UTC))


class TestCallbacks(CallbackSuite):
    """The suite for callbacks."""

    @pytest.fixture
    def callbacks(self, case: HubSpotCase) -> HubSpotCallbacks:
        return HubSpotCallbacks(case)


def test_every_fault_of_the_twin_is_known_here() -> None:
    assert set(OUTCOMES) == set(get_args(Fault))


@pytest.mark.parametrize("fault", OUTCOMES)
async def test_an_outcome_is_what_hubspot_is_known_to_have_done(
    case: HubSpotCase, fault: Fault
) -> None:
    case.twin.fault = fault
    result = await case.adapter.send(UPDATE, sending("d-1"))

    assert (result.outcome, result.code, len(case.twin.of("d-1"))) == OUTCOMES[fault]


async def test_a_record_is_made_and_then_changed(case: HubSpotCase) -> None:
    made = await case.adapter.send(UPDATE, sending("d-1"))
    emptied = UPDATE.model_copy(update={"properties": {"lifecyclestage": None, "phone": 7}})
    changed = await case.adapter.send(emptied, sending("d-2"))

    assert made.data == {"record": made.provider_id, "object": "contact", "created": True}
    assert changed.data == {"record": made.provider_id, "object": "contact", "created": False}
    assert case.twin.records == {
        ("contacts", made.provider_id): {
            "email": "ada@example.com",
            "firstname": "Ada",
            "lifecyclestage": "",
            "phone": "7",
        }
    }


async def test_a_record_that_somebody_changed_meanwhile_is_not_as_it_should_be(
    case: HubSpotCase,
) -> None:
    sent = await case.adapter.send(UPDATE, sending("d-1"))
    case.twin.records["contacts", sent.provider_id or ""]["lifecyclestage"] = "lead"
    found = await case.adapter.find(UPDATE, sending("d-1"))

    assert found is not None
    assert found.outcome == "retryable"


@pytest.mark.parametrize(
    ("wanted", "has"), [(True, "true"), (False, "false"), (5, "5.0"), (None, ""), (" a ", "a")]
)
async def test_values_are_known_as_hubspot_writes_them(
    case: HubSpotCase, wanted: Any, has: str
) -> None:
    case.twin.records["contacts", "7"] = {"email": "ada@example.com", "phone": has}
    message = UPDATE.model_copy(update={"properties": {"phone": wanted}})
    found = await case.adapter.find(message, sending("d-1"))

    assert found is not None
    assert (found.outcome, found.provider_id) == ("accepted", "7")


async def test_a_binding_says_what_hubspot_calls_things(case: HubSpotCase) -> None:
    names = {"fields": {"number": "customer_no", "stage": "lifecyclestage"}}
    message = UPDATE.model_copy(
        update={
            "key": RecordKey(property="number", value="C-7"),
            "properties": {"stage": "customer"},
        }
    )
    sent = await case.adapter.send(message, sending("d-1", settings=names))
    found = await case.adapter.find(message, sending("d-1", settings=names))

    assert case.twin.records == {
        ("contacts", sent.provider_id): {"customer_no": "C-7", "lifecyclestage": "customer"}
    }
    assert found is not None
    assert found.outcome == "accepted"


@pytest.mark.parametrize("kind", ["note", "call", "email", "task"])
async def test_activities_of_all_kinds_are_kept_with_their_record(
    noting: NoteCase, kind: Any
) -> None:
    said = Activity(kind=kind, text="<b>\nbye", subject="Invoice & more")
    at = datetime(2026, 11, 22, 8, tzinfo=UTC)
    sent = await noting.adapter.send(
        NOTE.model_copy(update={"activity": said}), sending("d-1", since=at)
    )

    (kept,) = noting.twin.of("d-1")
    properties = kept.document["input"]["properties"]
    assert sent.data == {"record": "7", "activity": kept.id}
    assert properties["hs_timestamp"] == "2026-11-22T08:00:00.000Z"
    words = " ".join(properties.values())
    assert "Invoice" in words
    assert "bye" in words


async def test_an_activity_that_was_made_before_is_not_made_again(noting: NoteCase) -> None:
    noting.twin.fault, noting.twin.times = "kept drop", 1
    await noting.adapter.send(NOTE, sending("d-1"))
    again = await noting.adapter.send(NOTE, sending("d-1", attempt=2))

    (kept,) = noting.twin.of("d-1")
    assert again.outcome == "accepted"
    assert again.data == {"record": "7", "activity": kept.id}


async def test_an_activity_needs_its_record(case: HubSpotCase) -> None:
    result = await case.adapter.send(NOTE, sending("d-1"))

    assert (result.outcome, result.code, case.twin.writes) == ("rejected", "delivery.refused", 0)


async def test_an_activity_is_refused_where_its_mark_was_never_set_up(noting: NoteCase) -> None:
    noting.twin.lacks = {"symphainy_delivery"}
    result = await noting.adapter.send(NOTE, sending("d-1"))

    assert result.outcome != "accepted"
    assert noting.twin.kept == []


@pytest.mark.parametrize(
    "change",
    [
        {"properties": {"firstname": "Ada"}, "activity": Activity(text="Hello")},
        {"object": "p_boat", "properties": {}, "activity": Activity(text="Hello")},
    ],
)
async def test_what_hubspot_cannot_do_at_once_is_not_sent(
    case: HubSpotCase, change: dict[str, object]
) -> None:
    message: CrmUpdate = UPDATE.model_copy(update=change)

    assert case.adapter.validate(message) != []
    assert (await case.adapter.send(message, sending("d-1"))).outcome == "rejected"
    assert case.twin.writes == 0


async def test_an_unknown_property_is_told_of(case: HubSpotCase) -> None:
    message = UPDATE.model_copy(update={"properties": {"shoe_size": 42}})
    result = await case.adapter.send(message, sending("d-1"))

    assert (result.outcome, result.code) == ("rejected", "delivery.refused")
    assert "shoe_size" in (result.detail or "")


async def test_an_update_whose_time_is_over_is_not_made(case: HubSpotCase) -> None:
    over = datetime.now(UTC) - timedelta(seconds=1)
    result = await case.adapter.send(UPDATE, sending("d-1", not_after=over))

    assert (result.outcome, result.code, case.twin.writes) == ("rejected", "delivery.expired", 0)


async def test_without_the_secret_nothing_is_written_yet(case: HubSpotCase) -> None:
    result = await case.adapter.send(UPDATE, sending("d-1", settings={"secret": "other"}))

    assert (result.outcome, result.code, case.twin.writes) == (
        "retryable",
        "delivery.credentials",
        0,
    )


async def test_the_token_goes_nowhere_it_may_be_read(case: HubSpotCase) -> None:
    there = {"endpoint": "http://api.hubapi.com.example"}
    result = await case.adapter.send(UPDATE, sending("d-1", settings=there))

    assert (result.outcome, result.code) == ("rejected", "egress.forbidden")


async def test_a_token_that_hubspot_does_not_know_is_told_of(case: HubSpotCase) -> None:
    case.twin.token = "pat-another"

    assert await case.adapter.check() == ["HubSpot answers 401 no"]


def test_what_an_integration_changes_is_no_news(case: HubSpotCase) -> None:
    url, now = HubSpotCallbacks.url, datetime.now(UTC)
    ours = case.twin.change("501", "phone", "1", url, at=now, by="INTEGRATION")
    theirs = case.twin.change("501", "phone", "1", url, at=now)

    assert case.adapter.parse(ours, HubSpotCallbacks.about).receipts == ()
    (told,) = case.adapter.parse(theirs, HubSpotCallbacks.about).receipts
    assert (told.event, told.provider_id, told.data) == (
        "updated",
        "501",
        {"record": "501", "property": "phone", "value": "1"},
    )
    assert told.at == datetime(2026, 11, 22, 8, 51, 18, tzinfo=UTC)
