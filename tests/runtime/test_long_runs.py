"""Runs that outgrow a history go on in the next, with position, data and what people said."""

import asyncio

from tests.runtime.platform import LEAD, OWNER, Platform
from tests.runtime.test_messages import NOTICE, customer

HEAD = """
document: {dsl: 1.0.3, namespace: test, name: long-{{n}}, version: 1.0.0}
"""


async def histories(platform: Platform, run: str) -> int:
    """In how many histories the run was told."""
    events = await platform.events(run)
    return len({event.id.partition(".")[0] for event in events})


async def until_it_goes_on(platform: Platform, run: str) -> None:
    """Return once the run has gone on in a second history."""
    async with asyncio.timeout(120):
        while await histories(platform, run) < 2:
            await asyncio.sleep(0.05)


async def test_nested_loops_go_on_where_they_were(short: Platform) -> None:
    text = (
        HEAD
        + """
do:
  - rows:
      for: {each: row, in: "${ [range(6)] }"}
      do:
        - cells:
            for: {each: cell, in: "${ [range(5)] }", at: column}
            do:
              - risky:
                  try:
                    - score:
                        call: content.render
                        with: {template: "{{ n }}", data: {n: "${ $row * 5 + $cell }"}}
                        output: {as: "$input + {seen: ($input.seen + [.text])}"}
                  catch: {}
        - mark: {set: "${ . + {rows: ((.rows // 0) + 1)} }"}
"""
    )

    run = await short.submit(short.deploy(text), {"seen": []})
    finished = await short.finish(run.run)

    assert finished.status == "completed", finished.problem
    assert finished.output == {"seen": [str(n) for n in range(30)], "rows": 6}
    assert await histories(short, run.run) > 3


async def test_context_and_retries_outlive_a_history(short: Platform) -> None:
    text = (
        HEAD
        + """
do:
  - remember: {set: {kept: true}, export: {as: "{name: $input.name}"}}
  - stubborn:
      try:
        - work: {call: content.render, with: {template: "x", data: {}}}
        - fail: {raise: {error: {type: "https://acme.example/no", status: 500}}}
      catch:
        retry: {delay: {milliseconds: 1}, limit: {attempt: {count: 12}}}
        as: last
        do:
          - tell: {set: {name: "${ $context.name }", status: "${ $last.status }"}}
"""
    )

    run = await short.submit(short.deploy(text), {"name": "Ada"})
    finished = await short.finish(run.run)

    assert finished.output == {"name": "Ada", "status": 500}, finished.problem
    assert await histories(short, run.run) > 1
    events = await short.events(run.run)
    assert len([one for one in events if one.type == "step.completed"]) == 13


async def test_a_message_is_not_sent_again_by_the_next_history(short: Platform) -> None:
    text = (
        NOTICE
        + """
do:
  - mails:
      for: {each: n, in: "${ [range(12)] }"}
      do:
        - mail:
            call: email
            with:
              to: "${ $input.customer }"
              subject: "no {{ n }}"
              text: hello
              data: {n: "${ $n }"}
            output: {as: $input}
"""
    )

    run = await short.submit(short.deploy(text), {"customer": customer(short, "long-mail")})
    finished = await short.finish(run.run)

    assert finished.status == "completed", finished.problem
    assert await histories(short, run.run) > 1
    subjects = [one.subject for one in short.stores.outbox.list("acme", run=run.run, limit=100)]
    assert sorted(subjects) == sorted(f"no {n}" for n in range(12))


async def test_a_pause_holds_over_histories_until_somebody_resumes(short: Platform) -> None:
    text = (
        HEAD
        + """
do:
  - hear: {listen: {to: {one: {with: {type: com.acme.on.v1}}}}}
  - work: {call: content.render, with: {template: "x", data: {}}}
"""
    )
    run = (await short.submit(short.deploy(text), None)).run
    await short.until(run, "run.listening")

    for _ in range(10):
        await short.runs.pause(OWNER, run)
    await short.hears("com.acme.on.v1")
    async with asyncio.timeout(120):
        # Where it listened it was not yet at rest: this is the next history.
        while (await short.runs.get("acme", run)).stage != "paused":
            await asyncio.sleep(0.05)
    before = {one.type for one in await short.events(run)}
    await short.runs.resume(LEAD, run)
    finished = await short.finish(run)

    assert "step.completed" not in before
    assert finished.status == "completed", finished.problem
    assert finished.output == {"text": "x"}
    assert await histories(short, run) == 2
