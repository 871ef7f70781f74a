"""Every operation, from the document itself: against other tenants and against nonsense."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import httpx2
import pytest

from public_works.deployments import Wanted
from public_works.record import now
from smart_city.alarms import Alarm
from smart_city.lifecycle import Rules
from solution_api.app import create_app
from tests.api.test_pages import mailed
from tests.api.world import World, deployed, principal, problem, waiting
from tests.public_works.rows import SIGNED_IN

DOCUMENT: dict[str, Any] = create_app(None).openapi()  # type: ignore[arg-type]
ADDRESSED = [
    (method, path)
    for path, methods in DOCUMENT["paths"].items()
    for method in methods
    if "{" in path and not path.startswith("/v1/codes")
]
# Whoever puts there creates something of their own.
OWN = {
    ("put", "/v1/issuers/{issuer}"),
    ("put", "/v1/customers/{customer}"),
    ("put", "/v1/roles/{role}"),
    ("put", "/v1/sources/{source}"),
    ("put", "/v1/solutions/{name}/versions/{version}"),
    ("post", "/v1/sessions/{session}/messages"),
}
EMPTY = {("get", "/v1/runs/{run}/deliveries"), ("get", "/v1/customers/{customer}/timeline")}
PUBLIC = {(one, "/v1/hooks/{adapter}/{binding}") for one in ("get", "post")} | {
    ("post", "/v1/sources/{source}/events")
}
BODIES = {
    "/v1/solutions/{name}/versions/{version}/reject": {"reason": "no"},
    "/v1/solutions/{name}/versions/{version}/withdraw": {"reason": "no"},
    "/v1/solutions/{name}/versions/{version}/comments": {"text": "well"},
    "/v1/outbox/{message}/acts": {"act": "open"},
    "/v1/deliveries/{delivery}/resend": {"reason": "no"},
    "/v1/deliveries/{delivery}/resolve": {"sent": True, "reason": "no"},
    "/v1/customers/{customer}/erase": {"reason": "asked"},
    "/v1/webhooks/{name}/replay": {"cursor": "0"},
    "/v1/widgets/approvals/{approval}": {"granted": True},
}
# Every solution that starts has such an intent; whose form it is the token says.
FORMS = {(one, "/v1/widgets/forms/{intent}") for one in ("get", "post")}
WIDGETS = "/v1/widgets/"
PAGE = "https://shop.example"
# The customers that nonsense made have preferences too.
MADE = {(one, "/v1/customers/{customer}/preferences") for one in ("get", "put")}
NONSENSE = (
    "%00",
    "a%00b",
    "%ff",
    "%ED%A0%80",
    "%c0%ae%c0%ae",
    "..%2f..%2fetc",
    "%252e%252e",
    "%F0%9F%92%A9",
    "'%20OR%201=1--",
    "%0d%0aSet-Cookie:x=y",
    "x" * 3000,
    "%E2%80%AE",
    "{}",
    "%",
    "%zz",
    "-1",
    "a:b:c",
    "acme.x:%25",
)


@pytest.fixture(scope="session")
async def names(world: World, api: httpx2.AsyncClient) -> dict[str, str]:
    """One real thing for each name in an address, all of the tenant acme."""
    solution = await deployed(api, name := world.name(), waiting(name))
    answer = await api.post(f"/v1/solutions/{solution}/intents/start")
    run: str = answer.json()["run"]
    message = await asyncio.to_thread(mailed, world, "walled")
    approval = await asyncio.to_thread(
        world.services.stores.approvals.request,
        "acme",
        id="walled",
        run=run,
        workflow_id=f"acme/{run}",
        solution=solution,
        step="/do/0",
        policy="solution/p",
        role="lead",
        reason=None,
        initiator="owner",
        expires=None,
    )
    for one in ("walled", "walled-off"):
        await api.put(f"/v1/customers/{one}", json={"name": "Maria"})
    erased = await api.post("/v1/customers/walled-off/erase", json={"reason": "asked"})
    session = f"{solution}:walled"
    said = {"id": "m-1", "text": "Hello?"}
    assert (await api.post(f"/v1/sessions/{session}/messages", json=said)).status_code == 202
    entry = await asyncio.to_thread(
        world.services.stores.suppressions.add, "acme", "email", "h", "manual", "owner"
    )
    asked = {"name": "walled", "principal": "walled", "roles": ["viewer"]}
    key = (await api.post("/v1/keys", json=asked)).json()["id"]
    assert (await api.put("/v1/roles/walled", json={"actions": ["read"]})).status_code == 200
    loud = Alarm(kind="unknowns", severity="critical", subject="walled", told="Nobody knows.")
    alarms = world.services.stores.alarms
    alarms.see("acme", [loud], now())
    (alarm,) = [one for one in alarms.list("acme", limit=200) if one.subject == "walled"]
    urgent = Wanted(solution, "1.0.0", "production", glass="the rates are wrong")
    breaking = world.services.stores.deployments.deploy
    broken = await asyncio.to_thread(breaking, "acme", urgent, principal("owner", "admin"), Rules())
    signed, _ = world.services.stores.sign_ins.begin("acme", **SIGNED_IN)
    return {
        "other": "1.0.0",
        "erasure": erased.json()["id"],
        "glass": broken.glass or "",
        "alarm": alarm.id,
        "suppression": entry.id,
        "key": key,
        "role": "walled",
        "issuer": "walled",
        "sign_in": signed.id,
        # Every tenant counts its own events, so that a small number would be one of the stranger's.
        "seq": str(2**40),
        "name": solution,
        "version": "1.0.0",
        "intent": "start",
        "run": run,
        "message": message,
        "delivery": "walled",
        "approval": approval.id,
        "customer": "walled",
        "session": session,
        "adapter": "twilio",
        "binding": "sms",
        "experience": "orders",
        "source": "walled",
        "namespace": "elsewhere",
        "letter": "out-1-0123456789abcdef",
        "template": "hello",
    }


@pytest.fixture(scope="session")
async def wanted(
    world: World, names: dict[str, str], stranger: httpx2.AsyncClient
) -> dict[str, Any]:
    """What a page of another tenant wants a token for: things that are not theirs."""
    own = await deployed(stranger, name := world.name(), waiting(name))
    return {
        "solution": own,
        "customer": "walled",
        "origin": PAGE,
        "scopes": ["chat", "status", "form", "preferences"],
        "runs": [names["run"]],
        "intents": [names["intent"]],
        "approvals": [names["approval"]],
    }


@pytest.fixture
async def visitor(
    world: World, wanted: dict[str, Any], stranger: httpx2.AsyncClient
) -> AsyncIterator[httpx2.AsyncClient]:
    """A page with such a token, which is good for five minutes."""
    token = (await stranger.post("/v1/widgets/tokens", json=wanted)).json()["token"]
    headers = {"Authorization": f"Bearer {token}", "Origin": PAGE}
    async with httpx2.AsyncClient(base_url=world.url, headers=headers, timeout=60) as client:
        yield client


@pytest.mark.parametrize(
    ("method", "path"), [one for one in ADDRESSED if one not in OWN | PUBLIC | FORMS]
)
async def test_another_tenants_things_are_not_there(
    names: dict[str, str],
    api: httpx2.AsyncClient,
    stranger: httpx2.AsyncClient,
    visitor: httpx2.AsyncClient,
    method: str,
    path: str,
) -> None:
    client = visitor if path.startswith(WIDGETS) else stranger
    answer = await client.request(method, path.format(**names), json=BODIES.get(path))
    if (method, path) in EMPTY:
        assert answer.json() == {"items": [], "cursor": None}
    else:
        assert problem(answer)[0] == 404
    assert (await api.get(f"/v1/runs/{names['run']}")).json()["status"] == "running"
    assert (await api.get(f"/v1/solutions/{names['name']}")).json()["paused"] is False


@pytest.mark.parametrize(("method", "path"), ADDRESSED)
async def test_nonsense_in_an_address_is_refused_in_words(
    names: dict[str, str],
    api: httpx2.AsyncClient,
    visitor: httpx2.AsyncClient,
    method: str,
    path: str,
) -> None:
    client = visitor if path.startswith(WIDGETS) else api
    for nonsense in NONSENSE:
        for wrong in (name for name in names if f"{{{name}}}" in path):
            address = path.format(**{**names, wrong: nonsense})
            answer = await client.request(method, address)
            good = answer.status_code in (200, 201) and (
                (method, path) in OWN | EMPTY | MADE or "{intent}" in path
            )
            assert good or 400 <= problem(answer)[0] < 500, address


async def test_nonsense_in_queries_and_headers_is_refused_in_words(
    names: dict[str, str], api: httpx2.AsyncClient
) -> None:
    listed = [path for path, methods in DOCUMENT["paths"].items() if "get" in methods]
    for path in listed:
        # A stream has no end; what it refuses is tried where events are.
        endless = path.endswith(("/events", "/stream")) and path != "/v1/events"
        if endless or path.startswith(("/v1/codes", "/health")):
            continue
        parameters = DOCUMENT["paths"][path]["get"].get("parameters", [])
        for one in (one["name"] for one in parameters if one["in"] == "query"):
            for nonsense in NONSENSE:
                filled = path.format(**names)
                answer = await api.get(f"{filled}?run=acme.x:y&{one}={nonsense}")
                known = answer.status_code == 200 and isinstance(answer.json(), dict)
                assert known or 400 <= problem(answer)[0] < 500, answer.url
    for value in (b"\x80\xff", b"a" * 4000, b"*/*;q=\xff", b"a/b;;;==,,"):
        for header in ("accept", "prefer", "content-type", "x-forwarded-for", "range"):
            answer = await api.get("/v1/solutions", headers={header: value})
            assert answer.status_code == 200, (header, value)


RAW = (
    b"GARBAGE\r\n\r\n",
    b"GET /v1/solutions HTTP/1.1\r\n\r\n",
    b"GET /v1/solutions HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n",
    b"GET /v1/solutions HTTP/1.1\r\nHost: x\r\nContent-Length: -5\r\n\r\n",
    b"POST /v1/x HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n",
    b"GET http://evil.example/v1/solutions HTTP/1.1\r\nHost: x\r\n\r\n",
    b"GET /v1/so\x00lutions HTTP/1.1\r\nHost: x\r\n\r\n",
    b"GET /\xff\xfe HTTP/1.1\r\nHost: x\r\n\r\n",
    b"GET /v1/solutions HTTP/1.1\r\nHost: x\r\n" + b"X-A: " + b"a" * 200_000 + b"\r\n\r\n",
    b"GET / HTTP/9.9\r\nHost: x\r\n\r\n",
    b"OPTIONS * HTTP/1.1\r\nHost: x\r\n\r\n",
    b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
)


@pytest.mark.parametrize("raw", RAW, ids=lambda raw: raw[:40].decode("latin-1"))
async def test_what_is_hardly_http_is_refused_and_the_api_goes_on(
    world: World, nobody: httpx2.AsyncClient, raw: bytes
) -> None:
    url = httpx2.URL(world.url)
    reader, writer = await asyncio.open_connection(url.host, url.port)
    writer.write(raw)
    writer.write_eof()
    status = (await reader.readline()).split()
    writer.close()
    assert not status or status[1][:1] == b"4"
    assert (await nobody.get("/health")).status_code == 200


async def test_a_zip_bomb_is_not_unpacked(api: httpx2.AsyncClient) -> None:
    for path in ("/v1/definitions/check", "/v1/solutions/acme.x/intents/start"):
        for encoding in ("gzip", "deflate", "br", "gzip, identity", "x"):
            answer = await api.post(
                path, content=b"\x1f\x8b" * 99, headers={"Content-Encoding": encoding}
            )
            assert problem(answer) == (415, "api.content-encoding")


HOSTILE = {
    "alias bomb": b"a: &a [x, x]\nb: &b [*a, *a]\ndo: [*b, *b]\n",
    "deep flow": b"do: " + b"[" * 5000,
    "deep blocks": b"".join(b" " * i + b"a:\n" for i in range(500)),
    "duplicate": b"do: []\ndo: []\n",
    "nul": b"do: [\x00]",
    "not utf-8": b"do: [\xff\xfe]",
    "utf-16": "do: []".encode("utf-16"),
    "tag": b"do: !!python/object/apply:os.system [ls]\n",
    "empty": b"",
    "two documents": b"do: []\n---\ndo: []\n",
    "number": b"99999999999999999999999",
    "list": b"- a\n- b\n",
}


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE.keys())
async def test_a_hostile_definition_is_checked_in_words_and_never_kept(
    api: httpx2.AsyncClient, text: bytes
) -> None:
    checked = await api.post("/v1/definitions/check", content=text)
    assert (checked.status_code, checked.json()["valid"]) == (200, False)
    assert all(one["code"] and one["fix"] for one in checked.json()["problems"])
    kept = await api.put("/v1/solutions/acme.hostile/versions/1.0.0", content=text)
    assert problem(kept)[0] in (400, 422)
    assert kept.json()["code"] == kept.json()["findings"][0]["code"]
    gone = await api.get("/v1/solutions/acme.hostile")
    assert problem(gone) == (404, "solution.missing")
