"""Runs under way that go over to another version of their solution."""

import asyncio
from datetime import timedelta

import pytest

from public_works.keyfiles import public_key_pems, signing_key_pem
from smart_city.signing import Keyring, SigningKey
from symphainy.errors import Refused
from symphainy.json import Json
from temporal.lineage import Lineages
from temporal.migrations import Migrations
from temporal.plans import Plans
from temporal.runs import Run
from tests.runtime.platform import LEAD, OWNER, Platform
from tests.runtime.test_long_runs import histories
from tests.runtime.test_messages import NOTICE, customer

NEWER = "1.1.0, metadata: {migrates: [1.0.*]}"
"""In place of the version."""


def migrations(platform: Platform, key: SigningKey | None = None) -> Migrations:
    """The door; with a key of the caller's own instead of the platform's."""
    home, stores = platform.settings.home, platform.stores
    own = key or SigningKey.from_pem(signing_key_pem(home, "intake"))
    keys = Keyring.from_pems(public_key_pems(home).values())
    plans = Plans(stores.definitions)
    return Migrations(platform.client, stores, plans, platform.runs, own, keys)


def solution(name: str, tasks: str, version: str = "1.0.0") -> str:
    return f"document: {{dsl: 1.0.3, namespace: moves, name: {name}, version: {version}}}\n{tasks}"


async def waiting(platform: Platform, text: str, payload: Json = None) -> str:
    """A run of `text` that has come to its wait."""
    run = await platform.submit(platform.deploy(text), payload)
    await platform.until(run.run, "run.waiting")
    return run.run


async def over_histories(skipping: Platform, name: str, tasks: str) -> Run:
    """A run that came to its wait, went on there in a second history 40 minutes later, and was
    over when it was an hour old."""
    run = await waiting(skipping, solution(name, tasks))
    await skipping.environment.sleep(timedelta(minutes=40))
    skipping.deploy(solution(name, tasks, NEWER))
    await migrations(skipping).migrate(OWNER, run)
    finished = await skipping.finish(run)

    assert await histories(skipping, run) == 2
    told = await skipping.events(run)
    assert timedelta(hours=1) <= told[-1].at - told[0].at < timedelta(minutes=90)
    return finished


async def test_a_run_that_waits_goes_on_by_the_new_version(skipping: Platform) -> None:
    before = "do: [{a: {set: {a: 1}}}, {rest: {wait: {hours: 4}}}, {b: {set: {b: old}}}]"
    after = (
        "do: [{a: {set: {a: 2}}}, {rest: {wait: {hours: 4}}},"
        " {b: {set: '${ . + {b: \"new\"} }'}}, {c: {set: '${ . + {c: 3} }'}}]"
    )
    run = await waiting(skipping, solution("waits", before))
    skipping.deploy(solution("waits", after, NEWER))

    told = await migrations(skipping).migrate(OWNER, run)
    finished = await skipping.finish(run)

    assert (told.before, told.version, told.asked) == ("1.0.0", "1.1.0", True)
    assert finished.output == {"a": 1, "b": "new", "c": 3}, finished.problem
    assert await histories(skipping, run) == 2
    again = [one for one in await skipping.events(run) if one.type == "run.told"]
    assert [one.data for one in again] == [{"what": "migrate"}]
    with pytest.raises(Refused) as over:
        await migrations(skipping).migrate(OWNER, run)
    assert over.value.code == "run.closed"


async def test_a_wait_that_the_new_version_changed_is_waited_out_first(skipping: Platform) -> None:
    before = "do: [{rest: {wait: {hours: 3}}}, {b: {set: {b: old}}}]"
    after = "do: [{rest: {wait: {days: 3}}}, {x: {set: {x: 1}}}, {b: {set: '${ . + {b: 2} }'}}]"
    run = await waiting(skipping, solution("changed", before))
    skipping.deploy(solution("changed", after, NEWER))

    await migrations(skipping).migrate(OWNER, run)
    finished = await skipping.finish(run)

    assert finished.output == {"x": 1, "b": 2}, finished.problem
    told = await skipping.events(run)
    assert timedelta(hours=3) <= told[-1].at - told[0].at < timedelta(days=3)


async def test_branches_and_loops_are_taken_up_where_they_were(skipping: Platform) -> None:
    before = """
do:
  - both:
      fork:
        branches:
          - many:
              for: {each: n, in: "${ [1, 2] }"}
              do: [{rest: {wait: {hours: 3}}}, {add: {set: "${ . + [$n] }"}}]
          - quick: {set: {quick: done}}
"""
    after = """
do:
  - first: {set: {never: 1}}
  - both:
      fork:
        branches:
          - many:
              for: {each: n, in: "${ [7, 8] }"}
              do:
                - rest: {wait: {hours: 3}}
                - add: {set: "${ . + [$n] }"}
                - more: {set: "${ . + [$n * 10] }"}
          - quick: {set: {quick: other}}
"""
    run = await waiting(skipping, solution("branches", before), [])
    skipping.deploy(solution("branches", after, NEWER))

    await migrations(skipping).migrate(OWNER, run)
    finished = await skipping.finish(run)

    assert finished.output == [[1, 10, 2, 20], {"quick": "done"}], finished.problem


