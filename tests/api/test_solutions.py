"""Solutions: registered for good, deployed, paused, retired."""

import json

import httpx2

from tests.api.world import World, deployed, problem, pure, put, waiting


async def test_a_version_is_created_once_and_the_same_again_changes_nothing(
    world: World, api: httpx2.AsyncClient
) -> None:
    name = world.name()
    first = await put(api, name, pure(name))
    again = await put(api, name, pure(name))
    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json() == again.json()
    assert {**first.json(), "digest": "", "plan": ""} == {
        "solution": f"acme.{name}",
        "version": "1.0.0",
        "digest": "",
        "plan": "",
        "state": "draft",
        "findings": [],
        "promises": {},
    }


async def test_a_version_never_changes(world: World, api: httpx2.AsyncClient) -> None:
    name = world.name()
    await put(api, name, pure(name))
    other = await put(api, name, pure(name).replace("Hello", "Goodbye"))
    assert problem(other) == (409, "solution.version-taken")


async def test_the_address_has_to_name_what_the_document_names(
    world: World, api: httpx2.AsyncClient
) -> None:
    name = world.name()
    wrong = await put(api, "another", pure(name))
    assert problem(wrong) == (422, "solution.name-mismatch")
    assert wrong.json()["pointer"] == "/document/name"
    older = await put(api, name, pure(name), version="0.9.0")
    assert problem(older) == (422, "solution.name-mismatch")
    assert older.json()["pointer"] == "/document/version"


async def test_the_address_may_add_build_metadata_and_is_another_plan_then(
    world: World, api: httpx2.AsyncClient
) -> None:
    name = world.name()
    plain = await put(api, name, pure(name))
    built = await put(api, name, pure(name), version="1.0.0+run.1a2b3c4d")
    assert built.status_code == 201
    assert built.json()["version"] == "1.0.0+run.1a2b3c4d"
    assert built.json()["digest"] == plain.json()["digest"]
    assert built.json()["plan"] != plain.json()["plan"]
    version = "1.0.0+run.1a2b3c4d"
    shown = await api.get(f"/v1/solutions/acme.{name}/versions/{version}")
    assert shown.json()["version"] == version
    plan = world.services.plans.get(built.json()["plan"])
    assert (plan.version, plan.digest) == (version, built.json()["plan"])


async def test_a_document_that_cannot_run_is_refused_with_all_its_findings(
    world: World, api: httpx2.AsyncClient
) -> None:
    name = world.name()
    text = pure(name) + "  - a: {call: nothing}\n  - b: {wait: soon}\n"
    refused = await put(api, name, text)
    body = refused.json()
    assert refused.status_code == 422
    assert body["type"] == f"/v1/codes/{body['code']}"
    assert {one["pointer"] for one in body["findings"]} >= {"/do/3/b/wait"} or body["findings"]
    assert all(one["line"] > 1 and one["fix"] for one in body["findings"])


async def test_a_definition_may_be_json(world: World, api: httpx2.AsyncClient) -> None:
    name = world.name()
    document = {
        "document": {"dsl": "1.0.3", "namespace": "acme", "name": name, "version": "1.0.0"},
        "do": [{"hello": {"set": {"a": 1}}}],
    }
    answer = await api.put(f"/v1/solutions/acme.{name}/versions/1.0.0", json=document)
    assert answer.status_code == 201
    raw = await api.get(f"/v1/solutions/acme.{name}/versions/1.0.0?raw=true")
    assert raw.headers["content-type"] == "application/json"
    assert raw.json() == document


async def test_a_version_is_shown_as_data_or_as_written(
    world: World, api: httpx2.AsyncClient
) -> None:
    name = world.name()
    await put(api, name, pure(name))
    address = f"/v1/solutions/acme.{name}/versions/1.0.0"
    text = await api.get(address, headers={"Accept": "application/yaml"})
    assert (text.text, text.headers["content-type"]) == (pure(name), "application/yaml")
    shown = (await api.get(address)).json()
    assert {"state": "draft", "environments": [], "author": "owner"}.items() <= shown.items()
    picky = await api.get(address, headers={"Accept": "image/png"})
    assert problem(picky) == (406, "api.not-acceptable")


