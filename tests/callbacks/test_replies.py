"""What people write reaches the run that asked, and stays on their timeline."""

import json
from email.message import EmailMessage
from email.utils import parseaddr
from typing import Any

from public_works.suppressions import address_hash
from symphainy.delivery import Callback, SendResult
from symphainy.session import Address
from tests.api.world import principal
from tests.callbacks.test_text_receipts import LISTENS, begun
from tests.callbacks.world import BASE, World

REPLIES = LISTENS.replace("delivered.v1", "replied.v1")
MAIL = f"{BASE}/v1/hooks/sendgrid/mail?t=acme&c=email"
BOUNDARY = "twin-boundary"
WRITTEN = """\
Yes, tomorrow is fine.

On Mon, Mar 2, 2026 at 9:00 AM Acme <billing@acme.example> wrote:
> Can we come tomorrow?
"""


def customer(world: World, **known: str) -> str:
    """A customer whom nobody else knows."""
    world.count += 1
    id = f"c-{world.count}"
    world.services.stores.customers.upsert("acme", id, **known)
    return id


async def timeline(world: World, customer: str, **query: Any) -> dict[str, Any]:
    async with await world.client(principal("vera", "viewer")) as client:
        answer = await client.get(f"/v1/customers/{customer}/timeline", params=query)
        assert answer.status_code == 200, answer.text
        found: dict[str, Any] = answer.json()
        return found


def sent_mail(world: World, address: str, known: str | None = None, *, by: str = "sendgrid") -> str:
    """A mail that went there, and that no run waits for."""
    ledger = world.services.stores.ledger
    world.count += 1
    id = f"mail-{world.count}"
    ledger.plan(
        "acme",
        id=id,
        solution="acme.told",
        run="acme.told:1",
        step="/do/0/ask",
        channel="email",
        binding="mail",
        provider=by,
        customer=known,
        address_hash=address_hash("acme", address),
    )
    ledger.claim("acme", id, binding="mail", provider=by)
    ledger.settle("acme", id, 1, SendResult(outcome="accepted", provider_id=f"sg-{id}"))
    return id


def posted(world: World, **fields: str) -> Callback:
    """What Inbound Parse posts; the mail comes from where its sender says, unless told."""
    sender = parseaddr(fields.get("from", ""))[1]
    fields = {"SPF": "pass", "envelope": json.dumps({"to": [], "from": sender}), **fields}
    parts = [
        f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'
        for name, value in fields.items()
    ]
    body = "".join([*parts, f"--{BOUNDARY}--\r\n"]).encode()
    kind = f"multipart/form-data; boundary={BOUNDARY}"
    return world.sendgrid.post(MAIL, body, kind=kind)


async def test_a_customer_s_whole_story_is_on_their_timeline(world: World) -> None:
    phone = world.number()
    id = customer(world, phone=phone)
    text = REPLIES.replace('to: "${ .phone }"', 'to: "${ .customer }"')
    run = await world.start(text, {"customer": id})
    [sent] = await world.sent(run)
    await world.call(world.status(sent.id, "delivered"))
    reply = world.wrote(phone, "Paid. 👍", f"SM-{run}")
    for _ in range(2):
        assert (await world.call(reply)).status_code == 200
    [heard] = await world.output(run)
    assert heard["text"] == "Paid. 👍"

    found = (await timeline(world, id))["items"]

    assert len(found) == 4
    assert {(one["kind"], one["event"], one["text"]) for one in found} == {
        ("sent", "replied", None),
        ("told", "delivered", None),
        ("told", "replied", None),
        ("wrote", None, "Paid. 👍"),
    }
    assert {one["delivery"] for one in found} == {sent.id}
    assert [one["at"] for one in found] == sorted((one["at"] for one in found), reverse=True)


