"""What tests of callbacks share."""

import asyncio
import textwrap
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx2
from temporalio.client import WorkflowFailureError

from public_works.ledger import DeliveryRecord
from solution_api.services import Services
from symphainy.delivery import Callback
from symphainy.identity import Principal
from symphainy.intent import Intent
from symphainy.json import Json, digest
from temporal.runs import Run
from tests.api.world import World as Clients
from tests.twins.signing import SendGridSigner, SnsSigner, twilio_form
from tests.twins.twilio import ACCOUNT, SECRET, TwilioTwin
from tests.twins.web import Web
from workflows.compiler import compile

BASE = "https://hooks.acme.example"
OWNER = Principal(tenant="acme", id="owner", kind="user", roles=frozenset({"admin"}))


@dataclass
class World:
    """The platform, and providers that sign."""

    url: str
    services: Services
    twilio: TwilioTwin
    sendgrid: SendGridSigner
    sns: SnsSigner
    amazon: Web
    """Where SNS has its certificate."""
    count: int = field(default=0)

    async def client(self, by: Principal) -> httpx2.AsyncClient:
        """A client with a key of its own."""
        return await Clients(self.url, self.services).client(by)

    def number(self) -> str:
        """A phone number that nobody else has."""
        self.count += 1
        return f"+4915{self.count:08d}"

    def deploy(self, text: str) -> str:
        """Deploy a definition under a name of its own; the solution."""
        self.count += 1
        endpoint = f"settings: {{endpoint: '{self.twilio.url}'}}"
        text = textwrap.dedent(text).replace("{{n}}", str(self.count))
        text = text.replace("TWILIO", f"channel: sms, adapter: twilio, from: Acme, {endpoint}")
        stores = self.services.stores
        compiled = compile(text, stores.catalogs.read())
        plan = compiled.plan
        assert plan is not None, compiled.findings
        stores.definitions.register(
            "acme",
            plan.solution,
            plan.version,
            digest=digest(text),
            text=text,
            media_type="application/yaml",
            plan=plan.dump(),
            plan_digest=plan.digest,
            author="owner",
        )
        stores.definitions.deploy("acme", plan.solution, plan.version, "production", "owner")
        return plan.solution

    async def start(self, text: str, payload: Json = None) -> str:
        """Deploy and start; the run."""
        intent = Intent(principal=OWNER, solution=self.deploy(text), name="start", payload=payload)
        return (await self.services.intake.submit(intent)).run

    async def finish(self, run: str) -> Run:
        """The run when it is over."""
        async with asyncio.timeout(60):
            with suppress(WorkflowFailureError):
                await self.services.runs.handle("acme", run).result()
        return await self.services.runs.get("acme", run)

    async def output(self, run: str) -> Json:
        """What the run gives."""
        found = await self.finish(run)
        assert found.status == "completed", found.problem
        return found.output

    async def sent(self, run: str, many: int = 1) -> list[DeliveryRecord]:
        """The deliveries of the run once so many were accepted, first to last."""
        ledger = self.services.stores.ledger
        async with asyncio.timeout(30):
            while True:
                found = await asyncio.to_thread(ledger.list, "acme", run=run, limit=200)
                if sum(one.state != "in_flight" for one in found) >= many:
                    return sorted(found, key=lambda one: one.created)
                await asyncio.sleep(0.05)

    def status(self, delivery: str, state: str, **more: str) -> Callback:
        """Twilio's callback that a message is in a state now."""
        kept = self.twilio.of(delivery)[0]
        fields = {
            "AccountSid": ACCOUNT,
            "MessageSid": kept.id,
            "MessageStatus": state,
            "To": kept.document["To"],
            **more,
        }
        return twilio_form(kept.document["StatusCallback"], fields, SECRET["authToken"])

    def wrote(self, sender: str, text: str, sid: str, binding: str = "sms") -> Callback:
        """Twilio's callback that somebody wrote."""
        fields = {
            "AccountSid": ACCOUNT,
            "MessageSid": sid,
            "SmsStatus": "received",
            "From": sender,
            "To": "+15005550006",
            "Body": text,
            "NumMedia": "0",
        }
        url = f"{BASE}/v1/hooks/twilio/{binding}?t=acme&c=sms"
        return twilio_form(url, fields, SECRET["authToken"])

    async def call(self, callback: Callback, **headers: str) -> httpx2.Response:
        """Make a callback as its provider does, by way of a proxy."""
        url = self.url + callback.url.removeprefix(BASE)
        given: Mapping[str, Any] = {**callback.headers, **headers}
        async with httpx2.AsyncClient(timeout=30) as client:
            return await client.request(callback.method, url, content=callback.body, headers=given)

    async def send(self, event: dict[str, Json]) -> None:
        """Tell the platform that something happened."""
        self.count += 1
        envelope = {"specversion": "1.0", "id": str(self.count), "source": "/test", **event}
        await self.services.intake.hub.accept(OWNER, "production", envelope)

    def long_ago(self) -> None:
        """Let every callback that was heard have been heard days ago."""
        from sqlalchemy import update

        from public_works.tables import CallbackRow

        with self.services.stores.database.session() as session:
            before = datetime.now(UTC) - timedelta(days=3)
            session.execute(update(CallbackRow).values(at=before))
