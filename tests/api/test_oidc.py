"""People, services and agents who come with a token of their identity provider."""

import asyncio
import json
import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx2
import pytest
from joserfc import jwt
from joserfc.jwk import OctKey

from public_works import Settings
from public_works.egress import Egress
from public_works.people import Person
from smart_city.roles import OwnRole
from smart_city.scope import Scope
from solution_api.bearers import Bearers
from solution_api.services import Services
from symphainy.errors import Refused
from symphainy.identity import Principal
from tests.api.issuing import Trusting, holder, trusting
from tests.api.world import World, problem
from tests.twins.issuer import AUDIENCE, key

OPERATOR = frozenset({"operator"})
ADA = Principal(tenant="acme", id="corp:ada", kind="user", roles=OPERATOR)


@pytest.fixture
async def oidc(services: Services, tmp_path: Path) -> AsyncIterator[Trusting]:
    """An API that trusts a provider."""
    async with trusting(services, tmp_path) as found:
        yield found


async def refused(oidc: Trusting, token: str) -> str:
    """The code with which `token` is refused."""
    status, code = problem(await oidc.shows(token))
    assert status == 401
    return code


async def test_a_person_comes_in_with_a_token_of_their_provider(oidc: Trusting) -> None:
    assert await oidc.holder(oidc.twin.token()) == holder(ADA)
    assert (await oidc.shows(oidc.twin.token())).status_code == 200


@pytest.mark.parametrize("kind", ["RSA", "OKP", "EC"])
async def test_each_kind_of_key_signs(oidc: Trusting, kind: str) -> None:
    oidc.twin.keys = [key(kind, kind)]
    assert await oidc.holder(oidc.twin.token()) == holder(ADA)


async def test_roles_of_the_token_are_all_there_is(oidc: Trusting) -> None:
    answer = await oidc.shows(oidc.twin.token(groups=["strangers"]))
    assert problem(answer) == (403, "api.forbidden")
    answer = await oidc.shows(oidc.twin.token(), "/v1/keys")
    assert problem(answer) == (403, "api.forbidden")


async def test_a_token_of_client_credentials_is_a_service_that_never_approves(
    oidc: Trusting,
) -> None:
    oidc.trust(clients={"crm": ["operator", "approver"]})
    found = await oidc.holder(oidc.twin.token(sub="crm", client_id="crm", groups=[]))
    roles = frozenset({"operator", "approver"})
    assert found == holder(Principal(tenant="acme", id="corp:crm", kind="service", roles=roles))


async def test_the_tenant_is_whose_issuer_and_audience_it_is(oidc: Trusting) -> None:
    oidc.trust("corp", "evil", audience="https://evil.example")
    found = await oidc.holder(oidc.twin.token(aud="https://evil.example", tenant="acme"))
    assert found == holder(ADA.model_copy(update={"tenant": "evil"}))


async def test_a_token_is_limited_as_a_key_is(oidc: Trusting) -> None:
    scope = "openid symphainy:read symphainy:solution:acme.a symphainy:environment:staging"
    found = await oidc.holder(oidc.twin.token(scope=scope))
    limits = Scope(solutions=("acme.a",), read_only=True)
    assert found == holder(ADA, environment="staging", scope=limits)
    answer = await oidc.shows(oidc.twin.token(scope=scope))
    assert problem(answer) == (403, "api.environment")
    assert answer.headers["www-authenticate"] == (
        'Bearer realm="symphainy", error="insufficient_scope"'
    )
    answer = await oidc.shows(oidc.twin.token(scope="symphainy:solution:acme.a"))
    assert problem(answer) == (403, "api.scope")


