"""A call as a worker makes it, with the stores that capabilities use."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from public_works.customers import Customers
from public_works.database import Database
from symphainy.capability import Call


@pytest.fixture
def call(tmp_path: Path) -> Iterator[Call]:
    database = Database(f"sqlite:///{tmp_path / 'symphainy.db'}")
    database.migrate()
    yield Call(
        tenant="acme",
        principal="ada",
        environment="sandbox",
        solution="acme.dunning",
        run="run-1",
        step="/do/0/step",
        key="run-1|/do/0/step|0",
        services={Customers: Customers(database)},
    )
    database.dispose()
