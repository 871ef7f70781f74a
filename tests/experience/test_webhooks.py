"""The webhook adapter against a server that fails in every way one can."""

import json
import ssl
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from experience_adapters.signed_post import ATTEMPTS, PAUSES, headers
from experience_adapters.webhooks.adapter import WebhookPost
from public_works.database import Database
from public_works.egress import Egress
from public_works.secrets import Vault
from public_works.settings import Settings
from public_works.webhooks import Webhooks
from symphainy.conformance import AdapterCase, AdapterSuite, Received, sending
from symphainy.conformance import Fault as Told
from symphainy.delivery import Recipient, WebhookEvent
from tests.twins.provider import Fault
from tests.twins.receiver import PATH, SECRET, ReceiverTwin
from tests.twins.web import Answer, certificate

HOST = "hooks.partner.example"
URL = f"https://{HOST}{PATH}"
TENANT = "conformance"
OTHER = "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD"
EVENT = WebhookEvent(to=Recipient(address=URL), type="invoice.paid", data={"invoice": 7})
FAULTS: dict[Told, Fault] = {
    "busy": "429",
    "lost before": "early drop",
    "lost after": "kept drop",
    "silent after": "kept silence",
    "failed after": "kept 500",
}
OUTCOMES: dict[Fault, tuple[str, str | None, int]] = {
    "none": ("accepted", None, 1),
    "early drop": ("retryable", "delivery.unreachable", 0),
    "drop": ("unknown", "delivery.unknown", 0),
    "400": ("retryable", "delivery.refused", 0),
    "401": ("retryable", "delivery.refused", 0),
    "413": ("retryable", "delivery.refused", 0),
    "429": ("retryable", "delivery.busy", 0),
    "500": ("unknown", "delivery.unknown", 0),
    "503": ("retryable", "delivery.busy", 0),
    "kept 503": ("unknown", "delivery.unknown", 1),
    "kept drop": ("unknown", "delivery.unknown", 1),
    "kept silence": ("unknown", "delivery.unknown", 1),
    "kept nonsense": ("accepted", None, 1),
}
"""For each fault: the outcome, its code, and how many events the server has."""


class WebhookCase(AdapterCase):
    """The webhook adapter, and a partner's server under its own name."""

    adapter: WebhookPost
    message = EVENT
    faults = frozenset({*FAULTS, "refused", "unreachable"})

    def __init__(
        self, twin: ReceiverTwin, folder: Path, trusted: ssl.SSLContext, webhooks: Webhooks
    ) -> None:
        self.twin, self.webhooks = twin, webhooks
        self.settings = Settings(home=folder, tenant=TENANT)
        egress = Egress(stands_in={HOST: ("127.0.0.1", twin.port)}, tls=trusted)
        self.adapter = WebhookPost(self.settings, egress, Vault(self.settings), webhooks)

    async def provoke(self, fault: Told) -> None:
        if fault == "unreachable":
            await self.twin.stop()
        elif fault == "refused":
            self.twin.says = Answer(410, {"gone": True})
        else:
            self.twin.fault = FAULTS[fault]

    async def received(self, delivery: str) -> list[Received]:
        return [
            Received(URL, one.document["type"], "", data=one.document["data"])
            for one in self.twin.of(delivery)
        ]

    async def writes(self) -> int:
        return self.twin.writes


@pytest.fixture
async def case(tmp_path: Path, database: Database) -> AsyncIterator[WebhookCase]:
    file = certificate(tmp_path, HOST)
    proving = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    proving.load_cert_chain(file)
    keep(tmp_path, SECRET)
    async with ReceiverTwin(tls=proving) as twin:
        trusted = ssl.create_default_context(cafile=str(file))
        yield WebhookCase(twin, tmp_path, trusted, Webhooks(database, b"pepper" * 6))


def keep(home: Path, secret: str) -> None:
    """Make it the tenant's secret for URLs."""
    folder = home / "secrets" / TENANT
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "webhook").write_text(secret)


class TestWebhook(AdapterSuite):
    """The suite, on the fixture `case` above."""

    async def test_it_says_so_when_its_provider_is_not_there(self, case: AdapterCase) -> None:
        """There is none to ask: each event has a server of its own."""
        await case.provoke("unreachable")

        assert await case.adapter.check() == []