async def test_a_refusal_says_what_is_wrong_and_where_to_ask(oidc: Trusting) -> None:
    metadata = f'resource_metadata="{oidc.url}/.well-known/oauth-protected-resource"'
    answer = await oidc.shows(oidc.twin.token(exp=int(time.time()) - 60))
    assert problem(answer) == (401, "token.expired")
    assert answer.headers["www-authenticate"] == (
        'Bearer realm="symphainy", error="invalid_token", '
        f'error_description="The token is not good now", {metadata}'
    )
    async with httpx2.AsyncClient(base_url=oidc.url, timeout=60) as nobody:
        answer = await nobody.get("/v1/solutions")
        assert problem(answer) == (401, "api.unauthenticated")
        assert answer.headers["www-authenticate"] == f'Bearer realm="symphainy", {metadata}'
        answer = await nobody.get("/.well-known/oauth-protected-resource")
    assert answer.json() == {
        "resource": oidc.url,
        "resource_name": "Symphainy",
        "authorization_servers": [oidc.twin.issuer],
        "bearer_methods_supported": ["header"],
        "scopes_supported": ["symphainy:read", "symphainy:write"],
    }


async def test_what_no_key_of_the_issuer_signed_is_refused(oidc: Trusting) -> None:
    forged = key("one")
    assert await refused(oidc, oidc.twin.token(signed=forged)) == "token.signature"
    assert await refused(oidc, oidc.twin.token(signed=key("unknown"))) == "token.signature"
    head, claims, signature = oidc.twin.token().split(".")
    other = oidc.twin.token(sub="eve").split(".")[1]
    assert await refused(oidc, f"{head}.{other}.{signature}") == "token.signature"
    assert await refused(oidc, f"{head}.{claims}.") == "token.signature"


async def test_public_keys_and_secrets_are_no_keys_to_sign_with(oidc: Trusting) -> None:
    secret = OctKey.import_key({"kty": "oct", "k": "c2VjcmV0" * 8, "kid": "one"})
    weak = {"kty": "RSA", "kid": "one", "e": "AQAB", "n": "u" * 100}
    public = oidc.twin.keys[0].as_dict(private=False)
    for published in (
        secret.as_dict(),
        weak,
        {**public, "use": "enc"},
        {**public, "key_ops": ["sign"]},
        {**public, "alg": "ES384"},
        {**public, "crv": "P-000"},
    ):
        oidc.services.bearers.keys.forget(oidc.twin.issuer)
        oidc.twin.jwks = {"keys": [published, "none"]}
        assert await refused(oidc, oidc.twin.token()) == "token.signature"


async def test_a_token_without_the_name_of_a_key_means_the_only_one(oidc: Trusting) -> None:
    nameless = oidc.twin.token(header={"kid": None})
    assert await oidc.holder(nameless) == holder(ADA)
    oidc.twin.keys = [key("two"), *oidc.twin.keys]
    oidc.services.bearers.keys.forget(oidc.twin.issuer)
    assert await refused(oidc, nameless) == "token.signature"


async def test_nobody_is_asked_about_issuers_that_no_tenant_trusts(oidc: Trusting) -> None:
    assert await refused(oidc, oidc.other.token()) == "token.issuer"
    assert await refused(oidc, oidc.twin.token(iss=oidc.twin.issuer + "/")) == "token.issuer"
    assert await refused(oidc, oidc.twin.token(aud="https://other.example")) == "token.issuer"
    assert (oidc.other.asked, oidc.twin.asked) == ([], [])


async def test_an_issuer_that_is_removed_is_believed_no_more(oidc: Trusting) -> None:
    token = oidc.twin.token()
    assert await oidc.holder(token) == holder(ADA)
    await asyncio.to_thread(oidc.services.stores.issuers.remove, "acme", "corp")
    assert await refused(oidc, token) == "token.issuer"


