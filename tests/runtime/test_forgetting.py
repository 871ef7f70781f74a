"""A customer who is forgotten while a run is under way for them, and what is found afterwards."""

import asyncio
from datetime import timedelta

from temporalio.api.common.v1 import Payload
from temporalio.service import RPCError

from public_works import Stores
from public_works.record import now
from public_works.tables import METADATA
from temporal.codec import TenantCodec, key_of
from temporal.forgetting import Forgetting
from temporal.storage import claim_of
from tests.histories.opening import payloads
from tests.runtime.platform import OWNER, Platform
from tests.runtime.test_codec import bare
from tests.runtime.test_messages import customer

TEXT = """
document: {dsl: 1.0.3, namespace: test, name: forget-{{n}}, version: 1.0.0}
intents: {start: {starts: true, customer: "${ .customer }"}}
experiences: {email: {adapter: sandbox, from: team@acme.example}}
do:
  - mail: {call: email, with: {to: "${ .customer }", subject: For you, text: A secret of Ada's}}
  - rest: {wait: {days: 30}}
"""


async def gone(platform: Platform, run: str) -> None:
    """Return once Temporal knows nothing of the run."""
    handle = platform.runs.handle("acme", run)
    async with asyncio.timeout(60):
        while True:
            try:
                await handle.describe()
            except RPCError:
                return
            await asyncio.sleep(0.1)


async def test_runs_end_and_nothing_tells_of_the_customer(platform: Platform) -> None:
    who, other = customer(platform, "forgotten"), customer(platform, "remembered")
    solution = platform.deploy(TEXT)
    runs = [(await platform.submit(solution, {"customer": one})).run for one in (who, other)]
    for run in runs:
        await platform.until(run, "run.waiting")
    token = platform.stores.audit.token("acme", who)
    forgetting = Forgetting(platform.client, platform.stores)

    erased = await forgetting.forget(OWNER, who, "asked for, case 4711")
    await gone(platform, runs[0])
    later = await forgetting.settle()

    outbox = platform.stores.outbox
    assert outbox.list("acme", run=runs[0]) == []
    assert [one.subject for one in outbox.list("acme", run=runs[1])] == ["For you"]
    assert (await platform.runs.get("acme", runs[1])).status == "running"
    assert platform.stores.customers.get("acme", who) is None
    assert (erased.subject, erased.reason) == (token, "asked for, case 4711")
    assert platform.stores.audit.token("acme", who) != token
    assert later >= 1
    await platform.runs.cancel("acme", runs[1])


HELPER = """
document: {dsl: 1.0.3, namespace: test, name: forget-help-{{n}}, version: 1.0.0}
do:
  - keep: {set: {told: "${ .note }"}}
"""
PARENT = """
document: {dsl: 1.0.3, namespace: test, name: forget-all-{{n}}, version: 1.0.0}
intents: {start: {starts: true, customer: "${ .customer }"}}
do:
  - much: {set: {text: "${ [range(9000)] | map(\\"A secret of Ada's\\") | join(\\" \\") }"}}
  - render:
      call: content.render
      with: {template: "{{ text }}", data: {text: "${ .text }"}}
      output: {as: "${ {note: .text[0:40]} }"}
  - help: {run: {workflow: {namespace: test, name: HELPER, version: 1.0.0, input: "${ . }"}}}
  - rest: {wait: {days: 30}}
"""


async def copied(platform: Platform, workflow: str) -> list[Payload]:
    """What somebody has who copied the run's history and its blobs."""
    history = await (await bare(platform)).get_workflow_handle(workflow).fetch_history()
    found = [one for event in history.events for one in payloads(event)]
    for claim in [one for one in map(claim_of, found) if one is not None]:
        content = platform.stores.blobs.get("acme", claim.claim_data["digest"])
        assert content is not None
        found.append(Payload.FromString(content))
    return [one for one in found if key_of(one) is not None]


async def readable(stores: Stores, workflow: str, sealed: list[Payload]) -> bool:
    """Whether whoever has every key of the installation reads what Ada said."""
    codec = TenantCodec(stores.data_keys, "default", workflow=workflow)
    plain = await codec.decode(sealed)
    told = b"".join(one.data for one in plain)
    assert all(b"codec." not in one.data or b"codec.erased" in one.data for one in plain)
    return b"A secret of Ada's" in told


async def test_copies_of_their_runs_open_for_nobody_any_more(platform: Platform) -> None:
    helper = platform.deploy(HELPER).partition(".")[2]
    solution = platform.deploy(PARENT.replace("HELPER", helper))
    people = [customer(platform, one) for one in ("shredded", "spared")]
    runs = [(await platform.submit(solution, {"customer": one})).run for one in people]
    for run in runs:
        await platform.until(run, "run.waiting")
    keys = platform.stores.run_keys
    (theirs, others) = [sorted(keys.workflows("acme", one)) for one in people]
    before = {one: await copied(platform, one) for one in (*theirs, *others)}
    assert [len(one) for one in (theirs, others)] == [2, 2]
    assert all([await readable(platform.stores, *one) for one in before.items()])

    await Forgetting(platform.client, platform.stores).forget(OWNER, people[0], "asked for")

    elsewhere = await asyncio.to_thread(Stores.open, platform.settings)
    for stores in (platform.stores, elsewhere):
        left = {id: await readable(stores, id, kept) for id, kept in before.items()}
        assert left == dict.fromkeys(theirs, False) | dict.fromkeys(others, True)
    elsewhere.close()
    await platform.runs.cancel("acme", runs[1])


SHARED = """
document: {dsl: 1.0.3, namespace: test, name: shared-{{n}}, version: 1.0.0}
experiences: {email: {adapter: sandbox, from: team@acme.example}}
do:
  - each:
      for: {each: one, in: .people}
      do:
        - mail: {call: email, with: {to: "${ $one }", subject: For all, text: "Dear ${ $one }"}}
  - rest: {wait: {days: 30}}
"""


async def test_a_run_for_several_goes_on_and_what_was_theirs_in_it_goes(
    platform: Platform,
) -> None:
    people = [customer(platform, one) for one in ("leaves", "stays")]
    run = (await platform.submit(platform.deploy(SHARED), {"people": list(people)})).run
    await platform.until(run, "run.waiting")

    await Forgetting(platform.client, platform.stores).forget(OWNER, people[0], "asked for")

    assert (await platform.runs.get("acme", run)).status == "running"
    (kept,) = platform.stores.outbox.list("acme", run=run)
    assert kept.customer == people[1]
    sent = platform.stores.ledger.list("acme", run=run)
    assert sorted(one.customer or "" for one in sent) == ["", people[1]]
    await platform.runs.cancel("acme", run)


async def test_every_key_goes_that_opens_nothing_any_more_however_many(platform: Platform) -> None:
    keys, table = platform.stores.run_keys, METADATA.tables["run_key"]
    run = (await platform.submit(platform.deploy(TEXT), {"customer": "lasting"})).run
    mine = [f"acme/test.over/{n}" for n in range(201)]
    for one in mine:
        keys.make("acme", one, "over")
    with platform.stores.database.session() as session:
        long_ago = now() - timedelta(days=8)
        session.connection().execute(table.update().values(checked=long_ago))

    assert await Forgetting(platform.client, platform.stores).sweep() >= len(mine)

    assert keys.workflows("acme", "over") == []
    assert keys.workflows("acme", "lasting") == [platform.runs.handle("acme", run).id]
