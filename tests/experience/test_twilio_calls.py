"""Calls through Twilio: placed once whatever happens, and followed to their end."""

import json
import ssl
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from twilio.base.exceptions import TwilioException

from experience_adapters.twilio import TwilioVoice
from experience_adapters.twilio.placing import LONGEST
from public_works.egress import Egress
from public_works.secrets import Vault
from public_works.settings import Settings
from symphainy.conformance import AdapterSuite, Received, sending
from symphainy.conformance.callbacks import CallbackCase, CallbackSuite
from symphainy.delivery import (
    Asking,
    Callback,
    DeliveryEvent,
    Gather,
    Hangup,
    Pause,
    Play,
    Receipt,
    Recipient,
    Say,
    Sending,
    Step,
    Transfer,
    VoiceCall,
)
from tests.experience.provider import OUTCOMES, ProviderCase
from tests.experience.test_twilio import keep
from tests.twins.phone import Phone
from tests.twins.provider import Fault
from tests.twins.twilio import SECRET, TwilioTwin
from tests.twins.web import certificate

HOST = "api.twilio.com"
BACK = "https://hooks.acme.example/v1/hooks/twilio/phone?t=conformance&c=voice&d=d-1"
QUESTION = Gather(
    name="coming",
    prompt=(Say(text="Press 1 if you come, 2 for somebody else."), Pause(seconds=1)),
    attempts=2,
    choices={"1": (Say(text="See you."),), "2": (Transfer(to="+4312345678"),)},
    otherwise=(Say(text="Goodbye."), Hangup()),
)
SCRIPT: tuple[Step, ...] = (Say(text="Hello Ada."), QUESTION, Say(text="The end."))
CALL = VoiceCall(
    to=Recipient(address="+4366012345678", customer="c-1"), sender="+15005550006", script=SCRIPT
)


class TwilioCase(ProviderCase):
    """The adapter of calls, and Twilio under its own name."""

    adapter: TwilioVoice
    message = CALL

    def __init__(self, twin: TwilioTwin, folder: Path, trusted: ssl.SSLContext) -> None:
        self.twin = twin
        settings = Settings(home=folder, tenant="conformance")
        egress = Egress(stands_in={HOST: ("127.0.0.1", twin.port)}, tls=trusted)
        self.adapter = TwilioVoice(settings, egress, Vault(settings))

    def sending(self, delivery: str, **more: Any) -> Sending:
        return sending(delivery, **{"callback": BACK.replace("d-1", delivery), **more})

    async def received(self, delivery: str) -> list[Received]:
        return [
            Received(one.document["To"], None, "\n".join(spoken(one.document["Twiml"])))
            for one in self.twin.of(delivery)
        ]

    async def called(self, message: VoiceCall, **more: Any) -> Phone:
        """The phone that rings when `message` was sent; the platform answers by the adapter."""
        result = await self.adapter.send(message, self.sending("d-1", **more))
        assert result.outcome == "accepted", result
        self.told: list[Receipt] = []
        about = Asking(
            tenant="conformance",
            channel="voice",
            binding="phone",
            settings=more.get("settings", {}),
            delivery="d-1",
            message=message,
        )

        async def post(callback: Callback) -> str:
            assert await self.adapter.verify(callback, about) is None
            heard = self.adapter.parse(callback, about)
            self.told += heard.receipts
            return heard.answer.body

        return Phone(self.twin.kept[-1], post)

    @property
    def events(self) -> list[DeliveryEvent]:
        return [one.event for one in self.told]


def spoken(document: str) -> list[str]:
    return [one.text or "" for one in ElementTree.fromstring(document).iter("Say")]


@pytest.fixture
async def case(tmp_path: Path) -> AsyncIterator[TwilioCase]:
    file = certificate(tmp_path, HOST)
    proving = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    proving.load_cert_chain(file)
    keep(tmp_path, SECRET)
    async with TwilioTwin(tls=proving) as twin:
        yield TwilioCase(twin, tmp_path, ssl.create_default_context(cafile=str(file)))


