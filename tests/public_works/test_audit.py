"""The audit log: what was done stays as it was written, or it shows."""

from datetime import UTC, datetime

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from public_works import Stores
from public_works.audit import Act, append, joined
from public_works.audit.exported import exported
from smart_city.audit import Actor, AuditRecord, Entry, Subject
from smart_city.audit_checkpoint import signed
from smart_city.audit_verification import Verified, verify
from smart_city.signing import Keyring, SigningKey
from symphainy.errors import Refused
from symphainy.identity import Principal
from tests.public_works.rows import DECISION, DOUBT, VERSION
from tests.public_works.test_concurrency import at_once
from tests.public_works.unguarded import unguarded

KEY = SigningKey.generate()
ADA = Actor(id="ada", kind="user")


@pytest.fixture
def stores(db, tmp_path):
    from public_works.blobs import Folder

    blobs = Folder(tmp_path / "blobs")
    return Stores.over(db, pepper=b"p" * 32, blobs=blobs, audit_key=lambda: KEY)


def act(n: int, action: str = "solution.deployed") -> Entry:
    subject = Subject(type="version", id=f"acme.s{n}@1.0.0")
    return Entry(actor=ADA, action=action, subject=subject, details={"n": n, "where": "prod ü"})


def verified(stores: Stores, tenant: str = "acme") -> Verified:
    chain = stores.audit.chain(tenant)
    return verify(
        tenant,
        chain.records,
        head=chain.head,
        checkpoints=chain.checkpoints,
        keys=Keyring.of(KEY.public()),
    )


def broken(stores: Stores) -> tuple[str, int] | None:
    found = verified(stores).broken
    return found and (found.kind, found.seq)


def ten(stores: Stores) -> None:
    for n in range(1, 11):
        stores.audit.record("acme", act(n))


def tamper(stores: Stores, *statements: str) -> None:
    """What somebody does who owns the database and has taken its triggers away."""
    with stores.database.session() as session, unguarded(session.connection()):
        for one in statements:
            session.connection().execute(text(one))


def put(stores: Stores, record: AuditRecord) -> None:
    """A row of a record that the platform did not write."""
    from public_works.audit.chain import values
    from public_works.tables import AuditRow

    with stores.database.session() as session:
        session.connection().execute(
            AuditRow.metadata.tables["audit_record"].insert(), values(record)
        )


def test_a_chain_that_nobody_touched_is_whole(stores: Stores):
    ten(stores)
    stores.audit.checkpoint("acme")
    assert verified(stores) == Verified("acme", records=10, checkpoints=1, broken=None)


def test_a_record_tells_who_did_what_and_follows_the_one_before(stores: Stores):
    first = stores.audit.record("acme", act(1))
    second = stores.audit.record("acme", act(2))
    assert (first.seq, first.prev, second.seq, second.prev) == (1, "0" * 64, 2, first.hash)
    assert stores.audit.list("acme") == [second, first]
    assert first.sealed() == first.hash != second.hash


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("action", "'solution.retired'"),
        ("actor", "'eve'"),
        ("actor_kind", "'nobody'"),
        ("subject", "'acme.other@1.0.0'"),
        ("outcome", "'refused'"),
        ("details", "'{}'"),
        ("at", "'2020-01-01 00:00:00'"),
        ("decision", "'d'"),
        ("prev", "hash"),
        ("hash", "prev"),
    ],
)
def test_a_changed_record_is_named(stores: Stores, column: str, value: str):
    ten(stores)
    tamper(stores, f"UPDATE audit_record SET {column} = {value} WHERE seq = 4")
    assert broken(stores) == ("changed", 4)


def test_a_record_changed_with_its_hash_is_named(stores: Stores):
    ten(stores)
    fourth = stores.audit.list("acme")[6]
    other = AuditRecord.of(act(99), tenant="acme", seq=4, at=fourth.at, prev=fourth.prev)
    tamper(stores, "DELETE FROM audit_record WHERE seq = 4")
    put(stores, other)
    assert broken(stores) == ("changed", 4)


@pytest.mark.parametrize("seq", [1, 4, 9])
def test_a_deleted_record_is_named(stores: Stores, seq: int):
    ten(stores)
    tamper(stores, f"DELETE FROM audit_record WHERE seq = {seq}")
    assert broken(stores) == ("deleted", seq)


def test_a_deleted_record_is_named_though_the_others_moved_up(stores: Stores):
    ten(stores)
    moved = [f"UPDATE audit_record SET seq = {n - 1} WHERE seq = {n}" for n in range(5, 11)]
    tamper(stores, "DELETE FROM audit_record WHERE seq = 4", *moved)
    assert broken(stores) == ("deleted", 4)


def test_reordered_records_are_named(stores: Stores):
    ten(stores)
    turned = ((4, 99), (7, 4), (99, 7))
    tamper(stores, *(f"UPDATE audit_record SET seq = {b} WHERE seq = {a}" for a, b in turned))
    assert broken(stores) == ("reordered", 4)


