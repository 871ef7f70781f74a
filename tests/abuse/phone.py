"""A provider of text messages that turns the first attempt away, and what happens meanwhile."""

import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

from tests.abuse.names import Names
from tests.runtime.platform import Platform
from tests.twins.twilio import SECRET, TwilioTwin
from tests.twins.web import Answer

__all__ = ["Busy", "busy", "texted", "texting"]

TEXT = """\
document: {dsl: 1.0.3, namespace: acme, name: text-{{n}}, version: 1.0.0}
experiences:
  phone:
    {channel: sms, adapter: twilio, from: "+15005550006", settings: {endpoint: "URL"}}
policies: POLICIES
do:
  - send: {call: phone, with: {to: "${ .customer }", text: "Hello {{ customer.name }}."}}
"""


@dataclass
class Busy(TwilioTwin):
    """Too busy once; whoever comes again has to come at another moment."""

    meanwhile: Callable[[], object] = lambda: None

    def failing(self, status: int) -> Answer:
        self.meanwhile()
        return super().failing(status)


@asynccontextmanager
async def busy(platform: Platform, dns: Names) -> AsyncIterator[Busy]:
    """The provider, which the platform has credentials for."""
    secrets = platform.settings.home / "secrets" / "acme"
    secrets.mkdir(parents=True, exist_ok=True)
    (secrets / "twilio").write_text(json.dumps(SECRET))
    dns.answers = {"partner.example": ["127.0.0.1"]}
    async with Busy(fault="429", times=1) as twin:
        yield twin


def texting(twin: Busy, **policies: object) -> str:
    """A definition that sends one text message under these policies."""
    url = f"http://partner.example:{twin.port}"
    return TEXT.replace("URL", url).replace("POLICIES", json.dumps(policies))


def texted(
    platform: Platform, id: str, *, zone: str | None = "UTC", consent: bool = True
) -> dict[str, Any]:
    """A customer with a telephone, as a run is given them."""
    platform.stores.customers.upsert(
        "acme",
        id,
        name="Ada",
        phone="+4366012345678",
        zone=zone,
        consents=[{"channel": "sms", "purpose": "transactional", "granted": consent}],
    )
    return {"customer": id}
