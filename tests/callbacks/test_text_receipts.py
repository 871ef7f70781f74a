"""What Twilio tells of text messages reaches the ledger and the run that listens."""

import asyncio

from public_works.suppressions import address_hash
from tests.callbacks.world import World

HEAD = """
document: {dsl: 1.0.3, namespace: test, name: told-{{n}}, version: 1.0.0}
experiences: {sms: {TWILIO}}
"""
REMIND = """
  - remind:
      call: sms
      with: {to: "${ .phone }", text: "Please pay."}
      export: {as: "${ {remind: .} }"}
"""
FOR = """
      listen:
        to:
          one:
            with:
              type: com.symphainy.delivery.EVENT.v1
              subject: ${ $context.remind.delivery }
"""
LISTENS = HEAD + "do:" + REMIND + "  - heard:" + FOR.replace("EVENT", "delivered")
INDENTED = FOR.replace("EVENT", "delivered").replace("\n", "\n      ")
IN_TIME = f"""{HEAD}do:{REMIND}
  - patiently:
      try:
        - heard:{INDENTED}
            timeout: {{after: {{seconds: 1}}}}
      catch:
        errors: {{with: {{status: 408}}}}
        do:
          - late: {{set: {{late: true}}}}
"""
TWO = f"""{HEAD}do:
  - first:
      call: sms
      with: {{to: "${{ .one }}", text: "First."}}
      output: {{as: "${{ $input }}"}}
  - second:
      call: sms
      with: {{to: "${{ .two }}", text: "Second."}}
      export: {{as: "${{ {{remind: .}} }}"}}
  - heard:{FOR.replace("EVENT", "replied")}
"""
EARLY = f"""{HEAD}do:{REMIND}
  - rest: {{listen: {{to: {{one: {{with: {{type: test.go}}}}}}}}}}
  - heard:{FOR.replace("EVENT", "delivered")}
"""
MANY = f"""{HEAD}do:{REMIND}
  - heard:
      listen:
        to:
          any: [{{with: {{type: 'com\\.symphainy\\.delivery\\..*'}}}}]
          until: ${{ length == 3 }}
"""
DEAF = HEAD + "do:" + REMIND + "  - rest: {listen: {to: {one: {with: {type: test.go}}}}}"


async def begun(world: World, text: str, **more: str) -> tuple[str, str]:
    """A run whose message is with Twilio, and its delivery."""
    run = await world.start(text, {"phone": world.number(), **more})
    return run, (await world.sent(run))[0].id


async def go(world: World, run: str) -> None:
    """Let runs go on that wait for it."""
    await world.send({"type": "test.go", "data": {"run": run}})


def kept(world: World, run: str) -> list[str]:
    """The subjects of events about deliveries that the hub has for the run."""
    records = world.services.stores.events.page("acme", "production", limit=200)
    workflow = f"acme/{run.replace(':', '/', 1)}"
    return [
        str(one.envelope["subject"]) for one in records if one.envelope.get("symrun") == workflow
    ]


async def test_a_run_hears_that_its_message_was_delivered(world: World) -> None:
    run, sent = await begun(world, LISTENS)

    answer = await world.call(world.status(sent, "delivered"))

    assert (answer.status_code, answer.text) == (200, "")
    [heard] = await world.output(run)
    at = heard.pop("at")
    record = world.services.stores.ledger.get("acme", sent)
    assert record is not None
    assert (record.state, record.event) == ("delivered", "delivered")
    assert heard == {
        "delivery": sent,
        "experience": "sms",
        "step": "/do/0/remind",
        "channel": "sms",
        "event": "delivered",
        "providerId": record.provider_id,
    }
    [told] = world.services.stores.ledger.events("acme", sent)
    assert told.at.isoformat().replace("+00:00", "Z") == at


async def test_a_run_that_hears_nothing_in_time_goes_on(world: World) -> None:
    run, _ = await begun(world, IN_TIME)

    assert await world.output(run) == {"late": True}


async def test_what_came_before_the_run_listens_is_heard_once_it_does(world: World) -> None:
    run, sent = await begun(world, EARLY)
    await world.call(world.status(sent, "delivered"))

    await go(world, run)

    [heard] = await world.output(run)
    assert heard["delivery"] == sent


