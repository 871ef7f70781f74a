"""One trace from the intent to the receipt, told once, without a byte in the history."""



from public_works.telemetry import SpanRecord
from public_works.telemetry.waterfall import Waterfall, waterfall
from symphainy.json import Json
from tests.runtime.platform import Platform
from tests.runtime.test_messages import NOTICE, customer

TRACE = "4bf92f3577b34da6a3ce929d0e0e4736"
GIVEN = f"00-{TRACE}-00f067aa0ba902b7-01"
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
