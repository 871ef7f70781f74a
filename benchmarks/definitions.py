"""The work as definitions, all under five policies."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Literal, get_args

__all__ = ["EVENT", "WORKS", "Work", "text_of"]

Work = Literal[
    "steps",
    "short",
    "messages",
    "fork",
    "loops",
    "retries",
    "listening",
    "parked",
    "answer",
    "benign",
    "hostile",
]
WORKS: tuple[Work, ...] = get_args(Work)
EVENT = "example.benchmark.go"

POLICIES = """
experiences:
  email:
    adapter: sandbox
    from: billing@acme.example
    templates:
      hello: {subject: Hello, text: "Number {{ n }}: hello."}
policies:
  night:
    {kind: quietHours, channels: [email], from: "%FROM%", to: "%TO%", zone: customer,
     onBreach: defer}
  enough: {kind: frequencyCap, channels: [email], max: 100000, per: P1D, onBreach: skip}
  consent: {kind: consent, channels: [email]}
  bigMoney:
    {kind: approval, when: "${ .amount > 10000 }", capabilities: [%CAPABILITY%], role: lead,
     within: P2D}
  risky:
    {kind: approval, when: "${ .risk == \\"high\\" }", channels: [email], role: lead,
     within: P2D}
"""
MAIL = '{call: email, with: {to: "${ $workflow.input.customer }", template: hello, data: {n: %d}}}'
NOOP = "{call: benchmark.noop, with: {n: %d}}"


def text_of(work: Work) -> str:
    """The definition of `work`; its quiet hours are where it is not night now."""
    written = Path(__file__).parent / f"{work}.yaml"
    if written.exists():
        return written.read_text()
    now = datetime.now(UTC)
    capability = "benchmark.short" if work == "short" else "benchmark.noop"
    policies = POLICIES.replace("%CAPABILITY%", capability)
    for name, hours in (("%FROM%", 8), ("%TO%", 10)):
        policies = policies.replace(name, f"{now + timedelta(hours=hours):%H:%M}")
    head = f"document: {{dsl: 1.0.3, namespace: benchmark, name: {work}, version: 1.0.0}}"
    return f"{head}{policies}do:\n{_tasks(work)}"


def _tasks(work: Work) -> str:
    match work:
        case "steps" | "short":
            call = NOOP if work == "steps" else NOOP.replace("noop", "short")
            return "".join(f"  - step{n}: {call % n}\n" for n in range(5))
        case "messages":
            return "".join(f"  - mail{n}: {MAIL % n}\n" for n in range(5))
        case "fork":
            branches = "".join(f"        - branch{n}: {NOOP % n}\n" for n in range(100))
            return f"  - all:\n      fork:\n        branches:\n{branches}"
        case "loops":
            return LOOPS
        case "retries":
            return "".join(RETRY.replace("%N%", str(n)) for n in range(3))
        case "listening":
            return LISTEN.replace("%TYPE%", EVENT)
        case "parked":
            return f"  - step: {NOOP % 0}\n  - rest: {{wait: {{days: 1}}}}\n"
        case _:
            return f"  - step: {NOOP % 0}\n"


LOOPS = """  - outer:
      for: {each: a, in: "${ [range(3)] }"}
      do:
        - inner:
            for: {each: b, in: "${ [range(3)] }"}
            do:
              - step: {call: benchmark.noop, with: {n: "${ 3 * $a + $b }"}}
"""
RETRY = """  - try%N%:
      try:
        - step: {call: benchmark.flaky, with: {n: %N%}}
      catch:
        retry: {delay: {milliseconds: 1}, limit: {attempt: {count: 2}}}
"""
LISTEN = """  - before: {call: benchmark.noop, with: {n: 0}}
  - go:
      listen:
        to:
          one:
            with: {type: %TYPE%}
            correlate: {flow: {from: "${ .data.flow }", expect: "${ $workflow.input.flow }"}}
  - after: {call: benchmark.noop, with: {n: 1}}
"""