class Calls(CallbackCase):
    """What Twilio tells of a call that asks and hands over."""

    events = (
        "sent",
        "ringing",
        "answered",
        "machine_answered",
        "gathered",
        "transferred",
        "completed",
        "busy",
        "no_answer",
        "failed",
        "canceled",
    )

    def __init__(self, case: TwilioCase) -> None:
        self.adapter = case.adapter
        self.about = Asking(
            tenant="conformance",
            channel="voice",
            binding="phone",
            delivery="d-1",
            message=CALL.model_copy(update={"machine": "hang up"}),
        )
        self.phone = Phone(case.twin.kept[-1], self.lost)

    async def lost(self, _: Callback) -> str:
        return ""

    def told(self, event: DeliveryEvent, delivery: str) -> Callback:
        url, fields = BACK.replace("d-1", delivery), TOLD[event]
        step = {
            "gathered": "&step=%2Fscript%2F1",
            "transferred": "&step=%2Fscript%2F1%2Fchoices%2F2%2F0",
            "machine_answered": "&step=%2Fscript",
        }.get(event, "")
        return self.phone.callback(
            url + step, **fields, Timestamp=f"{datetime.now(UTC):%d %b %Y %H:%M:%S +0000}"
        )


TOLD: dict[DeliveryEvent, dict[str, str]] = {
    "sent": {"CallStatus": "initiated"},
    "ringing": {"CallStatus": "ringing"},
    "answered": {"CallStatus": "in-progress"},
    "machine_answered": {"CallStatus": "in-progress", "AnsweredBy": "machine_start"},
    "gathered": {"CallStatus": "in-progress", "Digits": "1"},
    "transferred": {"CallStatus": "in-progress", "DialCallStatus": "completed"},
    "completed": {"CallStatus": "completed", "CallDuration": "23"},
    "busy": {"CallStatus": "busy"},
    "no_answer": {"CallStatus": "no-answer"},
    "failed": {"CallStatus": "failed", "SipResponseCode": "404"},
    "canceled": {"CallStatus": "canceled"},
}


@pytest.fixture
async def callbacks(case: TwilioCase) -> Calls:
    await case.adapter.send(CALL, case.sending("d-1"))
    return Calls(case)


class TestTwilioCalls(AdapterSuite):
    """The suite, on the fixture `case` above."""


class TestTwilioCallbacks(CallbackSuite):
    """The suite, on the fixture `callbacks` above."""


@pytest.mark.parametrize("fault", OUTCOMES)
async def test_an_outcome_is_what_twilio_is_known_to_have_done(
    case: TwilioCase, fault: Fault
) -> None:
    case.twin.fault = fault
    result = await case.adapter.send(CALL, case.sending("d-1"))

    assert (result.outcome, result.code, len(case.twin.of("d-1"))) == OUTCOMES[fault]


async def test_requests_are_held_against_twilios_own_document(case: TwilioCase) -> None:
    if not case.twin.checks:
        pytest.skip("the OpenAPI document is not beside this repository")
    line, client = await case.adapter._accounts.open("conformance", {})
    with pytest.raises(TwilioException):
        await client.calls.create_async(
            to="+4366012345678", from_="+15005550006", twiml="<Response/>", timeout="soon"
        )

    assert line.answer is not None
    assert (line.answer.status, json.loads(line.answer.content)["code"]) == (400, 20001)
    assert case.twin.kept == []


async def test_a_call_brings_its_script_along(case: TwilioCase) -> None:
    await case.adapter.send(CALL, case.sending("d-1", settings={"voice": "Polly.Vicki"}))

    (kept,) = case.twin.kept
    assert {name: value for name, value in kept.document.items() if name != "created"} == {
        "To": "+4366012345678",
        "From": "+15005550006",
        "Timeout": "30",
        "StatusCallback": BACK,
        "StatusCallbackEvent": "completed",
        "StatusCallbackMethod": "POST",
        "Twiml": (
            '<?xml version="1.0" encoding="UTF-8"?><Response>'
            '<Say language="en-US" voice="Polly.Vicki">Hello Ada.</Say>'
            f'<Gather action="{BACK.replace("&", "&amp;")}&amp;step=%2Fscript%2F1" '
            'actionOnEmptyResult="true" finishOnKey="" input="dtmf" method="POST" '
            'numDigits="1" timeout="5">'
            '<Say language="en-US" voice="Polly.Vicki">'
            "Press 1 if you come, 2 for somebody else.</Say>"
            '<Pause length="1" /></Gather></Response>'
        ),
    }
    assert kept.asked is not None
    assert kept.asked.body.count(b"StatusCallbackEvent=") == 4


