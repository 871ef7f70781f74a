"""A call is followed to its end: people press keys, the flow goes on with what they chose."""

import asyncio

from symphainy.delivery import Callback
from tests.callbacks.world import World
from tests.twins.phone import Phone

HEAD = """
document: {dsl: 1.0.3, namespace: test, name: calls-{{n}}, version: 1.0.0}
experiences:
  phone:
    channel: voice
    adapter: twilio
    from: "+15005550006"
    settings: {endpoint: "<URL>"}
do:
  - ring:
      call: phone
      with:
        to: "${ .phone }"
        data: {day: Monday}
        script:
          - say: Hello & welcome.
          - gather:
              name: coming
              prompt: "Press 1 to come on {{ day }}, 2 to talk to us."
              attempts: 2
              choices:
                "1": [{say: Thank you.}]
                "2": [{transfer: "+4312345678"}]
              otherwise: [{say: Goodbye.}]
          - say: The end.
        <MORE>
      export: {as: "${ {ring: .} }"}
"""
LISTENS = """
  - hear:
      listen:
        to:
          any:
            - {with: {type: com.symphainy.delivery.EVENT.v1, subject: "${ $context.ring.delivery }"}}
            - {with: {type: com.symphainy.delivery.completed.v1, subject: "${ $context.ring.delivery }"}}
"""  # noqa: E501
CHOOSES = """
  - choose:
      switch:
        - coming: {when: "${ .[0].choice == \\"1\\" }", then: keep}
        - else: {then: give}
  - keep: {set: {coming: true}, then: end}
  - give: {set: {coming: false}}
"""
ASKED = "Press 1 to come on Monday, 2 to talk to us."


def calling(world: World, rest: str, more: str = "") -> str:
    head = HEAD.replace("<URL>", world.twilio.url).replace("<MORE>", more)
    return head + rest.replace("EVENT", "gathered")


async def rung(world: World, text: str) -> tuple[str, Phone]:
    """A run whose call rings, and the phone that rings; what Twilio tells goes to the platform."""
    run = await world.start(text, {"phone": world.number()})
    (sent,) = await world.sent(run)
    (kept,) = world.twilio.of(sent.id)

    async def post(callback: Callback) -> str:
        answer = await world.call(callback)
        assert answer.status_code == 200, answer.text
        return str(answer.text)

    return run, Phone(kept, post)


def told(world: World, phone: Phone) -> list[str]:
    """What the ledger was told of the call."""
    assert phone.call.delivery is not None
    events = world.services.stores.ledger.events("acme", phone.call.delivery)
    return sorted(one.event for one in events)


async def test_the_flow_goes_on_with_the_key_that_was_pressed(world: World) -> None:
    run, phone = await rung(world, calling(world, LISTENS + CHOOSES))

    await phone.answers("1")

    assert await world.output(run) == {"coming": True}
    assert phone.heard == ["Hello & welcome.", ASKED, "Thank you.", "The end."]
    assert told(world, phone) == ["answered", "completed", "gathered", "ringing", "sent"]


async def test_a_run_hears_what_was_pressed(world: World) -> None:
    run, phone = await rung(world, calling(world, LISTENS))

    await phone.answers("7", "1")

    [heard] = await world.output(run)
    heard.pop("at")
    assert heard == {
        "delivery": phone.call.delivery,
        "experience": "phone",
        "step": "/do/0/ring",
        "channel": "voice",
        "event": "gathered",
        "providerId": phone.call.id,
        "name": "coming",
        "digits": "1",
        "choice": "1",
    }


async def test_who_presses_nothing_is_told_goodbye_and_the_flow_that_it_is_over(
    world: World,
) -> None:
    run, phone = await rung(world, calling(world, LISTENS + CHOOSES))

    await phone.answers()

    assert phone.heard == ["Hello & welcome.", ASKED, ASKED, "Goodbye.", "The end."]
    assert await world.output(run) == {"coming": False}


async def test_a_call_is_handed_over_and_the_flow_hears_it(world: World) -> None:
    text = calling(world, LISTENS.replace("EVENT", "transferred"))
    run, phone = await rung(world, text)

    await phone.answers("2")

    [heard] = await world.output(run)
    assert (heard["event"], heard["to"], heard["seconds"]) == ("transferred", "+4312345678", 41)
    assert phone.dialed == ["+4312345678"]


async def test_a_machine_is_left_the_message(world: World) -> None:
    text = calling(world, LISTENS, 'message: "Please call us on {{ day }}."')
    run, phone = await rung(world, text)

    await phone.answers(by="machine_end_beep")

    [heard] = await world.output(run)
    assert (heard["event"], heard["answeredBy"]) == ("completed", "machine_end_beep")
    assert phone.heard == ["Please call us on Monday."]
    assert "machine_answered" in told(world, phone)


async def test_nobody_answers_and_the_flow_hears_it(world: World) -> None:
    text = calling(world, LISTENS.replace("EVENT", "no_answer"))
    run, phone = await rung(world, text)

    await phone.does_not("no-answer")

    [heard] = await world.output(run)
    assert heard["event"] == "no_answer"


async def test_a_key_that_somebody_else_says_was_pressed_is_not_believed(world: World) -> None:
    run, phone = await rung(world, calling(world, LISTENS + CHOOSES))
    url = f"{phone.call.document['StatusCallback']}&step=%2Fscript%2F1"
    pressed = phone.callback(url, Digits="1")
    forged = pressed.model_copy(update={"body": pressed.body.replace(b"Digits=1", b"Digits=2")})
    other = pressed.model_copy(update={"url": url.replace("%2F1", "%2F0")})

    answers = [await world.call(one) for one in (forged, other)]

    assert [one.status_code for one in answers] == [401, 401]
    assert "gathered" not in told(world, phone)
    await phone.answers()
    assert await world.output(run) == {"coming": False}


async def test_what_twilio_asks_twice_is_answered_twice_and_heard_once(world: World) -> None:
    run, phone = await rung(world, calling(world, LISTENS + CHOOSES))
    url = f"{phone.call.document['StatusCallback']}&step=%2Fscript%2F1"
    pressed = phone.callback(url, Digits="1", CallStatus="in-progress")

    answers = await asyncio.gather(*(world.call(pressed) for _ in range(3)))

    assert {one.headers["content-type"].partition(";")[0] for one in answers} == {"text/xml"}
    assert len({one.text for one in answers}) == 1
    assert "Thank you." in answers[0].text
    assert told(world, phone) == ["gathered"]
    assert await world.output(run) == {"coming": True}
