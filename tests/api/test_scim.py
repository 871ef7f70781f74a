"""SCIM 2.0 over the API: what identity providers tell, and what comes of it at once."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any

import httpx2
import pytest

from public_works import Settings
from solution_api.limits import Limits
from tests.api.scim import conformance
from tests.api.world import World, listening, principal, problem

CORE = "urn:ietf:params:scim:schemas:core:2.0"
MESSAGES = "urn:ietf:params:scim:api:messages:2.0"
USERS, GROUPS = "/scim/v2/Users", "/scim/v2/Groups"


@pytest.fixture(scope="module")
async def idp(world: World) -> AsyncIterator[httpx2.AsyncClient]:
    """An identity provider with a key of its own."""
    by = principal("idp", "provisioner", tenant="scim", kind="service")
    async with await world.client(by) as client:
        yield client


@pytest.fixture(scope="module")
async def admin(world: World) -> AsyncIterator[httpx2.AsyncClient]:
    """Who says which groups have which role, and is no person that anybody provisioned."""
    async with await world.client(principal("root", "tenant-admin", tenant="scim")) as client:
        yield client


async def user(idp: httpx2.AsyncClient, user_name: str, **said: Any) -> dict[str, Any]:
    body = {"schemas": [f"{CORE}:User"], "userName": user_name, **said}
    answer = await idp.post(USERS, json=body)
    assert answer.status_code == 201, answer.text
    made: dict[str, Any] = answer.json()
    return made


async def group(idp: httpx2.AsyncClient, name: str, *members: str) -> dict[str, Any]:
    inside = [{"value": one} for one in members]
    body = {"schemas": [f"{CORE}:Group"], "displayName": name, "members": inside}
    answer = await idp.post(GROUPS, json=body)
    assert answer.status_code == 201, answer.text
    made: dict[str, Any] = answer.json()
    return made


async def patched(idp: httpx2.AsyncClient, address: str, *operations: dict[str, Any]) -> int:
    body = {"schemas": [f"{MESSAGES}:PatchOp"], "Operations": list(operations)}
    answer = await idp.patch(address, json=body)
    return answer.status_code


def error(answer: httpx2.Response) -> tuple[int, str | None, str]:
    """Status, scimType and our code of a refusal."""
    assert answer.headers["content-type"] == "application/scim+json", answer.text
    body = answer.json()
    assert (body["schemas"], body["status"]) == ([f"{MESSAGES}:Error"], str(answer.status_code))
    assert body["detail"]
    return answer.status_code, body.get("scimType"), answer.headers["symphainy-code"]


async def acts(admin: httpx2.AsyncClient, subject: str) -> list[tuple[str, str, dict[str, Any]]]:
    """What was done to it, in order."""
    answer = await admin.get("/v1/audit", params={"limit": 200, "subject": subject})
    found = reversed(answer.json()["items"])
    return [(one["action"], one["actor"]["id"], one["details"]) for one in found]


async def test_the_tester_of_scim_finds_nothing(world: World, idp: httpx2.AsyncClient) -> None:
    results = await asyncio.to_thread(conformance, world.url, idp.headers["authorization"])
    assert [one for one in results if one[1] not in ("SUCCESS", "SKIPPED")] == []
    assert len(results) > 100


async def test_whoever_is_deactivated_is_out_at_once_and_back_in_when_active(
    world: World, idp: httpx2.AsyncClient, admin: httpx2.AsyncClient
) -> None:
    told = await admin.put("/v1/roles/viewer", json={"groups": ["Everybody"]})
    assert told.status_code == 200, told.text
    ann = await user(idp, "ann@acme.example", externalId="ext-ann")
    address = f"{USERS}/{ann['id']}"
    await group(idp, "Everybody", ann["id"])
    # Whatever name of hers the key was issued for, it is hers.
    for name in (ann["id"], "ext-ann", "ann@acme.example"):
        async with await world.client(principal(name, "viewer", tenant="scim")) as her:
            assert (await her.get("/v1/solutions")).status_code == 200
            off = {"op": "replace", "path": "active", "value": False}
            assert await patched(idp, address, off) == 204
            assert problem(await her.get("/v1/solutions")) == (401, "api.unauthenticated")
            assert await patched(idp, address, {**off, "value": True}) == 204
            assert (await her.get("/v1/solutions")).status_code == 200


async def test_a_key_from_before_somebody_was_provisioned_is_theirs_from_then_on(
    world: World, idp: httpx2.AsyncClient
) -> None:
    async with await world.client(principal("early", "viewer", tenant="scim")) as her:
        assert (await her.get("/v1/solutions")).status_code == 200
        made = await user(idp, "early@acme.example", externalId="early")
        # She is in no group that would have the role.
        assert problem(await her.get("/v1/solutions")) == (403, "api.forbidden")
        assert (await idp.delete(f"{USERS}/{made['id']}")).status_code == 204
        assert problem(await her.get("/v1/solutions")) == (401, "api.unauthenticated")


async def test_whoever_leaves_a_group_loses_its_role_at_once(
    world: World, idp: httpx2.AsyncClient, admin: httpx2.AsyncClient
) -> None:
    await admin.put("/v1/roles/auditing", json={"actions": ["audit"], "groups": ["Auditors"]})
    bob = await user(idp, "bob@acme.example")
    auditors = await group(idp, "Auditors", bob["id"])
    address = f"{GROUPS}/{auditors['id']}"
    async with await world.client(principal(bob["id"], "auditing", tenant="scim")) as his:
        assert (await his.get("/v1/audit")).status_code == 200
        gone = {"op": "remove", "path": f'members[value eq "{bob["id"]}"]'}
        assert await patched(idp, address, gone) == 204
        assert problem(await his.get("/v1/audit")) == (403, "api.forbidden")
        # Through a group in the group it is the same.
        inner = await group(idp, "Night auditors", bob["id"])
        back = {"op": "add", "path": "members", "value": [{"value": inner["id"]}]}
        assert await patched(idp, address, back) == 204
        assert (await his.get("/v1/audit")).status_code == 200
        belongs = (await idp.get(f"{USERS}/{bob['id']}")).json()["groups"]
        assert [(one["display"], one["type"]) for one in belongs] == [
            ("Night auditors", "direct"),
            ("Auditors", "indirect"),
        ]
        assert (await idp.delete(address)).status_code == 204
        assert problem(await his.get("/v1/audit")) == (403, "api.forbidden")


async def test_a_key_does_no_more_than_its_person_may(
    world: World, idp: httpx2.AsyncClient, admin: httpx2.AsyncClient
) -> None:
    await admin.put("/v1/roles/operator", json={"groups": ["Operators"]})
    eve = await user(idp, "eve@acme.example")
    await group(idp, "Operators", eve["id"])
    async with await world.client(principal(eve["id"], "tenant-admin", tenant="scim")) as hers:
        assert problem(await hers.get("/v1/keys")) == (403, "api.forbidden")
        assert problem(await hers.get("/v1/solutions")) == (403, "api.forbidden")
    async with await world.client(principal(eve["id"], "viewer", tenant="scim")) as hers:
        # What operators may do, viewers may too.
        assert (await hers.get("/v1/solutions")).status_code == 200


async def test_every_act_is_on_record_and_no_name_of_anybody(
    idp: httpx2.AsyncClient, admin: httpx2.AsyncClient
) -> None:
    zoe = await user(idp, "zoe@acme.example", name={"familyName": "Zimmer"})
    await patched(idp, f"{USERS}/{zoe['id']}", {"op": "replace", "value": {"active": False}})
    crew = await group(idp, "Crew", zoe["id"])
    await patched(idp, f"{GROUPS}/{crew['id']}", {"op": "remove", "path": "members"})
    await idp.delete(f"{GROUPS}/{crew['id']}")
    await idp.delete(f"{USERS}/{zoe['id']}")
    assert await acts(admin, zoe["id"]) == [
        ("person.created", "idp", {"active": True}),
        ("person.changed", "idp", {"active": False}),
        ("person.removed", "idp", {}),
    ]
    assert await acts(admin, crew["id"]) == [
        ("group.members-changed", "idp", {"added": zoe["id"]}),
        ("group.created", "idp", {"members": 1}),
        ("group.members-changed", "idp", {"removed": zoe["id"]}),
        ("group.changed", "idp", {"members": 0}),
        ("group.removed", "idp", {}),
    ]
    everything = await admin.get("/v1/audit/export")
    assert everything.status_code == 200
    for said in ("zoe@acme", "Zimmer", "ann@acme", "ext-ann"):
        assert said not in everything.text, said


async def test_who_came_into_a_group_and_who_went_is_on_record_however_many(
    world: World, admin: httpx2.AsyncClient
) -> None:
    groups, people = world.services.stores.groups, world.services.stores.people
    ids = [people.create("scim", user_name=f"many-{n}").id for n in range(130)]
    crowd = groups.create("scim", name="Crowd", members=ids)
    said: dict[str, Any] = {"name": "Crowd", "external_id": None, "attributes": {}}
    groups.update("scim", crowd.id, **said, members=[*ids[:5], *ids[10:]])
    groups.remove("scim", crowd.id)
    found = [details for _, _, details in await acts(admin, crowd.id)]
    assert found[:2] == [{"added": " ".join(ids[:100])}, {"added": " ".join(ids[100:])}]
    assert found[2] == {"removed": " ".join(sorted(ids[5:10]))}
    left = [one for few in found[3:] for one in few["removed"].split()]
    assert left == sorted([*ids[:5], *ids[10:]])
    for one in ids:
        people.remove("scim", one)


async def test_filters_load_whom_they_may_be_about_and_nobody_else(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    by = principal("idp", "provisioner", tenant="crowded", kind="service")
    async with await world.client(by) as idp:
        three: dict[str, dict[str, Any]] = {
            "ann_1@acme.example": {"externalId": "x-1", "active": True},
            "ann%2@acme.example": {"externalId": "X-2", "active": False},
            "Émile@acme.example": {"active": True},
        }
        for name, said in three.items():
            await user(idp, name, **said)
        await group(idp, "Crew")
        await group(idp, "Équipe")
        monkeypatch.setattr("solution_api.scim.storage.MOST", 1)

        async def found(filter: str, path: str = USERS) -> list[str]:
            answer = await idp.get(path, params={"filter": filter})
            if answer.status_code == 400:
                return [answer.json()["scimType"]]
            shown = answer.json().get("Resources", ())
            return [one.get("userName") or one["displayName"] for one in shown]

        ann, percent, emile = "ann_1@acme.example", "ann%2@acme.example", "Émile@acme.example"
        for filter, expected in {
            'userName sw "ANN_"': [ann],
            'userName co "n%2"': [percent],
            'userName ew "mile@ACME.example"': [emile],
            'userName sw "éMI"': [emile],
            'externalId eq "x-1"': [ann],
            'externalId eq "X-1"': [],
            'externalId pr and userName co "2@"': [percent],
            'userName sw "ann" and active eq false': [percent],
            'userName eq "nobody" or externalId sw "X-2"': [percent],
            'userName eq "nobody" and title eq "x"': [],
            'userName sw "ann"': ["tooMany"],
            'userName eq "nobody" or title eq "x"': ["tooMany"],
            'not (userName eq "nobody")': ["tooMany"],
            'name.familyName eq "x"': ["tooMany"],
            "active eq false": [percent],
        }.items():
            assert (filter, await found(filter)) == (filter, expected)
        assert await found('displayName eq "CREW"', GROUPS) == ["Crew"]
        assert await found('displayName co "quip"', GROUPS) == ["Équipe"]
        assert await found('displayName eq "équipe"', GROUPS) == ["tooMany"]


async def test_who_is_removed_and_comes_back_is_another_account_and_the_same_person(
    idp: httpx2.AsyncClient, world: World
) -> None:
    identity = world.services.stores.people.identity
    first = await user(idp, "pat@acme.example", externalId="pat")
    await idp.delete(f"{USERS}/{first['id']}")
    assert identity("scim", first["id"]) == first["id"]
    # Renamed meanwhile: the provider's id says who it is.
    second = await user(idp, "pat.new@acme.example", externalId="pat")
    assert second["id"] != first["id"]
    assert identity("scim", first["id"]) == identity("scim", "pat") == second["id"]
    await idp.delete(f"{USERS}/{second['id']}")
    assert identity("scim", first["id"]) == second["id"]
    third = await user(idp, "PAT.new@acme.example")
    assert [identity("scim", one["id"]) for one in (first, second, third)] == [third["id"]] * 3
    # An address that somebody else has later makes nobody of them.
    await idp.delete(f"{USERS}/{third['id']}")
    other = await user(idp, "ann.b@acme.example", externalId="ann-1")
    await idp.delete(f"{USERS}/{other['id']}")
    new = await user(idp, "ann.b@acme.example", externalId="ann-2")
    assert identity("scim", other["id"]) == other["id"] != new["id"]


async def test_another_tenant_finds_and_changes_nothing(
    world: World, idp: httpx2.AsyncClient
) -> None:
    ida = await user(idp, "ida@acme.example", externalId="ida")
    team = await group(idp, "Team", ida["id"])
    other = principal("idp", "provisioner", tenant="rival", kind="service")
    async with await world.client(other) as rival:
        for listed in (USERS, GROUPS):
            assert (await rival.get(listed)).json()["totalResults"] == 0
        sought = await rival.get(USERS, params={"filter": 'userName eq "ida@acme.example"'})
        assert sought.json()["totalResults"] == 0
        for address, whole in ((f"{USERS}/{ida['id']}", ida), (f"{GROUPS}/{team['id']}", team)):
            code = "person.missing" if address.startswith(USERS) else "group.missing"
            off = {
                "schemas": [f"{MESSAGES}:PatchOp"],
                "Operations": [{"op": "remove", "path": "x"}],
            }
            off["Operations"] = [{"op": "replace", "path": "externalId", "value": "y"}]
            answers = [
                await rival.get(address),
                await rival.put(address, json=whole),
                await rival.patch(address, json=off),
                await rival.delete(address),
            ]
            assert [error(one) for one in answers] == [(404, None, code)] * 4
            kept = (await idp.get(address)).json()
            assert kept.get("externalId") == whole.get("externalId")
        # A member has to be somebody of one's own.
        body = {"displayName": "Spies", "members": [{"value": ida["id"]}]}
        assert error(await rival.post(GROUPS, json=body)) == (400, "invalidValue", "group.member")
        # The same names are free there.
        assert (await user(rival, "ida@acme.example", externalId="ida"))["id"] != ida["id"]


@pytest.mark.parametrize("role", ["viewer", "operator", "security-auditor", "collections-lead"])
async def test_only_provisioners_provision(world: World, role: str) -> None:
    async with await world.client(principal("sam", role, tenant="scim")) as sam:
        assert error(await sam.get(USERS)) == (403, None, "api.forbidden")
        assert error(await sam.post(USERS, json={"userName": "x"})) == (403, None, "api.forbidden")
    async with httpx2.AsyncClient(base_url=world.url, timeout=60) as nobody:
        answer = await nobody.get(f"{USERS}/x")
        assert error(answer) == (401, None, "api.unauthenticated")
        assert answer.headers["www-authenticate"].startswith("Bearer ")


async def test_people_are_found_filtered_sorted_and_paged(world: World) -> None:
    by = principal("idp", "provisioner", tenant="pages", kind="service")
    async with await world.client(by) as idp:
        for number in (3, 1, 2):
            await user(idp, f"p{number}@acme.example", title="Lead" if number == 1 else "Clerk")
        names = [one["userName"][:2] for one in (await idp.get(USERS)).json()["Resources"]]
        assert names == ["p3", "p1", "p2"]

        async def asked(**query: Any) -> tuple[int, list[str]]:
            found = (await idp.get(USERS, params=query)).json()
            return found["totalResults"], [
                one["userName"][:2] for one in found.get("Resources", ())
            ]

        assert await asked(sortBy="userName") == (3, ["p1", "p2", "p3"])
        assert await asked(sortBy="userName", sortOrder="descending") == (3, ["p3", "p2", "p1"])
        assert await asked(sortBy="userName", startIndex=2, count=1) == (3, ["p2"])
        assert await asked(startIndex=3, count=5) == (3, ["p2"])
        assert await asked(count=0) == (3, [])
        assert await asked(filter='title eq "lead"') == (1, ["p1"])
        assert await asked(filter='userName eq "P2@ACME.example"') == (1, ["p2"])
        assert await asked(filter='userName sw "p" and not (title eq "Lead")') == (2, ["p3", "p2"])
        body = {"schemas": [f"{MESSAGES}:SearchRequest"], "filter": 'title eq "Lead"'}
        found = await idp.post(f"{USERS}/.search", json=body)
        assert found.json()["totalResults"] == 1
        only = await idp.get(USERS, params={"attributes": "title", "count": 1})
        assert only.json()["Resources"][0].keys() == {"schemas", "id", "title"}


async def test_whoever_changes_what_somebody_else_changed_meanwhile_is_told(
    idp: httpx2.AsyncClient,
) -> None:
    kim = await user(idp, "kim@acme.example")
    address = f"{USERS}/{kim['id']}"
    tag = (await idp.get(address)).headers["etag"]
    assert (await idp.get(address, headers={"If-None-Match": tag})).status_code == 304
    body = {**kim, "title": "Lead"}
    first = await idp.put(address, json=body, headers={"If-Match": tag})
    assert (first.status_code, first.json()["title"]) == (200, "Lead")
    again = await idp.put(address, json={**kim, "title": "x"}, headers={"If-Match": tag})
    assert error(again) == (412, None, "scim.changed")
    # Being put into a group is a change as well.
    tag = (await idp.get(address)).headers["etag"]
    await group(idp, "Kims", kim["id"])
    assert (await idp.get(address)).headers["etag"] != tag


async def test_a_name_leads_to_one_person_only(idp: httpx2.AsyncClient) -> None:
    await user(idp, "max@acme.example", externalId="ext-max")
    taken = [
        {"userName": "MAX@acme.example"},
        {"userName": "max2@acme.example", "externalId": "ext-max"},
        {"userName": "ext-max"},
        {"userName": "max3@acme.example", "externalId": "max@acme.example"},
    ]
    for body in taken:
        refused = (409, "uniqueness", "person.name-taken")
        assert error(await idp.post(USERS, json=body)) == refused, body


async def test_passwords_are_not_kept(world: World, idp: httpx2.AsyncClient) -> None:
    made = await user(idp, "pia@acme.example", password="canary-7f3a")
    kept = await asyncio.to_thread(world.services.stores.people.get, "scim", made["id"])
    assert kept is not None
    assert "canary" not in str(kept.attributes)
    assert "password" not in made


WRONG: list[tuple[str, str, Any]] = [
    ("POST", USERS, b""),
    ("POST", USERS, b"[]"),
    ("POST", USERS, b"{"),
    ("POST", USERS, b"\xff\xfe"),
    ("POST", USERS, b"[" * 100_000),
    ("POST", USERS, b'{"a":' * 50_000),
    ("POST", USERS, {}),
    ("POST", USERS, {"userName": ""}),
    ("POST", USERS, {"userName": None}),
    ("POST", USERS, {"userName": 7}),
    ("POST", USERS, {"userName": "a\0b"}),
    ("POST", USERS, {"userName": "x" * 600}),
    ("POST", USERS, b'{"userName": "\\ud800"}'),
    ("POST", USERS, {"userName": "n", "active": "perhaps"}),
    ("POST", USERS, {"userName": "n", "emails": "n@x"}),
    ("POST", USERS, {"userName": "n", "emails": [{"value": "no address"}]}),
    ("POST", GROUPS, {"members": []}),
    ("POST", GROUPS, {"displayName": "g", "members": [{"value": "nobody"}]}),
    ("POST", GROUPS, {"displayName": "g", "members": [{"value": ""}]}),
    ("POST", GROUPS, {"displayName": "g", "members": [{"$ref": "Users/"}]}),
    ("POST", GROUPS, {"displayName": " "}),
    ("POST", GROUPS, {"displayName": "g" * 600}),
    ("POST", "/scim/v2/Bulk", {"Operations": []}),
    ("POST", "/scim/v2/Users/x/y", {}),
    ("POST", "/scim/v2/users", {"userName": "small"}),
    ("PUT", f"{USERS}/", {"userName": "n"}),
    ("PUT", f"{USERS}/x%00y", {"userName": "n"}),
    ("PATCH", f"{USERS}/nobody", {"Operations": [{"op": "dance"}]}),
    ("DELETE", f"{USERS}/{'x' * 3000}", None),
    ("DELETE", "/scim/v2/ServiceProviderConfig", None),
    ("GET", "/scim/v2/Nothing", None),
    ("GET", "/scim/v2/Me", None),
    ("GET", "/scim/v2/Schemas?filter=x", None),
    ("GET", f"{USERS}?filter=", None),
    ("GET", f"{USERS}?filter=userName", None),
    ("GET", f'{USERS}?filter=nothing eq "x', None),
    ("GET", f"{USERS}?filter={'(' * 3000}userName pr{')' * 3000}", None),
    ("GET", f"{USERS}?filter={'not (' * 900}userName pr{')' * 900}", None),
    ("GET", f"{USERS}?count=many", None),
    ("GET", f"{USERS}?startIndex=1e9", None),
    ("GET", f"{USERS}?sortBy=nothing.at.all", None),
    ("GET", f"{USERS}?cursor=x", None),
]


@pytest.mark.parametrize(
    ("method", "address", "body"), WRONG, ids=[f"{a} {b[:40]} {str(c)[:40]}" for a, b, c in WRONG]
)
async def test_nonsense_is_refused_in_words(
    idp: httpx2.AsyncClient, method: str, address: str, body: Any
) -> None:
    content = {"content": body} if isinstance(body, bytes) else {"json": body}
    answer = await idp.request(method, address, **(content if body is not None else {}))
    if answer.status_code == 200:
        assert answer.json()["schemas"] == [f"{MESSAGES}:ListResponse"]
    else:
        assert error(answer)[0] in (400, 403, 404, 405, 409, 413, 501)


async def test_a_hostile_patch_is_refused_in_words(idp: httpx2.AsyncClient) -> None:
    uli = await user(idp, "uli@acme.example")
    operations: list[Any] = [
        {"op": "replace", "path": "(" * 5000, "value": 1},
        {"op": "remove", "path": f"emails[{'not (' * 2000}value pr{')' * 2000}]"},
        {"op": "replace", "path": "id", "value": "root"},
        {"op": "replace", "path": "groups", "value": [{"value": "x"}]},
        {"op": "replace", "path": "userName", "value": None},
        {"op": "replace", "path": "userName", "value": "a\0b"},
        {"op": "replace", "path": "active", "value": {"x": 1}},
        {"op": "remove"},
        {"op": "add", "value": 7},
        "x",
    ]
    for one in operations:
        body = {"schemas": [f"{MESSAGES}:PatchOp"], "Operations": [one]}
        answer = await idp.patch(f"{USERS}/{uli['id']}", json=body)
        assert error(answer)[0] == 400, (one, answer.text)
    assert (await idp.get(f"{USERS}/{uli['id']}")).json() == uli


async def test_a_provisioner_is_limited_like_everybody(world: World) -> None:
    limits = Limits(Settings(rate_principal=0.5, rate_principal_burst=2), lambda: 1000.0)
    async with listening(replace(world.services, limits=limits)) as url:
        by = principal("hasty", "provisioner", tenant="hasty", kind="service")
        async with await World(url, world.services).client(by) as hasty:
            answers = [await hasty.get(USERS) for _ in range(3)]
    assert [one.status_code for one in answers] == [200, 200, 429]
    assert error(answers[2]) == (429, None, "api.rate-limited")
    assert answers[2].headers["retry-after"] == "2"