async def test_an_answer_leads_to_its_choice_and_is_told(case: TwilioCase) -> None:
    phone = await case.called(CALL)
    await phone.answers("1")

    assert phone.heard == ["Hello Ada.", QUESTION.prompt[0].text, "See you.", "The end."]  # type: ignore[union-attr]
    assert case.events == ["sent", "ringing", "answered", "gathered", "completed"]
    gathered, completed = case.told[-2:]
    assert gathered.data == {"name": "coming", "digits": "1", "choice": "1"}
    assert (gathered.delivery, gathered.provider_id) == ("d-1", case.twin.kept[0].id)
    assert completed.data == {"seconds": 23}


async def test_a_question_is_asked_again_and_then_no_more(case: TwilioCase) -> None:
    phone = await case.called(CALL)
    await phone.answers("9", "")

    asked = "Press 1 if you come, 2 for somebody else."
    assert phone.heard == ["Hello Ada.", asked, asked, "Goodbye."]
    assert case.events == ["sent", "ringing", "answered", "completed"]


async def test_the_second_answer_counts(case: TwilioCase) -> None:
    phone = await case.called(CALL)
    await phone.answers("9", "1")

    assert phone.heard[-2:] == ["See you.", "The end."]
    assert [one.data for one in case.told if one.event == "gathered"] == [
        {"name": "coming", "digits": "1", "choice": "1"}
    ]


async def test_a_call_is_handed_over_and_ends_with_it(case: TwilioCase) -> None:
    phone = await case.called(CALL)
    await phone.answers("2")

    assert phone.dialed == ["+4312345678"]
    assert "The end." not in phone.heard
    (receipt,) = [one for one in case.told if one.event == "transferred"]
    assert receipt.data == {"to": "+4312345678", "seconds": 41}


@pytest.mark.parametrize("dial", ["busy", "no-answer", "failed", "canceled"])
async def test_a_call_nobody_takes_over_goes_on(case: TwilioCase, dial: str) -> None:
    transfer = Transfer(to="+4312345678", otherwise=(Say(text="All are busy."),))
    script = (Say(text="One moment."), transfer, Say(text="Goodbye."))
    phone = await case.called(CALL.model_copy(update={"script": script}))
    await phone.answers(dial=dial)

    assert phone.heard == ["One moment.", "All are busy.", "Goodbye."]
    assert "transferred" not in case.events


async def test_an_answer_may_be_spoken(case: TwilioCase) -> None:
    question = Gather(
        name="coming",
        prompt=(Say(text="Are you coming?"),),
        speech=True,
        choices={"1": (), "yes please": (Say(text="Fine."),)},
    )
    phone = await case.called(CALL.model_copy(update={"script": (question,), "language": "en-GB"}))
    await phone.answers("Yes, please.", speaks=True)

    (gather,) = ElementTree.fromstring(phone.documents[0]).iter("Gather")
    spoken = {name: gather.attrib[name] for name in ("input", "hints", "language")}
    assert spoken == {"input": "dtmf speech", "hints": "yes please", "language": "en-GB"}
    assert phone.heard == ["Are you coming?", "Fine."]
    assert case.told[3].data == {
        "name": "coming",
        "speech": "Yes, please.",
        "choice": "yes please",
        "confidence": 0.93,
    }


async def test_several_keys_are_one_answer(case: TwilioCase) -> None:
    number = Gather(name="number", prompt=(Say(text="Your number?"),), digits=None, seconds=9)
    phone = await case.called(CALL.model_copy(update={"script": (number, Say(text="Thanks."))}))
    await phone.answers("4711")

    (gather,) = ElementTree.fromstring(phone.documents[0]).iter("Gather")
    assert (gather.get("finishOnKey"), gather.get("numDigits"), gather.get("timeout")) == (
        "#",
        None,
        "9",
    )
    assert phone.heard == ["Your number?", "Thanks."]
    assert case.told[3].data == {"name": "number", "digits": "4711"}


