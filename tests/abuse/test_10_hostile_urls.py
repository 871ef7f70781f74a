"""A tenant names a place inside: as a number, in another notation, behind a name or another scheme.

Every way that the platform sends requests for a tenant is tried, and nobody may get a connection.
"""

import ast
import json
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import httpx2
import pytest

from public_works import Settings, Stores
from public_works.egress import Egress
from symphainy.identity import Principal
from temporal.gate.reaching import Reaching
from tests.abuse.city import HEAD, alive, check, done, said, start, wanted
from tests.abuse.names import Names
from tests.abuse.trap import Trap, trap
from tests.api.world import World, problem
from tests.house.house import ROOT
from tests.public_works.test_egress import HOSTILE
from tests.runtime.platform import Platform
from workers.posting import Posting

SHOP = Principal(tenant="acme", id="shop", kind="service")

RELATIVES = [
    "http://metadata.google.internal:{port}/computeMetadata/v1/",
    "http://[fd00:ec2::254]:{port}/",
    "http://[::ffff:a9fe:a9fe]:{port}/",
    "http://[::ffff:0:127.0.0.1]:{port}/",
    "http://[64:ff9b:1::7f00:1]:{port}/",
    "http://[2001:0:7f00:1::]:{port}/",
    "http://[fc00::1]:{port}/",
    "http://[ff02::1]:{port}/",
    "http://[100::1]:{port}/",
    "http://100.64.0.1:{port}/",
    "http://100.100.100.200:{port}/",
    "http://172.16.0.1:{port}/",
    "http://192.168.0.1:{port}/",
    "http://192.0.2.1:{port}/",
    "http://198.18.0.1:{port}/",
    "http://224.0.0.1:{port}/",
    "http://255.255.255.255:{port}/",
    "http://127.0.0.1.:{port}/",
    "http://localhost.:{port}/",
    "http://inner.example:{port}/",
    "https://inner.example:{port}/",
    "http://[::1%251]:{port}/",
    "http://0x7f.0.0.0x1:{port}/",
    "http://127.0.0.1:{port}/?@partner.example",
    "http://partner.example@127.0.0.1:{port}/",
    "http://partner.example%00.127.0.0.1:{port}/",
    "http://partner.example%2f@127.0.0.1:{port}/",
    "\\\\127.0.0.1:{port}/",
    "HTTP://127.0.0.1:{port}/",
    "data:text/plain,x",
    "dict://127.0.0.1:{port}/",
    "ldap://127.0.0.1:{port}/",
    "jar:http://127.0.0.1:{port}!/",
    "http+unix://{path}/",
    "unix:{path}",
    "/var/run/docker.sock",
]
EVERY = [*HOSTILE, *RELATIVES]
REFUSED = {"egress.forbidden", "http.endpoint", "http.arguments"}
SOME = [
    "http://127.0.0.1:{port}/",
    "http://[::1]:{port}/",
    "http://[::ffff:127.0.0.1]:{port}/",
    "http://2130706433:{port}/",
    "http://[64:ff9b::7f00:1]:{port}/",
    "http://inner.example:{port}/",
]


@pytest.fixture
async def inside(dns: Names, tmp_path: Path) -> AsyncIterator[Trap]:
    """What listens on this machine; nobody comes."""
    # Whatever a name is, it leads here.
    dns.answers = {"*": ["127.0.0.1"]}
    async with trap(tmp_path) as found:
        yield found
    assert (found.connections, found.requests) == (0, [])
    dns.answers = {}


def urls(trap: Trap, some: list[str]) -> list[str]:
    return [one.replace("{port}", str(trap.port)).replace("{path}", str(trap.path)) for one in some]


async def test_a_step_of_a_run_reaches_nothing_inside(
    platform: Platform, api: httpx2.AsyncClient, world: World, inside: Trap
) -> None:
    for url in urls(inside, EVERY):
        name = world.name("inside")
        call = {"method": "get", "endpoint": {"uri": "${ .url }"}}
        document = {"dsl": "1.0.3", "namespace": "acme", "name": name, "version": "1.0.0"}
        text = json.dumps({"document": document, "do": [{"ask": {"call": "http", "with": call}}]})
        shown = await done(platform, api, await start(api, name, text, {"url": url}))
        assert (shown["status"], shown["problem"]["code"] in REFUSED) == ("faulted", True), (
            url,
            shown["problem"],
        )