async def test_whoever_is_let_in_is_in_the_audit_log(oidc: Trusting) -> None:
    oidc.trust(roles={"claim": "groups", "values": {"admins": ["tenant-admin"]}})
    token = oidc.twin.token(groups=["admins"])
    headers = {"Authorization": f"Bearer {token}"}
    said = {"issuer": "https://login.evil.example", "audience": "https://us.example"}
    async with httpx2.AsyncClient(base_url=oidc.url, headers=headers, timeout=60) as client:
        assert (await client.put("/v1/issuers/other", json=said)).status_code == 200
        found = (await client.get("/v1/audit", params={"limit": 1})).json()["items"][0]
    assert (found["actor"], found["action"]) == (
        {"id": "corp:ada", "kind": "user"},
        "issuer.trusted",
    )


async def test_the_operator_trusts_an_issuer_by_a_setting(
    oidc: Trusting, services: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    said = {"issuer": oidc.twin.issuer, "audience": "https://set.example"}
    monkeypatch.setenv("SYMPHAINY_ISSUERS", json.dumps({"home": said}))
    settings = Settings(tenant="acme", home=services.settings.home)
    bearers = Bearers(settings, services.stores, Egress())
    assert [(one.tenant, one.id, one.said.audience) for one in bearers.fixed] == [
        ("acme", "home", "https://set.example")
    ]
    monkeypatch.setenv("SYMPHAINY_ISSUERS", json.dumps({"Home": said}))
    with pytest.raises(Refused, match=r"settings\.invalid: SYMPHAINY_ISSUERS"):
        Settings()


@pytest.fixture
def lee(services: Services) -> Any:
    """Somebody whom SCIM tells of, who collects and operates."""
    people, groups, roles = (getattr(services.stores, n) for n in ("people", "groups", "roles"))
    person = people.create("acme", user_name="lee@acme.example", external_id="00u-lee")
    group = groups.create("acme", name="Collectors", external_id=None, members=[person.id])
    roles.put("acme", OwnRole(name="operator", groups=("Collectors",)), by="owner")
    yield person
    roles.remove("acme", "operator")
    groups.remove("acme", group.id)
    people.remove("acme", person.id)


def active(services: Services, person: Person, yes: bool) -> None:
    services.stores.people.update(
        "acme",
        person.id,
        user_name=person.user_name,
        external_id=person.external_id,
        active=yes,
        attributes={},
    )


async def test_a_person_of_scim_is_that_person_with_the_roles_of_their_groups(
    oidc: Trusting, lee: Person
) -> None:
    found = await oidc.holder(oidc.twin.token(sub="00u-lee", groups=["authors"]))
    roles = frozenset({"author", "operator"})
    assert found == holder(Principal(tenant="acme", id=lee.id, kind="user", roles=roles))


async def test_a_person_who_is_disabled_is_refused_with_a_token_that_is_still_good(
    oidc: Trusting, services: Services, lee: Person
) -> None:
    token = oidc.twin.token(sub="00u-lee")
    assert (await oidc.shows(token)).status_code == 200
    await asyncio.to_thread(active, services, lee, False)
    assert await refused(oidc, token) == "token.person"
    await asyncio.to_thread(active, services, lee, True)
    assert (await oidc.shows(token)).status_code == 200


async def test_a_tenant_may_let_in_only_whom_it_provisioned(oidc: Trusting, lee: Person) -> None:
    oidc.trust(people="provisioned", person="email")
    found = await oidc.holder(oidc.twin.token(email="lee@acme.example", groups=[]))
    assert found == holder(Principal(tenant="acme", id=lee.id, kind="user", roles=OPERATOR))
    assert await refused(oidc, oidc.twin.token(email="eve@acme.example")) == "token.person"
    assert await refused(oidc, oidc.twin.token()) == "token.claims"


async def test_users_of_another_issuer_are_not_the_people_of_the_tenant(
    oidc: Trusting, lee: Person
) -> None:
    oidc.trust(people="strangers")
    found = await oidc.holder(oidc.twin.token(sub="00u-lee"))
    assert found == holder(ADA.model_copy(update={"id": "corp:00u-lee"}))


async def test_an_agent_has_the_rights_that_it_and_its_user_have(
    oidc: Trusting, services: Services, lee: Person
) -> None:
    oidc.trust(agents={"helper": ["tenant-admin"]})
    token = oidc.twin.token(sub="00u-lee", groups=[], act={"sub": "helper"})
    roles = frozenset({"operator", "viewer"})
    agent = Principal(
        tenant="acme", id="corp:helper", kind="agent", roles=roles, on_behalf_of=lee.id
    )
    assert await oidc.holder(token) == holder(agent)
    assert problem(await oidc.shows(token, "/v1/keys")) == (403, "api.forbidden")
    vouched = await oidc.holder(oidc.twin.token(sub="00u-lee", act={"sub": "helper"}))
    assert vouched == holder(agent.model_copy(update={"vouched": OPERATOR}))
    await asyncio.to_thread(services.stores.roles.remove, "acme", "operator")
    without = agent.model_copy(update={"roles": frozenset()})
    assert await oidc.holder(token) == holder(without)
    await asyncio.to_thread(active, services, lee, False)
    assert await refused(oidc, token) == "token.person"
    assert await refused(oidc, oidc.twin.token(act={"sub": "stranger"})) == "token.agent"


async def test_a_role_that_takes_a_second_factor_is_not_had_without_and_the_answer_says_so(
    oidc: Trusting, lee: Person
) -> None:
    terms = {"roles": ["operator"], "acr": ["gold", "urn:mace:silver"], "max_age": 600}
    oidc.trust(step_up=terms, agents={"helper": ["operator"]})
    weak = oidc.twin.token(sub="00u-lee", groups=["authors"], acr="bronze")
    found = await oidc.holder(weak)
    assert found is not None
    assert (found.principal.roles, found.withheld) == ({"author"}, OPERATOR)
    assert (await oidc.shows(weak)).status_code == 200
    answer = await oidc.shows(weak, "/v1/security-events")
    assert problem(answer) == (401, "token.step-up")
    assert answer.headers["www-authenticate"] == (
        'Bearer realm="symphainy", error="insufficient_user_authentication", '
        'error_description="This takes another way of signing in", '
        'acr_values="gold urn:mace:silver", max_age=600, '
        f'resource_metadata="{oidc.url}/.well-known/oauth-protected-resource"'
    )
    # What they may not do either way is no matter of signing in.
    assert problem(await oidc.shows(weak, "/v1/keys")) == (403, "api.forbidden")
    strong = oidc.twin.token(sub="00u-lee", acr="gold", auth_time=int(time.time()))
    assert (await oidc.shows(strong, "/v1/security-events")).status_code == 200
    agent = await oidc.holder(oidc.twin.token(sub="00u-lee", act={"sub": "helper"}))
    assert agent is not None
    assert (agent.principal.roles, agent.principal.vouched) == (frozenset(), frozenset())


async def test_a_token_that_is_good_for_too_long_is_refused(oidc: Trusting) -> None:
    oidc.trust(max_token_age=600)
    now = int(time.time())
    assert (await oidc.shows(oidc.twin.token(iat=now, exp=now + 600))).status_code == 200
    assert await refused(oidc, oidc.twin.token(iat=now, exp=now + 601)) == "token.lifetime"


async def test_an_audience_is_ours_also_among_others(oidc: Trusting) -> None:
    token = oidc.twin.token(aud=["https://a.example", AUDIENCE])
    assert await oidc.holder(token) == holder(ADA)


async def test_keys_are_good_beside_tokens(oidc: Trusting, world: World) -> None:
    async with await world.client(ADA) as client:
        shown = client.headers["authorization"].removeprefix("Bearer ")
    assert (await oidc.shows(shown)).status_code == 200
    assert await refused(oidc, shown[:-1]) == "api.unauthenticated"
    unsigned = jwt.encode({"alg": "HS256"}, {}, OctKey.import_key("x" * 32))
    assert await refused(oidc, unsigned) == "token.kind"
