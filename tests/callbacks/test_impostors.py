"""Whoever writes in somebody's name, or tells of what is not theirs, reaches nobody's run."""

import json
from contextlib import suppress

import pytest

from public_works.inbound import InboundRecord
from public_works.suppressions import address_hash
from symphainy.delivery import SendResult
from symphainy.errors import Refused
from symphainy.session import Address, Message
from tests.api.world import principal
from tests.callbacks.test_replies import MAIL, REPLIES, customer, posted
from tests.callbacks.world import World

FORGED = json.dumps({"to": ["in@acme.example"], "from": "eve@evil.example"})


async def wrote(world: World, name: str, **fields: str) -> InboundRecord:
    """What is kept of a mail that somebody wrote."""
    headers = f"Message-ID: <{name}@evil.example>\n{fields.pop('headers', '')}"
    callback = posted(world, headers=headers, text="Cancel it all.", **fields)
    assert (await world.call(callback)).status_code == 200
    kept = world.services.stores.inbound.known(
        "acme", channel="email", adapter="sendgrid", provider_id=f"<{name}@evil.example>"
    )
    assert kept is not None
    return kept


def asked_by_mail(world: World, address: str, customer: str) -> tuple[str, str]:
    """A mail that went to a customer, and the solution that sent it, which is deployed."""
    solution = world.deploy(REPLIES)
    ledger, id = world.services.stores.ledger, f"asked-{world.count}"
    ledger.plan(
        "acme",
        id=id,
        solution=solution,
        run=f"{solution}:1",
        step="/do/0/ask",
        channel="email",
        binding="mail",
        provider="sendgrid",
        customer=customer,
        address_hash=address_hash("acme", address),
    )
    ledger.claim("acme", id, binding="mail", provider="sendgrid")
    ledger.settle("acme", id, 1, SendResult(outcome="accepted", provider_id=f"sg-{id}"))
    return id, solution


async def last(world: World, solution: str, customer: str) -> Message | None:
    """What was said last in the session of a customer; None if there is none."""
    address = Address(solution, "production", customer=customer)
    with suppress(Refused):
        return (await world.services.sessions.state("acme", address)).last
    return None


@pytest.mark.parametrize(
    "about",
    [
        {"SPF": "pass", "envelope": FORGED},
        {"SPF": "fail"},
        {"SPF": "softfail", "dkim": "none"},
        {"SPF": "none", "dkim": "{@evil.example : pass}"},
        {"SPF": "none", "dkim": "{@victim.example : fail}"},
        {"SPF": "pass", "envelope": json.dumps({"from": "x@mail.victim.example"})},
        {"SPF": "pass", "envelope": json.dumps({"from": "x@example"})},
        {"SPF": "pass", "envelope": "[]"},
    ],
)
async def test_a_mail_in_somebody_s_name_is_kept_and_is_not_theirs(
    world: World, about: dict[str, str]
) -> None:
    world.count += 1
    address = f"v{world.count}@victim.example"
    victim = customer(world, email=address)
    asked, solution = asked_by_mail(world, address, victim)

    kept = await wrote(world, asked, **{"from": f"Victim <{address}>", **about})

    assert (kept.customer, kept.delivery, kept.text) == (None, None, "Cancel it all.")
    assert world.services.stores.ledger.events("acme", asked) == []
    assert await last(world, solution, victim) is None


@pytest.mark.parametrize(
    "about",
    [
        {"SPF": "none", "dkim": "{@victim.example : pass}"},
        {"SPF": "fail", "dkim": "{@esp.example : pass, @Victim.example : pass}"},
    ],
)
async def test_a_mail_that_its_domain_signed_is_its_sender_s(
    world: World, about: dict[str, str]
) -> None:
    world.count += 1
    address = f"s{world.count}@mail.victim.example"
    id = customer(world, email=address)
    asked, solution = asked_by_mail(world, address, id)

    kept = await wrote(world, asked, **{"from": address, "envelope": FORGED, **about})

    assert (kept.customer, kept.delivery) == (id, asked)
    assert await last(world, solution, id) is not None


