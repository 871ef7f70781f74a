"""The slack adapter against a Slack that fails in every way one can."""

import json
import ssl
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from experience_adapters.slack.adapter import SlackChat
from experience_adapters.slack.request import plain
from public_works.egress import Egress
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
    ChatMessage,
    Choice,
    DeliveryEvent,
    Inbound,
    Receipt,
    Recipient,
)
from tests.experience.provider import OUTCOMES, ProviderCase
from tests.twins.provider import Fault, Kept
from tests.twins.slack import SIGNING, TOKEN, SlackTwin, choices, pressed, signed, wrote
from tests.twins.web import certificate

HOST = "slack.com"
TENANT = "conformance"
MESSAGE = ChatMessage(
    to=Recipient(address="C0ACME"),
    text="Shall we ship *order 7* to <Vienna> & Graz?",
    choices=(Choice(title="Yes & soon", value="yes"), Choice(title="No", value="no")),
)
ENDS: dict[Fault, tuple[str, str | None, int]] = {
    **OUTCOMES,
    "503": ("unknown", "delivery.unknown", 0),
}


class SlackCase(ProviderCase):
    """The slack adapter, and Slack under its own name."""

    adapter: SlackChat
    message = MESSAGE

    def __init__(self, twin: SlackTwin, folder: Path, trusted: ssl.SSLContext) -> None:
        self.twin = twin
        settings = Settings(home=folder, tenant=TENANT)
        egress = Egress(stands_in={HOST: ("127.0.0.1", twin.port)}, tls=trusted)
        self.adapter = SlackChat(settings, egress, Vault(settings))

    async def received(self, delivery: str) -> list[Received]:
        return [
            Received(one.document["channel"], None, plain(one.document["text"]), data=choices(one))
            for one in self.twin.of(delivery)
        ]


@pytest.fixture
async def case(tmp_path: Path) -> AsyncIterator[SlackCase]:
    file = certificate(tmp_path, HOST)
    proving = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    proving.load_cert_chain(file)
    keep(tmp_path, {"token": TOKEN, "signingSecret": SIGNING})
    async with SlackTwin(tls=proving) as twin:
        yield SlackCase(twin, tmp_path, ssl.create_default_context(cafile=str(file)))


def keep(home: Path, secret: object) -> None:
    """Make it the tenant's secret for Slack."""
    folder = home / "secrets" / TENANT
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "slack").write_text(json.dumps(secret))


class TestSlack(AdapterSuite):
    """The suite, on the fixture `case` above."""


class SlackCalls(CallbackCase):
    """What Slack tells of buttons."""

    events: tuple[DeliveryEvent, ...] = ("replied",)

    def __init__(self, adapter: SlackChat) -> None:
        self.adapter = adapter
        self.about = Asking(tenant=TENANT, channel="chat", binding="team")

    def told(self, event: DeliveryEvent, delivery: str) -> Callback:
        return pressed(posted(delivery), "yes", at=datetime.now(UTC))


class TestSlackCalls(CallbackSuite):
    @pytest.fixture
    def callbacks(self, case: SlackCase) -> SlackCalls:
        return SlackCalls(case.adapter)


def posted(delivery: str) -> Kept:
    """A message with buttons, as Slack has it."""
    block = {
        "type": "actions",
        "block_id": f"symphainy:{delivery}",
        "elements": [
            {
                "type": "button",
                "action_id": "choice-0",
                "text": {"type": "plain_text", "text": "Yes &amp; soon"},
                "value": "yes",
            }
        ],
    }
    return Kept("1795337479.000001", delivery, {"channel": "C0ACME", "blocks": [block]}, {})


@pytest.mark.parametrize("fault", ENDS)
async def test_an_outcome_is_what_slack_is_known_to_have_done(
    case: SlackCase, fault: Fault
) -> None:
    case.twin.fault = fault
    result = await case.adapter.send(MESSAGE, sending("d-1"))

    assert (result.outcome, result.code, len(case.twin.of("d-1"))) == ENDS[fault]


async def test_a_message_is_what_was_written_and_no_more(case: SlackCase) -> None:
    message = MESSAGE.model_copy(update={"choices": (), "sender": "Acme"})
    result = await case.adapter.send(message, sending("d-1"))

    (kept,) = case.twin.kept
    assert result.provider_id == f"C0ACME:{kept.id}"
    assert kept.document == {
        "channel": "C0ACME",
        "text": "Shall we ship *order 7* to &lt;Vienna&gt; &amp; Graz?",
        "mrkdwn": False,
        "unfurl_links": False,
        "username": "Acme",
        "metadata": {
            "event_type": "symphainy_delivery",
            "event_payload": {"delivery_id": "d-1"},
        },
    }


