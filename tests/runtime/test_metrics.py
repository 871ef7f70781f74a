"""What a worker counts, and where it offers it."""

import urllib.request
from pathlib import Path
from typing import Any

from prometheus_client.parser import text_string_to_metric_families
from temporalio.plugin import SimplePlugin

from temporal.connection import connect
from tests.runtime.platform import Platform, free_port, platform_on, real_server
from tests.runtime.test_messages import customer
from tests.runtime.test_traces import MAIL
from workers.pool import Options


async def sent(platform: Platform) -> str:
    """A run that sent a message."""
    given: Any = {"customer": customer(platform, "mim"), "invoice": {"id": "9", "amount": 1}}
    run = (await platform.submit(platform.deploy(MAIL), given)).run
    assert (await platform.finish(run)).status == "completed"
    return run


def figures(text: str) -> dict[str, float]:
    """The samples that count something, by name and labels."""
    return {
        "|".join([one.name, *(one.labels[name] for name in sorted(one.labels))]): one.value
        for family in text_string_to_metric_families(text)
        for one in family.samples
        if one.name.endswith("_total") or one.name.endswith("_count")
    }


async def test_a_worker_offers_what_it_decided_and_sent(tmp_path: Path) -> None:
    async with real_server(tmp_path) as server:
        # Not before the server has the ports it takes for itself.
        where = f"127.0.0.1:{free_port()}"
        opened = platform_on(server, tmp_path / "home", Options(), worker_metrics=where)
        async with opened as platform:
            run = await sent(platform)
            with urllib.request.urlopen(f"http://{where}/metrics") as answer:
                text = answer.read().decode()

    found = figures(text)
    assert found["symphainy_deliveries_total|sandbox|accepted"] == 1
    assert found["symphainy_policy_decisions_total|email|none|allow|gate"] == 1
    assert found["symphainy_policy_decisions_total|email|none|allow|attempt"] == 1
    assert found["symphainy_gate_seconds_count|gate"] == 1
    assert found["symphainy_step_attempts_total|experience.email|done"] == 1
    assert run not in text


async def test_the_sdk_offers_its_own_figures_where_it_is_told_to(platform: Platform) -> None:
    where = f"127.0.0.1:{free_port()}"
    client = await connect(platform.settings, SimplePlugin("none"), metrics=where)
    await client.count_workflows()
    with urllib.request.urlopen(f"http://{where}/metrics") as answer:
        found = figures(answer.read().decode())

    asked = "temporal_request_total"
    assert [one for one in found if one.startswith(asked) and "CountWorkflowExecutions" in one]
