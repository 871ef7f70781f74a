"""The suite of callbacks, over the adapters whose providers report by HTTP."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, ClassVar

import pytest

from experience_adapters.sendgrid.adapter import SendGridEmail
from experience_adapters.ses.adapter import SesEmail
from experience_adapters.twilio import TwilioSms
from public_works.egress import Egress
from public_works.secrets import Vault
from public_works.settings import Settings
from symphainy.conformance import CallbackCase, CallbackSuite
from symphainy.delivery import Asking, Callback, DeliveryEvent
from tests.twins.signing import SendGridSigner, SnsSigner, twilio_form
from tests.twins.twilio import ACCOUNT, SECRET
from tests.twins.web import Answer, Asked, Web, web

HOOK = "https://hooks.acme.example/v1/hooks"
MOMENT = datetime(2026, 11, 22, 9, tzinfo=UTC)
SNS = SnsSigner()


def settings(folder: Path, **secrets: object) -> Settings:
    """Of a platform whose tenant has these secrets."""
    home = folder / "secrets" / "acme"
    home.mkdir(parents=True)
    for name, secret in secrets.items():
        text = secret if isinstance(secret, str) else json.dumps(secret)
        (home / name.replace("_", "-")).write_text(text)
    return Settings(home=folder)


class TwilioTexts(CallbackCase):
    """Twilio, telling of text messages."""

    about = Asking(tenant="acme", channel="sms", binding="sms")
    events: tuple[DeliveryEvent, ...] = ("queued", "sent", "delivered", "failed", "opened")
    dated = False
    states: ClassVar = {
        "queued": "queued",
        "sent": "sent",
        "delivered": "delivered",
        "failed": "undelivered",
        "opened": "read",
    }

    def __init__(self, folder: Path) -> None:
        known = settings(folder, twilio=SECRET)
        self.adapter = TwilioSms(known, Egress(), Vault(known))

    def told(self, event: DeliveryEvent, delivery: str) -> Callback:
        fields = {
            "AccountSid": ACCOUNT,
            "MessageSid": "SM" + "1" * 32,
            "MessageStatus": self.states[event],
            "To": "+4915112345678",
        }
        url = f"{HOOK}/twilio/sms?t=acme&c=sms&d={delivery}"
        return twilio_form(url, fields, SECRET["authToken"])


class TestTwilioTexts(CallbackSuite):
    """The suite, over Twilio's text messages."""

    @pytest.fixture
    def callbacks(self, tmp_path: Path) -> TwilioTexts:
        return TwilioTexts(tmp_path)


class SendGridEvents(CallbackCase):
    """SendGrid's Event Webhook."""

    about = Asking(tenant="acme", channel="email", binding="mail")
    told_as: ClassVar = {
        "accepted": "processed",
        "deferred": "deferred",
        "delivered": "delivered",
        "opened": "open",
        "clicked": "click",
        "bounced_hard": "bounce",
        "bounced_soft": "bounce",
        "dropped": "dropped",
        "complained": "spamreport",
        "unsubscribed": "group_unsubscribe",
        "resubscribed": "group_resubscribe",
    }
    events: tuple[DeliveryEvent, ...] = tuple(told_as)  # type: ignore[assignment]

    def __init__(self, folder: Path) -> None:
        self.signer = SendGridSigner()
        known = settings(folder, sendgrid_webhook=self.signer.public)
        self.adapter = SendGridEmail(known, Egress(), Vault(known))

    def told(self, event: DeliveryEvent, delivery: str) -> Callback:
        one: dict[str, Any] = {
            "email": "maria@example.com",
            "timestamp": int(MOMENT.timestamp()),
            "event": self.told_as[event],
            "sg_event_id": "never the same",
            "sg_message_id": "abc.filter0001.0",
            "delivery_id": delivery,
        }
        if event == "bounced_soft":
            one["type"] = "blocked"
        body = json.dumps([one]).encode() + b"\r\n"
        return self.signer.post(f"{HOOK}/sendgrid/mail?t=acme&c=email", body)


class TestSendGridEvents(CallbackSuite):
    """The suite, over SendGrid's events."""

    @pytest.fixture
    def callbacks(self, tmp_path: Path) -> SendGridEvents:
        return SendGridEvents(tmp_path)


