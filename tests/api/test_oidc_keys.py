"""Keys of identity providers: rotated, taken back, and not to be had."""

import asyncio
import warnings
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Event
from typing import Any

import httpx2
import pytest

from public_works.egress import Egress
from public_works.oidc import ProviderKeys, verified
from public_works.oidc.keys import AGAIN, FRESH, LIFE
from smart_city.tokens import ALGORITHMS
from solution_api.services import Services
from tests.api.issuing import Trusting, trusting
from tests.api.world import problem
from tests.twins.issuer import key

# It warns of its own libraries, and fails where warnings are errors.
FOREIGN = pytest.mark.filterwarnings("ignore::DeprecationWarning")


@pytest.fixture
async def oidc(services: Services, tmp_path: Path) -> AsyncIterator[Trusting]:
    """An API that trusts a provider."""
    async with trusting(services, tmp_path) as found:
        yield found


async def status(oidc: Trusting, token: str) -> int:
    return (await oidc.shows(token)).status_code


async def test_keys_are_asked_for_once(oidc: Trusting) -> None:
    found = await asyncio.gather(*(status(oidc, oidc.twin.token()) for _ in range(5)))
    assert found == [200] * 5
    assert oidc.twin.asked == ["/realms/acme/.well-known/openid-configuration", "/keys"]


async def test_a_new_key_is_found_and_the_one_before_is_good_beside_it(oidc: Trusting) -> None:
    before = oidc.twin.token()
    assert await status(oidc, before) == 200
    oidc.twin.keys.append(key("two"))
    oidc.clock.now += AGAIN
    assert await status(oidc, oidc.twin.token()) == 200
    assert await status(oidc, before) == 200


async def test_unknown_keys_are_asked_for_at_most_every_few_seconds(oidc: Trusting) -> None:
    assert await status(oidc, oidc.twin.token()) == 200
    unknown = oidc.twin.token(header={"kid": "unknown"})
    assert [await status(oidc, unknown) for _ in range(5)] == [401] * 5
    assert len(oidc.twin.asked) == 2
    oidc.clock.now += AGAIN
    assert [await status(oidc, unknown) for _ in range(5)] == [401] * 5
    assert len(oidc.twin.asked) == 4


async def test_a_key_that_was_taken_back_is_believed_no_longer_than_the_cache_lives(
    oidc: Trusting,
) -> None:
    before = oidc.twin.token()
    assert await status(oidc, before) == 200
    oidc.twin.keys = [key("two")]
    oidc.clock.now += FRESH - 1
    assert await status(oidc, before) == 200
    oidc.clock.now += LIFE - FRESH + 1
    assert problem(await oidc.shows(before)) == (401, "token.signature")
    assert await status(oidc, oidc.twin.token()) == 200


async def test_a_key_that_was_taken_back_is_forgotten_as_soon_as_others_are_learnt(
    oidc: Trusting,
) -> None:
    before = oidc.twin.token()
    assert await status(oidc, before) == 200
    oidc.twin.keys = [key("two")]
    oidc.clock.now += AGAIN
    assert await status(oidc, oidc.twin.token()) == 200
    assert problem(await oidc.shows(before)) == (401, "token.signature")


async def test_keys_that_are_kept_serve_while_the_provider_is_not_there(oidc: Trusting) -> None:
    token = oidc.twin.token()
    assert await status(oidc, token) == 200
    oidc.twin.status = 500
    oidc.clock.now += LIFE - 1
    assert await status(oidc, token) == 200
    oidc.clock.now += AGAIN
    answer = await oidc.shows(token)
    assert problem(answer) == (503, "issuer.unavailable")
    oidc.twin.status = 200
    oidc.clock.now += AGAIN
    assert await status(oidc, token) == 200


async def down(oidc: Trusting) -> str:
    """Why the keys cannot be had."""
    answer = await oidc.shows(oidc.twin.token())
    assert problem(answer) == (503, "issuer.unavailable")
    assert answer.headers["retry-after"] == f"{AGAIN:.0f}"
    why: str = answer.json()["detail"]
    assert why.startswith(f"The keys of {oidc.twin.issuer} cannot be had: ")
    return why.rpartition(" had: ")[2]


