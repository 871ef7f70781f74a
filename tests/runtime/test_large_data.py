"""Data that no history would take: kept beside it, or refused with a clear error."""

from symphainy.json import Json
from tests.runtime.platform import Platform

HEAD = """
document: {dsl: 1.0.3, namespace: test, name: large-{{n}}, version: 1.0.0}
"""


async def test_what_a_step_takes_and_gives_may_be_larger_than_a_payload(
    platform: Platform,
) -> None:
    text = (
        HEAD
        + """
do:
  - much: {set: {texts: "${ [range(3)] | map(\\"y\\" * 900000) }"}}
  - echo:
      call: content.render
      with: {template: "{{ n }}", data: {n: "${ .texts[0][0:5] }", rest: "${ .texts }"}}
      output: {as: "$input + {seen: .text}"}
"""
    )

    run = await platform.submit(platform.deploy(text))
    finished = await platform.finish(run.run)

    assert finished.status == "completed", finished.problem
    assert finished.output == {"texts": ["y" * 900_000] * 3, "seen": "yyyyy"}
    described = await platform.runs.handle("acme", run.run).describe()
    assert described.raw_description.workflow_execution_info.history_size_bytes < 60_000


async def test_a_position_larger_than_a_payload_outlives_a_history(short: Platform) -> None:
    text = (
        HEAD
        + """
do:
  - rows:
      for: {each: row, in: .rows}
      while: "${ $index < 60 }"
      do:
        - render:
            if: "${ $index % 2 == 0 }"
            call: content.render
            with: {template: "{{ n }}", data: {n: "${ $row.id }"}}
            output: {as: "{n: $input.n, last: .text}"}
        - count: {set: "${ {last, n: ((.n // 0) + 1)} }"}
"""
    )

    rows: list[Json] = [{"id": n, "note": "n" * 400} for n in range(6_000)]
    run = await short.submit(short.deploy(text), {"rows": rows})
    finished = await short.finish(run.run)

    assert finished.status == "completed", finished.problem
    assert finished.output == {"last": "58", "n": 60}


async def test_more_than_is_allowed_ends_the_run_with_a_clear_error(platform: Platform) -> None:
    text = (
        HEAD
        + """
do:
  - much: {set: {text: "${ \\"y\\" * 900000 }"}}
  - more: {set: {all: "${ [range(20)] | map($input.text) }"}}
"""
    )

    run = await platform.submit(platform.deploy(text))
    finished = await platform.finish(run.run)

    assert finished.status == "faulted"
    assert finished.problem is not None
    assert finished.problem["code"] == "run.payload-too-large"
