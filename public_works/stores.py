"""Every store of an installation, opened together."""

import hmac
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from types import MappingProxyType
from typing import Any

from public_works.alarms import Alarms
from public_works.answers import Answers
from public_works.approvals import Approvals
from public_works.audit import Audit
from public_works.blobs import Blobs, Folder
from public_works.callbacks import Callbacks
from public_works.caps import Caps
from public_works.catalogs import Catalogs
from public_works.customers import Customers
from public_works.data_keys import LIFE, DataKeys
from public_works.database import Database
from public_works.decisions import Decisions
from public_works.definitions import Definitions
from public_works.deployments import Deployments
from public_works.digests import Digests
from public_works.erasure import Erasures
from public_works.events import DeadLetters, Events, Marks, Outcomes, Posts, Sources
from public_works.facts import FactBook
from public_works.glass import Glass
from public_works.groups import Groups
from public_works.inbound import InboundMessages
from public_works.intents import Intents
from public_works.issuers import Issuers
from public_works.keyfiles import audit_key_pem, pepper
from public_works.keys import Keys
from public_works.ledger import Correlation, Ledger
from public_works.master_keys import LocalMasterKey, MasterKeys
from public_works.outbox import Outbox
from public_works.people import People
from public_works.policies import Policies
from public_works.preferences import Preferences
from public_works.recalled import Recalled
from public_works.reviews import Reviews
from public_works.roles import Roles
from public_works.run_keys import RunKeys
from public_works.settings import Settings
from public_works.sign_ins import IDLE, SignIns
from public_works.sign_ins import LIFE as SIGN_IN_LIFE
from public_works.suppressions import Suppressions
from public_works.switches import Switches
from public_works.telemetry import Spans, Telemetry
from public_works.timeline import Timeline
from public_works.traces import Traces
from public_works.transcripts import Transcripts
from public_works.turns import Turns
from public_works.users import Users
from public_works.webhooks import Webhooks
from smart_city.signing import SigningKey

__all__ = ["Stores"]

PLAIN: Mapping[str, Callable[[Database], Any]] = MappingProxyType(
    {
        "definitions": Definitions,
        "groups": Groups,
        "roles": Roles,
        "issuers": Issuers,
        "users": Users,
        "intents": Intents,
        "customers": Customers,
        "ledger": Ledger,
        "correlation": Correlation,
        "callbacks": Callbacks,
        "inbound": InboundMessages,
        "recalled": Recalled,
        "timeline": Timeline,
        "traces": Traces,
        "caps": Caps,
        "approvals": Approvals,
        "outbox": Outbox,
        "catalogs": Catalogs,
        "decisions": Decisions,
        "switches": Switches,
        "policies": Policies,
        "facts": FactBook,
        "events": Events,
        "posts": Posts,
        "letters": DeadLetters,
        "outcomes": Outcomes,
        "marks": Marks,
        "suppressions": Suppressions,
        "preferences": Preferences,
        "turns": Turns,
        "digests": Digests,
        "answers": Answers,
        "transcripts": Transcripts,
        "erasures": Erasures,
        "spans": Spans,
        "alarms": Alarms,
    }
)
"""Stores that need nothing but the database."""


@dataclass(frozen=True, slots=True)
class Stores:
    """All that an installation keeps, over one database and one folder."""

    database: Database
    definitions: Definitions
    reviews: Reviews
    deployments: Deployments
    glass: Glass
    keys: Keys
    people: People
    groups: Groups
    roles: Roles
    issuers: Issuers
    sign_ins: SignIns
    users: Users
    intents: Intents
    customers: Customers
    ledger: Ledger
    correlation: Correlation
    callbacks: Callbacks
    inbound: InboundMessages
    recalled: Recalled
    timeline: Timeline
    traces: Traces
    caps: Caps
    approvals: Approvals
    outbox: Outbox
    catalogs: Catalogs
    decisions: Decisions
    switches: Switches
    policies: Policies
    facts: FactBook
    events: Events
    sources: Sources
    posts: Posts
    letters: DeadLetters
    outcomes: Outcomes
    marks: Marks
    suppressions: Suppressions
    preferences: Preferences
    turns: Turns
    digests: Digests
    webhooks: Webhooks
    answers: Answers
    transcripts: Transcripts
    audit: Audit
    erasures: Erasures
    data_keys: DataKeys
    run_keys: RunKeys
    spans: Spans
    alarms: Alarms
    telemetry: Telemetry
    blobs: Blobs

    @classmethod
    def open(cls, settings: Settings) -> "Stores":
        """The stores of `settings`, their tables brought to this version."""
        database = Database(settings.database)
        database.migrate()
        return cls.over(
            database,
            pepper=pepper(settings.home),
            blobs=Folder(settings.home / "blobs"),
            audit_key=lambda: SigningKey.from_pem(audit_key_pem(settings.home)),
            masters=lambda: MasterKeys.of(settings),
            key_life=timedelta(days=settings.data_key_days),
            telemetry=Telemetry.of(settings),
            signed_in=timedelta(hours=settings.sign_in_hours),
            idle=timedelta(minutes=settings.sign_in_idle_minutes),
        )

    @classmethod
    def over(
        cls,
        database: Database,
        *,
        pepper: bytes,
        blobs: Blobs,
        audit_key: Callable[[], SigningKey] | None = None,
        masters: Callable[[], MasterKeys] | None = None,
        key_life: timedelta = LIFE,
        telemetry: Telemetry | None = None,
        signed_in: timedelta = SIGN_IN_LIFE,
        idle: timedelta = IDLE,
    ) -> "Stores":
        """The stores over a database whose tables are there already.

        Without `masters`, data keys are sealed with what is derived from `pepper`.
        """
        masters = masters or (lambda: MasterKeys(LocalMasterKey(_derived(pepper))))
        people = People(database, pepper)
        data_keys = DataKeys(database, masters, life=key_life)
        return cls(
            **{name: kind(database) for name, kind in PLAIN.items()},
            database=database,
            reviews=Reviews(database, people.identity),
            deployments=Deployments(database, people.identity),
            glass=Glass(database, people.identity),
            keys=Keys(database, pepper),
            people=people,
            sign_ins=SignIns(database, pepper, life=signed_in, idle=idle),
            sources=Sources(database, pepper),
            webhooks=Webhooks(database, pepper),
            audit=Audit(database, pepper, audit_key),
            data_keys=data_keys,
            run_keys=data_keys.runs,
            telemetry=telemetry or Telemetry(),
            blobs=blobs,
        )

    def close(self) -> None:
        """Keep the spans that are over, and let go of the database."""
        self.telemetry.close()
        self.database.dispose()


def _derived(pepper: bytes) -> bytes:
    return hmac.digest(pepper, b"symphainy.master-key.v1", "sha256")