async def test_what_a_customer_writes_is_in_their_session_with_the_solution(world: World) -> None:
    phone = world.number()
    id = customer(world, phone=phone)
    run = await world.start(REPLIES, {"phone": phone})
    [sent] = await world.sent(run)

    await world.call(world.wrote(phone, "Call me, please.", f"SM-{run}"))

    await world.output(run)
    session = Address(sent.solution, "production", customer=id)
    surface = await world.services.sessions.state("acme", session)
    assert surface.last is not None
    assert (surface.last.text, surface.last.channel) == ("Call me, please.", "sms")


async def test_a_timeline_comes_in_pages(world: World) -> None:
    phone = world.number()
    id = customer(world, phone=phone)
    for n in range(5):
        await world.call(world.wrote(phone, f"{n}", f"SM-{id}-{n}"))
    whole = (await timeline(world, id))["items"]
    assert [one["text"] for one in whole] == ["4", "3", "2", "1", "0"]

    paged, cursor = [], None
    while True:
        page = await timeline(world, id, limit=2, **({"cursor": cursor} if cursor else {}))
        paged += page["items"]
        cursor = page["cursor"]
        if cursor is None:
            break

    assert paged == whole


async def test_what_somebody_unknown_writes_is_kept_and_tells_no_run(world: World) -> None:
    phone = world.number()

    answer = await world.call(world.wrote(phone, "Who are you?", f"SM-{phone}"))

    assert (answer.status_code, answer.text) == (200, "<Response/>")
    kept = world.services.stores.inbound.known(
        "acme", channel="sms", adapter="twilio", provider_id=f"SM-{phone}"
    )
    assert kept is not None
    assert (kept.customer, kept.delivery, kept.text) == (None, None, "Who are you?")


async def test_a_word_that_stops_everything_is_no_answer_but_a_wish(world: World) -> None:
    phone = world.number()
    run, sent = await begun(world, REPLIES, phone=phone)

    await world.call(world.wrote(phone, "stop", f"SM-{run}-1"))
    await world.call(world.wrote(phone, "Stop by tomorrow", f"SM-{run}-2"))

    [heard] = await world.output(run)
    assert heard["text"] == "Stop by tomorrow"
    told = world.services.stores.ledger.events("acme", sent)
    assert [one.event for one in told] == ["unsubscribed", "replied"]


async def test_a_mail_that_answers_is_the_answer_to_the_mail_it_names(world: World) -> None:
    address = "Maria@Example.com"
    id = customer(world, email=address)
    asked, later = (sent_mail(world, address, id) for _ in range(2))
    headers = (
        f"From: Maria <maria@example.com>\nMessage-ID: <1-{asked}@example.com>\n"
        f"In-Reply-To: <{asked}@acme.example>\n"
    )

    answer = await world.call(
        posted(
            world,
            headers=headers,
            **{"from": "Maria <maria@example.com>", "to": "billing@in.acme.example"},
            subject="Re: Tomorrow",
            text=WRITTEN,
            envelope=json.dumps({"to": ["billing@in.acme.example"], "from": "maria@example.com"}),
            SPF="pass",
        )
    )

    assert answer.status_code == 200
    [told] = world.services.stores.ledger.events("acme", asked)
    assert (told.event, told.data) == (
        "replied",
        {"text": "Yes, tomorrow is fine.", "subject": "Re: Tomorrow", "spf": "pass"},
    )
    assert world.services.stores.ledger.events("acme", later) == []


async def test_a_whole_mail_in_html_is_read_too(world: World) -> None:
    address = f"whole-{world.count}@example.com"
    asked = sent_mail(world, address)
    mail = EmailMessage()
    mail["From"], mail["To"] = f"Jörg <{address}>", "billing@in.acme.example"
    mail["Subject"], mail["Message-ID"] = "Schöne Grüße", f"<2-{asked}@example.com>"
    mail.set_content("<p>Alles <b>gut</b>.</p>", subtype="html")

    await world.call(posted(world, email=mail.as_string(), **{"from": f"J <{address}>"}))

    [told] = world.services.stores.ledger.events("acme", asked)
    assert told.data == {"text": "Alles gut.", "subject": "Schöne Grüße", "spf": "pass"}