async def test_choices_are_buttons_below_the_text(case: SlackCase) -> None:
    long = MESSAGE.model_copy(update={"text": "a" * 3_000 + "b"})
    await case.adapter.send(long, sending("d-1"))

    blocks = case.twin.kept[0].document["blocks"]
    assert [one["type"] for one in blocks] == ["section", "section", "actions"]
    assert [one["text"]["text"] for one in blocks[:2]] == ["a" * 3_000, "b"]
    assert blocks[2]["block_id"] == "symphainy:d-1"


async def test_markup_is_slacks_own_where_it_is_asked_for(case: SlackCase) -> None:
    message = MESSAGE.model_copy(update={"text": "*yes* <https://acme.example|look>"})
    await case.adapter.send(message, sending("d-1", settings={"markdown": True}))

    kept = case.twin.kept[0].document
    assert (kept["text"], kept["mrkdwn"]) == ("*yes* <https://acme.example|look>", True)
    assert kept["blocks"][0]["text"]["type"] == "mrkdwn"


async def test_what_slack_does_not_know_is_refused_by_its_document(case: SlackCase) -> None:
    if not case.twin.checks:
        pytest.skip("Slack's document is not beside this repository")
    for given in ({"channel": "C0ACME", "txt": "x"}, {"text": "x"}, {"channel": 1, "text": "x"}):
        answer = await case.adapter._ask("POST", "chat.postMessage", TENANT, {}, given=given)
        assert json.loads(answer.content) == {"ok": False, "error": "invalid_arguments"}, given


@pytest.mark.parametrize(
    ("error", "outcome", "code"),
    [
        ("channel_not_found", "rejected", "delivery.address"),
        ("not_in_channel", "rejected", "delivery.address"),
        ("token_revoked", "rejected", "delivery.credentials"),
        ("invalid_blocks", "rejected", "delivery.refused"),
        ("message_limit_exceeded", "retryable", "delivery.busy"),
        ("fatal_error", "unknown", "delivery.unknown"),
    ],
)
async def test_an_error_says_what_to_do(
    case: SlackCase, error: str, outcome: str, code: str
) -> None:
    case.twin.error = error
    result = await case.adapter.send(MESSAGE, sending("d-1"))

    assert (result.outcome, result.code) == (outcome, code)
    assert error in (result.detail or "")


async def test_a_member_is_written_to_in_the_conversation_with_them(case: SlackCase) -> None:
    message = MESSAGE.model_copy(update={"to": Recipient(address="U0ADA")})
    sent = await case.adapter.send(message, sending("d-1"))
    found = await case.adapter.find(message, sending("d-1"))

    assert sent.provider_id == f"D0ADA:{case.twin.kept[0].id}"
    assert found is not None
    assert (found.outcome, found.provider_id) == ("accepted", sent.provider_id)


async def test_an_answer_in_a_thread_is_found_there(case: SlackCase) -> None:
    first = await case.adapter.send(MESSAGE, sending("d-1"))
    message = MESSAGE.model_copy(update={"thread": first.provider_id})
    second = await case.adapter.send(message, sending("d-2"))
    found = await case.adapter.find(message, sending("d-2"))

    assert case.twin.kept[1].document["thread_ts"] == case.twin.kept[0].id
    assert found is not None
    assert found.provider_id == second.provider_id


async def test_it_is_found_behind_many_others(case: SlackCase) -> None:
    sent = await case.adapter.send(MESSAGE, sending("d-1"))
    for number in range(5):
        await case.adapter.send(MESSAGE, sending(f"o-{number}"))
    case.twin.page = 2
    found = await case.adapter.find(MESSAGE, sending("d-1"))

    assert found is not None
    assert (found.outcome, found.provider_id) == ("accepted", sent.provider_id)


async def test_a_channel_too_busy_to_be_read_leaves_it_unknown(case: SlackCase) -> None:
    for number in range(12):
        await case.adapter.send(MESSAGE, sending(f"o-{number}"))
    case.twin.page = 1
    found = await case.adapter.find(MESSAGE, sending("d-1"))

    assert found is not None
    assert found.outcome == "unknown"


async def test_only_what_was_written_since_the_delivery_began_is_read(case: SlackCase) -> None:
    await case.adapter.send(MESSAGE, sending("d-1"))
    later = datetime.now(UTC) + timedelta(hours=1)
    found = await case.adapter.find(MESSAGE, sending("d-1", since=later))

    assert found is not None
    assert found.outcome == "retryable"


