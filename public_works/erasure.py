"""Forgetting a customer: what of each table goes, and what is kept of it that it did."""

import builtins
import json
from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Any, Literal, NamedTuple
from uuid import uuid4

from sqlalchemy import JSON, ColumnElement, Table, delete, exists, null, or_, update
from sqlalchemy.orm import aliased
from sqlmodel import Session, col, select

from public_works.database import Database
from public_works.events.emptying import About, empty
from public_works.record import Record, now
from public_works.salts import salt_id
from public_works.tables import METADATA, DeliveryRow, ErasureRow, RunKeyRow, SessionRow
from symphainy.errors import Refused

__all__ = ["RULES", "Erasure", "Erasures", "Rule"]

BATCH = 500
"""Ids that are named in one statement."""


class Erasure(Record):
    """One forgetting."""

    tenant: str
    id: str
    subject: str
    """The customer's token at that time; nobody can make it any more."""
    customer: str | None
    """None once nothing more can come in of them."""
    by: str
    reason: str
    counts: dict[str, int]
    at: datetime
    settled: datetime | None


class Rule(NamedTuple):
    """What becomes of a table's rows that are about the customer."""

    column: str | None = None
    """Where the customer's id is."""
    of: Literal["delivery", "session", "run"] | None = None
    """Whose id else makes a row one of theirs, by the column of that name."""
    blank: tuple[str, ...] = ()
    """What is emptied; without any, the rows go."""
    keeps: str = ""
    """Why nothing has to go."""


CODE = Rule(keeps="It is what the client wrote, not what customers are.")
STAFF = Rule(keeps="It is about the client's own people and keys.")
MARKS = Rule(keeps="Ids, numbers and moments only.")

RULES: Mapping[str, Rule] = MappingProxyType(
    {
        "alarm": Rule(keeps="It names runs and queues, not people."),
        "api_answer": Rule(of="run"),
        "api_key": STAFF,
        "approval": Rule(of="run", blank=("reason", "note")),
        "audit_checkpoint": MARKS,
        "audit_head": MARKS,
        "audit_record": Rule(keeps="It has tokens, which name nobody once the salt is gone."),
        "broken_glass": STAFF,
        "cap_reservation": Rule(keeps="Rows that count for the customer are found by their scope."),
        "cloud_event": Rule(keeps="Those about the customer are emptied by `empty`."),
        "customer": Rule(column="id"),
        "data_key": MARKS,
        "decision_facts": Rule(keeps="Those of the customer's runs go by their decision."),
        "delivery": Rule(
            column="customer",
            of="run",
            blank=("customer", "address_hash", "content_hash", "provider_id", "gave", "reason"),
        ),
        "delivery_attempt": Rule(of="delivery", blank=("content_hash", "provider_id", "detail")),
        "delivery_event": Rule(of="delivery", blank=("detail", "provider_id", "data")),
        "delivery_message": Rule(of="delivery"),
        "delivery_turn": MARKS,
        "deployment": CODE,
        "deployment_history": CODE,
        "digest_item": Rule(of="delivery"),
        "erasure": Rule(keeps="It is what is known of the forgetting."),
        "event_handover": Rule(keeps="Those of emptied events are emptied with them."),
        "event_listener": Rule(keeps="Those of the customer's runs go by their workflows."),
        "event_post": Rule(keeps="Those of emptied events are taken off their way."),
        "event_proof": MARKS,
        "event_source": CODE,
        "inbound_message": Rule(column="customer", of="delivery"),
        "former_person": STAFF,
        "intent": Rule(of="run", blank=("answer",)),
        "kill_switch": STAFF,
        "outbox_message": Rule(column="customer", of="run"),
        "person": STAFF,
        "person_group": STAFF,
        "person_group_member": STAFF,
        "policy_decision": Rule(of="run", blank=("reason", "details")),
        "policy_version": CODE,
        "preference": Rule(column="customer"),
        "provider_callback": MARKS,
        "run_key": Rule(column="customer"),
        "security_event": Rule(keeps="It says who was refused, by a keyed hash."),
        "session": Rule(column="customer"),
        "session_message": Rule(of="session"),
        "sign_in": STAFF,
        "solution": CODE,
        "solution_version": CODE,
        "span": Rule(of="run"),
        "suppression": Rule(
            column="customer",
            of="delivery",
            blank=("customer", "delivery", "detail"),
            keeps="That an address is not to be written to stays, as a keyed hash.",
        ),
        "tenant_role": STAFF,
        "token_salt": Rule(keeps="The customer's goes by its hash."),
        "trusted_issuer": STAFF,
        "version_approval": STAFF,
        "version_remark": STAFF,
        "version_review": STAFF,
        "webhook": CODE,
    }
)
"""By table of a tenant's: what becomes of it; a test keeps it complete."""