async def test_who_got_the_mail_answers_it_even_where_nothing_vouches_for_them(
    world: World,
) -> None:
    world.count += 1
    address = f"g{world.count}@small.example"
    id = customer(world, email=address)
    asked, solution = asked_by_mail(world, address, id)
    about = {"SPF": "none", "headers": f"In-Reply-To: <{asked}@acme.example>\n"}

    kept = await wrote(world, asked, **{"from": address, **about})

    assert (kept.customer, kept.delivery) == (id, asked)
    [told] = world.services.stores.ledger.events("acme", asked)
    assert told.data == {"text": "Cancel it all.", "spf": "none", "proven": False}
    heard = await last(world, solution, id)
    assert heard is not None
    assert heard.text == "Cancel it all."


@pytest.mark.parametrize(("spf", "known"), [("none", True), ("pass", False)])
async def test_who_was_forwarded_a_mail_is_not_the_one_it_went_to(
    world: World, spf: str, known: bool
) -> None:
    world.count += 1
    got, other = (f"f{world.count}@{one}.example" for one in ("small", "victim"))
    id, victim = customer(world, email=got), customer(world, **({"email": other} if known else {}))
    asked, solution = asked_by_mail(world, got, id)
    about = {"SPF": spf, "headers": f"In-Reply-To: <{asked}@acme.example>\n"}

    kept = await wrote(world, asked, **{"from": other, **about})

    assert (kept.customer, kept.delivery) == (None, asked)
    assert [await last(world, solution, one) for one in (victim, id)] == [None, None]


async def test_a_customer_who_answers_another_s_mail_does_not_talk_to_their_run(
    world: World,
) -> None:
    world.count += 1
    address = f"o{world.count}@other.example"
    other = customer(world, email=address)
    asked, solution = asked_by_mail(world, f"x{world.count}@small.example", "somebody-else")
    about = {"SPF": "pass", "headers": f"In-Reply-To: <{asked}@acme.example>\n"}

    kept = await wrote(world, asked, **{"from": address, **about})

    assert kept.customer == other
    heard = await last(world, solution, other)
    assert heard is not None
    assert (heard.text, heard.run) == ("Cancel it all.", None)


async def test_of_several_at_one_address_the_one_who_was_written_to_answers(world: World) -> None:
    world.count += 1
    address = f"family{world.count}@home.example"
    customer(world, email=address)
    second = customer(world, email=address)
    asked, _ = asked_by_mail(world, address, second)

    kept = await wrote(world, asked, **{"from": address})

    assert (kept.customer, kept.delivery) == (second, asked)


@pytest.mark.parametrize(("adapter", "channel"), [("twilio", "email"), ("sendgrid", "sms")])
async def test_no_provider_tells_of_what_went_by_another(
    world: World, adapter: str, channel: str
) -> None:
    world.count += 1
    ledger = world.services.stores.ledger
    sent = f"other-{world.count}"
    ledger.plan(
        "acme",
        id=sent,
        solution="acme.told",
        run="acme.told:1",
        step="/do/0/ask",
        channel=channel,
        binding="mail",
        provider=adapter,
        address_hash="0" * 64,
    )
    events = [{"event": "bounce", "delivery_id": sent, "timestamp": 1795334402}]

    for url in (MAIL, f"{MAIL}&d={sent}"):
        answer = await world.call(world.sendgrid.post(url, json.dumps(events).encode()))
        assert answer.status_code == 200

    assert ledger.events("acme", sent) == []
    assert world.services.stores.suppressions.list("acme", address_hash="0" * 64) == []


async def test_a_tenant_s_genuine_callback_tells_nothing_of_another_tenant_s_delivery(
    world: World,
) -> None:
    world.count += 1
    ledger, sent = world.services.stores.ledger, f"foreign-{world.count}"
    ledger.plan(
        "globex",
        id=sent,
        solution="globex.told",
        run="globex.told:1",
        step="/do/0/ask",
        channel="email",
        binding="mail",
        provider="sendgrid",
        address_hash="1" * 64,
    )
    world.services.stores.keys.issue(
        principal("gus", tenant="globex"), name="test", environment="all"
    )
    events = [{"event": "bounce", "delivery_id": sent, "timestamp": 1795334402}]
    body = json.dumps(events).encode()

    named = await world.call(world.sendgrid.post(f"{MAIL}&d={sent}", body))
    switched = await world.call(world.sendgrid.post(MAIL.replace("t=acme", "t=globex"), body))

    assert (named.status_code, switched.status_code) == (200, 401)
    assert ledger.events("globex", sent) == ledger.events("acme", sent) == []
    assert world.services.stores.suppressions.list("globex", address_hash="1" * 64) == []
