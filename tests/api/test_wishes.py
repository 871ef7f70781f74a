"""Unsubscribing, and the preference page: what end customers say, without a key and without
scripts."""

import asyncio
import re
from typing import Any

import httpx2
import pytest

from public_works.ledger import DeliveryRecord
from public_works.links import Link
from public_works.suppressions import address_hash
from tests.api.world import World, deployed, problem

SHOP = """\
document: {dsl: 1.0.3, namespace: acme, name: NAME, version: 1.0.0}
experiences:
  email: {adapter: sandbox, purpose: marketing, topic: product-news}
  phone: {channel: sms, adapter: sandbox, topic: product-news}
  offers: {channel: email, adapter: sandbox, purpose: marketing}
  receipt: {channel: email, adapter: sandbox}
  code: {channel: sms, adapter: sandbox, purpose: security, topic: codes}
do:
  - rest: {wait: {seconds: 1}}
"""
ONE_CLICK = {"List-Unsubscribe": "One-Click"}


@pytest.fixture(scope="module")
async def shop(world: World, api: httpx2.AsyncClient) -> str:
    name = world.name("shop")
    return await deployed(api, name, SHOP.replace("NAME", name))


async def customer(api: httpx2.AsyncClient, id: str, **more: Any) -> str:
    known = {"email": f"{id}@example.com", "phone": "+4366012345678", "locale": "en-GB", **more}
    assert (await api.put(f"/v1/customers/{id}", json=known)).status_code == 200
    return id


def sent(world: World, id: str, **more: Any) -> DeliveryRecord:
    """A mail that went out to somebody."""
    plan = {
        "solution": "acme.shop",
        "run": f"acme.shop:{id}",
        "step": "/do/0",
        "channel": "email",
        "binding": "email",
        "purpose": "marketing",
        "topic": "product-news",
        "customer": id,
        "address_hash": address_hash("acme", f"{id}@example.com"),
    }
    return world.services.stores.ledger.plan("acme", id=f"wish-{id}", **{**plan, **more})


def link(world: World, delivery: DeliveryRecord, scope: str = "topic:product-news") -> str:
    about = Link(
        use="unsubscribe",
        tenant="acme",
        delivery=delivery.id,
        customer=delivery.customer,
        channel=delivery.channel,
        scope=scope,
    )
    return f"/v1/unsubscribe/{world.services.links.token(about)}"


def page_of(world: World, id: str) -> str:
    about = Link(use="preferences", tenant="acme", customer=id)
    return f"/preferences/{world.services.links.token(about)}"


def ticked(page: httpx2.Response) -> dict[str, bool]:
    found = re.findall(r'value="([^"]*)"( checked)?>', page.text)
    return {name: bool(checked) for name, checked in found if ":" in name}


def entries(world: World, id: str) -> list[tuple[str, str, str]]:
    found = world.services.stores.suppressions.list("acme", customer=id)
    return [(one.channel, one.scope, one.reason) for one in found]


async def test_following_the_link_changes_nothing_and_one_post_does(
    world: World, api: httpx2.AsyncClient, nobody: httpx2.AsyncClient, shop: str
) -> None:
    who = await customer(api, "wish-one")
    address = link(world, sent(world, who))

    shown = await nobody.get(address)
    assert shown.status_code == 200
    assert "Product news (Email)" in shown.text
    assert entries(world, who) == []

    for _ in range(2):
        done = await nobody.post(address, data=ONE_CLICK)
        assert (done.status_code, done.headers.get("set-cookie")) == (200, None)
        assert entries(world, who) == [("email", "topic:product-news", "opted_out")]
    (said,) = world.services.stores.preferences.of("acme", who)
    assert (said.topic, said.channel, said.wanted) == ("product-news", "email", False)
    story = (await api.get(f"/v1/deliveries/wish-{who}")).json()
    assert [one["event"] for one in story["events"]] == ["unsubscribed"]


LEAVING = """\
document: {dsl: 1.0.3, namespace: acme, name: NAME, version: 1.0.0}
do:
  - leaves:
      listen:
        to:
          one:
            with: {type: com.symphainy.customer.unsubscribed.v1, subject: "${ .customer }"}
      timeout: {after: PT10M}
      output: {as: "${ .[0] }"}
"""


