"""The outbox as a page: what each channel shows, and buttons that work without a script."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from functools import partial
from typing import Any

import httpx2
import pytest

from tests.api.test_outbox import CALLS, delivery, message, starts, tell
from tests.api.test_wishes import customer, entries, link, sent
from tests.api.world import World, listening, principal

BASE = "https://hooks.acme.example"
HOSTILE = "<script>alert(1)</script>"


@pytest.fixture
async def browser(world: World) -> AsyncIterator[httpx2.AsyncClient]:
    """A browser that came by the link the launcher prints."""
    async with httpx2.AsyncClient(base_url=world.url, follow_redirects=True, timeout=60) as client:
        link = world.services.tickets.issue("acme")
        assert (await client.get("/outbox", params={"token": link})).status_code == 200
        yield client


async def test_a_call_is_taken_with_forms_alone(
    world: World, api: httpx2.AsyncClient, browser: httpx2.AsyncClient
) -> None:
    run = await starts(api, world.name("forms"), CALLS)
    address = f"/outbox/{(await message(api, run))['id']}"

    ringing = (await browser.get(address)).text
    assert 'data-phase="ringing"' in ringing
    answered = (await browser.post(f"{address}/acts", data={"act": "answer"})).text
    assert 'data-phase="asking"' in answered
    assert '<p class="bubble">Press 1 to keep your appointment.</p>' in answered
    over = await browser.post(f"{address}/acts", data={"act": "press", "digits": "1"})
    assert 'data-phase="over"' in over.text
    assert "gave an answer" in over.text
    again = await browser.post(f"{address}/acts", data={"act": "answer"})
    assert again.status_code == 409
    assert '<p class="wrong" role="alert">' in again.text


SHOWN: dict[str, tuple[str, str, list[str]]] = {
    "email": (
        f'{{to: a@example.com, subject: "Hi {HOSTILE}", text: Hello, html: "<p>Hi <a '
        "href='https://acme.example/x'>there</a></p>\"}",
        "{}",
        ['srcdoc="', "Links (1)", "Source", "be opened", "Answer as a@example.com"],
    ),
    "sms": (f'{{to: "+4366012312312", text: "Hi {HOSTILE}"}}', "{}", ["Write back", "bubble"]),
    "chat": (
        '{to: c-1, text: "Move it?", choices: [{title: Yes please, value: "yes"}]}',
        "{}",
        ["Move it?", '<button class="choice" name="text" value="yes">Yes please</button>'],
    ),
    "crm": (
        f'{{to: b@example.com, set: {{name: "Ada {HOSTILE}", n: 7}}, note: "Rang {HOSTILE}"}}',
        "{}",
        ["<h1>Ada &lt;script&gt;", '<th scope="row">n</th><td>7', "Rang &lt;script&gt;"],
    ),
    "ticket": (
        "{to: b@example.com, subject: Broken, text: It broke., tags: [late], priority: high}",
        "{}",
        ["<h1>Broken</h1>", "priority high", "Answer as an agent", "Solve"],
    ),
    "webhook": (
        f'{{type: a.b, data: "{HOSTILE}"}}',
        "{endpoint: 'https://partner.example/x'}",
        ["POST https://partner.example/x", "webhook-signature", "whsec_", "answer 410"],
    ),
}


@pytest.mark.parametrize("channel", SHOWN)
async def test_a_message_is_shown_as_its_receiver_has_it(
    world: World, api: httpx2.AsyncClient, browser: httpx2.AsyncClient, channel: str
) -> None:
    said, settings, expected = SHOWN[channel]
    kept = await tell(api, world, channel, said, settings=settings)

    page = (await browser.get(f"/outbox/{kept['id']}")).text

    assert [one for one in expected if one not in page] == []
    assert HOSTILE not in page
    listed = (await browser.get("/outbox", params={"channel": channel})).text
    assert f'href="/outbox/{kept["id"]}"' in listed
    assert HOSTILE not in listed


async def test_a_bounce_is_shown_next_to_the_mail(
    world: World, api: httpx2.AsyncClient, browser: httpx2.AsyncClient
) -> None:
    mail = await tell(api, world, "email", "{to: z@example.com, subject: Hi, text: Hello}")

    page = (await browser.post(f"/outbox/{mail['id']}/acts", data={"act": "bounce"})).text

    assert '<span class="badge bad">rejected</span>' in page
    assert "550 there is no such mailbox" in page
    assert await delivery(api, mail) == ("rejected", ["bounced_hard"])


async def test_a_ticket_is_answered_by_an_agent_and_a_record_changed_by_a_person(
    world: World, api: httpx2.AsyncClient, browser: httpx2.AsyncClient
) -> None:
    ticket = await tell(api, world, "ticket", "{to: t@example.com, subject: A, text: B}")
    answered = {"act": "update", "text": "We look into it."}
    page = (await browser.post(f"/outbox/{ticket['id']}/acts", data=answered)).text
    assert "<p>We look into it.</p>" in page
    record = await tell(api, world, "crm", "{to: r@example.com, set: {name: Ada}}")
    changed = {"act": "update", "name": "owner", "value": "Dr. Berger"}
    page = (await browser.post(f"/outbox/{record['id']}/acts", data=changed)).text
    assert '<th scope="row">owner</th><td>Dr. Berger' in page


async def test_the_one_click_button_posts_and_tells_what_came_of_it(
    world: World, api: httpx2.AsyncClient, browser: httpx2.AsyncClient
) -> None:
    outbox = world.services.stores.outbox
    headers = {
        "List-Unsubscribe": "<https://127.0.0.1:1/u>",
        "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
    }
    sent = await tell(api, world, "email", "{to: u@example.com, subject: Hi, text: Hello}")
    known = {name: sent[name] for name in ("run", "step", "channel", "to", "sender", "subject")}
    parts: dict[str, Any] = {**known, "text": "", "html": None, "headers": headers}
    kept = await asyncio.to_thread(lambda: outbox.put("acme", delivery="one-click", **parts))

    page = await browser.post(f"/outbox/{kept.id}/acts", data={"act": "unsubscribe"})

    assert "one-click: not answered" in page.text


async def test_who_may_only_look_presses_no_button(
    world: World, api: httpx2.AsyncClient, nobody: httpx2.AsyncClient
) -> None:
    mail = await tell(api, world, "email", "{to: v@example.com, subject: Hi, text: Hello}")
    address = f"/outbox/{mail['id']}"
    refused = await nobody.post(f"{address}/acts", data={"act": "open"})
    assert (refused.status_code, "Open the outbox" in refused.text) == (401, True)

    viewer = principal("vera", "viewer")
    keys = world.services.stores.keys
    key = await asyncio.to_thread(keys.issue, viewer, name="v", environment="all")
    await nobody.post("/outbox/session", data={"key": key})

    assert "It takes the role operator" in (await nobody.get(address)).text
    assert (await nobody.post(f"{address}/acts", data={"act": "open"})).status_code == 409
    assert await delivery(api, mail) == ("accepted", [])


async def test_another_site_presses_no_button(
    world: World, api: httpx2.AsyncClient, browser: httpx2.AsyncClient
) -> None:
    mail = await tell(api, world, "email", "{to: w@example.com, subject: Hi, text: Hello}")
    address = f"/outbox/{mail['id']}/acts"

    for given in ({"act": "eat"}, {}, {"act": "press", "digits": "x"}, {"act": "open", "text": ""}):
        elsewhere = {"Sec-Fetch-Site": "cross-site"}
        answer = await browser.post(address, data=given, headers=elsewhere)
        assert answer.status_code == 409
    assert (await browser.post(address, data={"act": "eat"})).status_code == 409
    assert await delivery(api, mail) == ("accepted", [])


async def test_the_list_is_narrowed_down_and_widened_again(
    world: World, api: httpx2.AsyncClient, browser: httpx2.AsyncClient
) -> None:
    mail = await tell(api, world, "email", "{to: q@example.com, subject: Quokka, text: Hello}")

    found = (await browser.get("/outbox", params={"words": "quokka"})).text
    assert f'href="/outbox/{mail["id"]}"' in found
    of_run = (await browser.get("/outbox", params={"run": mail["run"]})).text
    assert of_run.count('<span class="who">') == 1
    assert 'aria-label="remove"' in of_run
    none = (await browser.get("/outbox", params={"words": "quokka", "channel": "sms"})).text
    assert "Nothing found" in none


async def test_the_one_click_button_reaches_the_platform_itself_without_leaving_it(
    world: World, api: httpx2.AsyncClient
) -> None:
    who = await customer(api, world.name("wish"))
    wanted = sent(world, who)
    settings = world.services.settings.model_copy(update={"public_base_url": BASE})
    headers = {
        "List-Unsubscribe": f"<{BASE}{link(world, wanted)}>",
        "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
    }
    mail = await tell(api, world, "email", "{to: u@example.com, subject: Hi, text: Hello}")
    parts = {name: mail[name] for name in ("run", "step", "channel", "to", "sender", "subject")}
    put = partial(world.services.stores.outbox.put, "acme", delivery=wanted.id)
    kept = await asyncio.to_thread(put, **parts, text="", html=None, headers=headers)

    async with listening(replace(world.services, settings=settings)) as url:
        done = await api.post(f"{url}/v1/outbox/{kept.id}/acts", json={"act": "unsubscribe"})

    assert [(one["act"], one["status"]) for one in done.json()["acts"]] == [("unsubscribe", 200)]
    assert entries(world, who) == [("email", "topic:product-news", "opted_out")]


async def test_who_operates_sends_once_more_what_was_not_sent_and_says_why(
    world: World,
    api: httpx2.AsyncClient,
    browser: httpx2.AsyncClient,
    nobody: httpx2.AsyncClient,
) -> None:
    mail = await tell(api, world, "email", "{to: again@example.com, subject: Hi, text: Hello}")
    address, again = f"/outbox/{mail['id']}", f"/outbox/deliveries/{mail['delivery']}/resend"
    keys = world.services.stores.keys
    key = await asyncio.to_thread(
        keys.issue, principal("olga", "operator"), name="o", environment="all"
    )
    assert (await nobody.post(again, data={"reason": "it was lost"})).status_code == 401
    await nobody.post("/outbox/session", data={"key": key})
    assert again not in (await nobody.get(address)).text
    early = await nobody.post(again, data={"reason": "it was lost"})
    assert (early.status_code, "was sent" in early.text) == (409, True)
    await api.post(f"/v1/outbox/{mail['id']}/acts", json={"act": "drop"})

    # Whoever came by a link is nobody whom the log could name.
    assert again not in (await browser.get(address)).text
    shown = (await nobody.get(address)).text
    assert (again in shown, 'name="twice"' in shown) == (True, False)
    elsewhere = {"Sec-Fetch-Site": "cross-site"}
    for client, said, headers in (
        (browser, {"reason": "it was lost"}, {}),
        (nobody, {"reason": "it was lost"}, elsewhere),
        (nobody, {"reason": " "}, {}),
    ):
        refused = await client.post(again, data=said, headers=headers)
        assert (refused.status_code, 'role="alert"' in refused.text) == (409, True)

    sent = await nobody.post(again, data={"reason": "it was lost"})
    run = httpx2.URL(sent.headers["location"]).params["run"]
    assert (sent.status_code, (await message(api, run))["to"]) == (303, "again@example.com")
    log = (await api.get("/v1/audit", params={"action": "delivery.resent"})).json()["items"]
    (told,) = [one for one in log if one["subject"]["id"] == mail["delivery"]]
    assert (told["actor"]["id"], told["outcome"]) == ("olga", "done")
    assert told["details"] == {"reason": "it was lost", "twice": False}