class _Theirs(NamedTuple):
    customer: str
    delivery: Collection[str]
    session: Collection[str]
    run: Collection[str]
    """Their runs, as clients name them and as Temporal does."""


class Erasures:
    """Who was forgotten, and the forgetting."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def runs(self, tenant: str, customer: str) -> set[str]:
        """The runs that are about the customer: said to be, or with deliveries to nobody else.

        A run that writes to several customers is nobody's.
        """
        with self._db.reading() as session:
            return _said(session, tenant, customer) | _only_theirs(session, tenant, customer)

    def sessions(self, tenant: str, customer: str) -> list[str]:
        """The customer's sessions, by id."""
        with self._db.reading() as session:
            mine = select(SessionRow.id).where(
                SessionRow.tenant == tenant, SessionRow.customer == customer
            )
            return sorted(session.exec(mine))

    def erase(
        self, tenant: str, customer: str, runs: Iterable[str], *, subject: str, by: str, reason: str
    ) -> Erasure:
        """Let everything of the customer and of these runs go; what was done, for whoever asks.

        Refused: customer.missing, where nothing is known of them.
        """
        with self._db.session() as session:
            wanted = {*runs}
            counts = _erase(session, tenant, customer, wanted)
            if not wanted and not counts.keys() - {"token_salt"}:
                raise Refused("customer.missing", f"Nothing is known of {customer[:80]!r}.")
            row = ErasureRow(
                tenant=tenant,
                id=str(uuid4()),
                subject=subject,
                customer=customer,
                by=by,
                reason=reason,
                counts=counts,
                at=now(),
                settled=None,
            )
            session.add(row)
            session.flush()
            return Erasure.model_validate(row)

    def again(self, erasure: Erasure, runs: Iterable[str], *, last: bool) -> Erasure:
        """Let go of what came in since, such as a receipt; if `last`, also of whose it was.

        Refused: erasure.missing.
        """
        with self._db.session() as session:
            key = {"tenant": erasure.tenant, "id": erasure.id}
            row = session.get(ErasureRow, key, with_for_update=True)
            if row is None:
                raise Refused("erasure.missing", f"There is no erasure {erasure.id[:80]!r}.")
            if row.customer is not None:
                found = _erase(session, erasure.tenant, row.customer, {*runs})
                names = {*row.counts, *found}
                row.counts = {n: row.counts.get(n, 0) + found.get(n, 0) for n in sorted(names)}
            if last:
                row.customer, row.settled = None, now()
            session.flush()
            return Erasure.model_validate(row)

    def get(self, tenant: str, id: str) -> Erasure | None:
        """That one, or None."""
        with self._db.reading() as session:
            row = session.get(ErasureRow, {"tenant": tenant, "id": id})
            return Erasure.model_validate(row) if row else None

    def list(self, tenant: str, limit: int = 50) -> builtins.list[Erasure]:
        """Forgettings, newest first."""
        with self._db.reading() as session:
            rows = session.exec(
                select(ErasureRow)
                .where(ErasureRow.tenant == tenant)
                .order_by(col(ErasureRow.at).desc(), col(ErasureRow.id))
                .limit(limit)
            )
            return [Erasure.model_validate(row) for row in rows]

    def unsettled(self) -> builtins.list[Erasure]:
        """Of all tenants: those of which more may still come in, oldest first."""
        with self._db.reading() as session:
            rows = session.exec(
                select(ErasureRow)
                .where(col(ErasureRow.settled).is_(None))
                .order_by(col(ErasureRow.at))
                .limit(BATCH)
            )
            return [Erasure.model_validate(row) for row in rows]


def _erase(session: Session, tenant: str, customer: str, runs: set[str]) -> dict[str, int]:
    theirs = _theirs(session, tenant, customer, runs)
    counts = empty(session.connection(), tenant, _about(tenant, theirs))
    counts["cap_reservation"] = _caps(session, tenant, customer)
    blanked, counts["decision_facts"] = _decisions(session, tenant, theirs)
    counts["token_salt"] = _salt(session, tenant, customer)
    for name, rule in RULES.items():
        if rule.column is not None or rule.of is not None:
            counts[name] = _apply(session, METADATA.tables[name], rule, tenant, theirs)
    counts["policy_decision"] += blanked
    return {name: count for name, count in sorted(counts.items()) if count}


def _theirs(session: Session, tenant: str, customer: str, runs: set[str]) -> _Theirs:
    runs = runs | _said(session, tenant, customer) | _only_theirs(session, tenant, customer)
    mine = (DeliveryRow.tenant == tenant, DeliveryRow.customer == customer)
    deliveries = set(session.exec(select(DeliveryRow.id).where(*mine)))
    for some in _batches(runs):
        of = select(DeliveryRow.id).where(
            DeliveryRow.tenant == tenant, col(DeliveryRow.run).in_(some)
        )
        deliveries |= set(session.exec(of))
    own = select(SessionRow.id).where(SessionRow.tenant == tenant, SessionRow.customer == customer)
    both = runs | {_workflow(tenant, run) for run in runs}
    return _Theirs(customer, deliveries, set(session.exec(own)), both)


