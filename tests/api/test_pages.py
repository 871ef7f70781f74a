"""The outbox and the reference, as a browser gets them."""

import asyncio
import json
import re
from datetime import UTC, datetime, timedelta

import httpx2
import pytest
from sqlalchemy import text

from solution_api.app import create_app
from solution_api.pages.story import badge, moment, task
from solution_api.tickets import Ticket, Tickets
from symphainy.delivery import SendResult
from tests.api.world import World, principal

NOW = datetime(2026, 11, 2, 9, 30, tzinfo=UTC)
HOSTILE = "<script>alert(1)</script>"
DOOR = "Open the outbox"


def mailed(world: World, id: str, *, tenant: str = "acme", html: str | None = None) -> str:
    """A message in the outbox, with its delivery and two decisions; its id."""
    stores = world.services.stores
    step = "/do/0/remind"
    stores.ledger.plan(
        tenant,
        id=id,
        solution="acme.dunning",
        run=f"acme.dunning:{id}",
        step=step,
        channel="email",
        binding="email",
    )
    claim = stores.ledger.claim(tenant, id, binding="email", provider="sandbox")
    stores.ledger.settle(tenant, id, claim.attempt, SendResult(outcome="accepted"))
    for number, outcome in enumerate(("defer", "allow")):
        stores.decisions.record(
            tenant,
            id=f"{id}-{number}",
            run=f"acme.dunning:{id}",
            step=step,
            point="outbound",
            outcome=outcome,
            policy="solution/night" if outcome == "defer" else None,
            layer=None,
            reason=f"held until 08:00 {HOSTILE}" if outcome == "defer" else None,
            bundle="sha256:1",
            facts_digest="sha256:2",
            at=NOW,
        )
    message = stores.outbox.put(
        tenant,
        delivery=id,
        run=f"acme.dunning:{id}",
        step=step,
        channel="email",
        to="maria@example.com",
        sender="billing@acme.example",
        subject=f"Invoice {id} {HOSTILE}",
        text=f"Please pay {HOSTILE}",
        html=html,
        headers={"X-Trace": HOSTILE},
    )
    return message.id


@pytest.fixture
async def browser(world: World):
    """A browser that came by the link the launcher prints."""
    async with httpx2.AsyncClient(base_url=world.url, follow_redirects=True, timeout=60) as client:
        link = world.services.tickets.issue("acme")
        opened = await client.get("/outbox", params={"token": link})
        assert (opened.status_code, opened.url.query) == (200, b"")
        assert DOOR not in opened.text
        yield client


async def test_without_a_ticket_the_outbox_asks_for_the_key(nobody: httpx2.AsyncClient) -> None:
    for path in ("/outbox", "/outbox/some-message", "/outbox?token=forged.forged"):
        page = await nobody.get(path)
        assert (page.status_code, "Open the outbox" in page.text) == (200, True)


async def test_a_key_opens_the_outbox_and_revoking_it_closes_it(
    world: World, nobody: httpx2.AsyncClient
) -> None:
    keys = world.services.stores.keys
    viewer = principal("vera", "viewer")
    key = await asyncio.to_thread(keys.issue, viewer, name="v", environment="all")
    entered = await nobody.post("/outbox/session", data={"key": f" {key} "})
    assert (entered.status_code, entered.headers["location"]) == (303, "/outbox")
    cookie = entered.headers["set-cookie"]
    assert all(part in cookie for part in ("HttpOnly", "SameSite=strict", "Max-Age=28800"))
    assert key not in cookie
    assert "Open the outbox" not in (await nobody.get("/outbox")).text
    await asyncio.to_thread(keys.revoke, "acme", key.split("_")[2])
    assert "Open the outbox" in (await nobody.get("/outbox")).text


async def test_a_key_that_may_not_read_opens_nothing(
    world: World, nobody: httpx2.AsyncClient
) -> None:
    lead = principal("lena", "collections-lead")
    key = await asyncio.to_thread(
        world.services.stores.keys.issue, lead, name="l", environment="all"
    )
    for given in (key, "sym_no_key", "", "\0", "é" * 999):
        answer = await nobody.post("/outbox/session", data={"key": given})
        assert (answer.status_code, "set-cookie" in answer.headers) == (401, False)