async def test_nothing_is_sent_twice_and_the_next_version_sends_what_is_new(
    skipping: Platform,
) -> None:
    mail = '{call: email, with: {to: "${ .customer }", subject: %s, text: x}, output: {as: $input}}'
    before = f"do: [{{one: {mail % 'one'}}}, {{rest: {{wait: {{hours: 3}}}}}}]"
    after = (
        f"do: [{{zero: {mail % 'zero'}}}, {{one: {mail % 'one'}}}, "
        f"{{rest: {{wait: {{hours: 3}}}}}}, {{two: {mail % 'two'}}}]"
    )
    head = NOTICE.partition("\n")[2].partition("\n")[2]
    run = await waiting(
        skipping,
        solution("mails", head + before),
        {"customer": customer(skipping, "moving")},
    )
    skipping.deploy(solution("mails", head + after, NEWER))

    await migrations(skipping).migrate(OWNER, run)
    finished = await skipping.finish(run)

    assert finished.status == "completed", finished.problem
    kept = skipping.stores.outbox.list("acme", run=run, limit=100)
    assert sorted(one.subject for one in kept) == ["one", "two"]


def asking(version: str, first: str) -> str:
    """A version that asks people about its last task, behind what is done first."""
    policies = "policies: {sure: {kind: approval, before: [pay], role: collections-lead}}\n"
    score = "call: insights.score, with: {model: lead-fit, features: {}}"
    last = f'{{pay: {{{score}, output: {{as: "${{ {{paid: true}} }}"}}}}}}'
    return solution("asks", f"{policies}do: [{first}{last}]", version)


async def question(platform: Platform, run: str, *, besides: tuple[str, ...] = ()) -> str:
    """The approval that the run asks for, other than those."""
    async with asyncio.timeout(60):
        while True:
            pending = platform.stores.approvals.pending("acme", limit=200)
            found = [one.id for one in pending if one.run == run and one.id not in besides]
            if found:
                return found[0]
            await asyncio.sleep(0.05)


async def test_each_version_asks_anew_and_lineage_knows_every_question(platform: Platform) -> None:
    run = (await platform.submit(platform.deploy(asking("1.0.0", "")))).run
    first = await question(platform, run)
    platform.deploy(asking("1.1.0, metadata: {migrates: [1.*]}", "{a: {set: {a: 1}}}, "))
    await migrations(platform).migrate(OWNER, run)
    second = await question(platform, run, besides=(first,))
    more = "{a: {set: {a: 1}}}, {b: {set: {b: 1}}}, "
    platform.deploy(asking("1.2.0, metadata: {migrates: [1.*]}", more))
    await migrations(platform).migrate(OWNER, run)
    third = await question(platform, run, besides=(first, second))

    for old in (first, second):
        with pytest.raises(Refused) as refused:
            await platform.runs.answer(LEAD, run, old, granted=True)
        assert refused.value.code == "approval.not-pending"
    await platform.runs.answer(LEAD, run, third, granted=True)
    finished = await platform.finish(run)
    assert (finished.output, finished.version) == ({"paid": True}, "1.2.0")

    keys = Keyring.from_pems(public_key_pems(platform.settings.home).values())
    found = await Lineages(platform.client, platform.stores, keys).of_run("acme", run)
    asked = {one.id.partition(":")[2] for one in found.nodes if one.type == "approval"}
    plans = [one.about["version"] for one in found.nodes if one.type == "plan"]
    moves = [one.what for one in found.happened if one.what.startswith("went over")]
    steps = {(one.about["task"], one.about["name"]) for one in found.nodes if one.type == "step"}
    assert asked == {first, second, third}
    assert (plans, moves) == (
        ["1.0.0", "1.1.0", "1.2.0"],
        ["went over to 1.1.0", "went over to 1.2.0"],
    )
    assert {name for _, name in steps} == {"pay"}
    assert {task for task, _ in steps} >= {"/do/0/pay", "/do/2/pay"}
    assert (found.version, found.complete) == ("1.2.0", True)
    renames = await migrations(platform).renames("acme", run)
    assert [one["/do/0/pay"] for one in renames.values() if "/do/0/pay" in one] == ["/do/2/pay"]
    assert [one["/do/1/pay"] for one in renames.values() if "/do/1/pay" in one] == ["/do/2/pay"]


@pytest.mark.parametrize(
    ("name", "after", "version", "says"),
    [
        ("silent", "do: [{rest: {wait: {days: 1}}}]", "1.1.0", "1.1.0 does not name 1.0.0"),
        ("gone", "do: [{other: {wait: {days: 1}}}]", NEWER, "`rest` is gone, at /do/0/rest"),
        ("other", "do: [{rest: {set: {r: 1}}}]", NEWER, "`rest` was wait and is set"),
    ],
)
async def test_a_run_stays_where_the_new_version_cannot_take_it_over(
    platform: Platform, name: str, after: str, version: str, says: str
) -> None:
    run = await waiting(platform, solution(name, "do: [{rest: {wait: {days: 1}}}]"))
    platform.deploy(solution(name, after, version))

    with pytest.raises(Refused) as refused:
        await migrations(platform).migrate(OWNER, run)
    assert refused.value.code == "run.cannot-migrate"
    assert says in refused.value.message
    assert (await platform.runs.get("acme", run)).version == "1.0.0"


async def test_only_the_platform_s_own_word_moves_a_run(platform: Platform) -> None:
    text = "do: [{rest: {wait: {days: 1}}}]"
    run = await waiting(platform, solution("forged", text))
    platform.deploy(solution("forged", text, NEWER))
    forging = migrations(platform, SigningKey.generate())

    with pytest.raises(Refused) as refused:
        await forging.migrate(LEAD, run)
    assert refused.value.code == "context.forged"
    assert (await platform.runs.get("acme", run)).version == "1.0.0"
