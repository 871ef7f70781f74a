"""`onUnknown: human`: what nobody knows, a person is asked, and the run waits for the answer."""

import asyncio
from collections.abc import AsyncIterator
from types import SimpleNamespace
from typing import Any

import pytest

from public_works.approvals import ApprovalRecord
from public_works.keyfiles import public_key_pems, signing_key_pem
from smart_city.signing import Keyring, SigningKey
from symphainy.errors import Refused
from symphainy.event import NO_RUN, RUN
from symphainy.identity import Principal
from temporal.attributes import CUSTOMER
from temporal.codec import key_of
from temporal.hub import Watch
from temporal.plans import Plans
from temporal.resending import Resending, Resent
from tests.runtime.platform import LEAD, OWNER, Platform, platform_on, real_server
from tests.runtime.test_codec import bare
from tests.runtime.test_migrations import migrations
from tests.twins.sendgrid import KEY, SendGridTwin
from workers.pool import Options
from workflows.interpreter.deliveries import resend
from workflows.interpreter.faults import Fault

OPERATOR = Principal(tenant="acme", id="operator", kind="user", roles=frozenset({"operator"}))
TEXT = """
document: {dsl: 1.0.3, namespace: test, name: doubt-{{n}}, version: 1.0.0}
experiences:
  email:
    adapter: sendgrid
    settings: {endpoint: "<URL>"}
    from: billing@acme.example
    onUnknown: human
do:
  - remind:
      call: email
      with: {to: "ada@customer.example", text: "Please pay.", subject: "Invoice 7"}
"""


@pytest.fixture(scope="module")
async def hasty(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Platform]:
    """A platform that does not wait long for providers to tell by themselves."""
    folder = tmp_path_factory.mktemp("hasty")
    secrets = folder / "home" / "secrets" / "acme"
    secrets.mkdir(parents=True)
    (secrets / "sendgrid").write_text(KEY)
    more = {"egress_allow": "127.0.0.1", "delivery_reconcile_seconds": 0.1}
    async with (
        real_server(folder) as server,
        platform_on(server, folder / "home", Options(sandboxed=True), **more) as found,
    ):
        yield found


@pytest.fixture
async def twin() -> AsyncIterator[SendGridTwin]:
    async with SendGridTwin() as one:
        yield one


async def begun(platform: Platform, twin: SendGridTwin) -> str:
    return (await platform.submit(platform.deploy(TEXT.replace("<URL>", twin.url)))).run


async def question(platform: Platform, run: str, *but: str) -> ApprovalRecord:
    """What people are asked about the run, other than what they were asked before."""
    async with asyncio.timeout(60):
        while True:
            for one in platform.stores.approvals.pending("acme"):
                if one.run == run and one.id not in but:
                    return one
            await asyncio.sleep(0.05)


async def test_what_a_person_knows_to_be_sent_is_not_sent_again(
    hasty: Platform, twin: SendGridTwin
) -> None:
    twin.fault = "kept drop"
    run = await begun(hasty, twin)
    asked = await question(hasty, run)
    (doubtful,) = hasty.stores.ledger.list("acme", run=run)
    await hasty.runs.answer(OPERATOR, run, asked.id, granted=True)
    finished = await hasty.finish(run)

    assert doubtful.state == "unresolved"
    assert (asked.role, asked.step) == ("operator", "/do/0/remind")
    assert doubtful.id in (asked.reason or "")
    assert finished.output == {
        "delivery": doubtful.id,
        "state": "accepted",
        "channel": "email",
        "adapter": "sendgrid",
    }
    (record,) = hasty.stores.ledger.list("acme", run=run)
    assert (record.state, record.reason) == ("accepted", "resolved by operator")
    assert len(twin.kept) == 1


async def test_what_a_person_knows_not_to_be_sent_is_sent_again(
    hasty: Platform, twin: SendGridTwin
) -> None:
    twin.fault, twin.times = "drop", 1
    run = await begun(hasty, twin)
    asked = await question(hasty, run)
    await hasty.runs.answer(OWNER, run, asked.id, granted=False)
    finished = await hasty.finish(run)

    (record,) = hasty.stores.ledger.list("acme", run=run)
    assert (finished.status, record.state, record.attempt) == ("completed", "accepted", 2)
    assert len(twin.kept) == 1


async def test_every_doubt_is_a_question_of_its_own(hasty: Platform, twin: SendGridTwin) -> None:
    twin.fault, twin.times = "drop", 2
    run = await begun(hasty, twin)
    first = await question(hasty, run)
    await hasty.runs.answer(OPERATOR, run, first.id, granted=False)
    second = await question(hasty, run, first.id)
    await hasty.runs.answer(OPERATOR, run, second.id, granted=False)
    finished = await hasty.finish(run)

    (record,) = hasty.stores.ledger.list("acme", run=run)
    assert (finished.status, record.state, record.attempt) == ("completed", "accepted", 3)


