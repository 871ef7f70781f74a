"""What a page may do: what its token says, for five minutes, from its origin."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx2

from solution_api.bell import MOST
from tests.api.world import World, deployed, principal, problem
from tests.sessions.talking import GREETER, ORDERS

PAGE = "https://shop.example"
YAML = {"Content-Type": "application/yaml"}


async def talking(api: httpx2.AsyncClient, world: World, text: str = GREETER) -> str:
    """A solution that talks, deployed."""
    name = world.name("talks")
    written = text.replace("namespace: test", "namespace: acme")
    first = written.index("name: ")
    end = written.index(",", first)
    return await deployed(api, name, f"{written[:first]}name: {name}{written[end:]}")


async def bought(api: httpx2.AsyncClient, **wanted: Any) -> dict[str, Any]:
    """A token, and what else is told of it."""
    answer = await api.post("/v1/widgets/tokens", json={"origin": PAGE, **wanted})
    assert answer.status_code == 201, answer.text
    return dict(answer.json())


@asynccontextmanager
async def page(
    world: World, token: str, origin: str | None = PAGE
) -> AsyncIterator[httpx2.AsyncClient]:
    """What a page of that origin sends."""
    headers = {"Authorization": f"Bearer {token}"}
    if origin is not None:
        headers["Origin"] = origin
    async with httpx2.AsyncClient(base_url=world.url, headers=headers, timeout=60) as client:
        yield client


async def heard(page: httpx2.AsyncClient, messages: int, **headers: str) -> list[dict[str, Any]]:
    """The messages that a stream tells, as soon as there are that many."""
    found: list[dict[str, Any]] = []
    async with (
        asyncio.timeout(60),
        page.stream(
            "GET", "/v1/widgets/session/events", headers=headers, params={"after": 0}
        ) as stream,
    ):
        assert stream.status_code == 200, await stream.aread()
        async for line in stream.aiter_lines():
            if line.startswith("data: ") and '"direction"' in line:
                found.append(json.loads(line.removeprefix("data: ")))
            if len(found) == messages:
                return found
    return found


async def test_a_page_talks_with_a_solution(world: World, api: httpx2.AsyncClient) -> None:
    solution = await talking(api, world)
    token = await bought(api, solution=solution, customer="c-1")

    async with page(world, token["token"]) as browser:
        sent = await browser.post(
            "/v1/widgets/session/messages", json={"id": "m-1", "text": "Hello?"}
        )
        said = await heard(browser, 2)
        shown = (await browser.get("/v1/widgets/session/messages")).json()

    assert (sent.status_code, sent.json()) == (
        202,
        {"session": f"{solution}:c-1", "seq": 1, "new": True},
    )
    assert [(one["seq"], one["direction"], one["text"]) for one in said] == [
        (1, "in", "Hello?"),
        (2, "out", "You said: Hello?"),
    ]
    assert shown == said


async def test_a_stream_goes_on_where_it_broke(world: World, api: httpx2.AsyncClient) -> None:
    token = await bought(api, solution=await talking(api, world), customer="c-1")

    async with page(world, token["token"]) as browser:
        for n in range(3):
            await browser.post(
                "/v1/widgets/session/messages", json={"id": f"m-{n}", "text": f"{n}"}
            )
        every = await heard(browser, 6)
        rest = await heard(browser, 4, **{"Last-Event-ID": "2"})

    assert rest == every[2:]


async def test_what_was_shown_is_told_to_whoever_sent_it(
    world: World, api: httpx2.AsyncClient
) -> None:
    solution = await talking(api, world)
    token = await bought(api, solution=solution, customer="c-1")

    async with page(world, token["token"]) as browser:
        await browser.post("/v1/widgets/session/messages", json={"id": "m", "text": "Hello?"})
        said = await heard(browser, 2)
        before = (await browser.get("/v1/widgets/session")).json()["unread"]
        done = await browser.post("/v1/widgets/session/seen", json={"delivered": 2, "read": 2})
        events = await _events(api, said[1]["id"], 2)
        after = (await browser.get("/v1/widgets/session")).json()["unread"]

    assert (before, done.status_code, after) == (1, 204, 0)
    assert events == ["delivered", "opened"]


async def _events(api: httpx2.AsyncClient, delivery: str, many: int) -> list[str]:
    async with asyncio.timeout(60):
        while True:
            story = (await api.get(f"/v1/deliveries/{delivery}")).json()
            if len(story["events"]) >= many:
                return sorted(one["event"] for one in story["events"])
            await asyncio.sleep(0.05)


async def test_a_token_works_on_pages_of_its_origin_alone(
    world: World, api: httpx2.AsyncClient
) -> None:
    token = await bought(api, solution=await talking(api, world), customer="c-1")

    for origin in ("https://evil.example", "http://shop.example", f"{PAGE}:8443", "null", None):
        async with page(world, token["token"], origin) as browser:
            answer = await browser.get("/v1/widgets/session")
        assert problem(answer) == (403, "widget.origin")
        assert "access-control-allow-origin" not in answer.headers


async def test_a_page_may_read_what_it_is_answered_and_no_other_page(
    world: World, api: httpx2.AsyncClient
) -> None:
    token = await bought(api, solution=await talking(api, world), customer="c-1")

    async with page(world, token["token"]) as browser:
        answer = await browser.get("/v1/widgets/session")
        preflight = await browser.options(
            "/v1/widgets/session/messages", headers={"Access-Control-Request-Method": "POST"}
        )

    assert answer.headers["access-control-allow-origin"] == PAGE
    assert "origin" in answer.headers["vary"].lower()
    assert "access-control-allow-credentials" not in answer.headers
    assert (preflight.status_code, preflight.headers["access-control-allow-origin"]) == (204, PAGE)


async def test_a_token_ends_after_five_minutes(world: World, api: httpx2.AsyncClient) -> None:
    solution = await talking(api, world)
    tokens = world.services.widget_tokens
    fresh = await bought(api, solution=solution, customer="c-1")
    token = tokens.redeem(fresh["token"], PAGE)
    old, expired = tokens.issue(token, now=datetime.now(UTC) - timedelta(minutes=5, seconds=1))

    async with page(world, old) as browser:
        answer = await browser.get("/v1/widgets/session")

    assert problem(answer) == (401, "widget.expired")
    # Or the page could not read that it needs another.
    assert answer.headers["access-control-allow-origin"] == PAGE
    assert expired < datetime.now(UTC)


async def test_what_is_no_token_opens_nothing(world: World, api: httpx2.AsyncClient) -> None:
    key = api.headers["Authorization"].removeprefix("Bearer ")
    token = await bought(api, solution=await talking(api, world), customer="c-1")
    head, body, signature = token["token"].split(".")
    unsigned = "eyJhbGciOiJub25lIn0." + body + "."

    for text in (key, "x", f"{head}.{body}.", unsigned, f"{head}.{body}.{signature[::-1]}"):
        async with page(world, text) as browser:
            assert problem(await browser.get("/v1/widgets/session")) == (401, "widget.token")


async def test_a_widget_token_is_no_api_key(world: World, api: httpx2.AsyncClient) -> None:
    token = await bought(api, solution=await talking(api, world), customer="c-1")

    async with page(world, token["token"]) as browser:
        assert problem(await browser.get("/v1/sessions")) == (401, "token.kind")
        more = await browser.post("/v1/widgets/tokens", json={})
        assert problem(more) == (401, "token.kind")


async def test_a_token_does_what_its_scopes_say(world: World, api: httpx2.AsyncClient) -> None:
    token = await bought(api, solution=await talking(api, world), customer="c-1", scopes=["status"])

    async with page(world, token["token"]) as browser:
        for path in ("session", "session/messages", "session/events", "preferences", "forms/chat"):
            answer = await browser.get(f"/v1/widgets/{path}")
            assert problem(answer) == (403, "widget.scope"), path


async def test_somebody_unknown_has_no_history(world: World, api: httpx2.AsyncClient) -> None:
    solution = await talking(api, world)
    token = await bought(api, solution=solution)

    async with page(world, token["token"]) as browser:
        sent = await browser.post("/v1/widgets/session/messages", json={"id": "m", "text": "Hi"})
        history = await browser.get("/v1/widgets/session/messages")
        said = await heard(browser, 2)

    assert sent.json()["session"] == f"{solution}:anonymous:{token['anonymous']}"
    assert problem(history) == (403, "widget.scope")
    assert said[1]["text"] == "You said: Hi"


async def test_customers_have_only_their_own_session(world: World, api: httpx2.AsyncClient) -> None:
    solution = await talking(api, world)
    anna = await bought(api, solution=solution, customer="anna")
    bert = await bought(api, solution=solution, customer="bert")

    async with page(world, anna["token"]) as browser:
        await browser.post("/v1/widgets/session/messages", json={"id": "m", "text": "Secret"})
        await heard(browser, 2)
    async with page(world, bert["token"]) as browser:
        theirs = (await browser.get("/v1/widgets/session/messages")).json()

    assert theirs == []


async def test_nobody_buys_what_they_may_not_give(world: World, api: httpx2.AsyncClient) -> None:
    solution = await talking(api, world)
    good = {"solution": solution, "customer": "c", "origin": PAGE}
    wrong = {
        "widget.wanted": (
            {**good, "roles": ["collections-lead"]},
            {**good, "anonymous": "visitor-1"},
            {**good, "customer": None, "scopes": ["preferences"]},
        ),
        "solution.unknown": ({**good, "solution": "acme.nowhere"},),
        "api.invalid-request": (
            {**good, "origin": "shop.example"},
            {**good, "origin": f"{PAGE}/path"},
            {**good, "origin": "null"},
            {**good, "scopes": ["everything"]},
            {**good, "scopes": []},
            {**good, "more": 1},
        ),
    }

    for code, bodies in wrong.items():
        for body in bodies:
            answer = await api.post("/v1/widgets/tokens", json=body)
            assert problem(answer)[1] == code, body


async def test_a_viewer_buys_no_token(world: World, api: httpx2.AsyncClient) -> None:
    solution = await talking(api, world)
    async with await world.client(principal("looker", "viewer")) as viewer:
        answer = await viewer.post(
            "/v1/widgets/tokens", json={"solution": solution, "customer": "c", "origin": PAGE}
        )

    assert problem(answer) == (403, "api.forbidden")


async def test_other_tenants_see_no_session(
    world: World, api: httpx2.AsyncClient, stranger: httpx2.AsyncClient
) -> None:
    solution = await talking(api, world, ORDERS)
    path = f"/v1/sessions/{solution}:c-9"
    said = await api.post(
        f"{path}/messages", json={"id": "m", "text": "A bicycle", "channel": "app"}
    )
    assert said.status_code == 202, said.text

    mine = [await api.get(path), await api.get(f"{path}/messages")]
    theirs = [await stranger.get(path), await stranger.get(f"{path}/messages")]

    assert [one.status_code for one in mine] == [200, 200]
    assert [problem(one) for one in theirs] == [(404, "session.unknown")] * 2
    assert (await stranger.get("/v1/sessions")).json() == {"items": [], "cursor": None}


async def test_as_many_streams_are_open_as_a_person_has_devices(
    world: World, api: httpx2.AsyncClient
) -> None:
    solution = await talking(api, world)
    token = await bought(api, solution=solution, customer="c-many")
    other = await bought(api, solution=solution, customer="c-other")

    lines = []
    async with (
        asyncio.timeout(60),
        page(world, token["token"]) as browser,
        AsyncExitStack() as devices,
    ):
        for _ in range(MOST):
            stream = browser.stream("GET", "/v1/widgets/session/events")
            # A response whose lines nobody holds is closed.
            lines.append((await devices.enter_async_context(stream)).aiter_lines())
            await anext(lines[-1])
        one_more = await browser.get("/v1/widgets/session/events")
        async with page(world, other["token"]) as somebody:
            opened = somebody.stream("GET", "/v1/widgets/session/events")
            assert (await devices.enter_async_context(opened)).status_code == 200

    assert problem(one_more) == (429, "session.followed")