class SesEvents(CallbackCase):
    """Events of an SES configuration set, by way of SNS."""

    whole = False
    about = Asking(tenant="acme", channel="email", binding="mail")
    told_as: ClassVar[dict[str, tuple[str, dict[str, Any]]]] = {
        "accepted": ("Send", {}),
        "delivered": ("Delivery", {}),
        "deferred": ("DeliveryDelay", {}),
        "opened": ("Open", {}),
        "clicked": ("Click", {"link": "https://acme.example/pay"}),
        "bounced_hard": ("Bounce", {"bounceType": "Permanent"}),
        "bounced_soft": ("Bounce", {"bounceType": "Transient"}),
        "complained": ("Complaint", {}),
        "dropped": ("Reject", {"reason": "Bad content"}),
        "failed": ("Rendering Failure", {"errorMessage": "no such template"}),
        "unsubscribed": ("Subscription", {}),
    }
    events: tuple[DeliveryEvent, ...] = tuple(told_as)  # type: ignore[assignment]

    def __init__(self, folder: Path, signer: SnsSigner, egress: Egress) -> None:
        self.signer = signer
        known = settings(folder, ses={"topicArn": signer.topic})
        self.adapter = SesEmail(known, egress, Vault(known))

    def told(self, event: DeliveryEvent, delivery: str) -> Callback:
        kind, part = self.told_as[event]
        name = {"DeliveryDelay": "deliveryDelay", "Rendering Failure": "failure"}.get(
            kind, kind.lower()
        )
        message = {
            "eventType": kind,
            "mail": {"messageId": "0100-abc", "tags": {"delivery_id": [delivery]}},
            name: {"timestamp": MOMENT.isoformat(), **part},
        }
        url = f"{HOOK}/ses/mail?t=acme&c=email"
        return self.signer.post(url, message, id=f"{kind}-{delivery}")


@pytest.fixture(scope="module")
def amazon(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Web]:
    """Where SNS has its certificate, and takes confirmations."""

    def site(asked: Asked) -> Answer:
        if asked.path == SNS.path:
            return Answer(200, SNS.certificate)
        if asked.path.endswith(".pem"):
            return Answer(404, b"There is none.")
        return Answer(200, b"<ConfirmSubscriptionResponse/>")

    with web(tmp_path_factory.mktemp("amazon"), {SNS.host: site}) as found:
        yield found


@pytest.fixture
def ses(tmp_path: Path, amazon: Web) -> SesEvents:
    return SesEvents(tmp_path, SNS, amazon.egress())


class TestSesEvents(CallbackSuite):
    """The suite, over SES's events."""

    @pytest.fixture
    def callbacks(self, ses: SesEvents) -> SesEvents:
        return ses


class TestSesEventsOfTheFirstVersion(CallbackSuite):
    """The suite, over notifications that are signed with SHA-1."""

    @pytest.fixture
    def callbacks(self, tmp_path: Path, amazon: Web) -> SesEvents:
        signer = SnsSigner(version="1", key=SNS.key)
        return SesEvents(tmp_path, signer, amazon.egress())


async def test_notifications_of_a_topic_of_somebody_else_are_not_believed(ses: SesEvents) -> None:
    other = SnsSigner(topic="arn:aws:sns:eu-central-1:999999999999:mine", key=SNS.key)
    callback = other.post(f"{HOOK}/ses/mail", {"eventType": "Delivery"}, id="m-1")

    doubt = await ses.adapter.verify(callback, ses.about)

    assert doubt == "it is of a topic that the secret does not name"


@pytest.mark.parametrize(
    "spoilt",
    [
        {"Message": "{}"},
        {"MessageId": "other"},
        {"Timestamp": "2026-11-22T09:00:00.000Z"},
        {"Signature": "AAAA"},
        {"Signature": "é"},
        {"Signature": None},
        {"SignatureVersion": "1"},
        {"SignatureVersion": "3"},
        {"Type": "UnsubscribeConfirmation"},
        {"Type": ["Notification"]},
        {"Message": {"eventType": "Delivery"}},
    ],
    ids=str,
)
async def test_a_notification_that_was_changed_is_not_believed(
    ses: SesEvents, spoilt: dict[str, Any]
) -> None:
    callback = ses.told("delivered", "d-1")
    body = json.dumps({**json.loads(callback.body), **spoilt}).encode()

    assert await ses.adapter.verify(callback.model_copy(update={"body": body}), ses.about)