async def test_a_run_hears_that_its_customer_had_enough(
    world: World, api: httpx2.AsyncClient, nobody: httpx2.AsyncClient, shop: str
) -> None:
    """By link or on their page; each change is told once."""
    one, other = await customer(api, "wish-heard"), await customer(api, "wish-heard-too")
    solution = await deployed(api, name := world.name("leaving"), LEAVING.replace("NAME", name))
    runs = []
    for who in (one, other):
        begun = f"/v1/solutions/{solution}/intents/start"
        runs.append((await api.post(begun, json={"customer": who})).json()["run"])
    await nobody.post(link(world, sent(world, one)), data=ONE_CLICK)
    page = page_of(world, other)
    boxes = [name for name in ticked(await nobody.get(page)) if name != "sms:product-news"]
    for _ in range(2):
        await nobody.post(page, data={"choice": boxes})

    said = {"scope": "topic:product-news", "topic": "product-news"}
    outputs = [(await over(api, run))["output"] for run in runs]
    assert outputs == [
        {
            **said,
            "customer": one,
            "channel": "email",
            "reason": "opted_out",
            "source": "unsubscribe",
            "delivery": f"wish-{one}",
        },
        {**said, "customer": other, "channel": "sms", "source": "preferences"},
    ]


async def over(api: httpx2.AsyncClient, run: str) -> dict[str, Any]:
    """The run once it is over."""
    async with asyncio.timeout(60):
        while True:
            found: dict[str, Any] = (await api.get(f"/v1/runs/{run}")).json()
            if found["status"] != "running":
                return found
            await asyncio.sleep(0.05)


async def test_who_had_enough_of_marketing_takes_consent_back(
    world: World, api: httpx2.AsyncClient, nobody: httpx2.AsyncClient
) -> None:
    said = {"channel": "email", "purpose": "marketing", "granted": True}
    who = await customer(api, "wish-consent", consents=[said])
    delivery = sent(world, who, topic=None)
    await nobody.post(link(world, delivery, "purpose:marketing"), data=ONE_CLICK)
    (consent,) = (await api.get(f"/v1/customers/{who}")).json()["consents"]
    assert (consent["channel"], consent["purpose"], consent["granted"]) == (
        "email",
        "marketing",
        False,
    )


async def test_an_address_without_a_customer_is_left_alone_too(
    world: World, nobody: httpx2.AsyncClient
) -> None:
    delivery = sent(world, "wish-nobody", customer=None)
    done = await nobody.post(link(world, delivery), data=ONE_CLICK)
    assert done.status_code == 200
    hash = address_hash("acme", "wish-nobody@example.com")
    (entry,) = world.services.stores.suppressions.of("acme", "email", hash)
    assert (entry.scope, entry.delivery) == ("topic:product-news", delivery.id)


@pytest.mark.parametrize("token", ["x", "a" * 3000, "%F0%9F%92%A9", "AAAA-AAAA", "%00"])
@pytest.mark.parametrize("path", ["/v1/unsubscribe/", "/preferences/"])
async def test_a_link_that_was_made_up_opens_nothing(
    nobody: httpx2.AsyncClient, path: str, token: str
) -> None:
    for answer in (await nobody.get(path + token), await nobody.post(path + token)):
        assert answer.status_code == 404
        assert "This link does not work" in answer.text


async def test_a_link_for_one_thing_opens_no_other(
    world: World, api: httpx2.AsyncClient, nobody: httpx2.AsyncClient
) -> None:
    who = await customer(api, "wish-other")
    token = page_of(world, who).rpartition("/")[2]
    assert (await nobody.post(f"/v1/unsubscribe/{token}")).status_code == 404


async def test_the_page_shows_what_can_be_chosen_and_takes_down_what_is(
    world: World, api: httpx2.AsyncClient, nobody: httpx2.AsyncClient, shop: str
) -> None:
    who = await customer(api, "wish-page")
    shown = await nobody.get(page_of(world, who))
    assert ticked(shown) == {"email:product-news": True, "sms:product-news": True, "email:": True}
    policy = shown.headers["content-security-policy"]
    assert policy.startswith("default-src 'none'; style-src 'self';")
    assert "unsafe" not in policy
    assert "<script" not in shown.text

    saved = await nobody.post(page_of(world, who), data={"choice": ["sms:product-news"]})
    assert (saved.status_code, saved.headers["location"]) == (
        303,
        page_of(world, who) + "?saved=true",
    )
    after = await nobody.get(saved.headers["location"])
    assert ticked(after) == {
        "email:product-news": False,
        "sms:product-news": True,
        "email:": False,
    }
    assert "Saved." in after.text
    (consent,) = (await api.get(f"/v1/customers/{who}")).json()["consents"]
    assert (consent["channel"], consent["granted"]) == ("email", False)


