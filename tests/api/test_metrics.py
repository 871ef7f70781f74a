"""What Prometheus reads, who may read it, and that no label is an id."""

import asyncio
import re

import httpx2
from prometheus_client.parser import text_string_to_metric_families
from pydantic import SecretStr

from tests.api.governed import governed
from tests.api.world import World, deployed, principal, problem, pure


async def scraped(world: World, client: httpx2.AsyncClient) -> dict[str, float]:
    """Every sample, by its name and labels."""
    answer = await client.get("/metrics")
    assert answer.status_code == 200, answer.text
    return {
        "|".join([one.name, *(f"{name}={value}" for name, value in sorted(one.labels.items()))]): (
            one.value
        )
        for family in text_string_to_metric_families(answer.text)
        for one in family.samples
    }


async def test_requests_runs_and_alarms_are_there(world: World, api: httpx2.AsyncClient) -> None:
    solution = await deployed(api, name := world.name(), pure(name))
    await api.post(f"/v1/solutions/{solution}/intents/greet", headers={"Prefer": "wait=60"})
    async with await world.client(principal("root", "platform-admin")) as scraper:
        found = await scraped(world, scraper)

    route = "/v1/solutions/{name}/intents/{intent}"
    counted = f"symphainy_http_requests_seconds_count|method=POST|route={route}|status=200"
    assert found[counted] >= 1
    assert found["symphainy_alarms|kind=dead-workers"] == 0
    assert found["symphainy_approvals_pending"] >= 0
    assert "symphainy_audit_checkpoint_age_seconds" in found


async def test_no_label_is_an_id_or_a_name_of_a_client(
    world: World, api: httpx2.AsyncClient
) -> None:
    solution = await deployed(api, name := world.name("secretive"), pure(name))
    answer = await api.post(
        f"/v1/solutions/{solution}/intents/greet", headers={"Prefer": "wait=60"}
    )
    await asyncio.to_thread(world.services.stores.telemetry.flush)
    async with await world.client(principal("root", "platform-admin")) as scraper:
        text = (await scraper.get("/metrics")).text

    assert answer.json()["run"] not in text
    assert "secretive" not in text
    assert re.findall(r"[0-9a-f]{8}-[0-9a-f]{4}-|[0-9a-f]{32}", text) == []


async def test_the_figures_of_all_tenants_are_for_who_governs_or_scrapes(world: World) -> None:
    async with (
        await world.client(principal("admin", "tenant-admin")) as admin,
        httpx2.AsyncClient(base_url=world.url, timeout=60) as nobody,
    ):
        assert problem(await admin.get("/metrics")) == (403, "api.forbidden")
        assert problem(await nobody.get("/metrics")) == (401, "api.unauthenticated")


async def test_who_has_the_scrape_key_reads_figures_and_nothing_else(world: World) -> None:
    async with (
        governed(world, metrics_key=SecretStr("scrape-0123456789abcdef")) as city,
        httpx2.AsyncClient(base_url=city.world.url, timeout=60) as scraper,
    ):
        scraper.headers["authorization"] = "Bearer scrape-0123456789abcdef"
        assert (await scraper.get("/metrics")).status_code == 200
        assert problem(await scraper.get("/v1/runs")) == (401, "api.unauthenticated")
        for wrong in ("scrape-0123456789abcdeF", "scrape"):
            scraper.headers["authorization"] = f"Bearer {wrong}"
            assert (await scraper.get("/metrics")).status_code == 401
