"""Case 25: forged and borrowed tokens, keys and people that are over, keys of another environment,
and an audit log that somebody touched."""

import asyncio
import base64
import hashlib
import hmac
import json
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import httpx2
import pytest
from sqlalchemy import text

from public_works import Settings, Stores
from smart_city.audit import Actor, Entry, Subject
from smart_city.roles import OwnRole
from solution_api.pages.session import bought
from solution_api.services import Services
from tests.api.issuing import Trusting, trusting
from tests.api.world import World, principal, problem
from tests.public_works.unguarded import unguarded
from tests.twins.issuer import IssuerTwin, key

EVIL = "https://login.evil.example/keys"


@pytest.fixture
async def oidc(services: Services, tmp_path: Path) -> AsyncIterator[Trusting]:
    """An API that trusts one provider of two."""
    async with trusting(services, tmp_path) as found:
        yield found


def encoded(value: Any) -> bytes:
    raw = value if isinstance(value, bytes) else json.dumps(value).encode()
    return base64.urlsafe_b64encode(raw).rstrip(b"=")


def forged(twin: IssuerTwin, header: dict[str, Any], secret: bytes | None = None) -> str:
    """A token like those of `twin`, with another header; signed with a secret or not at all."""
    claims = twin.token().split(".")[1].encode()
    body = encoded({"typ": "at+jwt", "kid": "one", **header}) + b"." + claims
    signature = encoded(hmac.digest(secret, body, hashlib.sha256)) if secret else b""
    return (body + b"." + signature).decode()


async def refused(oidc: Trusting, token: str) -> str:
    """The code with which `token` is refused."""
    answer = await oidc.shows(token)
    assert answer.headers["www-authenticate"].startswith('Bearer realm="symphainy", error="inv')
    status, code = problem(answer)
    assert status == 401
    return code


async def test_a_token_that_nobody_signed_is_refused(oidc: Trusting) -> None:
    for name in ("none", "None", "NONE", "nOnE", ""):
        assert await refused(oidc, forged(oidc.twin, {"alg": name})) == "token.kind"


async def test_a_public_key_is_no_secret_to_sign_with(oidc: Trusting) -> None:
    public = oidc.twin.keys[0]
    pem = public.as_pem(private=False)
    forms = (pem, pem.strip(), json.dumps(public.as_dict(private=False)).encode())
    for secret in forms:
        for name in ("HS256", "ES256"):
            code = await refused(oidc, forged(oidc.twin, {"alg": name}, secret))
            assert code == ("token.kind" if name == "HS256" else "token.signature")


async def test_a_token_for_somebody_else_is_refused(oidc: Trusting) -> None:
    for other in ("https://other.example", [], None, ["https://other.example"]):
        assert await refused(oidc, oidc.twin.token(aud=other)) == "token.issuer"


async def test_an_id_token_opens_nothing(oidc: Trusting) -> None:
    for kind in ("JWT", "jwt", "id+jwt", "", None):
        token = oidc.twin.token(header={"typ": kind}, nonce="n", azp="console")
        assert await refused(oidc, token) == "token.kind"


async def test_a_foreign_issuer_lets_nobody_in(oidc: Trusting) -> None:
    assert await refused(oidc, oidc.other.token()) == "token.issuer"
    # Whoever says to be another is measured by the other's keys.
    assert await refused(oidc, oidc.other.token(iss=oidc.twin.issuer)) == "token.signature"
    assert oidc.other.asked == []


async def test_keys_that_a_token_brings_are_not_looked_at(oidc: Trusting) -> None:
    own = key("one")
    for header in (
        {"jku": EVIL},
        {"x5u": EVIL},
        {"jwk": own.as_dict(private=False)},
        {"x5c": ["MIIB"]},
    ):
        body = forged(oidc.twin, {"alg": "ES256", **header})
        assert await refused(oidc, body) == "token.kind"
    assert (oidc.other.asked, oidc.twin.asked) == ([], [])
    for kid in ("../../etc/passwd", EVIL, "x' OR 1=1 --"):
        signed = oidc.twin.token(header={"kid": kid}, signed=own)
        assert await refused(oidc, signed) == "token.signature"
    assert oidc.other.asked == []


async def test_a_token_is_no_longer_good_than_it_says(oidc: Trusting) -> None:
    now = int(time.time())
    for claims in ({"exp": now - 60}, {"nbf": now + 60}, {"iat": now + 60}):
        assert await refused(oidc, oidc.twin.token(**claims)) == "token.expired"


async def test_no_issuer_to_ask_is_no_way_in_and_no_fault(oidc: Trusting) -> None:
    oidc.twin.status = 0
    answer = await oidc.shows(oidc.twin.token())
    assert (*problem(answer), "retry-after" in answer.headers) == (503, "issuer.unavailable", True)


