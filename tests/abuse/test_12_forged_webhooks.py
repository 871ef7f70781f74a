"""Case 12: webhooks without signature, of a wrong key, stale, replayed, changed, or signed with a
key of yesterday. None is an event, none starts a run, and all are on record."""

import asyncio
import base64
import hashlib
import hmac
import json
import time
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from uuid import uuid4

import httpx2
import pytest
from standardwebhooks import Webhook

from tests.api.world import World, deployed, problem

SHOP = {
    "kind": "standard",
    "event": {"type": '"com.shop.\\(.kind)"', "subject": ".order", "data": "."},
}
STARTED = """\
document: {dsl: 1.0.3, namespace: acme, name: NAME, version: 1.0.0}
intents:
  ordered: {starts: true, event: TYPE, key: .order}
do:
  - done: {set: {order: .order}}
"""


@dataclass
class Shop:
    """A source, what it sends, and whatever went wrong with that."""

    world: World
    api: httpx2.AsyncClient
    name: str
    secret: str
    kind: str
    id: str = field(default_factory=lambda: str(uuid4()))
    age: int = 0

    @property
    def body(self) -> bytes:
        return json.dumps({"kind": self.kind, "order": self.id}).encode()

    def headers(self) -> dict[str, str]:
        at = int(time.time()) - self.age
        signed = b".".join((self.id.encode(), str(at).encode(), self.body))
        key = base64.b64decode(self.secret.removeprefix("whsec_"))
        signature = base64.b64encode(hmac.digest(key, signed, hashlib.sha256)).decode()
        return {
            "content-type": "application/json",
            "webhook-id": self.id,
            "webhook-timestamp": str(at),
            "webhook-signature": f"v1,{signature}",
        }

    async def send(
        self, headers: dict[str, str] | None = None, body: bytes | None = None
    ) -> httpx2.Response:
        """What a stranger is answered: no key is shown."""
        async with httpx2.AsyncClient(base_url=self.world.url, timeout=60) as client:
            return await client.post(
                f"/v1/sources/{self.name}/events?t=acme",
                content=self.body if body is None else body,
                headers=self.headers() if headers is None else headers,
            )

    async def runs(self) -> list[str]:
        """What runs there are of the order."""
        found = (await self.api.get("/v1/events", params={"type": f"com.shop.{self.kind}"})).json()
        return [one["event"]["subject"] for one in found["items"]]

    async def record(self) -> tuple[list[str], list[str]]:
        """The kinds of security events about it, and what the audit log says of them."""
        stores = self.world.services.stores
        events = await asyncio.to_thread(stores.callbacks.events, "acme", limit=200)
        mine = {one.id: one.kind for one in events if one.binding == self.name}
        written = await asyncio.to_thread(stores.audit.list, "acme", limit=200)
        noted = [one.action for one in written if one.subject.id in mine]
        return sorted(mine.values()), sorted(noted)


@pytest.fixture
async def shop(world: World, api: httpx2.AsyncClient) -> Shop:
    """A source whose events start runs."""
    name = world.name("shop")
    await deployed(api, name, STARTED.replace("NAME", name).replace("TYPE", f"com.shop.{name}"))
    made = await api.put(f"/v1/sources/{name}", json=SHOP)
    assert made.status_code == 200, made.text
    return Shop(world, api, name, made.json()["secret"], name)


async def test_what_the_source_signed_starts_a_run(shop: Shop) -> None:
    answer = await shop.send()

    assert answer.status_code == 202, answer.text
    assert answer.json()["runs"] == [f"acme.{shop.name}:{shop.id}"]
    assert await shop.record() == ([], [])


async def test_what_is_signed_by_the_library_of_others_is_believed(shop: Shop) -> None:
    now = datetime.now(UTC)
    signature = Webhook(shop.secret).sign(shop.id, now, shop.body.decode())
    headers = {**shop.headers(), "webhook-signature": f"v1,bm90IG1pbmU= {signature}"}
    headers["webhook-timestamp"] = str(int(now.timestamp()))

    assert (await shop.send(headers)).status_code == 202


async def test_no_signature(shop: Shop) -> None:
    headers = {k: v for k, v in shop.headers().items() if k != "webhook-signature"}

    await _refused(shop, await shop.send(headers), "callback.forged")


async def test_a_wrong_key(shop: Shop) -> None:
    other = replace(shop, secret="whsec_" + base64.b64encode(b"x" * 32).decode())

    await _refused(shop, await shop.send(other.headers()), "callback.forged")


@pytest.mark.parametrize("age", [301, -330, 86_400])
async def test_a_stale_timestamp(shop: Shop, age: int) -> None:
    await _refused(shop, await replace(shop, age=age).send(), "callback.replayed")


