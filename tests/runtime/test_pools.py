"""A client's own worker pool joins with what its package brings, without touching ours."""

import asyncio
import base64
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path

import pytest
from temporalio import workflow
from temporalio.worker import StartActivityInput

from public_works import Settings
from public_works.keyfiles import public_key_pems, signing_key_pem
from public_works.pool_keys import HeldKeys, PoolKey, PoolKeys
from public_works.run_keys import LentKey
from smart_city.grant import Grant, issue
from smart_city.signing import SigningKey
from symphainy.catalog import Catalog
from symphainy.errors import Refused, Unavailable
from symphainy.identity import Principal
from symphainy.json import digest
from temporal.headers import GRANT
from tests.abuse.thief import Forger, attempt, knowing, thieves
from tests.runtime.platform import OWNER, Platform
from workers.confined import offer, open_confined
from workers.pool import Options, Pool, open_pool

MODULE = '''
from pydantic import BaseModel
from symphainy.capability import Call, capability

class Name(BaseModel):
    name: str

class Greeting(BaseModel):
    text: str
    tenant: str

@capability("acme.greet", effect="none")
async def greet(call: Call, takes: Name) -> Greeting:
    """Greet somebody by name."""
    return Greeting(text=f"Hello, {takes.name}!", tenant=call.tenant)

CAPABILITIES = (greet,)
'''


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An installed package of somebody else's."""
    (tmp_path / "acme_greetings.py").write_text(MODULE)
    info = tmp_path / "acme_greetings-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: acme-greetings\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text(
        "[symphainy.capabilities]\nacme = acme_greetings:CAPABILITIES\n"
    )
    monkeypatch.syspath_prepend(str(tmp_path))


async def test_a_pool_of_a_client_serves_what_its_package_brings(
    platform: Platform, package: None
) -> None:
    options = Options(versioned=False)
    opened = open_pool(platform.settings, platform.stores, name="acme-pool", options=options)
    async with opened as pool, pool.worker:
        served = [(one.address, one.queue) for one in pool.catalog.capabilities]
        given = await platform.output(
            """
            document: {dsl: 1.0.3, namespace: test, name: pool-{{n}}, version: 1.0.0}
            do:
              - greet: {call: acme.greet, with: {name: "${ .who }"}}
            """,
            {"who": "Ada"},
        )

    assert served == [("acme.greet:1", "acme-pool")]
    assert given == {"text": "Hello, Ada!", "tenant": "acme"}


async def test_a_pool_with_nothing_to_serve_says_so(platform: Platform) -> None:
    with pytest.raises(Refused, match=r"run\.pool-empty"):
        async with open_pool(platform.settings, platform.stores, name="idle"):
            raise AssertionError("it opened")


GREETS = """
document: {dsl: 1.0.3, namespace: test, name: confined-{{n}}, version: 1.0.0}
intents: {start: {starts: true, customer: "${ .customer }"}}
do:
  - greet: {call: acme.greet, with: {name: "${ .who }"}}
"""


def keys_of(platform: Platform, file: Path, tenant: str = "acme", queue: str = "theirs") -> Path:
    """What `symphainy pool keys` writes."""
    lent = platform.stores.data_keys.handed(tenant, timedelta(0))
    grants = (public_key_pems(platform.settings.home)["gate"].decode(),)
    data_keys = tuple(PoolKey(id=one.id, key=base64.b64encode(one.key).decode()) for one in lent)
    PoolKeys(
        tenant=tenant,
        queue=queue,
        namespace=platform.client.namespace,
        grants=grants,
        data_keys=data_keys,
    ).write(file)
    return file


@asynccontextmanager
async def confined(platform: Platform, folder: Path, keys: HeldKeys) -> AsyncIterator[Pool]:
    """A pool of acme's in a home of its own."""
    address = platform.client.service_client.config.target_host
    settings = Settings(home=folder / "theirs", temporal_address=address)
    publish = platform.stores.catalogs.publish
    await asyncio.to_thread(publish, "acme-pool", Catalog())
    await asyncio.to_thread(publish, "theirs", offer("theirs"))
    try:
        async with open_confined(settings, keys) as pool, pool.worker:
            yield pool
    finally:
        await asyncio.to_thread(publish, "theirs", Catalog())


async def test_a_pool_with_nothing_but_the_keys_of_its_tenant_serves_it(
    platform: Platform, package: None, tmp_path: Path
) -> None:
    keys = HeldKeys(keys_of(platform, tmp_path / "keys.json"))
    async with confined(platform, tmp_path, keys) as pool:
        served = [(one.address, one.queue) for one in pool.catalog.capabilities]
        given = await platform.output(GREETS, {"who": "Ada"})

    assert served == [("acme.greet:1", "theirs")]
    assert given == {"text": "Hello, Ada!", "tenant": "acme"}
    assert not (tmp_path / "theirs").exists()


