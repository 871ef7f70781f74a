"""A client's own worker pool joins with what its package brings, without touching ours."""

from pathlib import Path

import pytest

from symphainy.errors import Refused
from tests.runtime.platform import Platform
from workers.pool import Options, open_pool

MODULE = '''
from pydantic import BaseModel
from symphainy.capability import Call, capability

class Name(BaseModel):
    name: str

class Greeting(BaseModel):
    text: str
    tenant: str

@capability("acme.greet", effect="none")
async def greet(call: Call, takes: Name) -> Greeting:
    """Greet somebody by name."""
    return Greeting(text=f"Hello, {takes.name}!", tenant=call.tenant)

CAPABILITIES = (greet,)
'''


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An installed package of somebody else's."""
    (tmp_path / "acme_greetings.py").write_text(MODULE)
    info = tmp_path / "acme_greetings-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: acme-greetings\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text(
        "[symphainy.capabilities]\nacme = acme_greetings:CAPABILITIES\n"
    )
    monkeypatch.syspath_prepend(str(tmp_path))


async def test_a_pool_of_a_client_serves_what_its_package_brings(
    platform: Platform, package: None
) -> None:
    options = Options(versioned=False)
    opened = open_pool(platform.settings, platform.stores, name="acme-pool", options=options)
    async with opened as pool, pool.worker:
        served = [(one.address, one.queue) for one in pool.catalog.capabilities]
        given = await platform.output(
            """
            document: {dsl: 1.0.3, namespace: test, name: pool-{{n}}, version: 1.0.0}
            do:
              - greet: {call: acme.greet, with: {name: "${ .who }"}}
            """,
            {"who": "Ada"},
        )

    assert served == [("acme.greet:1", "acme-pool")]
    assert given == {"text": "Hello, Ada!", "tenant": "acme"}


async def test_a_pool_with_nothing_to_serve_says_so(platform: Platform) -> None:
    with pytest.raises(Refused, match=r"run\.pool-empty"):
        async with open_pool(platform.settings, platform.stores, name="idle"):
            raise AssertionError("it opened")