@pytest.mark.parametrize("fault", OUTCOMES)
async def test_an_outcome_is_what_the_server_is_known_to_have_done(
    case: WebhookCase, fault: Fault
) -> None:
    case.twin.fault = fault
    result = await case.adapter.send(EVENT, sending("d-1"))

    assert (result.outcome, result.code, len(case.twin.of("d-1"))) == OUTCOMES[fault]


async def test_an_event_is_what_the_specification_says(case: WebhookCase) -> None:
    since = datetime(2026, 11, 22, 9, 30, tzinfo=UTC)
    await case.adapter.send(EVENT, sending("d-1", since=since))

    (kept,) = case.twin.kept
    assert kept.document == {
        "type": "invoice.paid",
        "timestamp": "2026-11-22T09:30:00+00:00",
        "data": {"invoice": 7},
    }
    names = {name for name in kept.headers if name.startswith("webhook-")}
    assert names == {"webhook-id", "webhook-timestamp", "webhook-signature"}
    assert kept.headers["webhook-id"] == "d-1"
    assert kept.headers["content-type"] == "application/json"


async def test_every_attempt_says_the_same_under_the_same_id(case: WebhookCase) -> None:
    since = datetime(2026, 11, 22, 9, 30, tzinfo=UTC)
    case.twin.fault = "500"
    await case.adapter.send(EVENT, sending("d-1", since=since))
    case.twin.fault = "none"
    await case.adapter.send(EVENT, sending("d-1", since=since, attempt=2))

    first, second = case.twin.asked
    assert (first.body, first.headers["webhook-id"]) == (second.body, second.headers["webhook-id"])


async def test_the_schedule_is_that_of_the_specification(case: WebhookCase) -> None:
    case.twin.fault = "500"
    pauses = [
        (await case.adapter.send(EVENT, sending("d-1", attempt=attempt))).retry_after
        for attempt in range(1, ATTEMPTS)
    ]

    assert pauses == list(PAUSES)
    assert [one / timedelta(minutes=1) for one in PAUSES[1:4]] == [5, 30, 120]


@pytest.mark.parametrize(("fault", "outcome"), [("400", "rejected"), ("500", "unknown")])
async def test_after_the_last_attempt_it_is_over(
    case: WebhookCase, fault: Fault, outcome: str
) -> None:
    case.twin.fault = fault
    result = await case.adapter.send(EVENT, sending("d-1", attempt=ATTEMPTS))

    assert (result.outcome, result.code, result.retry_after) == (
        outcome,
        "delivery.exhausted",
        None,
    )
    assert "after 10 attempts" in (result.detail or "")


async def test_a_server_that_says_when_is_asked_then(case: WebhookCase) -> None:
    case.twin.fault = "429"
    result = await case.adapter.send(EVENT, sending("d-1"))

    assert result.retry_after == timedelta(seconds=7)


async def test_a_redirect_is_not_followed(case: WebhookCase) -> None:
    case.twin.says = Answer(302, None, {"location": "/elsewhere"})
    result = await case.adapter.send(EVENT, sending("d-1"))

    assert (result.outcome, [one.path for one in case.twin.asked]) == ("retryable", [PATH])


async def test_a_server_that_is_gone_is_left_alone_until_it_is_enabled_again(
    case: WebhookCase,
) -> None:
    case.twin.says = Answer(410)
    first = await case.adapter.send(EVENT, sending("d-1"))
    second = await case.adapter.send(EVENT, sending("d-2"))
    known = case.webhooks.at(TENANT, URL)
    assert known is not None
    asked = len(case.twin.asked)
    case.twin.says = None
    case.webhooks.enable(TENANT, known.id, True)
    third = await case.adapter.send(EVENT, sending("d-3"))

    assert (first.outcome, first.code) == ("rejected", "delivery.endpoint-gone")
    assert (second.outcome, second.code, asked) == ("rejected", "delivery.endpoint-gone", 1)
    assert f"POST /v1/webhooks/{known.id}/enable" in (second.detail or "")
    assert third.outcome == "accepted"


async def test_a_named_endpoint_has_a_secret_of_its_own(case: WebhookCase) -> None:
    _, secret = case.webhooks.create(TENANT, "erp", URL)
    case.twin.secrets = (secret,)
    message = EVENT.model_copy(update={"to": Recipient(address="erp")})

    assert (await case.adapter.send(message, sending("d-1"))).outcome == "accepted"
    assert (await case.adapter.send(EVENT, sending("d-2"))).outcome == "retryable"


