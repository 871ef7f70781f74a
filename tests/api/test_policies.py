"""Policies of layers over the API: set, checked, versioned, and shown with whose they are."""

from collections.abc import AsyncIterator
from typing import Any

import httpx2
import pytest

from public_works.policies import PLATFORM
from solution_api import probing
from symphainy.json import digest
from tests.api.world import World, deployed, principal, problem

CAP = {"kind": "frequencyCap", "channels": ["email"], "max": 3, "per": "P7D"}
MAILING = """
document: {dsl: 1.0.3, namespace: acme, name: NAME, version: 1.0.0}
experiences:
  email: {adapter: sandbox, from: a@acme.example, templates: {hi: {subject: Hi, text: Hi}}}
policies:
  cap: {kind: frequencyCap, channels: [email], max: 9, per: P7D}
do:
  - first: {set: {begun: true}}
  - greet: {call: email, with: {to: c-1, template: hi}}
"""


@pytest.fixture(autouse=True)
async def afterwards(world: World) -> AsyncIterator[None]:
    """Nothing holds for whoever comes next."""
    yield
    for layer in ("acme", PLATFORM):
        world.services.stores.policies.put(layer, {}, by="owner")


async def says(api: httpx2.AsyncClient, policies: Any) -> httpx2.Response:
    return await api.put("/v1/policies/tenant", json={"policies": policies, "note": "why not"})


async def test_a_tenant_says_something_and_takes_it_back(api: httpx2.AsyncClient) -> None:
    first = (await says(api, {"cap": CAP})).json()
    assert {name: first[name] for name in ("layer", "policies", "by", "note", "digest")} == {
        "layer": "tenant",
        "policies": {"cap": CAP},
        "by": "owner",
        "note": "why not",
        "digest": digest({"policies": {"cap": CAP}}),
    }
    again = (await says(api, {"cap": CAP})).json()
    assert again["version"] == first["version"]

    nothing = (await says(api, {})).json()
    assert (nothing["version"], nothing["policies"]) == (first["version"] + 1, {})
    kept = (await api.get("/v1/policies/tenant/versions")).json()["items"]
    assert [one["version"] for one in kept[:2]] == [nothing["version"], first["version"]]
    assert (await api.get("/v1/policies/tenant")).json() == nothing


@pytest.mark.parametrize(
    ("document", "code", "pointer"),
    [
        ({**CAP, "maximum": 3}, "policy.unknown-field", "/policies/cap/maximum"),
        ({"kind": "cap"}, "policy.unknown-kind", "/policies/cap/kind"),
        ({**CAP, "before": ["greet"]}, "policy.value", "/policies/cap/before"),
        ({**CAP, "max": 0}, "policy.value", "/policies/cap/max"),
    ],
)
async def test_what_a_tenant_cannot_say_is_refused_with_its_place(
    api: httpx2.AsyncClient, document: Any, code: str, pointer: str
) -> None:
    answer = await says(api, {"cap": document})
    assert problem(answer) == (422, code)
    assert [one["pointer"] for one in answer.json()["findings"]] == [pointer]


@pytest.mark.parametrize(
    ("role", "tenant", "platform"),
    [
        ("viewer", 403, 403),
        ("author", 403, 403),
        ("operator", 403, 403),
        ("tenant-admin", 200, 403),
        ("platform-admin", 200, 200),
    ],
)
async def test_who_administers_a_tenant_sets_its_policies_and_everybody_reads_them(
    world: World, role: str, tenant: int, platform: int
) -> None:
    async with await world.client(principal(f"p-{role}", role)) as api:
        body = {"policies": {"cap": CAP}}
        assert (await says(api, {"cap": CAP})).status_code == tenant
        assert (await api.put("/v1/policies/platform", json=body)).status_code == platform
        assert (await api.get("/v1/policies/platform")).status_code == 200


