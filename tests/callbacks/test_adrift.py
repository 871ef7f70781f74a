"""What was on the wire when its run ended is shown as unknown, until a receipt tells."""

from datetime import timedelta

from public_works.record import now
from temporal.adrift import settle
from tests.callbacks.test_replies import sent_mail
from tests.callbacks.test_text_receipts import LISTENS, begun
from tests.callbacks.world import World


async def test_what_was_on_the_wire_when_its_run_ended_is_unknown(world: World) -> None:
    services, later = world.services, now() + timedelta(seconds=5)
    ledger = services.stores.ledger
    run, sent = await begun(world, LISTENS)
    known = ledger.get("acme", sent)
    assert known is not None
    for id, of in (("over", "acme.gone:1"), ("open", run)):
        about = {"solution": known.solution, "run": of, "step": known.step, "channel": "sms"}
        ledger.begin("acme", id=id, binding="sms", provider="twilio", **about)
    settled = sent_mail(world, "drift@example.com")

    assert await settle(services.client, services.stores, later) == 1
    assert await settle(services.client, services.stores, later) == 0

    states = {
        id: found.state for id in ("over", "open", settled) if (found := ledger.get("acme", id))
    }
    assert states == {"over": "unknown", "open": "in_flight", settled: "accepted"}
    await world.call(world.status(sent, "delivered"))
    await world.output(run)

    assert await settle(services.client, services.stores, later) == 1
