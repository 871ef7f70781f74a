"""Calls through Amazon Connect: started once by their key, with a script that a flow can read."""

import json
import ssl
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from experience_adapters.connect.adapter import ConnectVoice
from experience_adapters.connect.attributes import attributes
from public_works.egress import Egress
from public_works.secrets import Vault
from public_works.settings import Settings
from symphainy.conformance import AdapterCase, AdapterSuite, Received, sending
from symphainy.conformance.callbacks import CallbackCase, CallbackSuite
from symphainy.delivery import (
    Asking,
    Callback,
    DeliveryEvent,
    Gather,
    Hangup,
    Pause,
    Play,
    Recipient,
    Say,
    Sending,
    Step,
    Transfer,
    VoiceCall,
)
from tests.experience.provider import OUTCOMES, ProviderCase
from tests.twins.connect import SECRET, ConnectTwin, spoken
from tests.twins.provider import Fault
from tests.twins.signing import SnsSigner
from tests.twins.web import Answer as Served
from tests.twins.web import Asked, Web, certificate, web

HOST = "connect.eu-central-1.amazonaws.com"
SETTINGS: dict[str, Any] = {"instance": "i-1", "flow": "f-1", "region": "eu-central-1"}
QUESTION = Gather(
    name="coming",
    prompt=(Say(text="Press 1 if you come."),),
    seconds=7,
    attempts=2,
    choices={"1": (Say(text="Thanks."),), "*": (Transfer(to="+4312345678"), Hangup())},
    otherwise=(Say(text="Goodbye."), Hangup()),
)
SCRIPT: tuple[Step, ...] = (Say(text="Hello Ada."), QUESTION, Say(text="The end."))
CALL = VoiceCall(
    to=Recipient(address="+4366012345678", customer="c-1"), sender="+15005550006", script=SCRIPT
)


class ConnectCase(ProviderCase):
    """The connect adapter, and Amazon Connect under its own name."""

    adapter: ConnectVoice
    message = CALL

    def __init__(self, twin: ConnectTwin, folder: Path, trusted: ssl.SSLContext) -> None:
        self.twin = twin
        settings = Settings(home=folder, tenant="conformance")
        stands_in = {
            HOST: ("127.0.0.1", twin.port),
            "connect.us-east-1.amazonaws.com": ("127.0.0.1", twin.port),
        }
        egress = Egress(stands_in=stands_in, tls=trusted)
        self.adapter = ConnectVoice(settings, egress, Vault(settings))

    def sending(self, delivery: str, **more: Any) -> Sending:
        return sending(delivery, **{"settings": SETTINGS, **more})

    async def received(self, delivery: str) -> list[Received]:
        return [
            Received(
                one.document["DestinationPhoneNumber"],
                None,
                "\n".join(spoken(one.document["Attributes"])),
            )
            for one in self.twin.of(delivery)
        ]


@pytest.fixture
async def case(tmp_path: Path) -> AsyncIterator[ConnectCase]:
    file = certificate(tmp_path, HOST, "connect.us-east-1.amazonaws.com")
    proving = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    proving.load_cert_chain(file)
    keep(tmp_path, SECRET)
    async with ConnectTwin(tls=proving, region="eu-central-1") as twin:
        yield ConnectCase(twin, tmp_path, ssl.create_default_context(cafile=str(file)))


def keep(home: Path, secret: object, name: str = "connect") -> None:
    folder = home / "secrets" / "conformance"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / name).write_text(json.dumps(secret))


class TestConnect(AdapterSuite):
    """The suite, on the fixture `case` above."""

    async def test_when_its_provider_is_there_nothing_is_missing(self, case: AdapterCase) -> None:
        assert isinstance(case, ConnectCase)
        case.twin.region = "us-east-1"
        await super().test_when_its_provider_is_there_nothing_is_missing(case)


class Events(CallbackCase):
    """What comes from a topic that the secret names."""

    whole = False
    events = (
        "sent",
        "answered",
        "machine_answered",
        "gathered",
        "transferred",
        "completed",
        "busy",
        "no_answer",
        "failed",
    )

    def __init__(self, adapter: ConnectVoice, signer: SnsSigner) -> None:
        self.adapter = adapter
        self.signer = signer
        self.about = Asking(tenant="conformance", channel="voice", binding="phone", delivery="d-1")

    def told(self, event: DeliveryEvent, delivery: str) -> Callback:
        return self.post(TOLD[event])

    def post(self, told: dict[str, Any]) -> Callback:
        kind = "Amazon Connect Contact Event" if "eventType" in told else "Symphainy Answer"
        detail = {"contactId": "contact-1", "channel": "VOICE", **told}
        message = {"detail-type": kind, "time": "2026-11-22T08:00:00Z", "detail": detail}
        url = "https://hooks.acme.example/v1/hooks/connect/phone?t=conformance&c=voice&s=acme"
        return self.signer.post(url, message, id="m-1")


