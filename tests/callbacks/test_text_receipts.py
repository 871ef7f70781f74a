"""What Twilio tells of text messages reaches the ledger and the run that listens."""

from tests.callbacks.world import World

HEAD = """
document: {dsl: 1.0.3, namespace: test, name: told-{{n}}, version: 1.0.0}
experiences: {sms: {TWILIO}}
"""
LISTENS = (
    HEAD
    + """
do:
  - remind:
      call: sms
      with: {to: "${ .phone }", text: "Please pay."}
      export: {as: "${ {remind: .} }"}
  - heard:
      listen:
        to:
          one:
            with:
              type: com.symphainy.delivery.delivered.v1
              subject: ${ $context.remind.delivery }
"""
)


async def test_a_run_hears_that_its_message_was_delivered(world: World) -> None:
    run = await world.start(LISTENS, {"phone": world.number()})
    [sent] = await world.sent(run)

    answer = await world.call(world.status(sent.id, "delivered"))

    assert (answer.status_code, answer.text) == (200, "")
    [heard] = await world.output(run)
    assert heard["delivery"] == sent.id
    assert (heard["event"], heard["channel"], heard["experience"]) == ("delivered", "sms", "sms")