@pytest.mark.parametrize("last", [0, 6, 9])
def test_a_chain_that_was_cut_is_named(stores: Stores, last: int):
    ten(stores)
    tamper(stores, f"DELETE FROM audit_record WHERE seq > {last}")
    assert broken(stores) == ("truncated", last + 1)


def test_a_chain_that_was_cut_with_its_head_is_told_by_a_checkpoint(stores: Stores):
    ten(stores)
    stores.audit.checkpoint("acme")
    tamper(
        stores,
        "DELETE FROM audit_record WHERE seq > 6",
        "UPDATE audit_head SET seq = 6, hash = (SELECT hash FROM audit_record WHERE seq = 6)",
    )
    assert broken(stores) == ("truncated", 7)


def test_a_record_put_in_between_is_named(stores: Stores):
    ten(stores)
    third, fourth = stores.audit.list("acme")[7], stores.audit.list("acme")[6]
    moved = [f"UPDATE audit_record SET seq = {n + 1} WHERE seq = {n}" for n in range(10, 3, -1)]
    tamper(stores, *moved, "UPDATE audit_head SET seq = 11")
    put(stores, AuditRecord.of(act(99), tenant="acme", seq=4, at=fourth.at, prev=third.hash))
    assert broken(stores) == ("inserted", 4)


def test_a_record_put_behind_the_end_is_named(stores: Stores):
    ten(stores)
    last = stores.audit.list("acme")[0]
    put(stores, AuditRecord.of(act(99), tenant="acme", seq=11, at=last.at, prev=last.hash))
    assert broken(stores) == ("inserted", 11)


def test_a_chain_rewritten_with_every_hash_is_told_by_a_checkpoint(stores: Stores):
    ten(stores)
    stores.audit.checkpoint("acme")
    tamper(stores, "DELETE FROM audit_record", "DELETE FROM audit_head")
    for n in range(1, 11):
        stores.audit.record("acme", act(n, "nothing.happened"))
    assert broken(stores) == ("changed", 1)


def test_a_checkpoint_of_another_key_is_no_proof(stores: Stores):
    ten(stores)
    stores.audit.checkpoint("acme")
    head = stores.audit.head("acme")
    forged = signed(head, datetime.now(UTC), SigningKey.generate())
    tamper(
        stores,
        f"UPDATE audit_checkpoint SET kid = '{forged.kid}', signature = '{forged.signature}'",
    )
    assert broken(stores) == ("forged", 10)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE audit_record SET action = 'x' WHERE seq = 1",
        "DELETE FROM audit_record WHERE seq = 1",
        "UPDATE audit_checkpoint SET hash = 'x'",
        "DELETE FROM audit_checkpoint",
        "DELETE FROM audit_head",
        "UPDATE audit_head SET seq = 1",
    ],
)
def test_the_database_itself_refuses_to_change_what_is_written(stores: Stores, statement: str):
    ten(stores)
    stores.audit.checkpoint("acme")
    with (
        pytest.raises(DBAPIError, match="append-only"),
        stores.database.session() as session,
    ):
        session.connection().execute(text(statement))
    assert broken(stores) is None


def test_fifty_at_once_make_one_chain(stores: Stores):
    at_once(lambda n: stores.audit.record("acme", act(n)))
    assert verified(stores) == Verified("acme", records=50, checkpoints=0, broken=None)
    assert {one.details["n"] for one in stores.audit.list("acme", limit=99)} == {*range(50)}


def test_a_tenant_has_a_chain_of_its_own(stores: Stores):
    ten(stores)
    stores.audit.record("other", act(1))
    assert [one.tenant for one in stores.audit.list("other")] == ["other"]
    tamper(stores, "DELETE FROM audit_record WHERE tenant = 'acme' AND seq = 1")
    assert verified(stores, "other").broken is None
    assert broken(stores) == ("deleted", 1)


def test_records_are_found_by_what_they_are_about(stores: Stores):
    ten(stores)
    stores.audit.record("acme", act(3, "solution.retired"))
    assert [one.seq for one in stores.audit.list("acme", action="solution.retired")] == [11]
    assert [one.seq for one in stores.audit.list("acme", subject="acme.s3@1.0.0")] == [11, 3]
    assert stores.audit.list("acme", actor="eve") == []
    assert [one.seq for one in stores.audit.list("acme", after=3, limit=2)] == [2, 1]
    since = stores.audit.list("acme", after=10, limit=1)[0].at
    assert [one.seq for one in stores.audit.list("acme", since=since)] == [11, 10, 9]


def test_an_act_is_recorded_in_the_transaction_that_does_it(stores: Stores):
    deed = Act("acme", ADA, "solution.registered", Subject(type="version", id="v"))
    with joined(deed):
        stores.definitions.register("acme", "acme.dunning", "1.0.0", **VERSION)
        stores.definitions.deploy("acme", "acme.dunning", "1.0.0", "production", "ada")
    assert deed.written
    assert [one.action for one in stores.audit.list("acme")] == ["solution.registered"]


