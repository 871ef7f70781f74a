"""Case 22: secrets and personal data are planted wherever somebody may put them, steps are made to
fail while they hold them, and then everything that was kept or told is looked through."""

import asyncio
import base64
import hashlib
import hmac
import json
import logging
import re
from collections.abc import AsyncIterator, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

import httpx2
import pytest

from public_works.egress import Egress
from public_works.tables import METADATA
from solution_api import open_services
from tests.api.conftest import cancel_all
from tests.api.test_events import event
from tests.api.world import World, listening, principal
from tests.runtime.platform import Platform, platform_on, real_server
from tests.twins.provider import Provider
from tests.twins.secret_managers import VaultTwin
from tests.twins.web import Answer, Asked
from workers.pool import Options

SECRETS = {
    "crm": "canarysecretCRMx7Qp2vT9",
    "hook": "whsec_" + base64.b64encode(b"canarysecretHOOKx7Qp2vT9canarysec").decode(),
}
MAIL, PHONE, NAME = "canary.person@leak.example", "+4915550199937", "Canaria Leakworthy"
PEOPLE = (MAIL, PHONE, NAME)
MANAGED = "canarysecretVAULTx7Qp2vT9"
"""Of a secret that Vault keeps."""

# Where the design keeps people in the clear, each with the reason.
KNOWN = {
    "customer": "the register of customers is who they are",
    "cloud_event": "events are kept as they came, for runs that listen later",
    "outbox_message": "the sandbox's outbox is there to be read",
}

FLOW = """\
document: {dsl: 1.0.3, namespace: acme, name: canary, version: 1.0.0}
experiences:
  email:
    adapter: sandbox
    from: billing@acme.example
    templates:
      hello: {subject: "Dear {{ who }}", text: "Dear {{ customer.name }}, {{ who }}."}
intents:
  start: {starts: true}
use: {secrets: [crm, managed]}
do:
  - told:
      call: http
      with:
        method: post
        endpoint: "URL/echo"
        headers: {authorization: '${ "Bearer \\($secrets.crm)" }'}
        query: {key: "${ $secrets.crm }"}
        body: {token: "${ $secrets.crm }", person: "${ .person }"}
  - mailed:
      call: email
      with:
        to: "${ $workflow.input.customer }"
        template: hello
        data: {who: "${ $workflow.input.person.name }"}
  - heard:
      listen: {to: {one: {with: {type: canary.heard, data: "${ .person.mail != null }"}}}}
  - emitted:
      emit:
        event:
          with: {source: /canary, type: canary.said, data: "${ $workflow.input.person }"}
  - failed:
      call: http
      with:
        method: post
        endpoint: "URL/fail"
        headers: {x-key: "${ $secrets.crm }"}
        query: {key: "${ $secrets.crm }"}
        body:
          token: "${ $secrets.crm }"
          other: "${ $secrets.managed.key }"
          person: "${ $workflow.input.person }"
"""


@dataclass
class Echo(Provider):
    """Says back all it was told: with 200, or as the text of an error."""

    sends = "/echo"

    def take(self, asked: Asked) -> Answer:
        told = {"url": asked.url, "headers": dict(asked.headers), "body": asked.form}
        return Answer(200 if asked.path == "/echo" else 422, told)

    def failing(self, status: int) -> Answer:
        return Answer(status)


@dataclass
class Scene:
    """Where the canaries were let go."""

    folder: Path
    platform: Platform
    world: World
    api: httpx2.AsyncClient
    run: str
    told: dict[str, str]
    """What the API said, by address."""
    logged: str
    sealed: dict[str, str]
    """Secrets that the platform made and showed once."""


@pytest.fixture(scope="module")
async def scene(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Scene]:
    """A platform on which a run had everything in hand, and failed with it."""
    folder = tmp_path_factory.mktemp("canaries")
    home = folder / "home"
    (home / "secrets" / "acme").mkdir(parents=True)
    for name, text in SECRETS.items():
        (home / "secrets" / "acme" / name).write_text(text)
    options = Options(egress=Egress(["localhost"]))
    (home / "secrets" / "vault-token").write_text("root-token")
    lines: list[str] = []
    kept = {"symphainy/acme/managed": [{"key": MANAGED}]}
    with Logged(lines):
        async with (
            Echo() as echo,
            VaultTwin(secrets=kept) as vault,
            real_server(folder) as server,
            platform_on(server, home, options, **settings(vault)) as platform,
            open_services(platform.settings) as services,
            listening(services) as url,
        ):
            world = World(url, services)
            async with await world.client(principal("owner", "admin")) as api:
                run, sealed = await happened(api, platform, echo)
                assert vault.reads
                async with await world.client(principal("root", "platform-admin")) as root:
                    told = await looked(root, run)
                platform.stores.telemetry.flush()
                services.stores.telemetry.flush()
                yield Scene(folder, platform, world, api, run, told, "\n".join(lines), sealed)
                await cancel_all(services)


