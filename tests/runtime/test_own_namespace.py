"""A tenant whose runs live in a Temporal namespace of their own."""

from pathlib import Path

import pytest
from temporalio.client import Client

from symphainy.errors import Refused
from tests.runtime.platform import platform_on, real_server
from workers.pool import Options, open_pool

OWN = "acme-own"
HELLO = """
document: {dsl: 1.0.3, namespace: test, name: hello-{{n}}, version: 1.0.0}
do:
  - greet: {set: {greeting: "${ .name }"}}
"""


async def test_its_runs_are_in_no_other_and_its_database_serves_no_other(tmp_path: Path) -> None:
    home = tmp_path / "home"
    async with (
        real_server(tmp_path, namespace=OWN) as server,
        platform_on(server, home, Options(), temporal_namespace=OWN) as acme,
    ):
        run = await acme.run(HELLO, {"name": "Ada"})
        shared = await Client.connect(server.client.service_client.config.target_host)

        assert run.output == {"greeting": "Ada"}
        assert (await shared.count_workflows()).count == 0

        with pytest.raises(Refused) as refused:
            async with open_pool(acme.settings, acme.stores, client=shared):
                pass

    assert refused.value.code == "settings.namespace"
    assert "SYMPHAINY_TEMPORAL_NAMESPACE=acme-own" in refused.value.message