@pytest.mark.parametrize("address", ["c0acme", "#general", "B0BOT", "C"])
async def test_what_is_no_id_of_slacks_is_said_beforehand(case: SlackCase, address: str) -> None:
    message = MESSAGE.model_copy(update={"to": Recipient(address=address)})
    result = await case.adapter.send(message, sending("d-1"))

    assert (result.outcome, result.code) == ("rejected", "delivery.address")
    assert case.adapter.validate(message) == [result.detail]
    assert case.twin.asked == []


@pytest.mark.parametrize("secret", ["twin", {"signingSecret": SIGNING}, {"token": 1}])
async def test_without_a_token_it_is_tried_again_later(
    case: SlackCase, tmp_path: Path, secret: object
) -> None:
    keep(tmp_path, secret)
    result = await case.adapter.send(MESSAGE, sending("d-1"))

    assert (result.outcome, result.code) == ("retryable", "delivery.credentials")
    assert await case.adapter.check() != []


async def test_the_token_goes_only_where_it_is_safe(case: SlackCase) -> None:
    attempt = sending("d-1", settings={"endpoint": "http://slack.example/api"})
    result = await case.adapter.send(MESSAGE, attempt)

    assert (result.outcome, result.code) == ("rejected", "egress.forbidden")


ABOUT = Asking(tenant=TENANT, channel="chat", binding="team")
NOW = datetime(2026, 11, 22, 9, 30, tzinfo=UTC)


def test_a_pressed_button_is_the_answer_to_its_message(case: SlackCase) -> None:
    heard = case.adapter.parse(pressed(posted("d-1"), "yes", at=NOW), ABOUT)

    assert heard.receipts == (
        Receipt(
            event="replied",
            at=datetime.fromtimestamp(1795337479.999999, UTC),
            delivery="d-1",
            provider_id="C0ACME:1795337479.000001",
            dedupe="1795337479.999999:U0ADA:choice-0",
            data={"value": "yes", "title": "Yes & soon", "user": "U0ADA"},
        ),
    )


def test_what_somebody_writes_is_heard(case: SlackCase) -> None:
    heard = case.adapter.parse(wrote("Yes &amp; &lt;soon&gt;", at=NOW), ABOUT)

    assert heard.receipts == ()
    assert heard.inbound == (
        Inbound(
            channel="chat",
            sender="U0ADA",
            to="C0ACME",
            text="Yes & <soon>",
            provider_id=f"C0ACME:{NOW.timestamp():.6f}",
            at=NOW,
        ),
    )


def test_an_answer_in_a_thread_is_one_to_the_message_it_hangs_on(case: SlackCase) -> None:
    callback = wrote("Yes", at=NOW, thread_ts="1795337479.000001")
    heard = case.adapter.parse(callback, ABOUT)
    (message,) = heard.inbound

    assert heard.receipts == ()
    assert message.data == {"thread": "C0ACME:1795337479.000001"}


@pytest.mark.parametrize(
    "more", [{"bot_id": "B1"}, {"subtype": "message_changed"}, {"user": None}, {"ts": "soon"}]
)
def test_what_nobody_wrote_is_not_heard(case: SlackCase, more: dict[str, Any]) -> None:
    heard = case.adapter.parse(wrote("Hello", at=NOW, **more), ABOUT)

    assert (heard.receipts, heard.inbound) == ((), ())


async def test_the_address_is_proved_to_slack(case: SlackCase) -> None:
    told = {"type": "url_verification", "challenge": "3eZbrw1a"}
    callback = signed(json.dumps(told).encode(), at=NOW)

    assert await case.adapter.verify(callback, ABOUT) is None
    assert case.adapter.parse(callback, ABOUT).answer.body == "3eZbrw1a"


async def test_slacks_own_example_is_believed(case: SlackCase) -> None:
    file = Path(__file__).parents[3] / "shared" / "specs" / "signed_examples.json"
    if not file.exists():
        pytest.skip("the signed examples are not beside this repository")
    example = json.loads(file.read_text())["slack_v0"]
    headers = {name.lower(): value for name, value in example["headers"].items()}
    at = datetime.fromtimestamp(int(headers["x-slack-request-timestamp"]), UTC)
    body = example["body"].encode()
    callback = Callback(method="POST", url="https://x.example/", headers=headers, body=body, at=at)

    assert example["secret"] == SIGNING
    assert await case.adapter.verify(callback, ABOUT) is None