def settings(vault: VaultTwin) -> dict[str, Any]:
    """Of the platform: what a manager keeps is asked for, too."""
    asked = {"vault_address": vault.url, "vault_token": "file:vault-token"}
    return {"tenant": "acme", "approval_free": "sandbox staging production", **asked}


async def happened(
    api: httpx2.AsyncClient, platform: Platform, echo: Echo
) -> tuple[str, dict[str, str]]:
    """Everything that has to do with secrets and people."""
    text = FLOW.replace("URL", f"http://localhost:{echo.port}")
    path = "/v1/solutions/acme.canary/versions/1.0.0"
    written = await api.put(path, content=text, headers={"Content-Type": "application/yaml"})
    assert written.status_code == 201, written.text
    assert (await api.post(f"{path}/deploy")).status_code == 200
    await api.put("/v1/customers/c-1", json={"name": NAME, "email": MAIL, "phone": PHONE})
    person = {"mail": MAIL, "phone": PHONE, "name": NAME}
    wanted = {"customer": "c-1", "person": person}
    answer = await api.post("/v1/solutions/acme.canary/intents/start", json=wanted)
    run = answer.json()["run"]
    await platform.until(run, "run.listening")
    sealed = await hooked(api, person)
    await api.post("/v1/events", json=event("canary.heard", data={"person": person}))
    over = await platform.finish(run)
    assert over.status == "faulted", over
    # Personal data where it does not belong is refused, or at least not kept.
    await api.post("/v1/solutions/acme.canary/intents/start", json={"person": "not one"})
    await api.post("/v1/solutions/acme.canary/intents/none", json=wanted)
    await api.get("/v1/runs", params={"customer": MAIL})
    await api.get(f"/v1/runs/acme.canary:{quote(MAIL)}")
    return run, sealed


async def hooked(api: httpx2.AsyncClient, person: dict[str, str]) -> dict[str, str]:
    """A source and an endpoint with secrets of their own, and a signed event about somebody."""
    mapped = {"type": '"canary.hooked"', "data": "."}
    made = await api.put("/v1/sources/shop", json={"kind": "github", "event": mapped})
    endpoint = {"name": "feed", "url": "https://feed.partner.example/", "types": ["none.*"]}
    feed = await api.post("/v1/webhooks", json=endpoint)
    kept = {"kind": "standard", "from": "hook", "event": mapped}
    assert (await api.put("/v1/sources/vaulted", json=kept)).status_code == 200
    secret, body = made.json()["secret"], json.dumps({"person": person}).encode()
    signature = hmac.digest(secret.encode(), body, hashlib.sha256).hex()
    headers = {"x-hub-signature-256": f"sha256={signature}", "x-forwarded-for": "192.0.2.99"}
    taken = await api.post("/v1/sources/shop/events", content=body, headers=headers)
    assert taken.status_code == 202, taken.text
    bad = {"x-hub-signature-256": f"sha256={secret}"}
    assert (await api.post("/v1/sources/shop/events", content=body, headers=bad)).status_code == 401
    return {"source": secret, "endpoint": feed.json()["secret"]}


async def looked(api: httpx2.AsyncClient, run: str) -> dict[str, str]:
    """What the API says of the run and of the tenant."""
    at = f"/v1/runs/{run}"
    found = {}
    for path in (
        at,
        f"{at}/events?follow=false",
        f"{at}/lineage",
        f"{at}/lineage?format=openlineage",
        f"{at}/lineage?format=prov",
        f"{at}/graph",
        f"{at}/deliveries",
        f"{at}/trace",
        "/v1/runs",
        "/v1/audit?limit=200",
        "/v1/security-events",
        "/v1/sources",
        "/v1/webhooks",
        "/v1/dead-letters",
        "/v1/keys",
        "/v1/alarms",
        "/metrics",
    ):
        answer = await api.get(path)
        assert answer.status_code == 200, (path, answer.text)
        found[path] = answer.text
    return found


class Lines(logging.Handler):
    """Keeps what is logged, stack traces and all."""

    def __init__(self, lines: list[str]) -> None:
        super().__init__(logging.DEBUG)
        self._lines = lines

    def emit(self, record: logging.LogRecord) -> None:
        said = logging.Formatter("%(name)s %(message)s").format(record)
        self._lines.append(f"{said} {record.__dict__!r}")


class Logged:
    """Keeps what the platform logs meanwhile, down to what is only for debugging."""

    def __init__(self, lines: list[str]) -> None:
        self._handler = Lines(lines)
        self._loggers = [logging.getLogger(name) for name in ("", "symphainy", "temporalio")]
        self._before = [one.level for one in self._loggers]

    def __enter__(self) -> None:
        logging.getLogger().addHandler(self._handler)
        for one in self._loggers:
            one.setLevel(logging.DEBUG)

    def __exit__(self, *_: object) -> None:
        logging.getLogger().removeHandler(self._handler)
        for one, level in zip(self._loggers, self._before, strict=True):
            one.setLevel(level)