async def test_others_have_nothing_to_say_about_it(hasty: Platform, twin: SendGridTwin) -> None:
    twin.fault = "kept drop"
    run = await begun(hasty, twin)
    asked = await question(hasty, run)
    with pytest.raises(Refused, match="operator"):
        await hasty.runs.answer(LEAD, run, asked.id, granted=True)
    await hasty.runs.answer(OPERATOR, run, asked.id, granted=True)

    assert (await hasty.finish(run)).status == "completed"


async def test_what_the_ledger_learns_meanwhile_counts_more(
    hasty: Platform, twin: SendGridTwin
) -> None:
    twin.fault = "kept drop"
    run = await begun(hasty, twin)
    asked = await question(hasty, run)
    (doubtful,) = hasty.stores.ledger.list("acme", run=run)
    hasty.stores.ledger.record_event(
        "acme",
        doubtful.id,
        binding="email",
        provider_id=twin.kept[0].id,
        event="delivered",
        at=doubtful.created,
    )
    await hasty.runs.answer(OPERATOR, run, asked.id, granted=False)
    finished = await hasty.finish(run)

    assert isinstance(finished.output, dict)
    assert finished.output["state"] == "delivered"
    assert len(twin.kept) == 1


async def test_what_waits_for_its_turn_again_still_waits_in_the_next_history(
    hasty: Platform, twin: SendGridTwin
) -> None:
    """The next history begins with what was known before the answer: that it is in doubt."""
    slow = TEXT.replace("onUnknown: human", "onUnknown: human\n    rate: 1/h")
    twin.fault, twin.times = "drop", 1
    first = slow.replace("<URL>", twin.url).replace("{{n}}", "turns").replace("1.0.0}", "{v}}")
    run = (await hasty.submit(hasty.deploy(first.replace("{v}", "1.0.0")))).run
    asked = await question(hasty, run)
    await hasty.runs.answer(OPERATOR, run, asked.id, granted=False)
    await until_held(hasty, run)
    newer = "1.1.0, metadata: {migrates: [1.0.*]}"
    hasty.deploy(first.replace("{v}", newer))
    await migrations(hasty).migrate(OWNER, run)
    await until_tried(hasty, run, 2)

    (record,) = hasty.stores.ledger.list("acme", run=run)
    assert ((await hasty.runs.get("acme", run)).status, record.state) == ("running", "held")


async def until_held(platform: Platform, run: str) -> None:
    """Return once the delivery of the run waits for its turn."""
    async with asyncio.timeout(60):
        while platform.stores.ledger.list("acme", run=run)[0].state != "held":
            await asyncio.sleep(0.05)


async def until_tried(platform: Platform, run: str, history: int) -> None:
    """Return once the step of the run began to send in that history, or the run is over."""
    async with asyncio.timeout(60):
        while (await platform.runs.get("acme", run)).status == "running":
            events = await platform.events(run)
            named = list(dict.fromkeys(one.id.partition(".")[0] for one in events))
            sent = {
                one.id.partition(".")[0]
                for one in events
                if one.type == "step.started" and one.data == {"capability": "experience.email"}
            }
            if len(named) >= history and named[history - 1] in sent:
                return
            await asyncio.sleep(0.05)


HELD = TEXT.replace("onUnknown: human", "onUnknown: hold").replace("Please pay.", "${ .said }")


def resending(platform: Platform) -> Resending:
    home, stores = platform.settings.home, platform.stores
    key = SigningKey.from_pem(signing_key_pem(home, "intake"))
    keys = Keyring.from_pems(public_key_pems(home).values())
    return Resending(platform.client, stores, Plans(stores.definitions), key, keys)


async def in_doubt(platform: Platform, twin: SendGridTwin) -> str:
    """A delivery of a run that is over, of which nobody knows whether it arrived."""
    twin.fault, twin.times = "kept drop", 1
    # What somebody wrote is no expression, however often it is sent.
    run = await platform.run(HELD.replace("<URL>", twin.url), {"said": "${ 1 + 1 }"})
    assert isinstance(run.output, dict)
    assert run.output["state"] == "unknown"
    return str(run.output["delivery"])


async def test_what_is_in_doubt_is_sent_once_more_by_who_takes_the_duplicate_on_themselves(
    hasty: Platform, twin: SendGridTwin
) -> None:
    id, ledger = await in_doubt(hasty, twin), hasty.stores.ledger
    with pytest.raises(Refused, match="may arrive twice") as refused:
        await resending(hasty).resend(OPERATOR, id, twice=False)
    resent = await resending(hasty).resend(OPERATOR, id, twice=True)
    finished = await hasty.finish(resent.run)
    again = await resending(hasty).resend(OPERATOR, id, twice=True)

    first, (second,) = ledger.get("acme", id), ledger.list("acme", run=resent.run)
    assert refused.value.code == "delivery.in-doubt"
    assert first is not None
    assert (finished.status, finished.output) == (
        "completed",
        {
            "delivery": second.id,
            "state": "accepted",
            "channel": "email",
            "adapter": "sendgrid",
            "providerId": twin.kept[1].id,
        },
    )
    assert (first.state, second.state) == ("unknown", "accepted")
    assert (first.content_hash, first.step) == (second.content_hash, second.step)
    assert again == Resent(run=resent.run, existing=True)
    assert len(twin.kept) == 2
    assert await resending(hasty).of("acme", first) == [second]
    with pytest.raises(Refused, match="was sent"):
        await resending(hasty).resend(OPERATOR, second.id, twice=True)


