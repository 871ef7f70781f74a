"""Lineage over HTTP, in its three forms."""

import httpx2
import pytest

from tests.api.world import World, deployed, problem, pure

EVENT = {"specversion": "1.0", "id": "l-1", "source": "/shop", "type": "com.acme.none.v1"}


async def run_of(api: httpx2.AsyncClient, name: str) -> tuple[str, str]:
    """A run that is over, and the key of its intent."""
    solution = await deployed(api, name, pure(name))
    answer = await api.post(
        f"/v1/solutions/{solution}/intents/greet",
        headers={
            "Prefer": "wait=60",
            "Idempotency-Key": f"wish-{name}",
            "traceparent": "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
        },
    )
    return answer.json()["run"], f"wish-{name}"


async def test_a_run_is_led_back_to_its_intent(world: World, api: httpx2.AsyncClient) -> None:
    run, key = await run_of(api, world.name())

    shown = (await api.get(f"/v1/runs/{run}/lineage")).json()
    forward = (await api.get("/v1/lineage", params={"key": key})).json()

    nodes = {one["type"]: one for one in shown["nodes"]}
    assert (shown["complete"], shown["environment"], shown["run"]) == (True, "production", run)
    assert nodes["intent"]["about"]["name"] == "greet"
    assert nodes["principal"]["id"] == "principal:owner"
    assert shown["trace"].split("-")[1] == "0af7651916cd43dd8448eb211c80319c"
    assert [one["what"] for one in shown["happened"]] == ["began", "completed"]
    assert forward == shown


async def test_the_forms_of_others_are_there_too(world: World, api: httpx2.AsyncClient) -> None:
    run, _ = await run_of(api, world.name())

    told = (await api.get(f"/v1/runs/{run}/lineage?format=openlineage")).json()
    document = (await api.get(f"/v1/runs/{run}/lineage?format=prov")).json()
    wrong = await api.get(f"/v1/runs/{run}/lineage?format=rdf")

    assert [one["eventType"] for one in told] == ["START", "COMPLETE"]
    assert {"prefix", "entity", "activity", "agent"} <= document.keys()
    assert problem(wrong) == (422, "api.invalid-request")


async def test_an_event_that_nobody_heard_leads_nowhere(
    world: World, api: httpx2.AsyncClient
) -> None:
    sent = {**EVENT, "id": world.name()}
    headers = {"Content-Type": "application/cloudevents+json"}
    taken = (await api.post("/v1/events", json=sent, headers=headers)).json()["events"][0]

    shown = (await api.get(f"/v1/events/{taken['seq']}/lineage")).json()

    assert shown["run"] is None
    assert [one["type"] for one in shown["edges"]] == ["told"]


@pytest.mark.parametrize(
    ("path", "code"),
    [
        ("/v1/runs/acme.none:1/lineage", "run.unknown"),
        ("/v1/deliveries/none/lineage", "ledger.missing"),
        ("/v1/events/999999999/lineage", "event.unknown"),
        ("/v1/lineage?key=nobody", "run.unknown"),
    ],
)
async def test_what_nobody_knows_has_no_lineage(
    api: httpx2.AsyncClient, path: str, code: str
) -> None:
    assert problem(await api.get(path)) == (404, code)


async def test_no_other_tenant_is_shown_any(
    world: World, api: httpx2.AsyncClient, stranger: httpx2.AsyncClient
) -> None:
    run, key = await run_of(api, world.name())

    for path in (f"/v1/runs/{run}/lineage", f"/v1/lineage?key={key}"):
        assert problem(await stranger.get(path)) == (404, "run.unknown")