async def test_effective_policies_say_whose_they_are_and_what_was_replaced(
    api: httpx2.AsyncClient, world: World
) -> None:
    night = {"kind": "quietHours", "channels": ["sms"], "from": "21:00", "to": "08:00"}
    written = {"policies": {"night": night}}
    world.services.stores.policies.put(PLATFORM, written, by="owner")
    await says(api, {"cap": {**CAP, "overridable": True}, "asked": {"kind": "consent"}})
    name = world.name()
    solution = await deployed(api, name, MAILING.replace("NAME", name))

    shown = (await api.get(f"/v1/solutions/{solution}/policies/effective")).json()

    own = [one["id"] for one in shown["policies"] if one["kind"] != one["name"]]
    assert own == ["platform/night", "tenant/asked", "solution/cap"]
    assert shown["replaced"] == [{"policy": "tenant/cap", "by": "solution/cap"}]
    assert '@id("tenant/asked")' in shown["cedar"]

    nowhere = {"environment": "nowhere"}
    answer = await api.get(f"/v1/solutions/{solution}/policies/effective", params=nowhere)
    assert problem(answer) == (409, "solution.not-deployed")


async def test_what_is_on_trial_is_shown_with_its_mode(api: httpx2.AsyncClient) -> None:
    stop = {"kind": "killSwitch", "adapters": ["sandbox"], "reason": "no", "mode": "shadow"}
    await says(api, {"stop": stop, "asked": {"kind": "consent", "mode": "advise"}})
    name = await deployed(api, "trial", MAILING.replace("NAME", "trial"))

    shown = (await api.get(f"/v1/solutions/{name}/policies/effective")).json()["policies"]
    modes = {one["id"]: one["document"].get("mode") for one in shown if one["kind"] != one["name"]}
    assert modes == {"tenant/asked": "advise", "tenant/stop": "shadow", "solution/cap": None}

    text = MAILING.replace("NAME", "trial")
    yaml = {"Content-Type": "application/yaml"}
    check = (await api.post("/v1/definitions/check", content=text, headers=yaml)).json()
    assert [one["id"] for one in check["policies"]["/do/1/greet"]] == [*modes]


async def test_a_check_says_which_policies_are_about_which_task(api: httpx2.AsyncClient) -> None:
    await says(api, {"asked": {"kind": "consent"}})

    found = await api.post(
        "/v1/definitions/check",
        content=MAILING.replace("NAME", "checked"),
        headers={"Content-Type": "application/yaml"},
    )

    about = {ref: [one["id"] for one in some] for ref, some in found.json()["policies"].items()}
    assert about == {"/do/1/greet": ["tenant/asked", "solution/cap"]}


NESTED = "(" * 1000 + "true" + ")" * 1000
ARMS = " || ".join(['resource.task == "a"'] * 10_000)


@pytest.mark.parametrize(
    ("text", "says_so"),
    [
        ("permit(principal, action, resource);", "only the platform permits"),
        (f'@id("tenant/a") forbid(principal, action, resource) when {{ {NESTED} }};', "nested"),
        (f'@id("tenant/a") forbid(principal, action, resource) when {{ {ARMS} }};', "16 KiB"),
        ('@id("platform/a") forbid(principal, action, resource);', "not yours"),
        (
            '@id("tenant/a") @obligation("allow") forbid(principal, action, resource);',
            "none of deny, skip",
        ),
    ],
    ids=["case_1_permit", "case_2_nested", "case_2_arms", "case_4_id", "case_4_obligation"],
)
async def test_cases_1_2_and_4_of_cedar_are_refused_and_the_api_lives(
    api: httpx2.AsyncClient, text: str, says_so: str
) -> None:
    answer = await says(api, {"raw": {"kind": "cedar", "forbid": text}})
    assert problem(answer) == (422, "policy.value")
    assert says_so in answer.json()["findings"][0]["message"]
    assert (await api.get("/v1/policies/tenant")).status_code == 200


async def test_case_2_cedar_of_a_definition_is_refused_and_the_api_lives(
    api: httpx2.AsyncClient,
) -> None:
    text = f'@id("solution/a") forbid(principal, action, resource) when {{ {NESTED} }};'
    raw = f"  raw: {{kind: cedar, forbid: '{text}'}}\n"
    found = await api.post(
        "/v1/definitions/check",
        content=MAILING.replace("NAME", "deep").replace("policies:\n", "policies:\n" + raw),
        headers={"Content-Type": "application/yaml"},
    )
    (wrong,) = [one for one in found.json()["problems"] if one["severity"] == "error"]
    assert (wrong["code"], wrong["pointer"]) == ("policy.value", "/policies/raw/forbid")


