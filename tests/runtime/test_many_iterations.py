"""A run of a hundred thousand iterations, over many histories."""

from symphainy.json import Json
from tests.runtime.platform import Platform

TEXT = """
document: {dsl: 1.0.3, namespace: test, name: many-{{n}}, version: 1.0.0}
do:
  - rounds:
      for: {each: round, in: "${ [range(10)] }"}
      do:
        - sides:
            fork:
              branches:
                - left:
                    for: {each: n, in: $workflow.input.items}
                    do:
                      - risky:
                          try:
                            - count: {set: "${ {total: (.total + $n)} }"}
                          catch: {}
                - right:
                    for: {each: n, in: $workflow.input.items}
                    do:
                      - count: {set: "${ {total: (.total + 1)} }"}
        - sum: {set: "${ {total: (map(.total) | add)} }"}
"""


async def test_a_hundred_thousand_iterations_end_well(short: Platform) -> None:
    items: list[Json] = [*range(5_000)]
    run = await short.submit(short.deploy(TEXT), {"items": items, "total": 0})
    finished = await short.finish(run.run)

    total = 0
    for _ in range(10):
        total = (total + sum(range(5_000))) + (total + 5_000)
    assert finished.status == "completed", finished.problem
    assert finished.output == {"total": total}
    histories = {one.id.partition(".")[0] for one in await short.events(run.run)}
    assert len(histories) > 3
