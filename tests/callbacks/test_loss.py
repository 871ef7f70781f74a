"""No receipt is lost by workers that are away, and none counts twice by those that die."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any

import pytest

from public_works import Stores
from public_works.events import Accepted, Events
from public_works.keyfiles import signing_key_pem
from public_works.ledger import Ledger
from smart_city.signing import SigningKey
from solution_api.services import Services
from symphainy.errors import Unavailable
from temporal.callbacks import Callbacks
from tests.api.world import listening, problem
from tests.callbacks.test_replies import sent_mail
from tests.callbacks.world import World
from workers.deployment import make_current
from workers.pool import open_pool

KEPT = "delivered"


class DiesBeforeItKeeps(Ledger):
    """A ledger whose worker dies once before it has written a receipt."""

    died = False

    def record_event(self, *about: Any, **event: Any) -> bool:
        if not self.died:
            self.died = True
            raise Unavailable("store.unavailable", "the worker died")
        return super().record_event(*about, **event)


class DiesBeforeItTells(Events):
    """A hub whose worker dies once before it has told the run."""

    died = False

    def accept(self, *about: Any, **event: Any) -> Accepted:
        if not self.died and "symrun" in event["envelope"]:
            self.died = True
            raise Unavailable("store.unavailable", "the worker died")
        return super().accept(*about, **event)


def hasty(world: World) -> Services:
    """The services of an API that does not wait long for workers."""
    services = world.services
    key = SigningKey.from_pem(signing_key_pem(services.settings.home, "intake"))
    return replace(services, callbacks=Callbacks(services.client, key, "production", wait=1.0))


@asynccontextmanager
async def worker(world: World, stores: Stores) -> AsyncIterator[None]:
    """A worker pool over these stores."""
    async with open_pool(world.services.settings, stores) as pool, pool.worker:
        await make_current(world.services.client)
        yield


async def test_a_receipt_waits_for_a_worker_and_the_provider_is_asked_to_tell_again(
    idle: World,
) -> None:
    async with worker(idle, idle.services.stores):
        sent = sent_mail(idle, "anna@example.com")
    receipt = idle.sendgrid.post(
        "https://hooks.acme.example/v1/hooks/sendgrid/mail?t=acme&c=email",
        b'[{"event": "delivered", "delivery_id": "%s", "timestamp": 1795334400}]' % sent.encode(),
    )
    ledger = idle.services.stores.ledger
    async with listening(hasty(idle)) as url:
        refused = await replace(idle, url=url).call(receipt)
    assert problem(refused) == (503, "callback.unanswered")
    assert int(refused.headers["retry-after"]) > 0
    assert ledger.events("acme", sent) == []
    async with worker(idle, idle.services.stores):
        assert (await idle.call(receipt)).status_code == 200
    assert [one.event for one in ledger.events("acme", sent)] == [KEPT]


@pytest.mark.parametrize("dying", [DiesBeforeItKeeps, DiesBeforeItTells])
async def test_what_a_worker_began_and_did_not_end_is_done_once(idle: World, dying: type) -> None:
    stores = idle.services.stores
    part = "ledger" if issubclass(dying, Ledger) else "events"
    broken = replace(stores, **{part: dying(stores.database)})
    async with worker(idle, broken):
        run = await idle.start(MESSAGE)
        [sent] = await idle.sent(run)

        assert (await idle.call(idle.status(sent.id, "delivered"))).status_code == 200

        [heard] = await idle.output(run)
        assert heard["delivery"] == sent.id
        assert getattr(broken, part).died
        assert [one.event for one in stores.ledger.events("acme", sent.id)] == [KEPT]


MESSAGE = """
document: {dsl: 1.0.3, namespace: test, name: kept-{{n}}, version: 1.0.0}
experiences: {sms: {TWILIO}}
do:
  - remind: {call: sms, with: {to: "+4915100000001", text: Please pay.}}
  - heard: {listen: {to: {one: {with: {type: com.symphainy.delivery.delivered.v1}}}}}
"""