ENDED = {"eventType": "DISCONNECTED", "disconnectTimestamp": "2026-11-22T08:00:23.400Z"}
TOLD: dict[DeliveryEvent, dict[str, Any]] = {
    "sent": {"eventType": "INITIATED"},
    "answered": {"eventType": "CONNECTED_TO_SYSTEM"},
    "machine_answered": {
        "eventType": "CONNECTED_TO_SYSTEM",
        "answeringMachineDetectionStatus": "VOICEMAIL_BEEP",
    },
    "gathered": {"delivery": "d-1", "name": "coming", "digits": "1"},
    "transferred": {"delivery": "d-1", "transferred": "+4312345678"},
    "completed": {
        **ENDED,
        "disconnectReason": "CUSTOMER_DISCONNECT",
        "connectedToSystemTimestamp": "2026-11-22T08:00:00.000Z",
    },
    "busy": {**ENDED, "disconnectReason": "TELECOM_BUSY"},
    "no_answer": {**ENDED, "disconnectReason": "TELECOM_TIMEOUT"},
    "failed": {**ENDED, "disconnectReason": "TELECOM_NUMBER_INVALID"},
}


@pytest.fixture
def callbacks(tmp_path: Path) -> Any:
    signer = SnsSigner()

    def sns(asked: Asked) -> Served:
        return Served(200, signer.certificate, {"content-type": "application/x-pem-file"})

    keep(tmp_path, {**SECRET, "topicArn": signer.topic})
    settings = Settings(home=tmp_path, tenant="conformance")
    with web(tmp_path, {signer.host: sns}) as sites:
        yield Events(ConnectVoice(settings, _egress(sites), Vault(settings)), signer)


def _egress(sites: Web) -> Egress:
    return sites.egress()


class TestConnectEvents(CallbackSuite):
    """The suite, on the fixture `callbacks` above."""


@pytest.mark.parametrize("fault", OUTCOMES)
async def test_an_outcome_is_what_connect_is_known_to_have_done(
    case: ConnectCase, fault: Fault
) -> None:
    case.twin.fault = fault
    result = await case.adapter.send(CALL, case.sending("d-1"))

    assert (result.outcome, result.code, len(case.twin.of("d-1"))) == OUTCOMES[fault]


async def test_whatever_happened_a_second_attempt_is_the_same_call(case: ConnectCase) -> None:
    case.twin.fault = "kept drop"
    lost = await case.adapter.send(CALL, case.sending("d-1"))
    case.twin.fault = "none"
    again = await case.adapter.send(CALL, case.sending("d-1", attempt=2))

    assert (lost.outcome, again.outcome) == ("unknown", "accepted")
    assert [one.id for one in case.twin.kept] == [again.provider_id]


async def test_a_flow_gets_the_script_in_attributes(case: ConnectCase) -> None:
    await case.adapter.send(CALL, case.sending("d-1"))

    (kept,) = case.twin.kept
    assert kept.document == {
        "InstanceId": "i-1",
        "ContactFlowId": "f-1",
        "DestinationPhoneNumber": "+4366012345678",
        "SourcePhoneNumber": "+15005550006",
        "ClientToken": "d-1",
        "RingTimeoutInSeconds": 30,
        "Attributes": {
            "sym_delivery": "d-1",
            "sym_language": "en-US",
            "sym_machine": "ignore",
            "sym_say": "<speak><s>Hello Ada.</s></speak>",
            "sym_ask": "<speak><s>Press 1 if you come.</s></speak>",
            "sym_ask_name": "coming",
            "sym_ask_digits": "1",
            "sym_ask_seconds": "7",
            "sym_ask_attempts": "2",
            "sym_ask_keys": "1,*",
            "sym_key_1": "<speak><s>Thanks.</s></speak>",
            "sym_key_star_then": "transfer",
            "sym_key_star_to": "+4312345678",
            "sym_otherwise": "<speak><s>Goodbye.</s></speak>",
            "sym_otherwise_then": "hang up",
            "sym_end": "<speak><s>The end.</s></speak>",
        },
    }