LITERAL = {
    "http": {"call": "http", "with": {"method": "get", "endpoint": {"uri": "URL"}}},
    "mcp": {
        "call": "mcp",
        "with": {"transport": {"http": {"endpoint": "URL"}}, "method": "tools/list"},
    },
    "a2a": {"call": "a2a", "with": {"server": {"endpoint": "URL"}, "method": "tasks/list"}},
}


@pytest.mark.parametrize("call", LITERAL)
async def test_a_remote_protocol_reaches_nothing_inside(
    platform: Platform, api: httpx2.AsyncClient, world: World, inside: Trap, call: str
) -> None:
    for url in urls(inside, SOME):
        name = world.name("remote")
        document = {"dsl": "1.0.3", "namespace": "acme", "name": name, "version": "1.0.0"}
        task = json.loads(json.dumps(LITERAL[call]).replace("URL", url))
        answer = await said(api, name, json.dumps({"document": document, "do": [{"ask": task}]}))
        if answer.status_code == 201:
            shown = await done(platform, api, await wanted(api, name))
            assert (shown["status"], shown["problem"]["code"]) == ("faulted", "egress.forbidden")
        else:
            assert problem(answer)[0] == 422, url


DOCUMENTS = {
    "openapi": {
        "call": "openapi",
        "with": {"document": {"endpoint": "URL"}, "operationId": "x"},
    },
    "grpc": {
        "call": "grpc",
        "with": {
            "proto": {"endpoint": "URL"},
            "service": {"name": "x.X", "host": "partner.example"},
            "method": "X",
        },
    },
    "asyncapi": {
        "call": "asyncapi",
        "with": {"document": {"endpoint": "URL"}, "operation": "x", "message": {"payload": {}}},
    },
    "a2a": {"call": "a2a", "with": {"agentCard": {"endpoint": "URL"}, "method": "tasks/list"}},
}


@pytest.mark.parametrize("call", DOCUMENTS)
async def test_a_document_that_a_check_fetches_is_not_fetched_inside(
    api: httpx2.AsyncClient, world: World, inside: Trap, call: str
) -> None:
    for url in urls(inside, [*SOME, "file:///etc/passwd", "unix:{path}"]):
        name = world.name("fetched")
        document = {"dsl": "1.0.3", "namespace": "acme", "name": name, "version": "1.0.0"}
        task = json.loads(json.dumps(DOCUMENTS[call]).replace("URL", url))
        text = json.dumps({"document": document, "do": [{"ask": task}]})
        assert await check(api, text), url
        assert (await said(api, name, text)).status_code == 422, url


async def test_an_input_schema_that_is_elsewhere_is_not_fetched_inside(
    api: httpx2.AsyncClient, world: World, inside: Trap
) -> None:
    for url in urls(inside, SOME):
        name = world.name("schema")
        schema = f'input: {{schema: {{resource: {{endpoint: "{url}"}}}}}}\n'
        text = HEAD.replace("NAME", name) + schema + "do:\n  - x: {set: {a: 1}}\n"
        assert await check(api, text), url
        within = f'input: {{schema: {{document: {{$ref: "{url}"}}}}}}\n'
        text = HEAD.replace("NAME", name) + within + "do:\n  - x: {set: {a: 1}}\n"
        assert await check(api, text), url


async def test_who_gives_out_tokens_is_not_asked_inside(
    platform: Platform, api: httpx2.AsyncClient, world: World, inside: Trap
) -> None:
    folder = platform.settings.home / "secrets" / "acme"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "client").write_text("secret")
    for scheme in ("oauth2", "oidc"):
        name = world.name("token")
        granted = {
            "authority": "http://{authority}",
            "grant": "client_credentials",
            "client": {"id": "x", "secret": "${ $secrets.client }"},
        }
        endpoint = {"uri": "https://partner.example/", "authentication": {scheme: granted}}
        document = {"dsl": "1.0.3", "namespace": "acme", "name": name, "version": "1.0.0"}
        task = {"call": "http", "with": {"method": "get", "endpoint": endpoint}}
        whole = {"document": document, "use": {"secrets": ["client"]}, "do": [{"ask": task}]}
        registered = await said(api, name, json.dumps(whole))
        assert registered.status_code == 201, registered.text
        for url in urls(inside, SOME):
            asked = {"authority": url.removeprefix("http://").removesuffix("/")}
            shown = await done(platform, api, await wanted(api, name, asked))
            found = (shown["status"], shown["problem"]["code"])
            assert found == ("faulted", "egress.forbidden"), shown["problem"]


