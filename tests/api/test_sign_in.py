"""Signing in at the platform's pages by an identity provider."""

import asyncio
import re
import time
from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from html import unescape
from pathlib import Path
from typing import Any

import httpx2
import pytest
from playwright.async_api import expect
from sqlalchemy import text

from public_works.egress import Egress
from public_works.sign_ins import SignIns
from smart_city.roles import OwnRole
from smart_city.trust import TrustedIssuer
from solution_api.bearers import Bearers
from solution_api.services import Services
from tests.api.issuing import Trusting, trusting
from tests.api.test_oidc_keys import FOREIGN, provider
from tests.api.world import World, listening, principal, problem
from tests.widgets.browsing import CHROMIUM, PATIENCE, browsing

CLIENT = {"client": "pages", "secret": "oidc-pages"}
DOOR = "Open the outbox"


@pytest.fixture
async def oidc(services: Services, tmp_path: Path) -> AsyncIterator[Trusting]:
    """An API whose provider signs people in at its pages."""
    folder = services.settings.home / "secrets" / "acme"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "oidc-pages").write_text("s3cret & more")
    async with trusting(services, tmp_path) as found:
        found.twin.clients = {"pages": "s3cret & more"}
        found.trust(sign_in=CLIENT)
        yield found


@pytest.fixture
async def browser(oidc: Trusting) -> AsyncIterator[httpx2.AsyncClient]:
    """A browser that was never here."""
    async with httpx2.AsyncClient(base_url=oidc.url, timeout=60) as found:
        yield found


async def leave(browser: httpx2.AsyncClient, to: str = "outbox") -> str:
    """Where the page sends a browser that wants to sign in."""
    going = await browser.post("/sign-in/at/acme/corp", data={"to": to})
    assert going.status_code == 200, going.text
    found = re.search(r'http-equiv="refresh" content="0; url=([^"]+)"', going.text)
    assert found is not None
    return unescape(found[1])


async def sign_in(oidc: Trusting, browser: httpx2.AsyncClient, **claims: Any) -> httpx2.Response:
    """The answer to whoever comes back from the provider."""
    back = oidc.twin.signs_in(await leave(browser), **claims)
    assert back.startswith(oidc.url)
    return await browser.get(back)


async def looks(browser: httpx2.AsyncClient) -> bool:
    """Whether the outbox is open."""
    page = await browser.get("/outbox")
    assert page.status_code == 200
    return DOOR not in page.text


def records(services: Services, count: int) -> list[tuple[str, str, str, str | None]]:
    """The last of those about signing in; runs write records too."""
    found = services.stores.audit.list("acme", limit=50)
    mine = [one for one in found if one.action.startswith("sign-in.")]
    return [(one.actor.id, one.action, one.outcome, one.code) for one in mine[:count]]


async def test_somebody_signs_in_by_their_provider_and_out_again(
    oidc: Trusting, browser: httpx2.AsyncClient
) -> None:
    assert not await looks(browser)
    url = httpx2.URL(await leave(browser))
    asked = dict(url.params)
    assert (url.host, url.path, asked.pop("prompt")) == (oidc.twin.host, "/authorize", "login")
    drawn = [asked.pop(one) for one in ("state", "nonce", "code_challenge")]
    assert [len(one) for one in drawn] == [43, 43, 43]
    assert asked == {
        "client_id": "pages",
        "redirect_uri": f"{oidc.url}/sign-in/return",
        "scope": "openid",
        "response_type": "code",
        "code_challenge_method": "S256",
    }
    back = await browser.get(oidc.twin.signs_in(str(url)))
    assert (back.status_code, back.headers["location"]) == (303, "/outbox")
    kept = [one for one in back.headers.get_list("set-cookie") if "symphainy_sign_in" in one]
    assert len(kept) == 1
    assert all(one in kept[0] for one in ("HttpOnly", "SameSite=lax", "Path=/;", "Max-Age=28800"))
    assert await looks(browser)
    you = (await browser.get("/sign-in")).text
    assert "As <code>corp:ada</code>. Roles: operator." in you
    cookie = dict(browser.cookies)
    out = await browser.post("/sign-in/end")
    assert (out.status_code, out.headers["clear-site-data"]) == (303, '"cache", "storage"')
    assert not await looks(browser)
    # A copy of the cookie opens nothing either.
    browser.cookies.update(cookie)
    assert not await looks(browser)
    assert records(oidc.services, 2) == [
        ("corp:ada", "sign-in.ended", "done", None),
        ("corp:ada", "sign-in.begun", "done", None),
    ]