@pytest.mark.parametrize(
    ("broken", "why"),
    [
        ({"status": 500}, "it answered 500"),
        ({"status": 404}, "it answered 404"),
        ({"status": 302}, "it answered 302"),
        ({"calls": "https://login.evil.example"}, "its metadata is of another issuer"),
        ({"calls": "https://login.acme.example/realms/acme/"}, "its metadata is of another issuer"),
        ({"jwks": []}, "it did not answer with a JSON object"),
        ({"jwks": {}}, "its keys are none"),
        ({"jwks": b"{" * 9000}, "it did not answer with a JSON object"),
    ],
)
async def test_a_provider_that_fails_lets_nobody_in_and_is_no_fault_of_ours(
    oidc: Trusting, broken: dict[str, Any], why: str
) -> None:
    for name, value in broken.items():
        setattr(oidc.twin, name, value)
    assert await down(oidc) == why


async def test_a_provider_that_hangs_up_or_says_nothing_is_not_waited_for(
    services: Services, tmp_path: Path
) -> None:
    async with trusting(services, tmp_path, patience=0.5) as oidc:
        oidc.twin.status = 0
        assert "no whole answer came" in await down(oidc)
        oidc.clock.now += AGAIN
        oidc.twin.silent = Event()
        assert "no whole answer came" in await down(oidc)
        oidc.twin.silent.set()


async def test_a_provider_that_fails_is_left_alone_for_a_while(oidc: Trusting) -> None:
    oidc.twin.status = 500
    for _ in range(5):
        await down(oidc)
    assert len(oidc.twin.asked) == 1


async def test_keys_are_not_asked_for_inside(oidc: Trusting) -> None:
    for place in ("https://127.0.0.1/", "http://login.acme.example", "https://169.254.169.254/x"):
        oidc.trust(issuer=place)
        answer = await oidc.shows(oidc.twin.token(iss=place))
        assert problem(answer) == (503, "issuer.unavailable")
        assert oidc.twin.asked == []


@contextmanager
def provider() -> Iterator[str]:
    """The address of a provider that somebody else wrote."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from oidc_provider_mock import User, run_server_in_thread
    with run_server_in_thread(user_claims=[User(sub="ada")]) as server:
        yield f"http://localhost:{server.server_port}"


@pytest.fixture(scope="module")
def mock() -> Iterator[str]:
    """That provider, for all tests here."""
    with provider() as place:
        yield place


async def id_token(mock: str) -> str:
    """What the provider gives a client for ada."""
    back = "https://console.example/back"
    asked = {"client_id": "console", "redirect_uri": back, "response_type": "code"}
    async with httpx2.AsyncClient(base_url=mock, timeout=60) as client:
        query = {**asked, "scope": "openid", "state": "s"}
        answer = await client.post("/oauth2/authorize", params=query, data={"sub": "ada"})
        code = httpx2.URL(answer.headers["location"]).params["code"]
        form = {"grant_type": "authorization_code", "code": code, "redirect_uri": back}
        proof = httpx2.BasicAuth("console", "secret")
        told = await client.post("/oauth2/token", data=form, auth=proof)
        text: str = told.json()["id_token"]
        return text


@FOREIGN
async def test_keys_of_a_provider_that_somebody_else_wrote_verify_what_it_signs(mock: str) -> None:
    text = await id_token(mock)
    keys = ProviderKeys(Egress([mock.removeprefix("http://")]), patience=60)
    found = await keys.find(mock, None)
    assert found is not None
    claims = verified(text, "RS256", found)
    assert (claims["iss"], claims["sub"], claims["aud"]) == (mock, "ada", ["console"])


@FOREIGN
async def test_an_id_token_of_it_is_no_access_token(oidc: Trusting, mock: str) -> None:
    oidc.trust(issuer=mock, audience="console")
    answer = await oidc.shows(await id_token(mock))
    assert problem(answer) == (401, "token.kind")


def test_only_asymmetric_algorithms_are_allowed() -> None:
    assert {one[:2] for one in ALGORITHMS} == {"RS", "PS", "ES", "Ed"}