async def test_who_is_asked_answers_instead_of_sending_it_once_more(
    hasty: Platform, twin: SendGridTwin
) -> None:
    twin.fault, twin.times = "kept drop", 1
    run = await begun(hasty, twin)
    asked = await question(hasty, run)
    (doubtful,) = hasty.stores.ledger.list("acme", run=run)
    for act in (
        resending(hasty).resend(OPERATOR, doubtful.id, twice=True),
        resending(hasty).resolve(OPERATOR, doubtful.id, sent=True),
    ):
        with pytest.raises(Refused, match=asked.id) as refused:
            await act
        assert refused.value.code == "delivery.under-way"
    await hasty.runs.answer(OPERATOR, run, asked.id, granted=True)
    assert (await hasty.finish(run)).status == "completed"


async def test_what_a_person_finds_out_later_is_in_the_ledger(
    hasty: Platform, twin: SendGridTwin
) -> None:
    id = await in_doubt(hasty, twin)
    found = await resending(hasty).resolve(OPERATOR, id, sent=False)
    with pytest.raises(Refused) as settled:
        await resending(hasty).resolve(OPERATOR, id, sent=True)
    # It certainly was not sent: no duplicate is to be feared.
    resent = await resending(hasty).resend(OPERATOR, id, twice=False)

    assert (found.state, found.reason) == ("retryable", "resolved by operator")
    assert settled.value.code == "delivery.settled"
    assert (await hasty.finish(resent.run)).status == "completed"


async def test_nobody_sends_what_is_another_tenant_s(hasty: Platform, twin: SendGridTwin) -> None:
    id = await in_doubt(hasty, twin)
    stranger = OPERATOR.model_copy(update={"tenant": "rival"})
    for act in (
        resending(hasty).resend(stranger, id, twice=True),
        resending(hasty).resolve(stranger, id, sent=False),
    ):
        with pytest.raises(Refused) as refused:
            await act
        assert refused.value.code == "ledger.missing"


async def test_what_is_sent_once_more_is_forgotten_with_its_customer_too(
    hasty: Platform, twin: SendGridTwin
) -> None:
    about = 'intents: {start: {starts: true, customer: "${ .customer }"}}\nexperiences:'
    definition = HELD.replace("<URL>", twin.url).replace("experiences:", about)
    twin.fault, twin.times = "kept drop", 1
    run = await hasty.run(definition, {"said": "hello", "customer": "ada@customer.example"})
    (doubtful,) = hasty.stores.ledger.list("acme", run=run.run)
    resent = await resending(hasty).resend(OPERATOR, doubtful.id, twice=True)
    await hasty.finish(resent.run)

    keys, handle = hasty.stores.run_keys, hasty.runs.handle("acme", resent.run)
    assert handle.id in keys.workflows("acme", "ada@customer.example")
    own = keys.of("acme", handle.id)
    assert own is not None
    history = await (await bare(hasty)).get_workflow_handle(handle.id).fetch_history()
    begun = history.events[0]
    given = begun.workflow_execution_started_event_attributes.input.payloads
    assert {key_of(one) for one in given} == {own.id}
    # An address is personal data, and Temporal's visibility is plain.
    assert (await handle.describe()).typed_search_attributes.get(CUSTOMER) is None


async def test_a_way_that_its_step_does_not_have_is_a_fault(
    hasty: Platform, twin: SendGridTwin
) -> None:
    solution = hasty.deploy(TEXT.replace("<URL>", twin.url))
    version = hasty.stores.definitions.deployed("acme", solution, "production")
    assert version is not None
    run: Any = SimpleNamespace(
        plan=Plans(hasty.stores.definitions).get(version.plan_digest), instance=str
    )
    wish = {"step": "/do/0/remind", "experience": "gone", "with": {}}
    scope: Any = None
    with pytest.raises(Fault, match="does not go that way"):
        await resend(run, wish, scope, None)


async def test_no_flow_hears_of_a_run_that_only_sends_once_more(
    hasty: Platform, twin: SendGridTwin
) -> None:
    id, watch = await in_doubt(hasty, twin), Watch(hasty.client, hasty.stores)
    resent = await resending(hasty).resend(OPERATOR, id, twice=True)
    await hasty.finish(resent.run)
    async with asyncio.timeout(60):
        while len(found := told(hasty, resent.run)) < 2:
            await watch.look()

    assert found == [
        ("com.symphainy.run.started.v1", NO_RUN),
        ("com.symphainy.run.completed.v1", NO_RUN),
    ]


def told(platform: Platform, run: str) -> list[tuple[object, object]]:
    """What is told of the run, and to which run."""
    every = platform.stores.events.after("acme", "production", 0, limit=1_000)
    envelopes = [one.envelope for one in every if one.envelope.get("subject") == run]
    return [(one["type"], one.get(RUN)) for one in envelopes]