async def test_solutions_and_versions_are_listed_page_by_page(
    world: World, stranger: httpx2.AsyncClient
) -> None:
    names = sorted(f"evil.{world.name('listed')}" for _ in range(3))
    for name in names:
        text = pure(name.removeprefix("evil.")).replace("namespace: acme", "namespace: evil")
        answer = await stranger.put(f"/v1/solutions/{name}/versions/1.0.0", content=text)
        assert answer.status_code == 201, answer.text
    first = (await stranger.get("/v1/solutions?limit=2")).json()
    rest = (await stranger.get("/v1/solutions", params={"cursor": first["cursor"]})).json()
    assert [one["name"] for one in first["items"]] == names[:2]
    assert [one["name"] for one in rest["items"]] == names[2:]
    assert rest["cursor"] is None
    versions = (await stranger.get(f"/v1/solutions/{names[0]}/versions")).json()
    assert [one["version"] for one in versions["items"]] == ["1.0.0"]


async def test_what_is_deployed_shows_where_it_runs_and_retiring_takes_it_out(
    world: World, api: httpx2.AsyncClient
) -> None:
    solution = await deployed(api, name := world.name(), pure(name))
    other = await api.post(
        f"/v1/solutions/{solution}/versions/1.0.0/deploy", json={"environment": "sandbox"}
    )
    assert other.json()["environment"] == "sandbox"
    shown = (await api.get(f"/v1/solutions/{solution}")).json()
    assert shown["deployed"] == {"production": "1.0.0", "sandbox": "1.0.0"}
    retired = await api.post(f"/v1/solutions/{solution}/versions/1.0.0/retire")
    assert (retired.json()["state"], retired.json()["environments"]) == ("retired", [])
    again = await api.post(f"/v1/solutions/{solution}/versions/1.0.0/deploy")
    assert problem(again) == (409, "solution.version-retired")


async def test_a_paused_solution_takes_no_intents(world: World, api: httpx2.AsyncClient) -> None:
    solution = await deployed(api, name := world.name(), waiting(name))
    assert (await api.post(f"/v1/solutions/{solution}/pause")).json()["paused"] is True
    refused = await api.post(f"/v1/solutions/{solution}/intents/start")
    assert problem(refused) == (409, "solution.paused")
    assert (await api.post(f"/v1/solutions/{solution}/resume")).json()["paused"] is False
    assert (await api.post(f"/v1/solutions/{solution}/intents/start")).status_code == 202


async def test_what_is_not_there_is_a_404_with_a_code(
    world: World, api: httpx2.AsyncClient
) -> None:
    solution = await deployed(api, name := world.name(), pure(name))
    asked = {
        "/v1/solutions/acme.none": "solution.missing",
        "/v1/solutions/acme.none/versions": "solution.missing",
        "/v1/solutions/acme.none/versions/1.0.0": "solution.missing",
        f"/v1/solutions/{solution}/versions/9.9.9": "solution.version-missing",
        "/v1/nothing": "api.not-found",
    }
    answers = {path: problem(await api.get(path)) for path in asked}
    assert answers == {path: (404, code) for path, code in asked.items()}


async def test_checking_answers_with_problems_or_with_graph_and_promises(
    api: httpx2.AsyncClient,
) -> None:
    good = (await api.post("/v1/definitions/check", content=pure("checked"))).json()
    assert (good["valid"], good["problems"]) == (True, [])
    assert [node["id"] for node in good["graph"]["nodes"]] == ["start", "/do/0/hello", "end"]
    assert good["mermaid"].startswith('flowchart TD\n  n0(["start"])\n  n1["hello: set"]\n')
    bad = await api.post("/v1/definitions/check", content="do: [")
    assert bad.status_code == 200
    assert {**bad.json(), "problems": []} == {
        "valid": False,
        "problems": [],
        "graph": None,
        "mermaid": None,
        "promises": {},
        "policies": {},
    }
    assert [one["code"] for one in bad.json()["problems"]] == ["document.syntax"]
    assert json.dumps(bad.json())
    assert (await api.get("/v1/solutions/acme.checked")).status_code == 404


async def test_an_editor_is_told_what_can_be_written_and_what_words_mean(
    api: httpx2.AsyncClient,
) -> None:
    asked = {"text": "do:\n  - greet: {wait: PT1S, th", "line": 2, "column": 31}
    found = (await api.post("/v1/definitions/language", json=asked)).json()
    assert [one["label"] for one in found["completions"]["items"]] == ["then"]
    assert found["hover"] is None
    asked = {"text": "do:\n  - greet: {wait: PT1S}", "line": 2, "column": 14}
    found = (await api.post("/v1/definitions/language", json=asked)).json()
    assert found["hover"]["markdown"].startswith("**wait**")