@pytest.mark.parametrize(
    ("machine", "by", "heard", "detection"),
    [
        ("leave message", "machine_end_beep", ["Call us."], "DetectMessageEnd"),
        ("leave message", "fax", [], "DetectMessageEnd"),
        ("hang up", "machine_start", [], "Enable"),
    ],
)
async def test_a_machine_gets_its_message_or_nothing(
    case: TwilioCase, machine: str, by: str, heard: list[str], detection: str
) -> None:
    message = {"machine": machine, "message": (Say(text="Call us."),)}
    phone = await case.called(CALL.model_copy(update=message))
    await phone.answers(by=by)

    assert phone.heard == heard
    assert phone.call.document["MachineDetection"] == detection
    assert case.events == [
        "sent",
        "ringing",
        "answered",
        "machine_answered",
        "machine_answered",
        "completed",
    ]
    (first, second) = [one for one in case.told if one.event == "machine_answered"]
    assert (first.data, first.dedupe) == ({"answeredBy": by}, second.dedupe)


@pytest.mark.parametrize("by", ["human", "unknown"])
async def test_who_is_no_machine_is_talked_to(case: TwilioCase, by: str) -> None:
    message = {"machine": "leave message", "message": (Say(text="Call us."),)}
    phone = await case.called(CALL.model_copy(update=message))
    await phone.answers("1", by=by)

    assert phone.heard[0] == "Hello Ada."
    assert "machine_answered" not in case.events


async def test_a_long_script_is_asked_for(case: TwilioCase) -> None:
    script = (*(Say(text="a" * 3_000) for _ in range(2)), QUESTION)
    phone = await case.called(CALL.model_copy(update={"script": script}))
    await phone.answers("1")

    assert "Twiml" not in phone.call.document
    assert len(phone.documents[0]) > LONGEST
    assert phone.heard[-1] == "See you."


@pytest.mark.parametrize(
    ("status", "event"),
    [("busy", "busy"), ("no-answer", "no_answer"), ("failed", "failed"), ("canceled", "canceled")],
)
async def test_a_call_that_nobody_answers_says_why(
    case: TwilioCase, status: str, event: DeliveryEvent
) -> None:
    phone = await case.called(CALL)
    await phone.does_not(status)

    assert case.events == ["sent", event]


async def test_what_has_to_be_asked_back_needs_a_way_back(case: TwilioCase) -> None:
    alone = sending("d-1", callback=None)
    plain = CALL.model_copy(
        update={"script": (Say(text="Hello."), Play(url="https://a.example/b"))}
    )
    long = CALL.model_copy(update={"script": (Say(text="a" * 2_500),) * 2})
    machine = plain.model_copy(update={"machine": "hang up"})

    for message in (CALL, long, machine):
        result = await case.adapter.send(message, alone)
        assert (result.outcome, result.code) == ("rejected", "delivery.callback"), message
    assert case.twin.writes == 0
    assert (await case.adapter.send(plain, alone)).outcome == "accepted"
    assert "StatusCallback" not in case.twin.kept[0].document


async def test_words_in_a_script_stay_words(case: TwilioCase) -> None:
    said = "</Say><Dial>+4366087654321</Dial><Say> & \"x\" 'y'"
    phone = await case.called(CALL.model_copy(update={"script": (Say(text=said),)}))
    await phone.answers()

    assert (phone.heard, phone.dialed) == ([said], [])


async def test_a_call_nobody_remembers_ends(case: TwilioCase) -> None:
    phone = await case.called(CALL)
    about = Asking(tenant="conformance", channel="voice", binding="phone")
    callback = phone.callback(f"{BACK}&step=%2Fscript%2F1", Digits="1")
    heard = case.adapter.parse(callback, about)

    assert heard.receipts == ()
    assert heard.answer.media_type == "text/xml"
    assert heard.answer.body.endswith("<Response><Hangup /></Response>")