async def test_who_comes_back_is_taken_off_the_list(
    world: World, api: httpx2.AsyncClient, nobody: httpx2.AsyncClient, shop: str
) -> None:
    who = await customer(api, "wish-back")
    await nobody.post(link(world, sent(world, who)), data=ONE_CLICK)
    assert ticked(await nobody.get(page_of(world, who)))["email:product-news"] is False
    await nobody.post(page_of(world, who), data={"choice": ["email:product-news"]})
    assert entries(world, who) == []
    assert ticked(await nobody.get(page_of(world, who)))["email:product-news"] is True


async def test_who_left_all_marketing_can_want_some_of_it_again(
    world: World, api: httpx2.AsyncClient, nobody: httpx2.AsyncClient, shop: str
) -> None:
    who = await customer(api, "wish-some")
    await nobody.post(link(world, sent(world, who, topic=None), "purpose:marketing"))
    left = {"email:product-news": False, "sms:product-news": True, "email:": False}
    assert ticked(await nobody.get(page_of(world, who))) == left

    chosen = {"choice": ["email:product-news", "sms:product-news"]}
    await nobody.post(page_of(world, who), data=chosen)
    after = ticked(await nobody.get(page_of(world, who)))
    assert after == {**left, "email:product-news": True}
    assert entries(world, who) == []


async def test_one_button_ends_everything(
    world: World, api: httpx2.AsyncClient, nobody: httpx2.AsyncClient, shop: str
) -> None:
    who = await customer(api, "wish-nothing")
    await nobody.post(page_of(world, who), data={"choice": ["email:"], "nothing": "1"})
    assert set(ticked(await nobody.get(page_of(world, who))).values()) == {False}


@pytest.mark.parametrize(
    ("locale", "accepted", "title"),
    [
        ("de-AT", "en", "Was Sie von uns hören"),
        (None, "fr, de;q=0.8", "Was Sie von uns hören"),
        ("fr", "", "What you hear from us"),
    ],
)
async def test_the_page_speaks_the_customer_s_language(
    world: World,
    api: httpx2.AsyncClient,
    nobody: httpx2.AsyncClient,
    locale: str | None,
    accepted: str,
    title: str,
) -> None:
    who = await customer(api, f"wish-{locale}", locale=locale)
    shown = await nobody.get(page_of(world, who), headers={"Accept-Language": accepted})
    assert f"<h1>{title}</h1>" in shown.text


async def test_pages_of_the_client_s_own_read_and_write_the_same(
    api: httpx2.AsyncClient, shop: str
) -> None:
    who = await customer(api, "wish-api")
    address = f"/v1/customers/{who}/preferences"
    shown = (await api.get(address)).json()
    assert shown["choices"][0] == {
        "topic": "product-news",
        "title": "Product news",
        "channel": "email",
        "marketing": True,
        "wanted": True,
    }
    no = {"topic": "product-news", "channel": "email", "wanted": False}
    changed = (await api.put(address, json={"choices": [no]})).json()
    assert [one["wanted"] for one in changed["choices"]] == [False, True, True]
    assert (await api.get(address)).json() == changed

    unknown = await api.put(address, json={"choices": [{**no, "topic": "weather"}]})
    assert problem(unknown) == (422, "preferences.unknown")
    absent = await api.get("/v1/customers/nobody-there/preferences")
    assert problem(absent) == (404, "customer.missing")


async def test_pages_for_strangers_run_nothing_keep_nothing_and_are_framed_nowhere(
    world: World, api: httpx2.AsyncClient, nobody: httpx2.AsyncClient
) -> None:
    hostile = "<script>alert(1)</script>"
    who = await customer(api, "wish-hostile", name=hostile, locale="en")
    delivery = sent(world, who, topic=hostile)
    address = link(world, delivery, f"topic:{hostile}")

    pages = [
        await nobody.get(address),
        await nobody.post(address, data=ONE_CLICK),
        await nobody.get(page_of(world, who)),
        await nobody.get(f"/preferences/{hostile}"),
    ]

    for one in pages:
        policy = one.headers["content-security-policy"]
        assert "default-src 'none'" in policy
        assert "frame-ancestors 'none'" in policy
        assert "script" not in policy
        assert "unsafe" not in policy
        assert one.headers["cache-control"] == "no-store"
        assert one.headers["referrer-policy"] == "no-referrer"
        assert "set-cookie" not in one.headers
        assert "<script" not in one.text
    assert "&lt;script&gt;" in pages[0].text