async def opened(world: World, browser: httpx2.AsyncClient, id: str = "vera") -> str:
    """Let a browser in by a key; what it proves that with."""
    keys = world.services.stores.keys
    viewer = principal(id, "viewer")
    key = await asyncio.to_thread(keys.issue, viewer, name="v", environment="all")
    assert (await browser.post("/outbox/session", data={"key": key})).status_code == 303
    assert DOOR not in (await browser.get("/outbox")).text
    return browser.cookies["symphainy_sign_in"]


async def opens(world: World, cookie: str) -> bool:
    """Whether a browser that has only this cookie is let in."""
    cookies = {"symphainy_sign_in": cookie}
    async with httpx2.AsyncClient(base_url=world.url, cookies=cookies, timeout=60) as other:
        return DOOR not in (await other.get("/outbox")).text


async def test_signing_out_ends_it_for_every_copy_of_the_cookie(
    world: World, browser: httpx2.AsyncClient, nobody: httpx2.AsyncClient
) -> None:
    by_link = browser.cookies["symphainy_sign_in"]
    by_key = await opened(world, nobody)
    for one, cookie, door in (
        (browser, by_link, "/outbox/session/end"),
        (nobody, by_key, "/codec/session/end"),
    ):
        assert await opens(world, cookie)
        left = await one.post(door)
        assert left.headers.get("clear-site-data") or DOOR in left.text
        assert not await opens(world, cookie)


async def test_who_signs_in_again_with_a_key_has_another_sign_in_and_the_one_before_is_over(
    world: World, nobody: httpx2.AsyncClient
) -> None:
    before = await opened(world, nobody)
    after = await opened(world, nobody)
    assert (await opens(world, before), await opens(world, after)) == (False, True)


@pytest.mark.parametrize(("column", "seconds"), [("seen", -3_700), ("expires", -1)])
async def test_what_was_bought_with_a_key_ends_in_time_and_where_nobody_comes(
    world: World, nobody: httpx2.AsyncClient, column: str, seconds: int
) -> None:
    cookie = await opened(world, nobody)
    moment = datetime.now(UTC) + timedelta(seconds=seconds)
    aged = text(f"UPDATE sign_in SET {column} = :at WHERE id = :id")
    said = {"at": f"{moment:%Y-%m-%d %H:%M:%S.%f}", "id": cookie.partition("_")[0]}
    with world.services.stores.database.session() as session:
        session.connection().execute(aged, said)
    assert not await opens(world, cookie)


async def test_what_was_bought_with_a_key_is_listed_and_ended_by_its_person_and_administrators(
    world: World, nobody: httpx2.AsyncClient
) -> None:
    async with httpx2.AsyncClient(base_url=world.url, timeout=60) as second:
        here, there = await opened(world, nobody, "lou"), await opened(world, second, "lou")
        ids = [one.partition("_")[0] for one in (here, there)]
        page = (await nobody.get("/sign-in")).text
        assert [one in page for one in ids] == [True, True]
        await nobody.post("/sign-in/end", data={"which": ids[1]})
        assert (await opens(world, here), await opens(world, there)) == (True, False)
    async with await world.client(principal("boss", "tenant-admin")) as boss:
        listed = (await boss.get("/v1/sign-ins")).json()["items"]
        (mine,) = (one for one in listed if one["id"] == ids[0])
        known = world.services.stores.keys.get("acme", mine["key"])
        assert (mine["principal"], mine["issuer"], known and known.principal) == ("lou", "", "lou")
        assert (await boss.delete(f"/v1/sign-ins/{ids[0]}")).status_code == 204
    assert not await opens(world, here)
    begun = world.services.stores.audit.list("acme", limit=20)
    entry = next(one for one in begun if one.subject.id == ids[0] and "begun" in one.action)
    assert (entry.actor.id, entry.details["key"]) == ("lou", mine["key"])


