"""One trace from the intent to the receipt, told once, without a byte in the history."""

import asyncio
import gzip
import json
from collections import Counter
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

from public_works import Settings, Stores
from public_works.telemetry import SpanRecord, names
from public_works.telemetry.waterfall import Waterfall, waterfall
from symphainy.json import Json
from tests.runtime.platform import LEAD, OWNER, Platform
from tests.runtime.test_children import running
from tests.runtime.test_messages import NOTICE, customer
from tests.runtime.test_migrations import NEWER, migrations

PURE = """
document: {dsl: 1.0.3, namespace: test, name: traced-{{n}}, version: 1.0.0}
do:
  - score: {call: insights.score, with: {model: lead-fit, features: {}}}
  - render: {call: content.render, with: {template: "Dear {{ name }}", data: {name: Ada}}}
"""
MAIL = (
    NOTICE
    + """
do:
  - remind:
      call: email
      with:
        to: "${ $workflow.input.customer }"
        template: reminder
        data: {invoice: "${ $workflow.input.invoice }"}
"""
)
HELD = (
    NOTICE
    + """
policies:
  money: {kind: approval, before: [remind], role: collections-lead}
do:
  - remind:
      call: email
      with:
        to: "${ $workflow.input.customer }"
        template: reminder
        data: {invoice: "${ $workflow.input.invoice }"}
"""
)

CALL = """
document: {dsl: 1.0.3, namespace: test, name: asked-{{n}}, version: 1.0.0}
do:
  - ask: {call: http, with: {method: get, endpoint: "URL/x?token=canary"}}
"""
PARENT = """
document: {dsl: 1.0.3, namespace: test, name: parent-{{n}}, version: 1.0.0}
do:
  - child: {run: CHILD}
"""


class Gone(BaseHTTPRequestHandler):
    """Answers that there is nothing any more, and keeps which trace it was asked in."""

    told: list[str | None] = []  # noqa: RUF012 - of all of them together

    def do_GET(self) -> None:
        self.told.append(self.headers["traceparent"])
        self.send_response(410)
        self.send_header("content-length", "0")
        self.end_headers()

    def log_message(self, *args: object) -> None:
        """Keep quiet."""