async def test_the_reply_to_the_second_of_two_messages_is_heard_and_the_other_is_not(
    world: World,
) -> None:
    one, two = world.number(), world.number()
    run = await world.start(TWO, {"one": one, "two": two})
    first, second = await world.sent(run, 2)

    await world.call(world.wrote(one, "Which invoice?", f"SM-{run}-1"))
    await world.call(world.wrote(two, "Done!", f"SM-{run}-2"))

    [heard] = await world.output(run)
    assert (heard["delivery"], heard["text"]) == (second.id, "Done!")
    answered = world.services.stores.ledger.get("acme", first.id)
    assert answered is not None
    assert answered.event == "replied"


async def test_what_is_told_twice_or_late_is_heard_once_and_lowers_nothing(world: World) -> None:
    run, sent = await begun(world, MANY)

    for state in ("delivered", "delivered", "sent", "queued", "sent"):
        assert (await world.call(world.status(sent, state))).status_code == 200

    heard = await world.output(run)
    assert [one["event"] for one in heard] == ["delivered", "sent", "queued"]
    record = world.services.stores.ledger.get("acme", sent)
    assert record is not None
    assert (record.state, record.event) == ("delivered", "delivered")


async def test_of_a_message_that_could_not_arrive_its_address_is_left_alone(world: World) -> None:
    run, sent = await begun(world, LISTENS.replace(".delivered.v1", ".failed.v1"))

    await world.call(world.status(sent, "undelivered", ErrorCode="30005"))

    [heard] = await world.output(run)
    assert (heard["event"], heard["code"], heard["detail"]) == ("failed", "30005", "30005")
    record = world.services.stores.ledger.get("acme", sent)
    assert record is not None
    assert record.state == "rejected"
    [left] = world.services.stores.suppressions.list("acme", address_hash=record.address_hash)
    assert (left.reason, left.detail, left.delivery) == ("unreachable", "30005", sent)


async def test_a_run_that_never_listens_is_told_nothing(world: World) -> None:
    run, sent = await begun(world, DEAF)

    await world.call(world.status(sent, "delivered"))

    assert kept(world, run) == []
    await go(world, run)
    await world.output(run)


async def test_no_other_run_hears_it(world: World) -> None:
    curious = LISTENS.replace("subject: ${ $context.remind.delivery }", "source: /experiences/sms")
    other, of_other = await begun(world, curious)
    run, sent = await begun(world, curious)

    await world.call(world.status(sent, "delivered"))

    [heard] = await world.output(run)
    assert heard["delivery"] == sent
    assert (kept(world, run), kept(world, other)) == ([sent], [])
    await world.call(world.status(of_other, "delivered"))
    [heard] = await world.output(other)
    assert heard["delivery"] == of_other


async def test_a_receipt_settles_what_was_in_doubt(world: World) -> None:
    world.twilio.fault, world.twilio.times = "kept drop", 1
    run = await world.start(LISTENS, {"phone": world.number()})
    async with asyncio.timeout(30):
        while not (found := world.services.stores.ledger.list("acme", run=run, state="unknown")):
            await asyncio.sleep(0.05)

    await world.call(world.status(found[0].id, "delivered"))

    asked = len([one for one in world.twilio.asked if one.method == "GET"])
    [heard] = await world.output(run)
    assert heard["delivery"] == found[0].id
    assert len(world.twilio.of(found[0].id)) == 1
    assert len([one for one in world.twilio.asked if one.method == "GET"]) == asked


async def test_who_writes_stop_is_left_alone_until_they_write_start(world: World) -> None:
    phone = world.number()
    run, sent = await begun(world, LISTENS.replace("delivered.v1", "unsubscribed.v1"), phone=phone)
    suppressions, hashed = world.services.stores.suppressions, address_hash("acme", phone)
    stop = world.wrote(phone, " Stop. ", f"SM-{run}-1")

    answer = await world.call(stop)

    assert (answer.text, answer.headers["content-type"]) == ("<Response/>", "application/xml")
    [heard] = await world.output(run)
    assert (heard["delivery"], heard["event"], heard["text"]) == (sent, "unsubscribed", " Stop. ")
    assert [one.reason for one in suppressions.of("acme", "sms", hashed)] == ["opted_out"]

    await world.call(world.wrote(phone, "START", f"SM-{run}-2"))
    await world.call(stop)

    assert suppressions.of("acme", "sms", hashed) == []