async def test_a_link_opens_one_browser_once_and_says_what_to_do_then(
    world: World, nobody: httpx2.AsyncClient
) -> None:
    link = {"token": world.services.tickets.issue("acme"), "live": "true"}
    came = await nobody.get("/outbox", params=link)
    assert (came.status_code, came.headers["location"]) == (303, "/outbox?live=true")
    assert link["token"] not in str(came.headers)
    # Whoever is in stays in, also by the same link.
    assert (await nobody.get("/outbox", params=link)).status_code == 303
    assert DOOR not in (await nobody.get("/outbox")).text
    async with httpx2.AsyncClient(base_url=world.url, timeout=60) as other:
        page = await other.get("/outbox", params=link)
        assert (DOOR in page.text, "symphainy key link" in page.text) == (True, True)
        assert "set-cookie" not in page.headers


async def test_a_page_of_somebody_else_signs_nobody_in(
    world: World, nobody: httpx2.AsyncClient
) -> None:
    link = {"token": world.services.tickets.issue("acme")}
    keys = world.services.stores.keys
    key = await asyncio.to_thread(
        keys.issue, principal("eve", "operator"), name="e", environment="all"
    )
    for site in ("cross-site", "same-site"):
        elsewhere = {"Sec-Fetch-Site": site}
        led = await nobody.get("/outbox", params=link, headers=elsewhere)
        sent = [
            await nobody.post(door, data={"key": key}, headers=elsewhere)
            for door in ("/outbox/session", "/codec/session", "/demo/widgets")
        ]
        for answer in (led, *sent):
            assert (answer.status_code, "set-cookie" in answer.headers) == (403, False)
    assert "address bar" in led.text
    assert (await nobody.get("/outbox", params=link)).status_code == 303


async def test_the_list_shows_messages_with_the_state_of_their_delivery(
    world: World, browser: httpx2.AsyncClient
) -> None:
    id = await asyncio.to_thread(mailed, world, "shown")
    page = (await browser.get("/outbox")).text
    assert f'href="/outbox/{id}"' in page
    assert '<span class="badge good">sent</span>' in page
    assert HOSTILE not in page
    live = (await browser.get("/outbox?live=true")).text
    assert '<noscript><meta http-equiv="refresh"' in live
    assert '<meta http-equiv="refresh"' not in page


async def test_deliveries_in_doubt_stand_above_the_list(
    world: World, browser: httpx2.AsyncClient
) -> None:
    ledger = world.services.stores.ledger

    def lose() -> None:
        ledger.plan(
            "acme",
            id="lost",
            solution="acme.dunning",
            run="acme.dunning:lost",
            step="/do/1/escalate",
            channel="email",
            binding="email",
            customer="c-88",
        )
        claim = ledger.claim("acme", "lost", binding="email", provider="smtp")
        ledger.settle("acme", "lost", claim.attempt, SendResult(outcome="unknown"))

    await asyncio.to_thread(lose)
    page = (await browser.get("/outbox")).text
    assert '<span class="badge doubt">in doubt</span>' in page
    assert "<strong>escalate</strong> to c-88" in page


async def test_a_message_is_shown_in_three_forms_with_what_policy_said(
    world: World, browser: httpx2.AsyncClient
) -> None:
    id = await asyncio.to_thread(mailed, world, "forms", html=f"<p style='x'>Hi {HOSTILE}</p>")
    html = await browser.get(f"/outbox/{id}")
    assert '<iframe title="The mail as it looks" sandbox=""' in html.text
    assert "&lt;p style=" in html.text
    policy = html.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "script-src 'self'; connect-src 'self'" in policy
    assert "unsafe-inline" not in policy.replace("style-src 'self' 'unsafe-inline'", "")
    plain = (await browser.get(f"/outbox/{id}?view=text")).text
    assert '<pre class="body">Please pay &lt;script&gt;' in plain
    headers = (await browser.get(f"/outbox/{id}?view=headers")).text
    assert '<th scope="row">X-Trace</th>' in headers
    for page in (html.text, plain, headers):
        assert HOSTILE not in page
        assert "<strong>held</strong> by <code>solution/night</code>" in page
        assert "<strong>allowed</strong>" in page
        assert "<strong>accepted</strong> by sandbox" in page


