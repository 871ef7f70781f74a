"""`symphainy pool`: what a client's own pool is given, and what it offers."""

import json
from pathlib import Path

import pytest

from idp.pool import accepted, keys_for, offered
from public_works import Settings, Stores
from public_works.keyfiles import signing_key_pem
from public_works.pool_keys import HeldKeys, PoolKeys
from smart_city.signing import SigningKey
from symphainy.errors import Refused


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of a platform's own."""
    monkeypatch.setenv("SYMPHAINY_HOME", str(tmp_path / "home"))
    return tmp_path / "home"


def capability(queue: str) -> dict[str, object]:
    told = {"name": "acme.greet", "version": "1.0.0", "effect": "none", "summary": "Greet."}
    return {**told, "description": "", "takes": {}, "gives": {}, "queue": queue}


def test_a_pool_gets_its_tenants_keys_and_nothing_that_signs(home: Path, tmp_path: Path) -> None:
    file = tmp_path / "pool.json"
    assert keys_for("acme", "acme-pool", file, 30) == 0
    stores = Stores.open(Settings())
    mine, theirs = (stores.data_keys.current(one) for one in ("acme", "globex"))
    stores.close()
    signer = {name: SigningKey.from_pem(signing_key_pem(home, name)) for name in ("gate", "intake")}
    held, text = HeldKeys(file), file.read_text()
    believed = {
        name: held.verify(key.kid, key.sign(b"said"), b"said") for name, key in signer.items()
    }

    assert believed == {"gate": True, "intake": False}
    assert (held.said.tenant, held.said.queue, held.said.namespace) == (
        "acme",
        "acme-pool",
        "default",
    )
    assert [one.id for one in held.said.data_keys] == [mine.id]
    assert theirs.id not in text
    assert "PRIVATE" not in text


@pytest.mark.parametrize(("days", "kept"), [(0, 1), (30, 2)])
def test_keys_that_were_replaced_lately_are_in_it_too(tmp_path: Path, days: int, kept: int) -> None:
    stores = Stores.open(Settings())
    first = stores.data_keys.current("acme")
    second = stores.data_keys.rotate("acme")
    stores.close()
    keys_for("acme", "acme-pool", tmp_path / "pool.json", days)
    said = PoolKeys.read(tmp_path / "pool.json")

    assert [one.id for one in said.data_keys] == [second.id, first.id][:kept]


def test_the_queue_of_the_platform_is_nobodys(tmp_path: Path) -> None:
    with pytest.raises(Refused, match="platform"):
        keys_for("acme", "platform", tmp_path / "pool.json", 30)
    assert not (tmp_path / "pool.json").exists()


def test_an_offer_is_published_for_its_own_queue_only(tmp_path: Path) -> None:
    offer = tmp_path / "offer.json"
    offer.write_text(json.dumps({"capabilities": [capability("acme-pool")], "adapters": []}))
    assert accepted(offer, "acme-pool") == 0
    stores = Stores.open(Settings())
    found = stores.catalogs.read().capability("acme.greet")
    stores.close()

    assert found is not None
    assert found.queue == "acme-pool"
    for queue in ("other", "platform"):
        with pytest.raises(Refused, match=r"settings\.invalid"):
            accepted(offer, queue)
    offer.write_text("[]")
    with pytest.raises(Refused, match="no offer"):
        accepted(offer, "acme-pool")


def test_who_offers_has_the_keys_of_a_pool(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(Refused, match="SYMPHAINY_POOL_KEYS"):
        offered()
    monkeypatch.setenv("SYMPHAINY_POOL_KEYS", str(tmp_path / "none.json"))
    with pytest.raises(Refused, match=r"settings\.invalid"):
        offered()
