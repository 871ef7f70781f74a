"""Keys, intents and customers: who comes in, once, and as whom."""

import re
from datetime import UTC, datetime, timedelta

import pytest

from public_works import Stores
from public_works.customers import Consent, Customer
from public_works.intents import Claim
from public_works.keys import Holder, Keys
from symphainy.errors import Refused
from symphainy.identity import Principal

ADA = Principal(tenant="acme", id="ada", kind="user", roles=frozenset({"author", "operator"}))
EARLY, LATE = datetime(2026, 1, 1, tzinfo=UTC), datetime(2026, 2, 1, tzinfo=UTC)


def issued(stores: Stores, **options) -> str:
    return stores.keys.issue(ADA, name="laptop", environment="production", **options)


def who(holder: Holder | None) -> Principal | None:
    return holder and holder.principal


def test_a_key_says_who_asks(stores: Stores):
    key = issued(stores)
    assert re.fullmatch(r"sym_production_[0-9a-f]{16}_[0-9A-Za-z]{43}_[0-9a-f]{8}", key)
    assert who(stores.keys.authenticate(key)) == ADA


def test_neither_the_secret_nor_a_plain_hash_of_it_is_stored(stores: Stores, tmp_path):
    key = issued(stores)
    with stores.database.engine.connect() as connection:
        stored = str(connection.exec_driver_sql("SELECT * FROM api_key").all())
    assert key.split("_")[3] not in stored
    assert Keys(stores.database, b"another pepper").authenticate(key) is None


@pytest.mark.parametrize("place", [0, 5, 15, 33, 70, -1])
def test_a_key_with_one_character_changed_is_nobodys(stores: Stores, place: int):
    key = list(issued(stores))
    key[place] = "0" if key[place] != "0" else "1"
    assert stores.keys.authenticate("".join(key)) is None


@pytest.mark.parametrize("key", ["", "sym", "sym____", "Bearer x", "sym_a_b_c_d", "\0", "ü" * 99])
def test_what_is_no_key_is_nobodys(stores: Stores, key: str):
    assert stores.keys.authenticate(key) is None


def test_a_secret_under_the_id_of_another_key_is_nobodys(stores: Stores):
    import zlib

    one, other = issued(stores).split("_"), issued(stores).split("_")
    mixed = "_".join([*one[:3], other[3]])
    assert stores.keys.authenticate(f"{mixed}_{zlib.crc32(mixed.encode()):08x}") is None


def test_expired_and_revoked_keys_are_nobodys(stores: Stores):
    expired = issued(stores, expires=EARLY)
    key = issued(stores, expires=datetime.now(UTC) + timedelta(days=1))
    assert (stores.keys.authenticate(expired), who(stores.keys.authenticate(key))) == (None, ADA)
    assert stores.keys.revoke("acme", key.split("_")[2])
    assert stores.keys.authenticate(key) is None


def test_the_list_of_keys_shows_no_secret(stores: Stores):
    key = issued(stores)
    [shown] = stores.keys.list("acme")
    assert (shown.id, shown.name, shown.principal) == (key.split("_")[2], "laptop", "ada")
    assert key.split("_")[3] not in repr(shown)


def claim(stores: Stores, run: str = "r1", fingerprint: str = "f") -> Claim:
    return stores.intents.claim("acme", "k", fingerprint=fingerprint, solution="s", run=run)


def test_a_key_used_again_names_the_first_run_and_its_answer(stores: Stores):
    assert claim(stores) == Claim(new=True, run="r1", settled=False)
    assert claim(stores, run="r2") == Claim(new=False, run="r1", settled=False)
    stores.intents.settle("acme", "k", run="r1", answer={"run": "r1", "n": [1, None]})
    assert claim(stores, run="r3") == Claim(
        new=False, run="r1", settled=True, answer={"run": "r1", "n": [1, None]}
    )


def test_a_key_used_for_another_request_is_refused(stores: Stores):
    claim(stores)
    with pytest.raises(Refused, match=r"intent\.key-reused"):
        claim(stores, fingerprint="other")
    assert stores.intents.get("acme", "k").fingerprint == "f"


def test_a_run_that_was_there_before_takes_the_key_over(stores: Stores):
    claim(stores)
    stores.intents.settle("acme", "k", run="earlier")
    assert stores.intents.get("acme", "k").run == "earlier"
    assert stores.intents.get("acme", "other") is None


def test_only_the_fields_given_change(stores: Stores):
    stores.customers.upsert("acme", "anna", name="Anna", email="a@example.com", zone="Asia/Tokyo")
    changed = stores.customers.upsert("acme", "anna", email="b@example.com", zone=None)
    assert changed == Customer(
        tenant="acme", id="anna", name="Anna", email="b@example.com", updated=changed.updated
    )
    assert stores.customers.get("acme", "anna") == changed


def said(channel: str, granted: bool, at: datetime) -> Consent:
    return Consent(channel=channel, purpose="marketing", granted=granted, at=at)


def test_consents_merge_by_channel_and_purpose(stores: Stores):
    stores.customers.upsert(
        "acme", "anna", consents=[said("email", True, EARLY), said("sms", True, EARLY)]
    )
    changed = stores.customers.upsert("acme", "anna", consents=[said("email", False, LATE)])
    assert changed.consents == (said("email", False, LATE), said("sms", True, EARLY))
    assert stores.customers.get("acme", "anna") == changed
    spoken = [changed.consented(one, "marketing") for one in ("email", "sms", "voice")]
    assert spoken == [False, True, None]


def test_an_older_consent_that_comes_late_does_not_undo_a_withdrawal(stores: Stores):
    stores.customers.upsert("acme", "anna", consents=[said("email", False, LATE)])
    changed = stores.customers.upsert("acme", "anna", consents=[said("email", True, EARLY)])
    assert changed.consents == (said("email", False, LATE),)


@pytest.mark.parametrize(
    "changes",
    [
        {"nmae": "x"},
        {"name": 3},
        {"updated": LATE},
        {"consents": [{"channel": "email"}]},
        {"consents": [{**said("sms", True, LATE).model_dump(), "at": "2026-01-01T00:00:00"}]},
    ],
)
def test_what_a_customer_cannot_have_is_refused_and_changes_nothing(stores: Stores, changes):
    with pytest.raises(Refused, match=r"customer\.field"):
        stores.customers.upsert("acme", "anna", **changes)
    assert stores.customers.get("acme", "anna") is None