def test_an_act_that_is_rolled_back_has_no_record(stores: Stores):
    deed = Act("acme", ADA, "solution.deployed", Subject(type="version", id="v"))
    with joined(deed), pytest.raises(Refused, match="missing"):
        stores.definitions.deploy("acme", "acme.dunning", "1.0.0", "production", "ada")
    assert (deed.written, stores.audit.head("acme")) == (False, None)


def test_stores_record_what_keeps_a_step_from_going_on_once(stores: Stores):
    for outcome in ("allow", "deny", "defer", "approve", "skip", "skip"):
        stores.decisions.record("acme", id=f"p-{outcome}", **{**DECISION, "outcome": outcome})
    assert [(one.action, one.decision) for one in reversed(stores.audit.list("acme"))] == [
        ("step.denied", "p-deny"),
        ("step.deferred", "p-defer"),
        ("step.held", "p-approve"),
        ("step.skipped", "p-skip"),
    ]


def test_a_security_event_is_recorded_once_an_hour(stores: Stores):
    for _ in range(3):
        kept = stores.callbacks.doubted("acme", "callback.forged", **DOUBT)
    found = [(one.action, one.subject.id) for one in stores.audit.list("acme")]
    assert found == [("callback.forged", kept.id)]


def test_keys_and_kill_switches_are_recorded(stores: Stores):
    stores.keys.issue(Principal(tenant="acme", id="ada"), name="laptop", environment="test")
    key = stores.keys.list("acme")[0].id
    stores.keys.revoke("acme", key)
    stores.keys.revoke("acme", key)
    stores.switches.set("acme", "tenant", True, "ada", "incident")
    stores.switches.set("acme", "tenant", False, "ada", "over")
    found = [(one.action, one.subject.id) for one in reversed(stores.audit.list("acme"))]
    assert found == [
        ("key.issued", key),
        ("key.revoked", key),
        ("switch.thrown", "tenant"),
        ("switch.released", "tenant"),
    ]


def test_what_is_counted_is_one_record(stores: Stores):
    for _ in range(3):
        stores.audit.count("acme", act(1))
    assert stores.audit.list("acme") == []
    stores.audit.tally()
    stores.audit.tally()
    assert [one.details["count"] for one in stores.audit.list("acme")] == [3]


def test_a_checkpoint_is_due_when_much_was_recorded_or_never_one_was_made(stores: Stores):
    assert not stores.audit.due("acme")
    ten(stores)
    assert stores.audit.due("acme")
    stores.audit.seal()
    assert [one.seq for one in stores.audit.checkpoints("acme")] == [10]
    with stores.database.session() as session:
        for n in range(999):
            append(session, "acme", act(n))
    assert not stores.audit.due("acme")
    stores.audit.record("acme", act(1000))
    assert stores.audit.due("acme")


def test_a_customer_is_a_token_of_the_tenant(stores: Stores):
    token = stores.audit.token("acme", "maria@example.com")
    assert token == stores.audit.token("acme", "maria@example.com")
    assert token != stores.audit.token("other", "maria@example.com")
    assert "maria" not in token


def test_an_exported_chain_can_be_verified(stores: Stores, tmp_path):
    ten(stores)
    stores.audit.checkpoint("acme")
    file = tmp_path / "audit.jsonl"
    file.write_text("".join(stores.audit.chain("acme").lines()))
    keys = Keyring.of(KEY.public())

    def followed():
        tenant, chain = exported(file)
        found = verify(
            tenant, chain.records, head=chain.head, checkpoints=chain.checkpoints, keys=keys
        )
        return found.broken and (found.broken.kind, found.broken.seq)

    lines = file.read_text().splitlines(keepends=True)
    assert followed() is None
    file.write_text("".join([*lines[:3], lines[4], lines[3], *lines[5:]]))
    assert followed() == ("reordered", 4)
    file.write_text("".join([*lines[:3], lines[3].replace("ada", "eve"), *lines[4:]]))
    assert followed() == ("changed", 4)
    file.write_text("".join([*lines[:3], lines[3].replace('"kind"', '"sort"'), *lines[4:]]))
    assert followed() == ("changed", 4)
    file.write_text("".join([*lines[:3], *lines[4:]]))
    assert followed() == ("deleted", 4)
    file.write_text("".join([*lines[:4], lines[3], *lines[4:]]))
    assert followed() == ("inserted", 5)
    file.write_text("".join([*lines[:6], *lines[10:]]))
    assert followed() == ("truncated", 7)
    file.write_text("".join(lines[:6]))
    assert followed() == ("inserted", 1)
    file.write_text("not a log\n")
    with pytest.raises(Refused, match=r"audit\.file"):
        followed()