def test_words_in_a_script_stay_words_and_silence_is_silence() -> None:
    said = (
        Say(text='</s></speak> & "x" <break/>'),
        Pause(seconds=25),
        Say(text="Servus", language="de-AT", voice="Vicki"),
        Transfer(to="+4312345678"),
    )
    told = attributes(CALL.model_copy(update={"script": said}), "d-1")

    assert told == {
        "sym_delivery": "d-1",
        "sym_language": "en-US",
        "sym_voice": "Vicki",
        "sym_machine": "ignore",
        "sym_say": '<speak><s>&lt;/s&gt;&lt;/speak&gt; &amp; "x" &lt;break/&gt;</s>'
        '<break time="10s"/><break time="10s"/><break time="5s"/>'
        '<s><lang xml:lang="de-AT">Servus</lang></s></speak>',
        "sym_say_then": "transfer",
        "sym_say_to": "+4312345678",
    }


async def test_machines_are_told_from_people_where_that_is_asked(case: ConnectCase) -> None:
    message = {"machine": "leave message", "message": (Say(text="Call us."),)}
    attempt = case.sending("d-1", settings={**SETTINGS, "campaign": "c-7", "queue": "q-1"})
    await case.adapter.send(CALL.model_copy(update={**message, "sender": ""}), attempt)

    (kept,) = case.twin.kept
    told = {name: kept.document.get(name) for name in ("TrafficType", "CampaignId", "QueueId")}
    assert told == {"TrafficType": "CAMPAIGN", "CampaignId": "c-7", "QueueId": "q-1"}
    assert kept.document["AnswerMachineDetectionConfig"] == {
        "EnableAnswerMachineDetection": True,
        "AwaitAnswerMachinePrompt": True,
    }
    assert "SourcePhoneNumber" not in kept.document
    assert kept.document["Attributes"]["sym_message"] == "<speak><s>Call us.</s></speak>"


ASK = Gather(name="more", prompt=(Say(text="More?"),))
MANY = {str(one): (Say(text="ü" * 2_000),) for one in range(10)}


@pytest.mark.parametrize(
    "changed",
    [
        {"script": (Play(url="https://acme.example/a.mp3"),)},
        {"script": (ASK, ASK)},
        {"script": (ASK.model_copy(update={"choices": {"1": (ASK,)}}),)},
        {"script": (ASK.model_copy(update={"speech": True}),)},
        {"script": (Transfer(to="+4312345678"), Say(text="Still there?"))},
        {"script": (Transfer(to="+4312345678", otherwise=(Say(text="Sorry."),)),)},
        {"script": (Say(text="a", voice="Vicki"), Say(text="b", voice="Hans"))},
        {"script": (Say(text="a" * 1_600), Say(text="b" * 1_600))},
        {"script": (ASK.model_copy(update={"choices": MANY}),)},
        {"ring_seconds": 14},
        {"ring_seconds": 61},
    ],
)  # fmt: skip
async def test_what_a_flow_cannot_be_told_is_said_beforehand(
    case: ConnectCase, changed: dict[str, Any]
) -> None:
    message = CALL.model_copy(update=changed)
    result = await case.adapter.send(message, case.sending("d-1"))

    assert result.outcome == "rejected"
    assert result.code in ("delivery.feature", "delivery.length")
    assert result.detail in case.adapter.validate(message)
    assert case.twin.writes == 0


@pytest.mark.parametrize(
    ("sender", "settings", "code"),
    [
        ("Acme", SETTINGS, "delivery.sender"),
        ("", SETTINGS, "delivery.sender"),
        ("+15005550006", {}, "delivery.arguments"),
    ],
)
async def test_a_binding_says_from_where_and_by_which_flow(
    case: ConnectCase, sender: str, settings: dict[str, Any], code: str
) -> None:
    message = CALL.model_copy(update={"sender": sender})
    result = await case.adapter.send(message, case.sending("d-1", settings=settings))

    assert (result.outcome, result.code, case.twin.writes) == ("rejected", code, 0)