async def test_over_https_the_cookie_is_this_hosts_alone(
    oidc: Trusting, browser: httpx2.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = oidc.services.settings
    monkeypatch.setitem(settings.__dict__, "public_base_url", "https://us.example")
    url = await leave(browser)
    assert dict(httpx2.URL(url).params)["redirect_uri"] == "https://us.example/sign-in/return"
    pending = browser.cookies.get("__Host-symphainy_arriving")
    here = oidc.twin.signs_in(url).removeprefix("https://us.example")
    answer = await browser.get(here, headers={"Cookie": f"__Host-symphainy_arriving={pending}"})
    kept = [one for one in answer.headers.get_list("set-cookie") if "sign_in" in one]
    parts = {one.strip() for one in kept[0].split(";")[1:]}
    assert kept[0].startswith("__Host-symphainy_sign_in=")
    assert parts == {"HttpOnly", "Max-Age=28800", "Path=/", "SameSite=lax", "Secure"}


async def test_an_answer_counts_in_the_browser_that_asked_and_once(
    oidc: Trusting, browser: httpx2.AsyncClient
) -> None:
    back = oidc.twin.signs_in(await leave(browser))
    async with httpx2.AsyncClient(base_url=oidc.url, timeout=60) as other:
        assert (await other.get(back)).status_code == 400
        mine = oidc.twin.signs_in(await leave(other))
        # Whoever is led to use the code of somebody else has asked another question.
        forged = httpx2.URL(mine).copy_set_param("state", dict(httpx2.URL(back).params)["state"])
        answer = await other.get(str(forged))
        assert (answer.status_code, "issuer.sign-in" in answer.text) == (401, True)
        assert not await looks(other)
    swapped = httpx2.URL(back).copy_set_param("code", dict(httpx2.URL(mine).params)["code"])
    assert (await browser.get(str(swapped))).status_code == 401
    assert (await browser.get(back)).status_code == 400
    assert not await looks(browser)
    assert records(oidc.services, 1) == [("somebody", "sign-in.begun", "refused", "issuer.sign-in")]


@pytest.mark.parametrize(
    ("spoilt", "code"),
    [
        ({"nonce": "another"}, "token.nonce"),
        ({"nonce": None}, "token.nonce"),
        ({"aud": "other"}, "token.audience"),
        ({"aud": ["pages", "other"]}, "token.audience"),
        ({"aud": ["pages", "other"], "azp": "other"}, "token.audience"),
        ({"azp": "other"}, "token.audience"),
        ({"iss": "https://login.evil.example"}, "token.issuer"),
        ({"exp": 1, "iat": 0}, "token.expired"),
        ({"sub": ""}, "token.claims"),
        ({"act": {"sub": "helper"}}, "token.agent"),
        ({"tid": "theirs"}, "token.claims"),
    ],
)
async def test_an_id_token_that_says_something_else_signs_nobody_in(
    oidc: Trusting, browser: httpx2.AsyncClient, spoilt: dict[str, Any], code: str
) -> None:
    oidc.trust(sign_in=CLIENT, require={"tid": "ours"})
    oidc.twin.spoilt = {"tid": "ours", **spoilt}
    answer = await sign_in(oidc, browser)
    assert (answer.status_code, f"({code})" in answer.text) == (401, True)
    assert not await looks(browser)
    assert records(oidc.services, 1) == [("somebody", "sign-in.begun", "refused", code)]
    oidc.twin.spoilt = {"tid": "ours"}
    assert (await sign_in(oidc, browser)).status_code == 303


async def test_what_no_key_of_the_provider_signed_and_no_access_token_signs_anybody_in(
    oidc: Trusting, browser: httpx2.AsyncClient
) -> None:
    signing, oidc.twin.keys = oidc.twin.keys, oidc.other.keys
    assert (await sign_in(oidc, browser)).status_code == 303
    oidc.twin.jwks = {"keys": [one.as_dict(private=False) for one in signing]}
    oidc.services.bearers.keys.forget(oidc.twin.issuer)
    assert "(token.signature)" in (await sign_in(oidc, browser)).text


@pytest.mark.parametrize(
    ("answer", "status"),
    [({"iss": "https://login.evil.example"}, 401), ({"iss": None}, 401), ({"code": None}, 401)],
)
async def test_an_answer_of_another_provider_or_without_code_is_none(
    oidc: Trusting, browser: httpx2.AsyncClient, answer: dict[str, Any], status: int
) -> None:
    oidc.twin.says = {"authorization_response_iss_parameter_supported": True}
    back = httpx2.URL(oidc.twin.signs_in(await leave(browser)))
    params = {**back.params, **answer}
    kept = {name: one for name, one in params.items() if one is not None}
    told = await browser.get("/sign-in/return", params=kept)
    assert (told.status_code, "(issuer.sign-in)" in told.text) == (status, True)


async def test_a_wrong_secret_and_a_silent_provider_are_told_and_no_fault(
    oidc: Trusting, browser: httpx2.AsyncClient
) -> None:
    oidc.twin.clients = {"pages": "another"}
    answer = await sign_in(oidc, browser)
    assert (answer.status_code, "(issuer.sign-in)" in answer.text) == (401, True)
    assert "s3cret" not in answer.text
    back = oidc.twin.signs_in(await leave(browser))
    oidc.twin.status = 0
    assert (await browser.get(back)).status_code == 503
    assert records(oidc.services, 1)[0][1:] == ("sign-in.begun", "failed", "issuer.unavailable")
    assert (await browser.post("/sign-in/at/acme/corp")).status_code == 503
    oidc.trust(sign_in={"client": "pages", "secret": "oidc-nowhere"})
    oidc.twin.status = 200
    assert (await sign_in(oidc, browser)).status_code == 422


async def test_a_client_without_header_and_a_public_one_prove_themselves_as_they_can(
    oidc: Trusting, browser: httpx2.AsyncClient
) -> None:
    oidc.twin.says = {"token_endpoint_auth_methods_supported": ["client_secret_post"]}
    assert (await sign_in(oidc, browser)).status_code == 303
    oidc.twin.clients = {"pages": None}
    oidc.trust(sign_in={"client": "pages", "scopes": ["profile", "openid"]})
    assert (await sign_in(oidc, browser)).status_code == 303


async def test_nobody_is_sent_to_what_is_no_provider_or_where_others_want_them(
    oidc: Trusting, browser: httpx2.AsyncClient
) -> None:
    for path in ("acme/other", "evil/corp"):
        assert (await browser.post(f"/sign-in/at/{path}")).status_code == 404
    other = {"Sec-Fetch-Site": "cross-site"}
    assert (await browser.post("/sign-in/at/acme/corp", headers=other)).status_code == 403
    for to in ("https://evil.example", "//evil.example", "nowhere"):
        back = oidc.twin.signs_in(await leave(browser, to))
        assert (await browser.get(back)).headers["location"] == "/sign-in"
    oidc.twin.says = {"authorization_endpoint": "javascript:alert(1)"}
    assert (await browser.post("/sign-in/at/acme/corp")).status_code == 503
    oidc.trust()
    assert (await browser.post("/sign-in/at/acme/corp")).status_code == 404
    assert "No identity provider" in (await browser.get("/sign-in/at/acme")).text


async def test_signing_in_again_makes_a_new_sign_in_of_the_browser_and_ends_the_one_before(
    oidc: Trusting, browser: httpx2.AsyncClient
) -> None:
    await sign_in(oidc, browser)
    before = dict(browser.cookies)["symphainy_sign_in"]
    # Nothing that a browser brought becomes what it is known by.
    await sign_in(oidc, browser)
    after = dict(browser.cookies)["symphainy_sign_in"]
    assert before.partition("_")[0] != after.partition("_")[0]
    assert await oidc.services.bearers.signed_in(before) is None
    assert await oidc.services.bearers.signed_in(after) is not None
    assert await oidc.services.bearers.signed_in(after[:-1]) is None
    forged = after.partition("_")[0] + "_" + "A" * 43
    assert await oidc.services.bearers.signed_in(forged) is None
    with oidc.services.stores.database.session() as session:
        rows = session.connection().execute(text("SELECT secret_hash FROM sign_in")).all()
    assert all(after.partition("_")[2] not in one[0] for one in rows)


async def test_people_see_where_they_are_signed_in_and_end_it_and_so_do_administrators(
    oidc: Trusting, browser: httpx2.AsyncClient, world: World
) -> None:
    await sign_in(oidc, browser)
    async with httpx2.AsyncClient(base_url=oidc.url, timeout=60) as second:
        await sign_in(oidc, second)
        async with httpx2.AsyncClient(base_url=oidc.url, timeout=60) as eve:
            await sign_in(oidc, eve, sub="eve")
            here = dict(second.cookies)["symphainy_sign_in"].partition("_")[0]
            assert here not in (await eve.get("/sign-in")).text
            await eve.post("/sign-in/end", data={"which": here})
            assert await looks(second)
        assert here in (await browser.get("/sign-in")).text
        elsewhere = {"Sec-Fetch-Site": "cross-site"}
        for which in (here, ""):
            form = {"which": which}
            left = await browser.post("/sign-in/end", data=form, headers=elsewhere)
            assert (left.status_code, "set-cookie" in left.headers) == (403, False)
        assert await looks(second)
        await browser.post("/sign-in/end", data={"which": here})
        assert (await looks(second), await looks(browser)) == (False, True)
        await sign_in(oidc, second)
        await browser.post("/sign-in/end", data={"which": "all"})
        assert (await looks(second), await looks(browser)) == (False, False)
        await sign_in(oidc, second)
        mine = dict(second.cookies)["symphainy_sign_in"].partition("_")[0]
        async with await world.client(principal("boss", "tenant-admin")) as boss:
            listed = {one["id"]: one for one in (await boss.get("/v1/sign-ins")).json()["items"]}
            assert (listed[mine]["principal"], listed[mine]["issuer"]) == ("corp:ada", "corp")
            assert (await boss.delete(f"/v1/sign-ins/{mine}")).status_code == 204
            assert problem(await boss.delete(f"/v1/sign-ins/{mine}")) == (404, "sign-in.missing")
        assert not await looks(second)
        assert ("boss", "sign-in.ended", "done", None) in records(oidc.services, 3)


async def test_a_sign_in_ends_in_time_and_where_nobody_comes(
    oidc: Trusting, browser: httpx2.AsyncClient
) -> None:
    database = oidc.services.stores.database

    def later(column: str, seconds: int) -> None:
        moment = text(f"UPDATE sign_in SET {column} = :at")
        with database.session() as session:
            session.connection().execute(moment, {"at": aged(seconds)})

    def aged(seconds: int) -> str:
        return time.strftime("%Y-%m-%d %H:%M:%S.000000", time.gmtime(time.time() + seconds))

    await sign_in(oidc, browser)
    await asyncio.to_thread(later, "seen", -3_500)
    assert await looks(browser)
    # Looking has put it off, for a while.
    await asyncio.to_thread(later, "seen", -3_700)
    assert not await looks(browser)
    await sign_in(oidc, browser)
    await asyncio.to_thread(later, "expires", -1)
    assert not await looks(browser)


async def test_what_is_told_of_a_person_or_an_issuer_holds_for_their_browsers_at_once(
    oidc: Trusting, browser: httpx2.AsyncClient
) -> None:
    stores = oidc.services.stores
    names: dict[str, Any] = {
        "user_name": "kit@acme.example",
        "external_id": "00u-kit",
        "attributes": {},
    }
    kit = stores.people.create("acme", **names)
    group = stores.groups.create("acme", name="Desk", members=[kit.id])
    stores.roles.put("acme", OwnRole(name="viewer", groups=("Desk",)), by="owner")
    oidc.trust(sign_in=CLIENT, people="provisioned", roles=None)
    assert "(token.person)" in (await sign_in(oidc, browser)).text
    await sign_in(oidc, browser, sub="00u-kit")
    assert await looks(browser)
    assert f"As <code>{kit.id}</code>" in (await browser.get("/sign-in")).text
    for active in (False, True):
        stores.people.update("acme", kit.id, **names, active=active)
        assert await looks(browser) is active
    stores.roles.remove("acme", "viewer")
    assert not await looks(browser)
    stores.roles.put("acme", OwnRole(name="viewer", groups=("Desk",)), by="owner")
    assert await looks(browser)
    oidc.trust(people="provisioned", roles=None)
    assert not await looks(browser)
    oidc.trust(sign_in=CLIENT, people="provisioned", roles=None)
    oidc.trust(sign_in=CLIENT, issuer=oidc.other.issuer)
    assert not await looks(browser)
    oidc.trust(sign_in=CLIENT, people="provisioned", roles=None)
    stores.people.remove("acme", kit.id)
    assert not await looks(browser)
    stores.groups.remove("acme", group.id)
    stores.roles.remove("acme", "viewer")


async def test_roles_of_claims_are_had_while_the_person_is_active_and_the_issuer_maps_to_them(
    oidc: Trusting, browser: httpx2.AsyncClient
) -> None:
    people = oidc.services.stores.people
    said: dict[str, Any] = {
        "user_name": "uma@acme.example",
        "external_id": "00u-uma",
        "attributes": {},
    }
    uma = people.create("acme", **said)
    await sign_in(oidc, browser, sub="00u-uma")
    for active in (False, True):
        people.update("acme", uma.id, **said, active=active)
        assert await looks(browser) is active
    oidc.trust(sign_in=CLIENT, roles={"claim": "groups", "values": {"authors": ["author"]}})
    assert not await looks(browser)
    oidc.trust(sign_in=CLIENT)
    assert await looks(browser)
    people.remove("acme", uma.id)
    assert not await looks(browser)


async def test_roles_that_take_a_second_factor_are_asked_for_and_not_had_without(
    oidc: Trusting, browser: httpx2.AsyncClient
) -> None:
    oidc.trust(sign_in=CLIENT, step_up={"roles": ["operator"], "acr": ["gold"], "max_age": 600})
    asked = dict(httpx2.URL(await leave(browser)).params)
    assert (asked["acr_values"], asked["max_age"]) == ("gold", "600")
    now = int(time.time())
    for claims, roles in (
        ({"groups": ["operators", "authors"]}, "author"),
        ({"groups": ["operators", "authors"], "acr": "gold", "auth_time": now}, "author, operator"),
    ):
        await sign_in(oidc, browser, **claims)
        assert f"Roles: {roles}." in (await browser.get("/sign-in")).text


async def test_a_sign_in_is_a_pass_for_pages_of_temporal_and_for_nothing_else_of_the_api(
    oidc: Trusting, browser: httpx2.AsyncClient
) -> None:
    await sign_in(oidc, browser)
    assert problem(await browser.get("/v1/solutions")) == (401, "api.unauthenticated")
    shown = dict(browser.cookies)["symphainy_sign_in"]
    assert problem(await oidc.shows(shown)) == (401, "api.unauthenticated")
    settings = oidc.services.settings
    path = f"/v1/codec/{settings.temporal_namespace}/decode"
    ui = {"Origin": f"http://127.0.0.1:{settings.temporal_ui_port}"}
    assert (await browser.post(path, json={"payloads": []}, headers=ui)).status_code == 200
    evil = {"Origin": "https://evil.example"}
    for headers in (evil, {}):
        answer = await browser.post(path, json={"payloads": []}, headers=headers)
        assert problem(answer) == (401, "api.unauthenticated")
    assert "may read the payloads" in (await browser.get("/codec")).text
    await browser.post("/sign-in/end")
    assert "may read the payloads" not in (await browser.get("/codec")).text


async def test_a_ticket_does_what_whoever_bought_it_may_do_at_that_moment(
    oidc: Trusting, browser: httpx2.AsyncClient
) -> None:
    stores = oidc.services.stores
    names: dict[str, Any] = {"user_name": "ria@acme.example", "external_id": "00u-ria"}
    ria = stores.people.create("acme", **names)
    group = stores.groups.create("acme", name="Desk", members=[ria.id])
    stores.roles.put("acme", OwnRole(name="operator", groups=("Desk",)), by="owner")
    key = stores.keys.issue(principal("00u-ria", "operator"), name="r", environment="all")
    assert (await browser.post("/outbox/session", data={"key": key})).status_code == 303
    assert await looks(browser)
    stores.roles.remove("acme", "operator")
    assert not await looks(browser)
    stores.groups.remove("acme", group.id)
    stores.people.remove("acme", ria.id)


def test_sign_ins_that_are_long_over_are_not_kept(services: Services) -> None:
    register = SignIns(services.stores.database, b"p")
    said: dict[str, Any] = {"issuer": "i", "provider": "p", "person": None, "roles": [], "how": {}}
    old, _ = register.begin("forgetful", principal="old", **said)
    count = text("SELECT id FROM sign_in WHERE tenant = 'forgetful'")
    past = text("UPDATE sign_in SET expires = '2020-01-01 00:00:00.000000' WHERE id = :id")
    with services.stores.database.session() as session:
        session.connection().execute(past, {"id": old.id})
    new, _ = register.begin("forgetful", principal="new", **said)
    with services.stores.database.session() as session:
        assert session.connection().execute(count).scalars().all() == [new.id]


async def test_the_button_of_the_outbox_signs_out_also_who_came_by_their_provider(
    oidc: Trusting, browser: httpx2.AsyncClient
) -> None:
    assert "/sign-in?to=codec" in (await browser.get("/codec")).text
    await sign_in(oidc, browser)
    payloads = (await browser.get("/codec")).text
    assert "as long as you are" in payloads
    assert "/codec/session/end" not in payloads
    elsewhere = {"Sec-Fetch-Site": "cross-site"}
    await browser.post("/outbox/session/end", headers=elsewhere)
    assert await looks(browser)
    assert (await browser.post("/outbox/session/end")).status_code == 303
    assert not await looks(browser)
    assert records(oidc.services, 1) == [("corp:ada", "sign-in.ended", "done", None)]


@pytest.fixture
def foreign(services: Services) -> Iterator[str]:
    """A provider that somebody else wrote, which signs people of acme in."""
    with provider() as place:
        said = {
            "issuer": place,
            "audience": "https://pages.example",
            "roles": {"claim": "sub", "values": {"ada": ["viewer"]}},
            "sign_in": {"client": "console", "secret": "oidc-pages"},
        }
        folder = services.settings.home / "secrets" / "acme"
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "oidc-pages").write_text("secret")
        trusted = TrustedIssuer.model_validate(said)
        services.stores.issuers.put("acme", "mock", trusted, by="owner")
        yield place
        services.stores.issuers.remove("acme", "mock")