async def test_cedar_of_a_tenant_is_taken_and_shown_with_the_rest(api: httpx2.AsyncClient) -> None:
    text = '@id("tenant/a") forbid(principal, action, resource) when { resource.channel == "sms" };'
    answer = await says(api, {"raw": {"kind": "cedar", "forbid": text}})
    assert answer.status_code == 200


async def test_what_kills_the_check_of_cedar_is_refused_and_kills_nothing_else(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(probing, "CHILD", "import os; os.abort()")
    (found,) = await probing.probed("tenant", {"raw": {"kind": "cedar", "forbid": ""}})
    assert (found.code, found.pointer) == ("policy.value", "/policies")
    assert await probing.probed("tenant", {"cap": CAP}) == []


async def test_a_run_says_what_policies_that_advise_would_have_done(
    api: httpx2.AsyncClient,
) -> None:
    asked = {"kind": "consent", "channels": ["email"], "mode": "advise"}
    await says(api, {"asked": asked})
    name = await deployed(api, "advised", MAILING.replace("NAME", "advised"))

    answer = await api.post(f"/v1/solutions/{name}/intents/start", headers={"Prefer": "wait=60"})
    shown = (await api.get(f"/v1/runs/{answer.json()['run']}")).json()

    (warning,) = shown["warnings"]
    assert answer.json()["warnings"] == [warning]
    assert {one: warning[one] for one in ("step", "policy", "outcome", "code")} == {
        "step": "/do/1/greet",
        "policy": "tenant/asked",
        "outcome": "deny",
        "code": "policy.no-consent",
    }


async def test_decisions_are_made_again_under_what_a_layer_might_say(
    api: httpx2.AsyncClient,
) -> None:
    name = await deployed(api, "replayed", MAILING.replace("NAME", "replayed"))
    for n in range(3):
        headers = {"Prefer": "wait=60", "Idempotency-Key": f"replayed-{n}"}
        await api.post(f"/v1/solutions/{name}/intents/start", headers=headers)
    once = {"policies": {"once": {**CAP, "max": 1}}, "solution": name, "since": "P1D"}
    lax = {**once, "policies": {"once": {**CAP, "max": 9}}}
    again = {"layer": "solution", **once, "policies": {}}

    found = [(await api.post("/v1/policies/replay", json=one)).json() for one in (once, lax, again)]

    counts = [(one["decisions"], one["changed"], one["outcomes"]) for one in found]
    assert counts == [(3, 2, {"allow → skip": 2}), (3, 0, {}), (3, 0, {})]
    change = found[0]["changes"][0]
    assert {one: change[one] for one in ("solution", "before", "after", "policy", "code")} == {
        "solution": name,
        "before": "allow",
        "after": "skip",
        "policy": "tenant/once",
        "code": "policy.cap-reached",
    }


async def test_of_what_was_not_kept_nobody_says_what_would_be(api: httpx2.AsyncClient) -> None:
    name = await deployed(api, "unknown", MAILING.replace("NAME", "unknown"))
    await api.post(f"/v1/solutions/{name}/intents/start", headers={"Prefer": "wait=60"})
    money = {"kind": "budget", "limit": "1", "per": "P1D", "amount": "${ .amount }"}

    body = {"policies": {"money": money}, "solution": name}
    found = (await api.post("/v1/policies/replay", json=body)).json()

    assert (found["decisions"], found["changed"], found["unknown"]) == (1, 0, 1)
    (why,) = found["reasons"].items()
    looks = "`amount` of tenant/money looks at what a step is called with"
    assert why == (f"{looks}, of which nothing is kept", 1)


async def test_what_is_no_policy_is_not_replayed(api: httpx2.AsyncClient) -> None:
    wrong = await api.post("/v1/policies/replay", json={"policies": {"x": {"kind": "sleep"}}})
    nobody = await api.post("/v1/policies/replay", json={"layer": "solution", "policies": {}})

    codes = [answer.json()["findings"][0]["code"] for answer in (wrong, nobody)]
    assert codes == ["policy.unknown-kind", "policy.missing-field"]
