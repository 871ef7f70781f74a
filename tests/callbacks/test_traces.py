"""A receipt is in the trace of the run that sent, linked to the request that told it."""

from public_works.telemetry import names
from tests.callbacks.test_text_receipts import LISTENS, begun
from tests.callbacks.world import World


async def test_a_receipt_is_told_in_the_trace_of_its_run(world: World) -> None:
    run, sent = await begun(world, LISTENS)
    await world.call(world.status(sent, "delivered"))
    await world.output(run)

    stores = world.services.stores
    stores.telemetry.flush()
    found = {one.name: one for one in stores.spans.of_run("acme", run)}
    told, sending = found["receipt delivered"], found["send sms"]
    assert (told.trace, told.parent) == (sending.trace, found["experience.sms"].id)
    assert told.attributes[names.DELIVERY] == sent
    assert [one["why"] for one in told.links] == ["told"]
    assert told.links[0]["trace"] != told.trace
    assert "signal event" in found