async def test_a_timestamp_that_was_moved(shop: Shop) -> None:
    headers = {**replace(shop, age=3600).headers(), "webhook-timestamp": str(int(time.time()))}

    await _refused(shop, await shop.send(headers), "callback.forged")


async def test_a_body_changed_by_one_byte(shop: Shop) -> None:
    await _refused(shop, await shop.send(body=shop.body + b" "), "callback.forged")


async def test_another_id_for_the_same_signature(shop: Shop) -> None:
    headers = {**shop.headers(), "webhook-id": str(uuid4())}

    await _refused(shop, await shop.send(headers), "callback.forged")


async def test_a_request_sent_twice(shop: Shop) -> None:
    headers = shop.headers()
    first = await shop.send(headers)
    again = await shop.send(headers)

    assert first.status_code == 202, first.text
    assert problem(again) == (401, "source.replayed")
    assert await shop.runs() == [shop.id]
    assert await shop.record() == (["callback.replayed"], ["callback.replayed"])


async def test_an_id_that_was_used_for_other_content(shop: Shop) -> None:
    assert (await shop.send()).status_code == 202
    other = json.dumps({"kind": shop.kind, "order": str(uuid4())}).encode()
    at = str(int(time.time()))
    key = base64.b64decode(shop.secret.removeprefix("whsec_"))
    signed = b".".join((shop.id.encode(), at.encode(), other))
    signature = base64.b64encode(hmac.digest(key, signed, hashlib.sha256)).decode()
    headers = {"webhook-timestamp": at, "webhook-signature": f"v1,{signature}"}

    again = await shop.send({**shop.headers(), **headers}, other)

    assert problem(again) == (401, "source.replayed")
    assert await shop.runs() == [shop.id]


async def test_what_is_sent_again_with_a_new_signature_changes_nothing(shop: Shop) -> None:
    first = await replace(shop, age=20).send()
    again = await shop.send()

    assert (first.status_code, again.status_code) == (202, 202), again.text
    assert (first.json()["new"], again.json()["new"]) == (True, False)
    assert await shop.runs() == [shop.id]


async def test_the_key_before_is_good_for_as_long_as_the_overlap(shop: Shop) -> None:
    rotate = f"/v1/sources/{shop.name}/rotate"
    new = (await shop.api.post(rotate, json={"overlap": 3600})).json()["secret"]
    within = await shop.send()
    await shop.api.post(rotate, json={"overlap": 0})
    late = replace(shop, id=str(uuid4()), secret=new)

    assert within.status_code == 202, within.text
    await _refused(late, await late.send(), "callback.forged", before=[shop.id])


async def test_a_source_that_was_deleted(shop: Shop) -> None:
    await shop.api.delete(f"/v1/sources/{shop.name}")

    assert problem(await shop.send()) == (404, "source.missing")


async def test_another_body_under_a_header_that_nobody_signed(
    world: World, api: httpx2.AsyncClient
) -> None:
    name = world.name("hub")
    wanted = {"kind": "github", "event": {"type": f'"com.hub.{name}"', "subject": ".order"}}
    secret = (await api.put(f"/v1/sources/{name}", json=wanted)).json()["secret"]
    hub = Shop(world, api, name, secret, name)
    signature = hmac.digest(secret.encode(), hub.body, hashlib.sha256).hex()
    headers = {"x-hub-signature-256": f"sha256={signature}", "content-type": "application/json"}

    first = await hub.send({**headers, "x-github-delivery": "one"})
    # GitHub signs the body alone: another delivery id makes no other event of it.
    again = await hub.send({**headers, "x-github-delivery": "two"})

    assert first.status_code == 202, first.text
    assert problem(again) == (401, "source.replayed")
    assert await hub.record() == (["callback.replayed"], ["callback.replayed"])


async def test_a_source_says_nothing_that_only_the_platform_says(
    world: World, api: httpx2.AsyncClient
) -> None:
    name = world.name("liar")
    wanted = {"kind": "standard", "event": {"type": '"com.symphainy.run.completed.v1"'}}
    secret = (await api.put(f"/v1/sources/{name}", json=wanted)).json()["secret"]

    answer = await Shop(world, api, name, secret, name).send()

    assert problem(answer) == (403, "event.reserved")


async def _refused(
    shop: Shop, answer: httpx2.Response, kind: str, before: list[str] | None = None
) -> None:
    assert problem(answer) == (401, "source.refused")
    if before is None:
        run = await shop.api.get(f"/v1/runs/acme.{shop.name}:{shop.id}")
        assert problem(run) == (404, "run.unknown")
    assert await shop.runs() == (before or [])
    assert await shop.record() == ([kind], [kind])
