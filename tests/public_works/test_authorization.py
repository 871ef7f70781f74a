"""Requests that prove whose they are, against sites that check it."""

from collections.abc import Iterator
from typing import Any

import pytest
from joserfc.jwk import RSAKey

from public_works.authorization import Authorizer
from public_works.egress import EgressResponse
from public_works.mask import Mask
from symphainy.errors import Refused
from tests.twins.authority import CLIENT, SECRET, Authority
from tests.twins.httpbin import httpbin
from tests.twins.web import Web, web

EXCHANGE = "urn:ietf:params:oauth:grant-type:token-exchange"
ACCESS = "urn:ietf:params:oauth:token-type:access_token"


@pytest.fixture(scope="module")
def authority() -> Authority:
    return Authority("auth.example")


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory, authority: Authority) -> Iterator[Web]:
    sites = {"httpbin.org": httpbin, "auth.example": authority.site}
    with web(tmp_path_factory.mktemp("web"), sites) as found:
        yield found


async def got(
    world: Web, policy: Any, url: str, authorizer: Authorizer | None = None, tenant: str = "acme"
) -> EgressResponse:
    asker = authorizer or Authorizer(world.egress())
    return await asker.request(tenant, policy, Mask(), "GET", url)


def oauth(**more: Any) -> dict[str, Any]:
    given = {
        "authority": "https://auth.example",
        "grant": "client_credentials",
        "client": {"id": CLIENT, "secret": SECRET},
    }
    return {"oauth2": {**given, **more}}


async def test_basic_names_the_user_and_the_password(world: Web) -> None:
    given = {"basic": {"username": "ada", "password": "a-password"}}

    assert (await got(world, given, "https://httpbin.org/basic-auth/ada/a-password")).status == 200
    assert (await got(world, given, "https://httpbin.org/basic-auth/ada/other")).status == 401


async def test_bearer_hands_over_the_token(world: Web) -> None:
    answer = await got(world, {"bearer": {"token": "abcdef"}}, "https://httpbin.org/bearer")

    assert answer.content == b'{"authenticated": true, "length": 6}'


@pytest.mark.parametrize("algorithm", ["MD5", "SHA-256"])
async def test_digest_answers_the_challenge(world: Web, algorithm: str) -> None:
    given = {"digest": {"username": "ada", "password": "a-password"}}
    url = f"https://httpbin.org/digest-auth/auth/ada/a-password/{algorithm}?page=2"

    assert (await got(world, given, url)).status == 200


async def test_digest_with_a_wrong_password_is_refused_after_one_challenge(world: Web) -> None:
    given = {"digest": {"username": "ada", "password": "wrong"}}
    asked = len(world.asked)

    answer = await got(world, given, "https://httpbin.org/digest-auth/auth/ada/right")

    assert (answer.status, len(world.asked) - asked) == (401, 2)


@pytest.mark.parametrize(
    "client",
    [
        {"id": CLIENT, "secret": SECRET},
        {"id": CLIENT, "secret": SECRET, "authentication": "client_secret_post"},
        {"id": CLIENT, "secret": SECRET, "authentication": "client_secret_basic"},
        {"id": CLIENT, "secret": SECRET, "authentication": "client_secret_jwt"},
    ],
)
async def test_a_client_proves_itself_with_its_secret(world: Web, client: dict[str, str]) -> None:
    answer = await got(world, oauth(client=client), "https://auth.example/protected")

    assert answer.status == 200


async def test_a_client_proves_itself_with_a_private_key(world: Web, authority: Authority) -> None:
    pem = authority.key.as_pem(private=True).decode()
    client = {"id": CLIENT, "secret": pem, "authentication": "private_key_jwt"}

    assert (await got(world, oauth(client=client), "https://auth.example/x")).status == 200


