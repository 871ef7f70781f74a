"""The example that waits for a payment, in each of its ends."""

from datetime import timedelta
from pathlib import Path

from tests.events.sending import send
from tests.runtime.platform import Platform

ORDER_PAID = Path(__file__).parents[2] / "examples" / "order-paid.yaml"
PAYMENT = "com.acme.payment.received.v1"


async def placed(platform: Platform, order: str) -> str:
    """A run that waits for the payment of 120."""
    solution = platform.deploy(ORDER_PAID.read_text())
    payload = {"order": {"id": order, "total": 120}}
    run = (await platform.submit(solution, payload, intent="place")).run
    await platform.until(run, "run.listening")
    return run


async def test_an_order_that_is_paid_is_released_and_the_other_is_not(platform: Platform) -> None:
    paid, other = await placed(platform, "A-1"), await placed(platform, "A-2")

    taken = await send(platform, PAYMENT, {"order": "A-1", "amount": 120})

    assert taken.runs == (paid,)
    assert (await platform.finish(paid)).output == {"order": "A-1", "state": "released"}
    assert (await platform.runs.get("acme", other)).status == "running"


async def test_an_order_that_is_paid_in_part_faults_and_says_so(platform: Platform) -> None:
    run = await placed(platform, "A-3")
    await send(platform, PAYMENT, {"order": "A-3", "amount": 20})

    ended = await platform.finish(run)

    assert ended.problem["type"] == "https://acme.example/errors/paid-too-little"
    assert ended.problem["detail"] == "20 of 120 came."


async def test_an_order_that_nobody_pays_is_given_up_after_two_days(skipping: Platform) -> None:
    solution = skipping.deploy(ORDER_PAID.read_text())
    payload = {"order": {"id": "A-4", "total": 120}}

    run = await skipping.submit(solution, payload, intent="place")
    ended = await skipping.finish(run.run)

    assert ended.output == {"order": "A-4", "state": "given up"}
    assert ended.closed - ended.started >= timedelta(days=2)