@pytest.mark.parametrize(
    ("error", "outcome", "code"),
    [
        ((429, "LimitExceededException"), "retryable", "delivery.busy"),
        ((400, "ThrottlingException"), "retryable", "delivery.busy"),
        ((400, "InvalidParameterException"), "rejected", "delivery.refused"),
        ((403, "DestinationNotAllowedException"), "rejected", "delivery.refused"),
        ((403, "OutboundContactNotPermittedException"), "rejected", "delivery.refused"),
        ((403, "AccessDeniedException"), "rejected", "delivery.credentials"),
        ((404, "ResourceNotFoundException"), "rejected", "delivery.credentials"),
        ((500, "InternalServiceException"), "unknown", "delivery.unknown"),
    ],
)
async def test_errors_are_told_apart(
    case: ConnectCase, error: tuple[int, str], outcome: str, code: str
) -> None:
    case.twin.error = error
    result = await case.adapter.send(CALL, case.sending("d-1"))

    assert (result.outcome, result.code) == (outcome, code)


async def test_a_request_is_held_against_aws_own_model(case: ConnectCase) -> None:
    settings = {**SETTINGS, "instance": "i" * 101}
    result = await case.adapter.send(CALL, case.sending("d-1", settings=settings))

    assert (result.outcome, case.twin.kept) == ("rejected", [])


async def test_a_call_past_its_time_is_not_placed(case: ConnectCase) -> None:
    past = datetime.now(UTC) - timedelta(seconds=1)
    late = await case.adapter.send(CALL, case.sending("d-1", not_after=past))

    assert (late.outcome, late.code, case.twin.writes) == ("rejected", "delivery.expired", 0)


@pytest.mark.parametrize("secret", ["twin", {}, {"accessKeyId": "AKIATWIN"}])
async def test_without_credentials_it_is_tried_again_later(
    case: ConnectCase, tmp_path: Path, secret: object
) -> None:
    keep(tmp_path, secret)
    result = await case.adapter.send(CALL, case.sending("d-1"))

    assert (result.outcome, result.code) == ("retryable", "delivery.credentials")
    assert await case.adapter.check() != []


async def test_credentials_go_only_where_they_are_safe(case: ConnectCase) -> None:
    for endpoint in ("http://connect.acme.example", "https://127.0.0.1:1"):
        attempt = case.sending("d-1", settings={**SETTINGS, "endpoint": endpoint})
        result = await case.adapter.send(CALL, attempt)
        assert (result.outcome, result.code) == ("rejected", "egress.forbidden"), endpoint


def test_what_a_receipt_tells(callbacks: Events) -> None:
    told = {}
    for event in callbacks.events:
        heard = callbacks.adapter.parse(callbacks.told(event, "d-1"), callbacks.about)
        (receipt,) = [one for one in heard.receipts if one.event == event]
        assert receipt.provider_id == "contact-1"
        told[event] = (receipt.data, receipt.detail, receipt.suppress)

    assert told == {
        "sent": ({}, None, None),
        "answered": ({}, None, None),
        "machine_answered": ({"answeredBy": "voicemail_beep"}, None, None),
        "gathered": ({"name": "coming", "digits": "1"}, None, None),
        "transferred": ({"to": "+4312345678"}, None, None),
        "completed": ({"seconds": 23}, "CUSTOMER_DISCONNECT", None),
        "busy": ({}, "TELECOM_BUSY", None),
        "no_answer": ({}, "TELECOM_TIMEOUT", None),
        "failed": ({}, "TELECOM_NUMBER_INVALID", "unknown_destination"),
    }


@pytest.mark.parametrize(
    "told",
    [
        {"eventType": "QUEUED"},
        {"eventType": 7},
        {"contactId": 7, "eventType": "INITIATED"},
        {"name": "coming"},
        {"name": "coming", "digits": ""},
        {},
    ],
)
def test_what_says_nothing_of_a_call_is_nothing(callbacks: Events, told: dict[str, Any]) -> None:
    assert callbacks.adapter.parse(callbacks.post(told), callbacks.about).receipts == ()


def test_what_nobody_says_of_a_machine_is_no_machine(callbacks: Events) -> None:
    told = {"eventType": "CONNECTED_TO_SYSTEM", "answeringMachineDetectionStatus": ["BEEP"]}
    heard = callbacks.adapter.parse(callbacks.post(told), callbacks.about)

    assert [one.event for one in heard.receipts] == ["answered"]


async def test_a_topic_that_the_secret_does_not_name_is_not_believed(callbacks: Events) -> None:
    callbacks.signer.topic = "arn:aws:sns:eu-central-1:999999999999:mine"

    assert await callbacks.adapter.verify(callbacks.told("sent", "d-1"), callbacks.about) == (
        "it is of a topic that the secret does not name"
    )