async def test_a_large_mail_is_read(world: World) -> None:
    address = f"large-{world.count}@example.com"
    asked = sent_mail(world, address)
    headers = f"Message-ID: <4-{asked}@example.com>\n"

    answer = await world.call(
        posted(world, headers=headers, text="Ja. " * 450_000, **{"from": address})
    )

    assert answer.status_code == 200
    [told] = world.services.stores.ledger.events("acme", asked)
    assert told.data is not None
    assert str(told.data["text"]).startswith("Ja. Ja. ")


async def test_nobody_answers_by_being_away(world: World) -> None:
    address = f"away-{world.count}@example.com"
    asked = sent_mail(world, address)
    headers = f"Message-ID: <3-{asked}@example.com>\nAuto-Submitted: auto-replied\n"

    await world.call(posted(world, headers=headers, text="I am away.", **{"from": address}))

    assert world.services.stores.ledger.events("acme", asked) == []
    kept = world.services.stores.inbound.known(
        "acme", channel="email", adapter="sendgrid", provider_id=f"<3-{asked}@example.com>"
    )
    assert kept is not None
    assert (kept.delivery, kept.text) == (asked, "I am away.")


async def test_receipts_of_many_mails_come_at_once(world: World) -> None:
    one, two = (sent_mail(world, f"{n}-{world.count}@example.com") for n in "ab")
    events = [
        {"event": "delivered", "delivery_id": one, "timestamp": 1795334400},
        {"event": "open", "sg_message_id": f"sg-{two}.filter1", "timestamp": 1795334401},
        {"event": "delivered", "delivery_id": "nobody's", "timestamp": 1795334400},
        {"event": "bounce", "type": "bounce", "delivery_id": one, "timestamp": 1795334402},
        {"event": "unheard of", "delivery_id": one},
        "nonsense",
    ]

    answer = await world.call(world.sendgrid.post(MAIL, json.dumps(events).encode()))

    assert answer.status_code == 200
    ledger = world.services.stores.ledger
    first, second = ledger.get("acme", one), ledger.get("acme", two)
    assert first is not None
    assert second is not None
    assert (first.state, first.event) == ("rejected", "bounced_hard")
    assert (second.state, second.event) == ("delivered", "opened")
    left = world.services.stores.suppressions.list("acme", address_hash=first.address_hash)
    assert [one.reason for one in left] == ["bounced_hard"]


async def test_a_bounce_comes_by_way_of_a_topic_that_was_confirmed(world: World) -> None:
    hook = f"{BASE}/v1/hooks/ses/mail?t=acme&c=email"
    sent = sent_mail(world, f"bounces-{world.count}@example.com", by="ses")
    confirm = f"https://{world.sns.host}/?Action=ConfirmSubscription&Token=t"
    asks = world.sns.post(
        hook,
        "You have chosen to subscribe.",
        id="s-1",
        kind="SubscriptionConfirmation",
        SubscribeURL=confirm,
        Token="t",
    )
    told = {
        "eventType": "Bounce",
        "mail": {"messageId": f"sg-{sent}"},
        "bounce": {
            "bounceType": "Permanent",
            "timestamp": "2026-11-22T09:00:00.000Z",
            "bouncedRecipients": [{"emailAddress": "x@y.z", "diagnosticCode": "550 no such user"}],
        },
    }

    for callback in (asks, world.sns.post(hook, told, id="n-1")):
        assert (await world.call(callback)).status_code == 200

    assert "/?Action=ConfirmSubscription&Token=t" in [one.url for one in world.amazon.asked]
    async with await world.client(principal("vera", "viewer")) as client:
        delivery = (await client.get(f"/v1/deliveries/{sent}")).json()
    assert (delivery["state"], delivery["event"]) == ("rejected", "bounced_hard")
    [receipt] = delivery["events"]
    assert (receipt["event"], receipt["detail"]) == ("bounced_hard", "550 no such user")