async def test_a_named_endpoint_that_is_gone_is_disabled_under_its_name(case: WebhookCase) -> None:
    case.webhooks.create(TENANT, "erp", URL)
    case.twin.says = Answer(410)
    message = EVENT.model_copy(update={"to": Recipient(address="erp")})
    await case.adapter.send(message, sending("d-1"))
    known = case.webhooks.get(TENANT, "erp")

    assert known is not None
    assert (known.enabled, known.reason) == (False, "the server answered 410")
    assert case.webhooks.at(TENANT, URL) is None


async def test_nothing_leaves_unsigned(case: WebhookCase) -> None:
    known = case.webhooks.gone(TENANT, URL, "410")
    case.webhooks.enable(TENANT, known.id, True)
    message = EVENT.model_copy(update={"to": Recipient(address=known.id)})
    result = await case.adapter.send(message, sending("d-1"))

    assert (result.outcome, result.code) == ("retryable", "delivery.credentials")
    assert case.twin.asked == []


async def test_while_a_secret_is_rotated_both_sign(case: WebhookCase) -> None:
    _, old = case.webhooks.create(TENANT, "erp", URL)
    _, new = case.webhooks.rotate(TENANT, "erp", timedelta(days=1))
    message = EVENT.model_copy(update={"to": Recipient(address="erp")})
    for number, secrets in enumerate([(old,), (new,)]):
        case.twin.secrets = secrets
        result = await case.adapter.send(message, sending(f"d-{number}"))
        assert result.outcome == "accepted"
    signatures = case.twin.asked[0].headers["webhook-signature"].split(" ")
    assert [one.partition(",")[0] for one in signatures] == ["v1", "v1"]
    case.webhooks.rotate(TENANT, "erp", timedelta(0))
    case.twin.secrets = (old, new)
    over = await case.adapter.send(message, sending("d-3"))

    assert over.outcome == "retryable"
    assert len(case.twin.asked[-1].headers["webhook-signature"].split(" ")) == 1


async def test_a_secret_of_the_vault_is_rotated_by_writing_both(
    case: WebhookCase, tmp_path: Path
) -> None:
    keep(tmp_path, f"{OTHER} {SECRET}")

    assert (await case.adapter.send(EVENT, sending("d-1"))).outcome == "accepted"


@pytest.mark.parametrize("secret", ["", "secret", "whsec_", "whsec_%%%", f"{SECRET} x"])
async def test_without_a_secret_it_is_tried_again_later(
    case: WebhookCase, tmp_path: Path, secret: str
) -> None:
    keep(tmp_path, secret)
    result = await case.adapter.send(EVENT, sending("d-1"))

    assert (result.outcome, result.code, case.twin.asked) == (
        "retryable",
        "delivery.credentials",
        [],
    )


@pytest.mark.parametrize(
    "url",
    ["http://hooks.other.example/", "https://127.0.0.1/", "https://[::1]/", "https://10.0.0.1/"],
)
async def test_events_go_only_to_the_world_and_encrypted(case: WebhookCase, url: str) -> None:
    message = EVENT.model_copy(update={"to": Recipient(address=url)})
    result = await case.adapter.send(message, sending("d-1"))

    assert (result.outcome, result.code) == ("rejected", "egress.forbidden")


async def test_an_endpoint_that_nobody_made_is_said_so(case: WebhookCase) -> None:
    message = EVENT.model_copy(update={"to": Recipient(address="nobody")})
    result = await case.adapter.send(message, sending("d-1"))

    assert (result.outcome, result.code) == ("rejected", "delivery.address")


async def test_secrets_are_not_to_be_read_in_the_database(
    case: WebhookCase, tmp_path: Path
) -> None:
    shown, secret = case.webhooks.create(TENANT, "erp", URL)
    kept = b"".join(one.read_bytes() for one in tmp_path.glob("hooks.db*"))

    assert secret.removeprefix("whsec_").encode() not in kept
    assert secret not in json.dumps(shown.model_dump(mode="json"))
    assert case.webhooks.secrets(TENANT, "erp") == (secret,)


def test_a_signature_is_that_of_the_official_example() -> None:
    file = Path(__file__).parents[3] / "shared" / "specs" / "signed_examples.json"
    if not file.exists():
        pytest.skip("the signed examples are not beside this repository")
    example = json.loads(file.read_text())["standard_webhooks"]
    shown = example["headers"]
    at = datetime.fromtimestamp(int(shown["webhook-timestamp"]), UTC)
    made = headers(example["body"].encode(), shown["webhook-id"], [example["secret"]], at)

    assert made == {"content-type": "application/json", **shown}
