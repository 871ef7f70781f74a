"""What no run ever takes is given up, and kept for somebody to look at and send again."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import grpc
import pytest
from sqlalchemy import text
from temporalio.client import Client

from public_works import Stores
from public_works.blobs import Folder
from public_works.database import Database
from smart_city.signing import SigningKey
from symphainy.event import Bound
from symphainy.intent import Intent, Submission
from temporal.hub import Hub
from temporal.plans import Plans
from tests.events.sending import event
from tests.public_works.rows import LISTENER, NOON
from tests.runtime.platform import OWNER

RUN = "acme/acme.shop/7"


async def never(intent: Intent) -> Submission:
    """No event of these tests starts anything."""
    raise AssertionError(intent)


@pytest.fixture
async def alone(tmp_path: Path) -> AsyncIterator[tuple[Hub, Stores]]:
    """A hub whose Temporal takes no signals."""
    database = Database(f"sqlite:///{tmp_path / 'symphainy.db'}")
    database.migrate()
    blobs = Folder(tmp_path / "blobs")
    stores = Stores.over(database, pepper=b"p" * 32, blobs=blobs, audit_key=SigningKey.generate)
    server = grpc.aio.server()
    port = server.add_insecure_port("127.0.0.1:0")
    await server.start()
    client = await Client.connect(f"127.0.0.1:{port}")
    yield Hub(client, stores, Plans(stores.definitions), SigningKey.generate(), never), stores
    await server.stop(None)
    database.dispose()


async def test_an_event_that_no_run_ever_takes_is_a_dead_letter_and_is_sent_again_by_hand(
    alone: tuple[Hub, Stores],
) -> None:
    hub, stores = alone
    waiting: dict[str, Any] = {**LISTENER, "workflow": RUN, "filters": [Bound()]}
    stores.events.listen("acme", **waiting)
    sent = await hub.accept(OWNER, "production", event("paid"))
    assert (sent.runs, stores.letters.list("acme")) == ((), [])

    with stores.database.session() as session:
        tried = text("UPDATE event_handover SET tries = 11, due = :at")
        session.connection().execute(tried, {"at": f"{NOON:%Y-%m-%d} 00:00:00.000000"})
    await hub.sweep()

    (letter,) = stores.letters.list("acme")
    assert (letter.way, letter.target, letter.seq) == ("in", RUN, sent.seq)
    assert letter.reason.startswith("run.temporal-unreachable: ")
    assert letter.given_up is not None
    stores.letters.resend("acme", letter.id)
    assert stores.letters.list("acme") == []
    await hub.sweep()
    assert stores.letters.list("acme") == []
