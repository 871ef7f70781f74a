"""Messages: through the gate, the ledger and one adapter, to an outbox one can look into."""

from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest

from tests.runtime.platform import LEAD, OWNER, Platform

NOTICE = """
document: {dsl: 1.0.3, namespace: test, name: notice-{{n}}, version: 1.0.0}
experiences:
  email:
    adapter: sandbox
    from: billing@acme.example
    templates:
      reminder:
        subject: "Invoice {{ invoice.id }}"
        text: "Dear {{ customer.name }}, please pay {{ invoice.amount }}."
"""
SEND = """
do:
  - remind:
      call: email
      with: {to: "${ .customer }", template: reminder, data: {invoice: "${ .invoice }"}}
"""


def customer(platform: Platform, id: str, *, zone: str = "UTC", consent: bool = True) -> str:
    """A customer the house knows."""
    platform.stores.customers.upsert(
        "acme",
        id,
        name="Ada",
        email=f"{id}@customer.example",
        zone=zone,
        consents=[{"channel": "email", "purpose": "transactional", "granted": consent}],
    )
    return id


def payload(id: str, amount: int = 120) -> dict[str, object]:
    return {"customer": id, "invoice": {"id": "INV-7", "amount": amount}}


async def test_a_notice_reaches_the_inbox_once(platform: Platform) -> None:
    given = await platform.output(NOTICE + SEND, payload(customer(platform, "ada")))

    assert isinstance(given, dict)
    kept = platform.stores.outbox.find("acme", str(given["delivery"]))
    assert kept is not None
    assert (kept.to, kept.subject, kept.text) == (
        "ada@customer.example",
        "Invoice INV-7",
        "Dear Ada, please pay 120.",
    )
    assert given["state"] == "accepted"
    record = platform.stores.ledger.get("acme", str(given["delivery"]))
    assert record is not None
    assert (record.state, record.attempt, record.customer) == ("accepted", 1, "ada")


async def test_without_consent_nothing_is_sent_and_the_flow_can_tell(platform: Platform) -> None:
    text = (
        NOTICE
        + """
policies:
  consent: {kind: consent, channels: [email]}
do:
  - tryIt:
      try:
        - remind:
            call: email
            with: {to: "${ .customer }", template: reminder, data: {invoice: "${ .invoice }"}}
      catch:
        errors: {with: {status: 403}}
        do:
          - note: {set: {blocked: "${ $error.policy }", code: "${ $error.code }"}}
"""
    )

    who = customer(platform, "unwilling", consent=False)
    given = await platform.output(text, payload(who))

    assert given == {"blocked": "consent", "code": "policy.no-consent"}
    assert platform.stores.ledger.list("acme", customer=who) == []


async def test_a_message_in_quiet_hours_waits_for_the_morning(skipping: Platform) -> None:
    zone = ZoneInfo("Pacific/Kiritimati")
    now = (await skipping.now()).astimezone(zone)
    start, end = now - timedelta(hours=1), now + timedelta(hours=3)
    text = (
        NOTICE
        + f"""
policies:
  night: {{kind: quietHours, channels: [email], from: "{start:%H:%M}", to: "{end:%H:%M}"}}
"""
        + SEND
    )

    run = await skipping.submit(
        skipping.deploy(text), payload(customer(skipping, "cleo", zone=zone.key))
    )
    finished = await skipping.finish(run.run)

    assert finished.status == "completed", finished.problem
    assert finished.closed is not None
    waited = finished.closed - finished.started
    assert timedelta(hours=2, minutes=55) < waited < timedelta(hours=3, minutes=5)