PLACES = ("127.0.0.1", "[::1]", "2130706433", "inner.example", "169.254.169.254")
PROTO = """
syntax = "proto3";
package shop;
message Pet { string name = 1; }
service Pets { rpc Buy (Pet) returns (Pet); }
"""


def serving(content: str) -> Callable[[bytes], bytes]:
    body = content.encode()
    answer = f"HTTP/1.1 200 OK\r\nContent-Length: {len(body)}\r\n\r\n".encode() + body
    return lambda _: answer


def channels(protocol: str, host: str) -> str:
    """An AsyncAPI document of one channel at that host."""
    reference = {"$ref": "#/channels/x"}
    servers = {"bus": {"host": host, "protocol": protocol}}
    document = {
        "asyncapi": "3.0.0",
        "info": {"title": "x", "version": "1.0.0"},
        "servers": servers,
        "channels": {"x": {"address": "x", "servers": [{"$ref": "#/servers/bus"}]}},
        "operations": {"x": {"action": "send", "channel": reference}},
    }
    return json.dumps(document)


@pytest.mark.parametrize("protocol", ["grpc", "http", "https", "nats", "mqtt"])
async def test_a_server_that_a_document_names_is_not_inside(
    platform: Platform,
    api: httpx2.AsyncClient,
    world: World,
    inside: Trap,
    tmp_path: Path,
    protocol: str,
) -> None:
    (tmp_path / "documents").mkdir()
    for place in PLACES:
        host = f"{place}:{inside.port}"
        document = PROTO if protocol == "grpc" else channels(protocol, host)
        async with trap(tmp_path / "documents", serving(document)) as library:
            source = {"endpoint": f"http://partner.example:{library.port}/x"}
            asked: dict[str, Any] = {
                "document": source,
                "operation": "x",
                "message": {"payload": {"a": 1}},
            }
            if protocol == "grpc":
                named = {"name": "shop.Pets", "host": place, "port": inside.port}
                asked = {"proto": source, "service": named, "method": "Buy", "arguments": {}}
            name = world.name("served")
            head = {"dsl": "1.0.3", "namespace": "acme", "name": name, "version": "1.0.0"}
            call = "grpc" if protocol == "grpc" else "asyncapi"
            task = {"ask": {"call": call, "with": asked}}
            answer = await said(api, name, json.dumps({"document": head, "do": [task]}))
            (tmp_path / "documents" / "trap.sock").unlink(missing_ok=True)
        if answer.status_code != 201:
            assert problem(answer)[0] == 422, (place, answer.text)
            continue
        shown = await done(platform, api, await wanted(api, name))
        found = (shown["status"], shown["problem"]["code"])
        assert found == ("faulted", "egress.forbidden"), (place, shown["problem"])


async def test_what_is_posted_to_endpoints_by_itself_goes_to_nobody_inside(
    tmp_path: Path, inside: Trap
) -> None:
    # Stores of its own: no pool is at work there that would take the posts.
    stores = Stores.open(Settings(home=tmp_path))
    egress = Egress([], resolver=Names({"*": ["127.0.0.1"]}))
    for n, url in enumerate(urls(inside, SOME)):
        name, type_ = f"feed-{n}", f"test.feed-{n}"
        # Past the API, which would not take it: the name led elsewhere when it was made.
        stores.webhooks.create("acme", name, url, types=[type_], environment="production")
        event: Any = {"specversion": "1.0", "id": name, "source": "/x", "type": type_}
        stores.events.accept("acme", environment="production", envelope=event, by=SHOP)
        while await Posting(stores, egress, 5.0, Reaching(stores)).look():
            pass
        assert stores.posts.states("acme", name) == {"dead": 1}, url
    stores.close()


TELLING = HEAD + (
    "experiences:\n  erp: {adapter: webhook, settings: {endpoint: ENDPOINT}}\n"
    "do:\n  - tell: {call: erp, with: {type: x.y, data: {}}}\n"
)


