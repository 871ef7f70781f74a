"""A document or body that is small to send and endless to read, or simply endless."""

import gzip
import resource
from collections.abc import AsyncIterator
from contextlib import suppress

import httpx2
import pytest

from tests.abuse.city import HEAD, YAML, alive, said
from tests.api.world import World, problem
from tests.runtime.platform import Platform

MIB = 1024 * 1024
ALIASES = "a: &a [x, x]\n" + "".join(
    f"{chr(98 + n)}: &{chr(98 + n)} [{', '.join([f'*{chr(97 + n)}'] * 9)}]\n" for n in range(20)
)
BOMBS = {
    "aliases": (ALIASES, "document.anchor"),
    "merge keys": ("a: &a {b: 1}\nc: {<<: *a}\n", "document.anchor"),
    "deep list": ("do: " + "[" * 5_000, "document.too-deep"),
    "deep map": ("do: " + '{"a":' * 5_000, "document.too-deep"),
    "deep blocks": ("".join(" " * n + "a:\n" for n in range(900)), "document.too-deep"),
    "duplicate keys": ("document: {}\ndo: []\ndo: []\n", "document.duplicate-key"),
    "object": ("do: !!python/object/apply:os.system [ls]\n", "document.tag"),
    "many nodes": ("do: [" + "1," * 200_000 + "1]", "document.too-many-nodes"),
    "a second document": ("do: []\n---\ndo: []\n", "document.several"),
}


@pytest.mark.parametrize(("text", "why"), BOMBS.values(), ids=BOMBS.keys())
async def test_a_document_that_explodes_is_refused_at_the_fuse(
    api: httpx2.AsyncClient, world: World, text: str, why: str
) -> None:
    answer = await said(api, world.name("bomb"), text)

    assert problem(answer)[0] in (400, 422)
    assert why in [one["code"] for one in answer.json()["findings"]]


async def test_the_same_in_json_and_as_the_input_of_a_run(
    platform: Platform, api: httpx2.AsyncClient, world: World
) -> None:
    name = world.name("bombed")
    text = HEAD.replace("NAME", name) + "do:\n  - x: {set: {a: 1}}\n"
    assert (await said(api, name, text)).status_code == 201
    await api.post(f"/v1/solutions/acme.{name}/versions/1.0.0/deploy")
    for body in ('{"a":' * 5_000, "[" * 5_000, '{"a": 1, "a": 2}', "[" + "1," * 200_000 + "1]"):
        answer = await api.post(
            f"/v1/solutions/acme.{name}/intents/start",
            content=body,
            headers={"Content-Type": "application/json"},
        )
        assert problem(answer)[0] in (400, 413, 422), body[:20]
    runs = await api.get("/v1/runs", params={"solution": f"acme.{name}"})
    assert runs.json()["items"] == []
    await alive(platform, world, api)


async def a_hundred_mebibytes() -> AsyncIterator[bytes]:
    for _ in range(100):
        yield b"#" * MIB


@pytest.mark.parametrize("path", ["/v1/definitions/check", "/v1/solutions/acme.x/intents/start"])
async def test_a_body_of_a_hundred_mebibytes_is_not_kept_in_memory(
    api: httpx2.AsyncClient, nobody: httpx2.AsyncClient, path: str
) -> None:
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    answer: httpx2.Response | None = None
    # Cut off while still sending, which some clients only see as that.
    with suppress(httpx2.RemoteProtocolError, httpx2.WriteError, httpx2.ReadError):
        answer = await api.post(path, content=a_hundred_mebibytes(), headers=YAML)
    grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before

    # Client and server are one process here, so what either keeps shows.
    assert grown < 48 * 1024, f"{grown} KiB"
    assert answer is None or problem(answer)[0] in (413, 415)
    assert (await nobody.get("/health")).status_code == 200


async def test_a_body_that_says_it_is_long_is_refused_unread(api: httpx2.AsyncClient) -> None:
    answer = await api.post("/v1/definitions/check", content=b"#" * (2 * MIB), headers=YAML)
    assert problem(answer) == (413, "api.body-too-large")


@pytest.mark.parametrize("encoding", ["gzip", "deflate", "br", "zstd", "gzip, gzip"])
async def test_a_body_that_unpacks_to_gigabytes_is_not_unpacked(
    api: httpx2.AsyncClient, encoding: str
) -> None:
    packed = gzip.compress(b"#" * (50 * MIB))
    for path in ("/v1/definitions/check", "/v1/solutions/acme.x/intents/start", "/v1/events"):
        headers = {"Content-Encoding": encoding, "Content-Type": "application/json"}
        answer = await api.post(path, content=packed, headers=headers)
        assert problem(answer) == (415, "api.content-encoding"), path