async def test_a_cap_is_never_exceeded_and_the_flow_goes_on(platform: Platform) -> None:
    text = (
        NOTICE
        + """
policies:
  enough: {kind: frequencyCap, channels: [email], max: 2, per: P7D, onBreach: skip}
"""
        + SEND
    )
    solution = platform.deploy(text)
    who = customer(platform, "dan")

    runs = [await platform.submit(solution, payload(who)) for _ in range(4)]
    states = [(await platform.finish(one.run)).output for one in runs]

    told = sorted(str(one["state"]) for one in states if isinstance(one, dict))
    assert told == ["accepted", "accepted", "skipped", "skipped"]
    sent = [one for one in platform.stores.ledger.list("acme", customer="dan")]
    assert len(sent) == 2


async def test_a_message_that_was_refused_takes_no_place_under_a_cap(platform: Platform) -> None:
    solution = platform.deploy(
        NOTICE
        + """
policies:
  enough: {kind: frequencyCap, channels: [email], max: 1, per: P7D, onBreach: skip}
do:
  - remind:
      call: email
      with: {to: "${ .customer }", text: "Hello {{ name }}", data: "${ .data }"}
"""
    )
    who = customer(platform, "deb")

    refused = await platform.submit(solution, {"customer": who, "data": {}})
    assert (await platform.finish(refused.run)).status == "faulted"
    taken = await platform.submit(solution, {"customer": who, "data": {"name": "Deb"}})
    finished = await platform.finish(taken.run)

    assert isinstance(finished.output, dict)
    assert finished.output["state"] == "accepted"


BIG = (
    NOTICE
    + """
policies:
  bigMoney:
    kind: approval
    when: "${ .invoice.amount > 10000 }"
    before: [remind]
    role: collections-lead
    within: P2D
"""
    + SEND
)


async def test_a_large_amount_waits_for_a_person(platform: Platform) -> None:
    run = await platform.submit(platform.deploy(BIG), payload(customer(platform, "eve"), 20_000))
    await platform.until(run.run, "step.decided", outcome="approve")
    (asked,) = [one for one in platform.stores.approvals.pending("acme") if one.run == run.run]

    with pytest.raises(Exception, match=r"somebody else|collections-lead"):
        await platform.runs.answer(OWNER, run.run, asked.id, granted=True)
    await platform.runs.answer(LEAD, run.run, asked.id, granted=True)
    finished = await platform.finish(run.run)

    assert finished.status == "completed", finished.problem
    assert isinstance(finished.output, dict)
    assert finished.output["state"] == "accepted"


async def test_a_no_faults_the_step(platform: Platform) -> None:
    run = await platform.submit(platform.deploy(BIG), payload(customer(platform, "fay"), 20_000))
    await platform.until(run.run, "step.decided", outcome="approve")
    (asked,) = [one for one in platform.stores.approvals.pending("acme") if one.run == run.run]

    await platform.runs.answer(LEAD, run.run, asked.id, granted=False)
    finished = await platform.finish(run.run)

    assert finished.status == "faulted"
    assert finished.problem is not None
    assert finished.problem["policy"] == "bigMoney"


async def test_nobody_answering_in_time_is_a_no(skipping: Platform) -> None:
    run = await skipping.submit(skipping.deploy(BIG), payload(customer(skipping, "gus"), 20_000))
    finished = await skipping.finish(run.run)

    assert finished.status == "faulted"
    assert finished.closed is not None
    assert finished.closed - finished.started >= timedelta(days=2)


async def test_a_small_amount_asks_nobody(platform: Platform) -> None:
    finished = await platform.run(BIG, payload(customer(platform, "hal"), 100))

    assert finished.status == "completed", finished.problem


async def test_consent_of_one_customer_opens_no_other_address(platform: Platform) -> None:
    text = (
        NOTICE
        + """
policies:
  consent: {kind: consent, channels: [email]}
do:
  - remind:
      call: email
      with: {to: {customer: "${ .customer }", email: other@personal.example}, text: "Hello"}
"""
    )

    finished = await platform.run(text, payload(customer(platform, "meg")))

    assert finished.status == "faulted"
    assert finished.problem is not None
    assert finished.problem["code"] == "policy.no-consent"