@FOREIGN
@pytest.mark.skipif(not CHROMIUM.exists(), reason="there is no browser here")
async def test_a_browser_signs_in_at_a_provider_that_somebody_else_wrote(
    world: World, foreign: str
) -> None:
    services = world.services
    egress = Egress(services.settings.egress_allow)
    bearers = Bearers(services.settings, services.stores, egress, patience=60)
    async with listening(replace(services, bearers=bearers)) as ours, browsing() as chromium:
        page = await chromium.new_page()
        page.set_default_timeout(PATIENCE)
        complaints: list[str] = []

        def complained(said: str) -> None:
            # The provider's own page asks for styles that are not to be had here.
            if page.url.startswith(ours):
                complaints.append(said)

        page.on("pageerror", lambda error: complained(str(error)))
        page.on("console", lambda one: complained(one.text) if one.type == "error" else None)
        await page.goto(f"{ours}/outbox")
        await page.get_by_role("link", name="Sign in by your identity provider").click()
        await page.get_by_role("button", name="Sign in by mock").click()
        await page.wait_for_url(f"{foreign}/**")
        await page.get_by_role("button", name="ada").click()
        await expect(page.get_by_role("heading", name="Outbox")).to_be_visible()
        assert page.url == f"{ours}/outbox"
        cookies = {one["name"]: one for one in await page.context.cookies()}
        kept = cookies["symphainy_sign_in"]
        assert (kept["httpOnly"], kept["sameSite"]) == (True, "Lax")
        assert await page.evaluate("document.cookie") == ""
        await page.get_by_role("link", name="You", exact=True).click()
        await page.get_by_role("button", name="Sign out", exact=True).click()
        await expect(page.get_by_role("heading", name="Sign in")).to_be_visible()
        await page.goto(f"{ours}/outbox")
        await expect(page.get_by_role("heading", name=DOOR)).to_be_visible()
        assert complaints == []