async def test_a_key_that_the_authority_does_not_know_gets_no_token(world: Web) -> None:
    pem = RSAKey.generate_key(2048).as_pem(private=True).decode()
    client = {"id": CLIENT, "secret": pem, "authentication": "private_key_jwt"}

    with pytest.raises(Refused, match=r"^authentication.token: .* 401 invalid_client\.$"):
        await got(world, oauth(client=client), "https://auth.example/x")


@pytest.mark.parametrize(
    "grant",
    [
        {"grant": "password", "username": "ada", "password": "ada-password"},
        {"grant": "refresh_token", "subject": {"token": "a-refresh-token", "type": "refresh"}},
        {"grant": EXCHANGE, "subject": {"token": "a-subject-token", "type": ACCESS}},
    ],
    ids=lambda one: one["grant"].rpartition(":")[2],
)
async def test_every_grant_without_a_browser_gives_a_token(
    world: Web, authority: Authority, grant: dict[str, Any]
) -> None:
    given = oauth(**grant, scopes=["api", "mail"], audiences=["a", "b"])

    assert (await got(world, given, "https://auth.example/x")).status == 200
    assert authority.issued[-1]["scope"] == "api mail"


async def test_a_token_request_can_be_json(world: Web) -> None:
    given = oauth(request={"encoding": "application/json"})

    assert (await got(world, given, "https://auth.example/x")).status == 200


@pytest.mark.parametrize("path", ["", "/", "/.well-known/openid-configuration"])
async def test_openid_connect_finds_the_endpoint_by_itself(world: Web, path: str) -> None:
    given = {"oidc": oauth()["oauth2"] | {"authority": "https://auth.example" + path}}

    assert (await got(world, given, "https://auth.example/x")).status == 200


async def test_a_token_is_asked_for_once_and_kept_for_its_tenant(
    world: Web, authority: Authority
) -> None:
    authorizer, before = Authorizer(world.egress()), len(authority.issued)
    for tenant in ("acme", "acme", "other"):
        await got(world, oauth(), "https://auth.example/x", authorizer, tenant)

    assert len(authority.issued) - before == 2


async def test_a_token_that_is_not_taken_any_more_is_renewed_once(
    world: Web, authority: Authority
) -> None:
    authorizer = Authorizer(world.egress())
    await got(world, oauth(), "https://auth.example/x", authorizer)
    authority.forget()
    asked = len(world.asked)

    answer = await got(world, oauth(), "https://auth.example/x", authorizer)

    assert (answer.status, [one.path for one in world.asked[asked:]]) == (
        200,
        ["/x", "/oauth2/token", "/x"],
    )


async def test_a_token_of_a_foreign_issuer_is_not_used(world: Web) -> None:
    with pytest.raises(Refused, match=r"authentication\.token"):
        await got(world, oauth(issuers=["https://other.example"]), "https://auth.example/x")
    good = oauth(issuers=["https://auth.example"])
    assert (await got(world, good, "https://auth.example/x")).status == 200


@pytest.mark.parametrize(
    "policy",
    [
        {"basic": {"username": "ada"}},
        {"basic": {"username": "ada", "password": 123456789}},
        {"basic": {"use": "another"}},
        {"bearer": "just-a-text-123"},
        {},
        None.__class__,
    ],
    ids=str,
)
async def test_properties_that_are_none_are_refused_without_being_shown(
    world: Web, policy: Any
) -> None:
    with pytest.raises(Refused, match=r"authentication\.properties") as refused:
        await got(world, policy, "https://httpbin.org/anything")
    assert "123" not in refused.value.message


async def test_a_credential_does_not_follow_a_redirect_to_another_site(world: Web) -> None:
    authorizer = Authorizer(world.egress())
    url = "https://httpbin.org/redirect-to?url=https://auth.example/elsewhere"

    await authorizer.request("acme", {"bearer": {"token": "abcdef"}}, Mask(), "GET", url, follow=2)

    elsewhere = [one for one in world.asked if one.path == "/elsewhere"]
    assert ["authorization" in one.headers for one in elsewhere] == [False]
