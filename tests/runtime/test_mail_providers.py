"""One flow over several mail providers: only the line of the binding differs."""

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any

import pytest

from public_works.ledger import DeliveryRecord
from tests.runtime.platform import Platform
from tests.runtime.test_messages import SEND, customer, payload
from tests.twins.provider import Fault, Provider
from tests.twins.sendgrid import KEY, SendGridTwin
from tests.twins.ses import SECRET, SesTwin

HEAD = """
document: {dsl: 1.0.3, namespace: test, name: provided-{{n}}, version: 1.0.0}
experiences:
  email:
    adapter: <ADAPTER>
    settings: {endpoint: "<URL>"}
    from: billing@acme.example
    templates:
      reminder:
        subject: "Invoice {{ invoice.id }}"
        text: "Dear {{ customer.name }}, please pay {{ invoice.amount }}."
"""


@pytest.fixture(params=[SendGridTwin, SesTwin], ids=["sendgrid", "ses"])
async def provider(request: pytest.FixtureRequest, platform: Platform) -> AsyncIterator[Provider]:
    """A provider that takes the credentials of the tenant."""
    secrets = platform.settings.home / "secrets" / "acme"
    secrets.mkdir(parents=True, exist_ok=True)
    (secrets / "sendgrid").write_text(KEY)
    (secrets / "ses").write_text(json.dumps(SECRET))
    async with request.param() as twin:
        yield twin


def over(provider: Provider) -> str:
    """The definition, with its binding to this provider."""
    adapter = "sendgrid" if isinstance(provider, SendGridTwin) else "ses"
    return HEAD.replace("<ADAPTER>", adapter).replace("<URL>", provider.url) + SEND


async def sent(platform: Platform, provider: Provider, who: str) -> tuple[Any, DeliveryRecord]:
    """What the step gave, and what the ledger knows."""
    given = await platform.output(over(provider), payload(customer(platform, who)))
    assert isinstance(given, dict)
    record = platform.stores.ledger.get("acme", str(given["delivery"]))
    assert record is not None
    return given, record


async def test_a_mail_is_accepted_and_named_as_the_provider_names_it(
    platform: Platform, provider: Provider
) -> None:
    given, record = await sent(platform, provider, "prov-ann")

    (kept,) = provider.of(given["delivery"])
    assert (given["state"], given["providerId"]) == ("accepted", kept.id)
    assert (record.state, record.attempt, record.provider_id) == ("accepted", 1, kept.id)


@pytest.mark.parametrize("fault", ["kept drop", "kept 500"])
async def test_a_mail_that_was_taken_but_not_answered_is_held_as_unknown(
    platform: Platform, provider: Provider, fault: Fault
) -> None:
    provider.fault = fault
    given, record = await sent(platform, provider, "prov-bob")

    assert (given["state"], record.state, record.attempt) == ("unknown", "unknown", 1)
    assert len(provider.of(given["delivery"])) == 1
    assert provider.writes == 1


async def test_a_busy_provider_is_asked_again_when_it_says(
    platform: Platform, provider: Provider
) -> None:
    provider.fault, provider.times = "429", 1
    given, record = await sent(platform, provider, "prov-cid")

    assert (given["state"], record.state, record.attempt) == ("accepted", "accepted", 2)
    assert len(provider.of(given["delivery"])) == 1


async def test_a_refused_key_faults_the_step_and_says_so(
    platform: Platform, provider: Provider
) -> None:
    provider.fault = "403"
    run = await platform.run(over(provider), payload(customer(platform, "prov-dot")))

    assert (run.status, provider.kept) == ("faulted", [])
    assert run.problem is not None
    assert run.problem["code"] == "delivery.credentials"


async def test_a_run_shows_what_it_cannot_get_done_and_why(
    platform: Platform, provider: Provider
) -> None:
    provider.fault = "429"
    solution = platform.deploy(over(provider))
    given = payload(customer(platform, "prov-zoe"))
    run = (await platform.submit(solution, given)).run

    async with asyncio.timeout(60):
        while not (shown := await platform.runs.get("acme", run)).retrying:
            await asyncio.sleep(0.05)
    provider.fault = "none"

    (only,) = shown.retrying
    assert (only.activity, only.code) == ("experience.email", "delivery.not-sent")
    assert only.step.startswith("/do/0/")
    assert only.attempts >= 1
    assert "429" in only.detail
    assert (await platform.finish(run)).retrying == ()
