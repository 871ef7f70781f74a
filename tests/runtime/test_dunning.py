"""The example, to its very end: weeks of waiting, skipped."""

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

from tests.runtime.platform import Platform

EXAMPLES = Path(__file__).parents[2] / "examples"


def wish(id: str, **invoice: Any) -> dict[str, Any]:
    given: dict[str, Any] = json.loads((EXAMPLES / "invoice-dunning.input.json").read_text())
    given["invoice"] |= {"id": id, **invoice}
    given["customer"]["id"] = f"customer-of-{id}"
    return given


async def collected(platform: Platform, given: dict[str, Any]) -> Any:
    solution = platform.deploy((EXAMPLES / "invoice-dunning.yaml").read_text())
    run = await platform.submit(solution, given, intent="collect")
    return await platform.finish(run.run)


async def test_two_reminders_a_fortnight_and_somebody_takes_over(skipping: Platform) -> None:
    run = await collected(skipping, wish("INV-1"))

    assert run.status == "completed", run.problem
    assert run.output == {
        "invoice": "INV-1",
        "risk": "low",
        "reminder": "accepted",
        "second": "accepted",
        "handedOver": "accepted",
    }
    assert run.closed - run.started >= timedelta(days=14)
    sent = [one for one in skipping.stores.outbox.list("acme", limit=100) if "INV-1" in one.subject]
    assert [one.to for one in reversed(sent)] == [
        "ada@example.com",
        "ada@example.com",
        "collections@acme.example",
    ]


async def test_a_large_invoice_is_handed_over_only_by_a_person(skipping: Platform) -> None:
    run = await collected(skipping, wish("INV-2", amount=25_000))

    assert run.status == "faulted"
    assert run.problem["policy"] == "bigMoney"
    assert run.closed - run.started >= timedelta(days=16)
    sent = [one for one in skipping.stores.outbox.list("acme", limit=100) if "INV-2" in one.subject]
    assert {one.to for one in sent} == {"ada@example.com"}


async def test_who_wants_no_mail_is_asked_for_by_post(skipping: Platform) -> None:
    given = wish("INV-3")
    given["customer"]["acceptsMail"] = False

    run = await collected(skipping, given)

    assert run.status == "completed", run.problem
    assert (run.output["reminder"], run.output["second"]) == ("by post", "refused")
    sent = [one for one in skipping.stores.outbox.list("acme", limit=100) if "INV-3" in one.subject]
    assert {one.to for one in sent} == {"post@acme.example", "collections@acme.example"}
