"""What the API needs of the process it runs in."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

from temporalio.client import Client

from public_works import Settings, Stores
from public_works.audit import keeping
from public_works.egress import Egress
from public_works.keyfiles import link_key, pepper, public_key_pems, signing_key_pem
from public_works.links import LinkSeal
from public_works.resources import Library
from public_works.secrets import Vault
from smart_city.signing import Keyring, SigningKey
from solution_api.bearers import Bearers
from solution_api.bell import Bell
from solution_api.choices import Chooser
from solution_api.cursors import Cursors
from solution_api.limits import Limits
from solution_api.strangers import Strangers
from solution_api.tickets import Tickets
from solution_api.widgets.tokens import WidgetTokens
from temporal.callbacks import Callbacks
from temporal.codec import codec_of
from temporal.connection import belong, connect
from temporal.forgetting import Forgetting
from temporal.gate import GateServices
from temporal.gate.reaching import Reaching
from temporal.intake import Intake
from temporal.lineage import Lineages
from temporal.migrations import Migrations
from temporal.plans import Plans
from temporal.plugin import SymphainyPlugin
from temporal.resending import Resending
from temporal.runs import Runs
from temporal.schedules import Schedules
from temporal.sessions import Sessions
from temporal.telemetry.alarming import alarming

__all__ = ["Services", "open_services"]


@dataclass(frozen=True)
class Services:
    """Everything that routes reach for; one for each process."""

    settings: Settings
    stores: Stores
    plans: Plans
    client: Client
    intake: Intake
    runs: Runs
    migrations: Migrations
    forgetting: Forgetting
    tickets: Tickets
    cursors: Cursors
    library: Library
    links: LinkSeal
    chooser: Chooser
    schedules: Schedules
    callbacks: Callbacks
    sessions: Sessions
    lineages: Lineages
    resending: Resending
    bell: Bell
    widget_tokens: WidgetTokens
    vault: Vault
    limits: Limits
    bearers: Bearers
    pepper: bytes
    """What hashes are keyed with that nobody is to guess back."""
    strangers: Strangers = field(default_factory=Strangers)


@asynccontextmanager
async def open_services(
    settings: Settings, *, egress: Egress | None = None
) -> AsyncIterator[Services]:
    """The services of `settings`, connected; closed at the end. `egress` is a way out other than
    that of the settings.

    Refused `settings.invalid`, Unavailable `store.unavailable`, RuntimeError when Temporal does
    not answer.
    """
    stores = await asyncio.to_thread(Stores.open, settings)
    try:
        async with keeping(stores.audit):
            services = await _connected(settings, stores, egress)
            async with alarming(services.client, stores, settings):
                yield services
    finally:
        await asyncio.to_thread(stores.close)


async def _connected(settings: Settings, stores: Stores, egress: Egress | None) -> Services:
    plans = Plans(stores.definitions)
    key, keys = await asyncio.to_thread(_keys, settings.home)
    secret = await asyncio.to_thread(pepper, settings.home)
    gate = GateServices(keys=keys, plans=plans)
    codec = codec_of(settings, stores.data_keys)
    client = await connect(settings, SymphainyPlugin(gate, blobs=stores.blobs, codec=codec))
    await belong(stores, client)
    intake = Intake(client, stores, plans, key, at_once=settings.intake_at_once)
    runs = Runs(client, key)
    return Services(
        settings=settings,
        stores=stores,
        plans=plans,
        client=client,
        intake=intake,
        runs=runs,
        forgetting=Forgetting(client, stores),
        migrations=Migrations(client, stores, plans, runs, key, keys),
        tickets=Tickets(secret),
        cursors=Cursors(secret),
        library=Library.over(settings, egress, Reaching(stores).of_documents),
        links=LinkSeal(await asyncio.to_thread(link_key, settings.home)),
        chooser=Chooser(stores, plans, settings.environment),
        schedules=Schedules(client, intake),
        callbacks=Callbacks(client, key, settings.environment),
        sessions=Sessions(client, stores, key),
        lineages=Lineages(client, stores, keys),
        resending=Resending(client, stores, plans, key, keys),
        bell=Bell(stores.transcripts),
        widget_tokens=WidgetTokens(secret),
        vault=Vault(settings),
        limits=Limits(settings),
        bearers=Bearers(settings, stores, egress or Egress(settings.egress_allow)),
        pepper=secret,
    )


def _keys(home: Path) -> tuple[SigningKey, Keyring]:
    """The key that contexts are signed with, and all that are trusted.

    The gate's key is made here too if no worker has: a ring without it would refuse its grants.
    """
    signing_key_pem(home, "gate")
    key = SigningKey.from_pem(signing_key_pem(home, "intake"))
    return key, Keyring.from_pems(public_key_pems(home).values())