@pytest.mark.parametrize("step", ["", "/", "/script/0", "/script/77", "/script/1/choices/9/0", "x"])
async def test_a_step_that_asks_nothing_ends_the_call(case: TwilioCase, step: str) -> None:
    phone = await case.called(CALL)
    about = Asking(tenant="conformance", channel="voice", binding="phone", message=CALL)
    callback = phone.callback(f"{BACK}&step={step}", Digits="1")
    heard = case.adapter.parse(callback, about)

    assert heard.receipts == ()
    assert "<Hangup />" in heard.answer.body


@pytest.mark.parametrize("sender", ["", "Acme", "12345", "MG" + "a" * 32])
async def test_what_is_no_caller_is_said_beforehand(case: TwilioCase, sender: str) -> None:
    message = CALL.model_copy(update={"sender": sender})
    result = await case.adapter.send(message, case.sending("d-1"))

    assert (result.outcome, result.code) == ("rejected", "delivery.sender")
    assert case.adapter.validate(message) == [result.detail]
    assert case.twin.writes == 0


@pytest.mark.parametrize(("code", "suppress"), [(21216, "blocked"), (21215, None), (21217, None)])
async def test_an_error_about_the_number_says_whether_to_call_it_again(
    case: TwilioCase, code: int, suppress: str | None
) -> None:
    case.twin.numbers[CALL.to.address] = code
    result = await case.adapter.send(CALL, case.sending("d-1"))

    assert (result.outcome, result.suppress) == ("rejected", suppress)


async def test_of_two_calls_to_one_number_each_finds_its_own(case: TwilioCase) -> None:
    first = await case.adapter.send(CALL, case.sending("d-1"))
    case.twin.fault = "kept drop"
    await case.adapter.send(CALL, case.sending("d-2"))
    others = frozenset({first.provider_id or ""})
    found = await case.adapter.find(CALL, case.sending("d-2", others=others))

    assert found is not None
    assert (found.outcome, found.provider_id) == ("accepted", case.twin.of("d-2")[0].id)


async def test_what_was_there_before_the_delivery_began_is_not_it(case: TwilioCase) -> None:
    await case.adapter.send(CALL, case.sending("d-1"))
    later = datetime.now(UTC) + timedelta(hours=1)
    found = await case.adapter.find(CALL, case.sending("d-2", since=later))

    assert found is not None
    assert found.outcome == "retryable"


async def test_a_call_that_twilio_could_not_place_is_rejected_when_found(case: TwilioCase) -> None:
    sent = await case.adapter.send(CALL, case.sending("d-1"))
    case.twin.states[sent.provider_id or ""] = "failed"
    found = await case.adapter.find(CALL, case.sending("d-1"))

    assert found is not None
    assert (found.outcome, found.provider_id) == ("rejected", sent.provider_id)


@pytest.mark.parametrize(
    ("state", "outcome", "after"),
    [
        ("queued", "accepted", "canceled"),
        ("ringing", "accepted", "canceled"),
        ("in-progress", "rejected", "in-progress"),
        ("completed", "rejected", "completed"),
    ],
)
async def test_a_call_can_be_taken_back_until_somebody_answers(
    case: TwilioCase, state: str, outcome: str, after: str
) -> None:
    sent = await case.adapter.send(CALL, case.sending("d-1"))
    id = sent.provider_id or ""
    case.twin.states[id] = state
    result = await case.adapter.cancel(CALL, case.sending("d-1"), id)

    assert (result.outcome, case.twin.states[id]) == (outcome, after)


async def test_a_call_that_was_never_placed_cannot_be_taken_back(case: TwilioCase) -> None:
    result = await case.adapter.cancel(CALL, case.sending("d-1"), "CA" + "0" * 32)

    assert result.outcome == "rejected"


async def test_a_call_past_its_time_is_not_placed(case: TwilioCase) -> None:
    past = datetime.now(UTC) - timedelta(seconds=1)
    late = await case.adapter.send(CALL, case.sending("d-1", not_after=past))

    assert (late.outcome, late.code, case.twin.writes) == ("rejected", "delivery.expired", 0)