def _about(tenant: str, theirs: _Theirs) -> About:
    workflows = {run for run in theirs.run if run.startswith(f"{tenant}/")}
    others = {*theirs.delivery, *theirs.session}
    return About(theirs.customer, {*theirs.run} - workflows, workflows, others)


def _said(session: Session, tenant: str, customer: str) -> set[str]:
    rows = select(RunKeyRow.workflow).where(
        RunKeyRow.tenant == tenant, RunKeyRow.customer == customer
    )
    apart = (workflow.split("/", 2) for workflow in session.exec(rows))
    return {f"{solution}:{key}" for _, solution, key in apart if solution != "session"}


def _only_theirs(session: Session, tenant: str, customer: str) -> set[str]:
    row, other = DeliveryRow, aliased(DeliveryRow)
    elsewhere = exists().where(
        col(other.tenant) == col(row.tenant),
        col(other.run) == col(row.run),
        col(other.customer) != customer,
    )
    rows = select(row.run).where(row.tenant == tenant, row.customer == customer, ~elsewhere)
    return set(session.exec(rows.distinct()))


def _workflow(tenant: str, run: str) -> str:
    return f"{tenant}/{run.replace(':', '/', 1)}"


def _apply(session: Session, table: Table, rule: Rule, tenant: str, theirs: _Theirs) -> int:
    ways: list[ColumnElement[bool]] = []
    if rule.column is not None:
        ways.append(table.c[rule.column] == theirs.customer)
    if rule.of is not None:
        ways += [table.c[rule.of].in_(some) for some in _batches(getattr(theirs, rule.of))]
    done = 0
    for way in ways:
        where = (table.c.tenant == tenant, way)
        if rule.blank:
            there = or_(*(_filled(table.c[name]) for name in rule.blank))
            empty = {name: _nothing(table.c[name]) for name in rule.blank}
            statement: Any = update(table).where(*where, there).values(empty)
        else:
            statement = delete(table).where(*where)
        done += int(session.connection().execute(statement).rowcount)
    return done


def _filled(column: Any) -> ColumnElement[bool]:
    found: ColumnElement[bool] = column.is_not(null())
    return found


def _nothing(column: Any) -> Any:
    return null() if not isinstance(column.type, JSON) or column.nullable else {}


def _caps(session: Session, tenant: str, customer: str) -> int:
    """What counts for a customer has their id at the end of its scope."""
    table = METADATA.tables["cap_reservation"]
    last = "," + json.dumps(customer, ensure_ascii=False) + "]"
    where = (table.c.tenant == tenant, table.c.scope.endswith(last, autoescape=True))
    return int(session.connection().execute(delete(table).where(*where)).rowcount)


def _salt(session: Session, tenant: str, customer: str) -> int:
    table = METADATA.tables["token_salt"]
    where = (table.c.tenant == tenant, table.c.id == salt_id(customer))
    return int(session.connection().execute(delete(table).where(*where)).rowcount)


def _decisions(session: Session, tenant: str, theirs: _Theirs) -> tuple[int, int]:
    """Empty what was decided on their deliveries in runs of several, and let go of what any
    decision about them was made on; how many of each there were."""
    facts, made = METADATA.tables["decision_facts"], METADATA.tables["policy_decision"]
    sent, connection = METADATA.tables["delivery"], session.connection()
    ids: set[str] = set()
    blanked = done = 0
    for some in _batches(theirs.delivery):
        of = (sent.c.tenant == tenant, sent.c.id.in_(some), sent.c.decision.is_not(None))
        ids |= {row[0] for row in connection.execute(select(sent.c.decision).where(*of))}
    for some in _batches(ids):
        of = (made.c.tenant == tenant, made.c.id.in_(some), made.c.run.not_in(theirs.run))
        nothing = {name: _nothing(made.c[name]) for name in RULES["policy_decision"].blank}
        blanked += int(connection.execute(update(made).where(*of).values(nothing)).rowcount)
    for some in _batches(theirs.run):
        mine = select(made.c.id).where(made.c.tenant == tenant, made.c.run.in_(some))
        ids |= {row[0] for row in connection.execute(mine)}
    for some in _batches(ids):
        gone = delete(facts).where(facts.c.tenant == tenant, facts.c.id.in_(some))
        done += int(connection.execute(gone).rowcount)
    return blanked, done


def _batches(ids: Collection[str]) -> Iterable[list[str]]:
    known = sorted(ids)
    return (known[i : i + BATCH] for i in range(0, len(known), BATCH))