async def test_a_text_message_is_shown_as_one(world: World, browser: httpx2.AsyncClient) -> None:
    kept = world.services.stores.outbox.put(
        "acme",
        delivery="text-1",
        run="acme.dunning:text-1",
        step="/do/0/remind",
        channel="sms",
        to="+4366012345678",
        sender="Acme",
        subject="",
        text=f"Please pay {HOSTILE}",
        html=None,
        headers={"Parts": "1"},
    )

    page = (await browser.get(f"/outbox/{kept.id}")).text

    assert "to +4366012345678" in page
    assert '<p class="bubble">Please pay &lt;script&gt;' in page
    assert "Forms of this message" not in page


async def test_a_message_of_another_tenant_is_not_there(
    world: World, browser: httpx2.AsyncClient
) -> None:
    foreign = await asyncio.to_thread(mailed, world, "foreign", tenant="evil")
    for path in (foreign, "none", "a%00b", "x" * 999):
        page = await browser.get(f"/outbox/{path}")
        assert (page.status_code, "not here" in page.text) == (404, True)
    assert (await browser.get("/outbox?cursor=none")).status_code == 404


def test_a_ticket_is_good_for_ten_minutes_and_only_if_it_is_ours() -> None:
    tickets = Tickets(b"pepper")
    shown = tickets.issue("acme", now=NOW)
    until = NOW + timedelta(minutes=10)
    found = tickets.redeem(shown, now=until - timedelta(seconds=1))
    assert found is not None
    assert found == Ticket(id=found.id, tenant="acme", expires=until)
    assert tickets.redeem(shown, now=until) is None
    assert Tickets(b"other").redeem(shown, now=NOW) is None
    body, signature = shown.split(".")
    for forged in ("", ".", body, f"{body}.", f".{signature}", f"{body}A.{signature}", "é.é"):
        assert tickets.redeem(forged, now=NOW) is None


def test_what_pages_say_of_states_and_times() -> None:
    assert badge("unresolved") == {"said": "in doubt, look yourself", "tone": "doubt"}
    assert badge(None) == {"said": "not in the ledger", "tone": "calm"}
    assert moment(NOW, NOW)["said"] == "09:30"
    assert moment(NOW - timedelta(days=1), NOW)["said"] == "1 Nov"
    assert moment(NOW - timedelta(days=400), NOW)["said"] == "28 Sep 2025"
    assert task("/do/0/a~1b") == "a/b"


async def test_the_reference_shows_every_operation_and_loads_nothing_from_elsewhere(
    nobody: httpx2.AsyncClient,
) -> None:
    document = (await nobody.get("/openapi.json")).json()
    page = await nobody.get("/docs")
    shown = re.findall(r'<article class="operation" id="(\w+)">', page.text)
    operations = [one for path in document["paths"].values() for one in path.values()]
    assert sorted(shown) == sorted(one["operationId"] for one in operations)
    assert not re.findall(r'(?:src|href)="(?!/|#|data:)', page.text)
    sheet = await nobody.get("/pages/style.css")
    assert (sheet.status_code, "url(" in sheet.text) == (200, False)


def test_every_operation_documents_its_refusals_and_shows_examples() -> None:
    document = create_app(None).openapi()  # type: ignore[arg-type]
    assert document["openapi"].startswith("3.1")
    assert json.dumps(document)
    for path, methods in document["paths"].items():
        for method, one in methods.items():
            where = f"{method} {path}"
            statuses = set(one["responses"])
            assert {"400", "404", "422", "500"} <= statuses, where
            if "security" in one:
                assert {"401", "403", "503"} <= statuses, where
            if "requestBody" in one:
                assert {"413", "415"} <= statuses, where
            for status, response in one["responses"].items():
                for content in response.get("content", {}).values():
                    assert "example" in content or content["examples"], (where, status)
            assert one["description"], where