async def test_a_revoked_key_opens_nothing(world: World) -> None:
    async with await world.client(principal("gone", "admin")) as client:
        assert (await client.get("/v1/solutions")).status_code == 200
        shown = client.headers["authorization"].removeprefix("Bearer ")
        await asyncio.to_thread(world.services.stores.keys.revoke, "acme", shown.split("_")[2])
        assert problem(await client.get("/v1/solutions")) == (401, "api.unauthenticated")


async def test_whoever_is_disabled_is_out_with_token_key_agent_and_page(oidc: Trusting) -> None:
    stores = oidc.services.stores
    names = {"user_name": "mal@acme.example", "external_id": "00u-mal"}
    person = stores.people.create("acme", **names)
    group = stores.groups.create("acme", name="Staff", external_id=None, members=[person.id])
    stores.roles.put("acme", OwnRole(name="operator", groups=("Staff",)), by="owner")
    oidc.trust(agents={"helper": ["operator"]})
    issue = stores.keys.issue
    own = issue(principal("00u-mal", "operator"), name="own", environment="all")
    lent = principal("bot", "operator").model_copy(
        update={"kind": "agent", "on_behalf_of": person.id}
    )
    token = oidc.twin.token(sub="00u-mal")
    acting = oidc.twin.token(sub="00u-mal", act={"sub": "helper"})
    shown = [token, acting, own, issue(lent, name="bot", environment="all")]
    cookie = await bought(oidc.services, own)
    assert cookie is not None
    assert [(await oidc.shows(one)).status_code for one in shown] == [200] * 4
    assert await oidc.services.bearers.signed_in(cookie) is not None
    stores.people.update("acme", person.id, **names, active=False, attributes={})
    codes = [await refused(oidc, one) for one in shown]
    assert codes == ["token.person"] * 2 + ["api.unauthenticated"] * 2
    assert await oidc.services.bearers.signed_in(cookie) is None
    stores.roles.remove("acme", "operator")
    stores.groups.remove("acme", group.id)


async def test_a_key_or_token_of_one_environment_opens_no_other(
    oidc: Trusting, world: World
) -> None:
    home = world.services.settings.environment
    staging = world.services.stores.keys.issue(
        principal("ci", "admin"), name="ci", environment="staging"
    )
    token = oidc.twin.token(scope="symphainy:environment:staging")
    for shown in (staging, token):
        answer = await oidc.shows(shown)
        assert problem(answer) == (403, "api.environment")
    # What the text says is not what is kept.
    renamed = staging.replace("sym_staging", f"sym_{home}")
    assert problem(await oidc.shows(renamed)) == (401, "api.unauthenticated")
    async with httpx2.AsyncClient(base_url=oidc.url, timeout=60) as nobody:
        answer = await nobody.get("/v1/solutions", params={"access_token": token})
    assert problem(answer) == (401, "api.unauthenticated")


DEED = Entry(
    actor=Actor(id="ada", kind="user"),
    action="solution.deployed",
    subject=Subject(type="version", id="acme.hello@1.0.0"),
)


@pytest.fixture
def log(tmp_path: Path) -> Iterator[Stores]:
    """The audit log of a home of its own, with five records."""
    stores = Stores.open(Settings(home=tmp_path / "home", tenant="acme"))
    for _ in range(5):
        stores.audit.record("acme", DEED)
    yield stores
    stores.close()


SWAPPED = [(2, 99), (3, 2), (99, 3)]


@pytest.mark.parametrize(
    ("done", "told"),
    [
        (["UPDATE audit_record SET actor = '{}' WHERE seq = 3"], "record 3, changed"),
        (["DELETE FROM audit_record WHERE seq = 2"], "record 2, deleted"),
        (
            [f"UPDATE audit_record SET seq = {to} WHERE seq = {of}" for of, to in SWAPPED],
            "record 2, reordered",
        ),
        (["DELETE FROM audit_record WHERE seq > 3"], "record 4, truncated"),
    ],
    ids=["changed", "deleted", "reordered", "truncated"],
)
def test_an_audit_log_that_was_touched_names_the_first_broken_record(
    tmp_path: Path, log: Stores, done: list[str], told: str
) -> None:
    with log.database.session() as session, unguarded(session.connection()):
        for one in done:
            session.connection().execute(text(one))
    command = [sys.executable, "-P", "-m", "idp.cli", "audit", "verify"]
    home = str(tmp_path / "home")
    ended = subprocess.run([*command, "--home", home], capture_output=True, text=True, check=False)
    assert (ended.returncode, ended.stdout.partition(": ")[2].split(": ")[0]) == (
        1,
        f"broken at {told}",
    )