@pytest.fixture(scope="module")
def gone() -> Iterator[str]:
    """The address of a server that has nothing."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), Gone)
    Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


@pytest.fixture
def collector() -> Iterator[tuple[str, list[str]]]:
    """A collector's address, and the names of the spans it got."""
    got: list[str] = []

    class Collector(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            if self.headers.get("content-encoding") == "gzip":
                body = gzip.decompress(body)
            sent = ExportTraceServiceRequest.FromString(body)
            scopes = [scope for one in sent.resource_spans for scope in one.scope_spans]
            got.extend(span.name for scope in scopes for span in scope.spans)
            self.send_response(200)
            self.send_header("content-length", "0")
            self.end_headers()

        def log_message(self, *args: object) -> None:
            """Keep quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Collector)
    Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}", got
    server.shutdown()
    server.server_close()


def told(platform: Platform, run: str) -> Waterfall:
    """The waterfall of a run, with all that is over."""
    platform.stores.telemetry.flush()
    return waterfall(run, platform.stores.spans.of_run("acme", run))


def lines(found: Waterfall) -> list[str]:
    """The waterfall as it would be read."""
    return ["  " * depth + bar.name for depth, bar in found.rows()]


def spans(platform: Platform, run: str) -> list[SpanRecord]:
    platform.stores.telemetry.flush()
    return platform.stores.spans.of_run("acme", run)


async def test_a_run_is_one_tree_below_its_intent(platform: Platform) -> None:
    solution = platform.deploy(PURE)

    run = (await platform.submit(solution)).run
    await platform.finish(run)

    found = told(platform, run)
    assert lines(found) == [
        "intent",
        f"  run {solution}",
        "    step score",
        "      decide allow",
        "      insights.score:1",
        "    step render",
        "      decide allow",
        "      content.render:1",
        "    run ends",
    ]
    assert {bar.status for _, bar in found.rows()} == {"unset"}
    assert len(found.traces) == 1


async def test_the_trace_of_the_intent_is_the_trace_of_all(platform: Platform) -> None:
    given: Json = {"customer": customer(platform, "tea"), "invoice": {"id": "7", "amount": 1}}
    solution = platform.deploy(MAIL)

    with platform.stores.telemetry.span("test", {}, parent=None):
        run = (await platform.submit(solution, given)).run
    await platform.finish(run)

    (trace,) = {one.trace for one in spans(platform, run)}
    (sent,) = platform.stores.ledger.list("acme", run=run)
    assert sent.trace is not None
    assert sent.trace.split("-")[1] == trace


async def test_a_wait_ends_the_span_and_what_follows_is_linked(platform: Platform) -> None:
    given: Json = {"customer": customer(platform, "ute"), "invoice": {"id": "8", "amount": 1}}
    run = (await platform.submit(platform.deploy(HELD), given)).run
    await platform.until(run, "step.decided", outcome="approve")
    (asked,) = [one for one in platform.stores.approvals.pending("acme") if one.run == run]
    async with asyncio.timeout(60):
        while "step remind" not in {one.name for one in spans(platform, run)}:
            await asyncio.sleep(0.05)
    waiting = {one.name for one in spans(platform, run)}

    await platform.runs.answer(LEAD, run, asked.id, granted=True)
    await platform.finish(run)

    found = {one.name: one for one in spans(platform, run)}
    first, second = found["step remind"], found["step remind goes on"]
    assert {"run ends", "step remind goes on"} & waiting == set()
    assert first.attributes[names.WAITS] == "approval"
    assert second.links == [{"trace": first.trace, "id": first.id, "why": "waited"}]
    assert found["experience.email"].parent == first.id
    assert second.began >= first.ended


async def test_replay_tells_nothing_twice(replaying: Platform) -> None:
    solution = replaying.deploy(PURE)

    run = (await replaying.submit(solution)).run
    await replaying.finish(run)

    assert Counter(one.name for one in spans(replaying, run)) == {
        "intent": 1,
        f"run {solution}": 1,
        "step score": 1,
        "step render": 1,
        "decide allow": 2,
        "insights.score:1": 1,
        "content.render:1": 1,
        "run ends": 1,
    }


async def test_each_attempt_is_a_span_and_a_failure_says_why(platform: Platform, gone: str) -> None:
    run = await platform.run(CALL.replace("URL", gone))

    (failed,) = [one for one in spans(platform, run.run) if one.name == "call.http"]
    (asked,) = [one for one in spans(platform, run.run) if one.name == "GET"]
    assert (failed.status, failed.code) == ("error", "http.status")
    assert asked.parent == failed.id
    assert asked.attributes[names.STATUS] == 410


async def test_a_clients_own_server_is_told_the_trace(platform: Platform, gone: str) -> None:
    run = await platform.run(CALL.replace("URL", gone))

    (asked,) = [one for one in spans(platform, run.run) if one.name == "GET"]
    assert Gone.told[-1] == f"00-{asked.trace}-{asked.id}-01"


async def test_spans_hold_neither_people_nor_secrets(platform: Platform) -> None:
    given: Json = {
        "customer": {"email": "canary@people.example", "name": "Canary Person"},
        "invoice": {"id": "canary-invoice", "amount": 1},
    }
    run = (await platform.submit(platform.deploy(MAIL), given)).run
    await platform.finish(run)

    text = json.dumps([one.model_dump() for one in spans(platform, run)])
    assert "send email" in text
    assert [one for one in ("canary", "Canary", "people.example") if one in text] == []


async def test_a_chain_of_an_intent_goes_on_in_its_children(platform: Platform) -> None:
    child = platform.deploy(PURE)
    run = (await platform.submit(platform.deploy(PARENT.replace("CHILD", running(child))))).run
    await platform.finish(run)

    found = lines(told(platform, run))
    assert [one.strip() for one in found].count(f"run {child}") == 1
    assert len({one.trace for one in spans(platform, run)}) == 1


AGAIN = """
document: {dsl: 1.0.3, namespace: test, name: again-{{n}}, version: VERSION}
do:
  - careful:
      try:
        - ask: {call: http, with: {method: get, endpoint: "URL/x"}}
      catch:
        errors: {with: {status: 410}}
        retry: {delay: {milliseconds: 1}, limit: {attempt: {count: 1}}}
        as: wrong
        do:
          - note: {set: {tried: true}}
  - hear: {listen: {to: {one: {with: {type: com.acme.traced.v1}}}}}
  - fails: {raise: {error: {type: "https://e.example/broken", status: 500}}}
"""


async def test_what_is_tried_again_goes_over_or_fails_stays_in_one_trace(
    platform: Platform, gone: str
) -> None:
    text = AGAIN.replace("URL", gone).replace("{{n}}", "one")
    first = text.replace("VERSION", "1.0.0")
    run = (await platform.submit(platform.deploy(first))).run
    await platform.until(run, "run.listening")
    platform.deploy(text.replace("VERSION", NEWER))
    await migrations(platform).migrate(OWNER, run)
    await platform.hears("com.acme.traced.v1")
    finished = await platform.finish(run)

    found = spans(platform, run)
    assert (finished.status, finished.version) == ("faulted", "1.1.0")
    assert len({one.trace for one in found}) == 1
    assert [one.code for one in found if one.name == "call.http"] == ["http.status"] * 2
    assert Counter(one.status for one in found if one.name == "run ends") == {"error": 1}


async def test_a_collector_gets_the_same_spans(
    tmp_path: Path, collector: tuple[str, list[str]]
) -> None:
    url, got = collector
    settings = Settings(home=tmp_path, traces_endpoint=url)
    stores = Stores.open(settings)
    with stores.telemetry.span("outer", {names.TENANT: "acme", names.RUN: "a:1"}):
        pass
    stores.close()

    assert got == ["outer"]


async def test_without_traces_nothing_is_kept_and_everything_works(tmp_path: Path) -> None:
    stores = Stores.open(Settings(home=tmp_path, traces=False))
    with stores.telemetry.span("outer", {names.TENANT: "acme", names.RUN: "a:1"}) as made:
        assert not made.is_recording()
    assert stores.spans.of_run("acme", "a:1") == []
    stores.close()
