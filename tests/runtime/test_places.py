"""Places under caps and budgets: whose they are, and that one who tries again takes them again."""

from collections.abc import AsyncIterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

import pytest

from tests.runtime.platform import Platform
from tests.runtime.test_messages import customer, payload

ONCE = """
document: {dsl: 1.0.3, namespace: test, name: once-{{n}}, version: 1.0.0}
experiences:
  email: {adapter: sandbox, from: billing@acme.example}
policies:
  once: {kind: frequencyCap, channels: [email], max: 1, per: P7D, onBreach: deny}
intents:
  start: {starts: true, key: "${ .invoice.id }"}
do:
  - tell: {call: email, with: {to: "${ .customer }", text: Hello}}
  - fail: {raise: {error: {type: "https://a.example/no", status: 500}}}
"""
ASK = """
document: {dsl: 1.0.3, namespace: test, name: asking-{{n}}, version: 1.0.0}
policies:
  money:
    {kind: budget, capabilities: [call.http], limit: 1, per: P7D, amount: 1, WHEN}
do:
  - ask: {call: http, with: {method: get, endpoint: "URL/rates"}}
"""


class Unready(BaseHTTPRequestHandler):
    """Answers every other time."""

    asked = 0

    def do_GET(self) -> None:
        """An answer, or a connection that closes without one."""
        type(self).asked += 1
        if self.asked % 2:
            return
        self.send_response(200)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", "2")
        self.end_headers()
        self.wfile.write(b"{}")

    def log_message(self, *args: object) -> None:
        """Keep quiet."""


@pytest.fixture(scope="module")
async def unready() -> AsyncIterator[str]:
    """The address of the server."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), Unready)
    Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


async def ended(platform: Platform, solution: str, given: Any = None) -> tuple[str, Any]:
    """How a run of the solution ends: its status, and its problem's code."""
    run = await platform.submit(solution, given)
    finished = await platform.finish(run.run)
    return finished.status, finished.problem.get("code") if finished.problem else None


async def test_a_run_that_begins_again_takes_places_of_its_own(platform: Platform) -> None:
    solution = platform.deploy(ONCE)
    given = payload(customer(platform, "twice"))

    first = await ended(platform, solution, given)
    again = await ended(platform, solution, given)

    assert (first, again) == (("faulted", None), ("faulted", "policy.cap-reached"))
    assert len(platform.stores.ledger.list("acme", customer="twice")) == 1


@pytest.mark.parametrize("when", ["", 'when: "${ .n > 0 }"'], ids=["always", "when"])
async def test_what_is_tried_again_is_paid_for(platform: Platform, unready: str, when: str) -> None:
    solution = platform.deploy(ASK.replace("URL", unready).replace("WHEN", when))

    first = await ended(platform, solution, {"n": 1})
    second = await ended(platform, solution, {"n": 1})

    assert (first, second) == (("completed", None), ("faulted", "policy.budget-exceeded"))
    if when:
        assert await ended(platform, solution, {"n": 0}) == ("completed", None)