async def test_an_endpoint_for_events_is_not_inside(
    platform: Platform, api: httpx2.AsyncClient, world: World, inside: Trap
) -> None:
    for url in urls(inside, EVERY):
        name = world.name("hook")
        made = await api.post("/v1/webhooks", json={"name": name, "url": url})
        if made.status_code != 201:
            assert problem(made)[0] in (400, 422), url
            continue
        text = TELLING.replace("NAME", name).replace("ENDPOINT", name)
        shown = await done(platform, api, await start(api, name, text))
        assert shown["status"] == "faulted", url


async def test_nobody_is_harmed_by_all_that(
    platform: Platform, api: httpx2.AsyncClient, world: World
) -> None:
    await alive(platform, world, api)


NETWORKS = {"socket", "urllib.request", "http.client", "requests", "aiohttp", "httpx", "urllib3"}
NETWORKS |= {"httpx2", "httpcore2", "grpc", "nats", "aiomqtt", "mcp", "boto3", "hvac"}
NETWORKS |= {"aiosmtplib", "smtplib", "websockets", "ftplib", "telnetlib"}
ROOMS = (
    *("solution_api", "workers", "activities", "workflows", "experience_adapters"),
    *("temporal", "public_works", "smart_city", "symphainy"),
)
EGRESS, OPERATOR, INSIDE = "egress", "operator", "inside"
WAYS = {
    "public_works/egress/": EGRESS,
    # What speaks a protocol of its own connects to an address that the egress gave it.
    "activities/remote/a2a.py": EGRESS,
    "activities/remote/grpc.py": EGRESS,
    "activities/remote/mcp.py": EGRESS,
    "activities/remote/mqtt.py": EGRESS,
    "activities/remote/nats.py": EGRESS,
    "activities/remote/web.py": EGRESS,
    "experience_adapters/aws.py": EGRESS,
    # They speak to what settings of the operator name, and nothing of a tenant chooses where.
    "experience_adapters/smtp/adapter.py": OPERATOR,
    "experience_adapters/smtp/answers.py": OPERATOR,
    "experience_adapters/smtp/session.py": OPERATOR,
    "public_works/aws_master_key.py": OPERATOR,
    "public_works/secret_managers/aws.py": OPERATOR,
    "public_works/secret_managers/hashicorp.py": OPERATOR,
    # Without a connection: types, the arithmetic of digest, the API asking itself.
    "activities/http_content.py": INSIDE,
    "activities/remote/events.py": INSIDE,
    "public_works/authorization/digest.py": INSIDE,
    "solution_api/acting.py": INSIDE,
}
"""What opens connections or could, and what keeps it from going where it may not."""
CLIENTS = {"AsyncClient", "Client"}


def test_nothing_of_ours_goes_out_another_way() -> None:
    found = {}
    for room in ROOMS:
        for path in (ROOT / room).rglob("*.py"):
            place = str(path.relative_to(ROOT))
            nodes = [*ast.walk(ast.parse(path.read_text()))]
            if any(map(_could, nodes)):
                found[next((one for one in WAYS if place.startswith(one)), place)] = (path, nodes)
    assert set(found) == set(WAYS)
    for place, (path, nodes) in found.items():
        if WAYS[place] == EGRESS and not place.endswith("/"):
            assert "egress" in path.read_text(), place
        if WAYS[place] != OPERATOR:
            assert not any(map(_goes_out, nodes)), place


def _could(node: ast.AST) -> bool:
    """Whether it imports something that can open a connection."""
    if isinstance(node, ast.Import):
        return any(one.name in NETWORKS or one.name.split(".")[0] in NETWORKS for one in node.names)
    if isinstance(node, ast.ImportFrom) and not node.level:
        module = node.module or ""
        return module in NETWORKS or module.split(".")[0] in NETWORKS - {"mcp"} or module == "mcp"
    return False


def _goes_out(node: ast.AST) -> bool:
    """Whether it opens a connection that nobody checks."""
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
        named = node.func.attr in CLIENTS and _is(node.func.value, "httpx2")
        given = {one.arg for one in node.keywords}
        return (named and "transport" not in given) or node.func.attr == "open_connection"
    return False


def _is(node: ast.AST, name: str) -> bool:
    return isinstance(node, ast.Name) and node.id == name