async def test_such_a_pool_borrows_the_keys_that_came_after_its_file(
    platform: Platform, package: None, tmp_path: Path
) -> None:
    file = keys_of(platform, tmp_path / "keys.json")
    made = await asyncio.to_thread(platform.stores.data_keys.rotate, "acme")
    lent: list[str] = []

    def lend(id: str) -> LentKey | None:
        lent.append(id)
        return platform.stores.data_keys.lend("acme", id)

    async with confined(platform, tmp_path, HeldKeys(file, lend)):
        given = [await platform.output(GREETS, {"who": one}) for one in ("Ada", "Bob")]

    assert [one["text"] for one in given if isinstance(one, dict)] == ["Hello, Ada!", "Hello, Bob!"]
    assert lent == [made.id]


async def test_such_a_pool_does_nothing_for_another_tenant(
    platform: Platform, package: None, tmp_path: Path
) -> None:
    keys = HeldKeys(keys_of(platform, tmp_path / "keys.json"))
    other = Principal(tenant="globex", id="eve", kind="user", roles=frozenset({"admin"}))
    async with confined(platform, tmp_path, keys):
        solution = platform.deploy(GREETS, tenant="globex")
        run = (await platform.submit(solution, {"who": "Eve"}, principal=other)).run
        finished = await platform.finish(run, tenant="globex")

    assert finished.status == "faulted"
    assert finished.problem is not None
    assert finished.problem["code"] == "codec.foreign"


async def test_a_grant_for_another_queue_or_tenant_is_of_no_use_in_such_a_pool(
    platform: Platform, package: None, tmp_path: Path
) -> None:
    keys = HeldKeys(keys_of(platform, tmp_path / "keys.json"))

    def stolen(queue: str, tenant: str) -> Forger:
        def forge(info: workflow.Info, input: StartActivityInput) -> dict[str, bytes]:
            now = int(workflow.now().timestamp())
            grant = Grant(
                tenant=tenant,
                environment="production",
                principal=OWNER,
                solution="acme.x",
                workflow=info.workflow_id,
                run=info.run_id,
                activity=input.activity,
                queue=queue,
                step="/do/0/greet",
                key="/do/0/greet",
                arguments=digest(input.args[0]),
                bundle="",
                issued=now,
                expires=now + 600,
            )
            return {GRANT: issue(grant, signer)}

        return forge

    signer = SigningKey.from_pem(signing_key_pem(platform.settings.home, "gate"))
    client, wire = await knowing(platform), {"with": {"name": "Ada"}}
    async with confined(platform, tmp_path, keys), thieves(client):
        found = {
            (queue, tenant): await attempt(
                client,
                f"acme/x/{queue}-{tenant}",
                "acme.greet:1",
                wire,
                stolen(queue, tenant),
                queue="theirs",
            )
            for queue in ("theirs", "others", "")
            for tenant in ("acme", "globex")
        }

    right = ("theirs", "acme")
    assert found.pop(right) == {"text": "Hello, Ada!", "tenant": "acme"}
    assert found == dict.fromkeys(found, "grant.misplaced")
    assert len(found) == 5


def test_a_file_that_is_written_anew_is_read_anew(platform: Platform, tmp_path: Path) -> None:
    keys = HeldKeys(keys_of(platform, tmp_path / "keys.json", tenant="turning"))
    before = keys.current("turning")
    made = platform.stores.data_keys.rotate("turning")
    with pytest.raises(Unavailable, match=r"codec\.key"):
        keys.find(made.id)
    (tmp_path / "keys.json").write_text("half of it")
    still = keys.current("turning")
    keys_of(platform, tmp_path / "keys.json", tenant="turning")
    found = keys.find(made.id)

    assert still == before
    assert found is not None
    assert (found.id, keys.current("turning").id) == (made.id, made.id)
    assert (tmp_path / "keys.json").stat().st_mode & 0o077 == 0


@pytest.mark.parametrize("text", ["", "{}", '{"tenant": "acme"}', "[]", "\0"])
def test_what_holds_no_keys_of_a_pool_is_refused(tmp_path: Path, text: str) -> None:
    (tmp_path / "keys.json").write_text(text)
    with pytest.raises(Refused, match=r"settings\.invalid"):
        HeldKeys(tmp_path / "keys.json")


def test_keys_of_a_pool_show_no_key(platform: Platform, tmp_path: Path) -> None:
    said = PoolKeys.read(keys_of(platform, tmp_path / "keys.json"))

    assert said.data_keys[0].key not in repr(said)