def forms(text: str) -> Iterator[bytes]:
    """How `text` may be written: as it is, in a URL, in JSON, in base64 at any offset."""
    yield text.encode()
    yield quote(text, safe="").encode()
    yield json.dumps(text)[1:-1].encode()
    for n in range(3):
        encoded = base64.b64encode(b"\0" * n + text.encode())
        # What its neighbours have a part in is left out.
        yield encoded[4 if n else 0 : len(encoded) - 4]


def seen(canaries: Iterable[str], content: bytes) -> list[str]:
    return [one for one in canaries if any(form in content for form in forms(one))]


def rows(platform: Platform) -> Iterator[tuple[str, bytes]]:
    """Every table of the database, as text."""
    with platform.stores.database.engine.connect() as connection:
        for table in METADATA.sorted_tables:
            found: list[Any] = [*connection.exec_driver_sql(f'SELECT * FROM "{table.name}"')]
            yield table.name, "\n".join(map(repr, found)).encode()


def files(folder: Path) -> Iterator[Path]:
    """Every file that the platform and Temporal wrote."""
    mine = folder / "home" / "secrets"
    yield from (one for one in folder.rglob("*") if one.is_file() and not one.is_relative_to(mine))


async def test_the_canaries_did_fly(scene: Scene) -> None:
    # Otherwise nothing below would prove anything.
    tables = dict(rows(scene.platform))
    assert {name for name in KNOWN if not seen(PEOPLE, tables[name])} == set()
    kept = [one for one in files(scene.folder) if one.name.startswith("temporal.db")]
    assert any(b"acme.canary" in one.read_bytes() for one in kept)
    assert "acme.canary" in scene.told[f"/v1/runs/{scene.run}"]


async def test_no_secret_is_in_any_file(scene: Scene) -> None:
    secrets = [*SECRETS.values(), MANAGED, *scene.sealed.values()]
    found = {
        one.name: leaks
        for one in files(scene.folder)
        if (leaks := seen(secrets, await asyncio.to_thread(one.read_bytes)))
    }
    assert found == {}


async def test_nobody_is_named_in_temporal(scene: Scene) -> None:
    # History, search attributes, workflow ids, heartbeats, failures: all of it is in these.
    kept = [one for one in files(scene.folder) if one.name.startswith("temporal.db")]
    found = {one.name: seen(PEOPLE, one.read_bytes()) for one in kept}
    assert found == {one.name: [] for one in kept}


async def test_nobody_is_named_in_a_table_but_where_the_design_says_so(scene: Scene) -> None:
    found = {name: leaks for name, text in rows(scene.platform) if (leaks := seen(PEOPLE, text))}
    assert found.keys() - KNOWN.keys() == set(), found


async def test_nobody_is_named_in_a_blob(scene: Scene) -> None:
    blobs = files(scene.folder / "home" / "blobs")
    assert [one.name for one in blobs if seen(PEOPLE, one.read_bytes())] == []


async def test_logs_name_neither_secrets_nor_people(scene: Scene) -> None:
    canaries = [*SECRETS.values(), MANAGED, *scene.sealed.values(), *PEOPLE]
    found = [line for line in scene.logged.splitlines() if seen(canaries, line.encode())]
    assert found == []
    assert re.search("symphainy", scene.logged)


async def test_what_is_told_of_a_run_has_no_secret(scene: Scene) -> None:
    canaries = [*SECRETS.values(), MANAGED, *scene.sealed.values()]
    found = {
        path: leaks for path, text in scene.told.items() if (leaks := seen(canaries, text.encode()))
    }
    assert found == {}


async def test_lineage_traces_and_records_name_nobody(scene: Scene) -> None:
    apart = re.compile("lineage|trace|audit|security|metrics|alarms|keys")
    told = {path: text for path, text in scene.told.items() if apart.search(path)}
    found = {path: leaks for path, text in told.items() if (leaks := seen(PEOPLE, text.encode()))}
    assert found == {}
    assert len(told) == 9


async def test_a_history_that_is_read_without_keys_says_nothing(scene: Scene) -> None:
    workflow = f"acme/{scene.run.replace(':', '/', 1)}"
    handle = scene.platform.client.get_workflow_handle(workflow)
    history = await handle.fetch_history()
    described = (await handle.describe()).raw_description.SerializeToString()
    whole = b"".join(one.SerializeToString() for one in history.events) + described
    assert seen([*SECRETS.values(), MANAGED, *scene.sealed.values(), *PEOPLE], whole) == []