@pytest.mark.parametrize(
    "url",
    [
        "http://sns.eu-central-1.amazonaws.com/SimpleNotificationService-a.pem",
        "https://sns.eu-central-1.amazonaws.com.evil.example/SimpleNotificationService-a.pem",
        "https://evil.example/sns.eu-central-1.amazonaws.com/SimpleNotificationService-a.pem",
        "https://sns.eu-central-1.amazonaws.com@evil.example/SimpleNotificationService-a.pem",
        "https://sns.eu-central-1.amazonaws.com:8443/SimpleNotificationService-a.pem",
        "https://s3.eu-central-1.amazonaws.com/SimpleNotificationService-a.pem",
        "https://sns.[/a.pem",
        "https://sns.eu-central-1.amazonaws.com/a.pem",
        "https://sns.nowhere-1.amazonaws.com/SimpleNotificationService-a.pem",
        "https://sns.eu-central-1.amazonaws.com/?Action=GetTopicAttributes",
        "https://sns.eu-central-1.amazonaws.com/x/../SimpleNotificationService-a.pem",
        "https://sns.eu-central-1.amazonaws.com/SimpleNotificationService-a.pem?x=1",
    ],
)
async def test_certificates_are_fetched_from_aws_alone(ses: SesEvents, url: str) -> None:
    callback = SNS.post(f"{HOOK}/ses/mail", {}, id="m-1", SigningCertURL=url)

    assert await ses.adapter.verify(callback, ses.about) == "its certificate would not be AWS's"


async def test_a_certificate_that_aws_does_not_have_proves_nothing(ses: SesEvents) -> None:
    url = f"https://{SNS.host}/SimpleNotificationService-none.pem"
    callback = SNS.post(f"{HOOK}/ses/mail", {}, id="m-1", SigningCertURL=url)

    assert await ses.adapter.verify(callback, ses.about) == "its signature is not AWS's"


async def test_a_subscription_is_confirmed_where_aws_says(ses: SesEvents, amazon: Web) -> None:
    confirm = f"https://{SNS.host}/?Action=ConfirmSubscription&Token=t"
    callback = SNS.post(
        f"{HOOK}/ses/mail",
        "You have chosen to subscribe.",
        id="m-1",
        kind="SubscriptionConfirmation",
        SubscribeURL=confirm,
        Token="t",
    )

    assert await ses.adapter.verify(callback, ses.about) is None

    assert [one.url for one in amazon.asked][-1] == "/?Action=ConfirmSubscription&Token=t"
    assert ses.adapter.parse(callback, ses.about).receipts == ()


EXAMPLES = Path(__file__).parents[3] / "shared" / "specs" / "signed_examples.json"


@pytest.fixture(scope="module")
def examples() -> Any:
    if not EXAMPLES.exists():
        pytest.skip("the examples are not on this machine")
    return json.loads(EXAMPLES.read_text())


async def test_an_example_of_sendgrid_is_believed_and_read(tmp_path: Path, examples: Any) -> None:
    example = examples["sendgrid_event_webhook"]
    known = settings(tmp_path, sendgrid_webhook=example["public_key"])
    adapter = SendGridEmail(known, Egress(), Vault(known))
    headers = {name.lower(): value for name, value in example["headers"].items()}
    at = datetime.fromtimestamp(int(headers["x-twilio-email-event-webhook-timestamp"]), UTC)
    body = example["body"].encode()
    callback = Callback(method="POST", url=HOOK, headers=headers, body=body, at=at)
    about = Asking(tenant="acme", channel="email", binding="mail")

    assert await adapter.verify(callback, about) is None

    told = adapter.parse(callback, about).receipts
    assert [(one.event, one.delivery, one.provider_id, one.suppress) for one in told] == [
        ("delivered", "dlv_01", "abc", None),
        ("bounced_hard", "dlv_02", "def", "bounced_hard"),
    ]


async def test_an_example_of_sns_is_believed_and_read(
    tmp_path: Path, tmp_path_factory: pytest.TempPathFactory, examples: Any
) -> None:
    example = examples["aws_sns_v2"]
    host = "sns.us-east-1.amazonaws.com"
    served = {host: lambda asked: Answer(200, example["cert_pem"].encode())}
    known = settings(tmp_path, ses={"topicArn": [example["body"]["TopicArn"]]})
    body = json.dumps(example["body"]).encode()
    at = datetime.fromisoformat(example["body"]["Timestamp"])
    callback = Callback(method="POST", url=HOOK, headers={}, body=body, at=at)
    about = Asking(tenant="acme", channel="email", binding="mail")
    with web(tmp_path_factory.mktemp("amazon"), served) as amazon:
        adapter = SesEmail(known, amazon.egress(), Vault(known))

        assert await adapter.verify(callback, about) is None

    [receipt] = adapter.parse(callback, about).receipts
    assert (receipt.event, receipt.delivery, receipt.provider_id) == (
        "delivered",
        "dlv_01",
        "0100-abc",
    )
