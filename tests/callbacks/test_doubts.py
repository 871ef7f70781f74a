"""Who is not the provider is not believed, whatever they send; and it never breaks anything."""

import asyncio
from base64 import b64encode
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import httpx2
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from solution_api.strangers import Strangers
from symphainy.delivery import Callback
from tests.api.world import listening, principal, problem
from tests.callbacks.test_text_receipts import LISTENS, begun
from tests.callbacks.world import BASE, World
from tests.twins.signing import twilio_form

HOOK = f"{BASE}/v1/hooks/twilio/sms?t=acme&c=sms"


async def doubts(world: World, *roles: str) -> list[dict[str, object]]:
    """The security events, as an operator sees them."""
    async with await world.client(principal("ops", *(roles or ("operator",)))) as client:
        answer = await client.get("/v1/security-events", params={"limit": 200})
        assert answer.status_code == 200, answer.text
        found: list[dict[str, object]] = answer.json()["items"]
        return found


async def test_a_forged_receipt_is_refused_noted_and_changes_nothing(world: World) -> None:
    run, sent = await begun(world, LISTENS)
    genuine = world.status(sent, "delivered")
    forged = twilio_form(genuine.url, genuine.form, "another token")

    answer = await world.call(forged)

    assert problem(answer) == (401, "callback.refused")
    record = world.services.stores.ledger.get("acme", sent)
    assert record is not None
    assert (record.state, record.event) == ("accepted", None)
    noted = [(one["kind"], one["adapter"], one["binding"]) for one in await doubts(world)]
    assert ("callback.forged", "twilio", "sms") in noted
    await world.call(genuine)
    await world.output(run)


async def test_a_receipt_signed_for_another_delivery_is_refused(world: World) -> None:
    run, sent = await begun(world, LISTENS)
    _, other = await begun(world, LISTENS)
    genuine = world.status(sent, "delivered")
    moved = genuine.model_copy(update={"url": genuine.url.replace(sent, other)})

    assert problem(await world.call(moved)) == (401, "callback.refused")

    for one in (sent, other):
        await world.call(world.status(one, "delivered"))
    await world.output(run)


async def test_a_receipt_that_is_replayed_days_later_is_refused_and_noted(world: World) -> None:
    run, sent = await begun(world, LISTENS)
    receipt = world.status(sent, "delivered")
    assert (await world.call(receipt)).status_code == 200
    assert (await world.call(receipt)).status_code == 200
    await world.output(run)
    before = world.services.stores.ledger.events("acme", sent)
    world.long_ago()

    assert problem(await world.call(receipt)) == (401, "callback.refused")

    assert world.services.stores.ledger.events("acme", sent) == before
    assert "callback.replayed" in [one["kind"] for one in await doubts(world)]


async def test_without_a_secret_nothing_is_believed(world: World) -> None:
    stores = world.services.stores
    stores.keys.issue(principal("eve", tenant="poor"), name="test", environment="all")
    callback = twilio_form(HOOK.replace("t=acme", "t=poor"), {"MessageSid": "SM1"}, "x")

    assert problem(await world.call(callback)) == (401, "callback.refused")

    [noted] = stores.callbacks.events("poor")
    assert noted.kind == "callback.unproven"
    assert "twilio" in noted.reason


@pytest.mark.parametrize(
    "path",
    [
        "/v1/hooks/nobody/sms?t=acme&c=sms",
        "/v1/hooks/twilio/sms?t=acme&c=email",
        "/v1/hooks/twilio/sms?t=acme&c=nonsense",
        "/v1/hooks/twilio/sms?t=strangers&c=sms",
        "/v1/hooks/twilio/sms?t=%00&c=sms",
        "/v1/hooks/smtp/mail?t=acme&c=email",
        "/v1/hooks/twilio/%2F..%2F?t=acme&c=sms",
        "/v1/hooks/twilio/" + "x" * 300 + "?t=acme&c=sms",
    ],
)
async def test_where_nobody_receives_there_is_nothing(world: World, path: str) -> None:
    async with httpx2.AsyncClient(base_url=world.url, timeout=60) as client:
        answer = await client.post(path, content=b"MessageSid=SM1")

    assert answer.status_code == 404
    assert answer.headers["content-type"] == "application/problem+json"


async def test_what_is_too_large_is_not_read(world: World) -> None:
    callback = Callback(method="POST", url=HOOK, headers={}, body=b"x", at=datetime.now(UTC))
    large = callback.model_copy(update={"body": b"x" * (2 * 1024 * 1024 + 1)})
    many = callback.model_copy(update={"headers": {f"x-{n}": "y" * 4_000 for n in range(10)}})

    assert problem(await world.call(large)) == (413, "api.body-too-large")
    assert (await world.call(many)).status_code in (400, 431)


async def test_a_form_of_very_many_fields_is_not_believed(world: World) -> None:
    kind = {"content-type": "application/x-www-form-urlencoded", "x-twilio-signature": "AAAA"}
    callback = Callback(
        method="POST", url=HOOK, headers=kind, body=b"a=&" * 500_000, at=datetime.now(UTC)
    )

    assert problem(await world.call(callback)) == (401, "callback.refused")


async def test_a_flood_of_doubts_is_counted_and_not_kept(world: World) -> None:
    callbacks, at = world.services.stores.callbacks, datetime(2026, 3, 1, 12, tzinfo=UTC)
    for n in range(230):
        moment = at + timedelta(seconds=n)
        about = {"adapter": "twilio", "binding": f"b{n}", "reason": "forged", "at": moment}
        callbacks.doubted("flooded", "callback.forged", **about)

    kept = callbacks.events("flooded", limit=500)

    assert len(kept) == 201
    assert sum(one.times for one in kept) == 230


async def test_who_may_only_look_sees_no_security_events(world: World) -> None:
    async with await world.client(principal("vera", "viewer")) as client:
        answer = await client.get("/v1/security-events")

    assert problem(answer) == (403, "api.forbidden")


@pytest.mark.parametrize(
    "event",
    [
        {"type": "com.symphainy.delivery.delivered.v1"},
        {"type": "com.acme.paid.v1", "symrun": "acme/test.told-1/x"},
    ],
)
async def test_nobody_else_tells_what_the_platform_tells(
    world: World, event: dict[str, str]
) -> None:
    envelope = {"specversion": "1.0", "id": "1", "source": "/forged", **event}
    kind = {"content-type": "application/cloudevents+json"}
    async with await world.client(principal("owner", "admin")) as client:
        answer = await client.post("/v1/events", json=envelope, headers=kind)

    assert problem(answer) == (403, "event.reserved")


async def test_a_run_cannot_tell_another_what_the_platform_tells(world: World) -> None:
    run = await world.start("""
        document: {dsl: 1.0.3, namespace: test, name: forger-{{n}}, version: 1.0.0}
        do:
          - forge:
              emit: {event: {with: {source: /me, type: com.symphainy.delivery.replied.v1}}}
        """)

    found = await world.finish(run)

    assert (found.status, (found.problem or {}).get("code")) == ("faulted", "event.reserved")


HEADER = st.text(st.characters(codec="latin-1", exclude_categories=["C", "Z"]), max_size=60)
HEADERS = st.dictionaries(
    st.sampled_from(
        [
            "x-twilio-signature",
            "x-twilio-webhooks-signature-settings",
            "x-twilio-email-event-webhook-signature",
            "x-twilio-email-event-webhook-timestamp",
            "content-type",
            "x-amz-sns-message-type",
        ]
    ),
    HEADER | st.sampled_from(["application/json", "application/x-www-form-urlencoded", "AAAA"]),
)
BODIES = (
    st.binary(max_size=300)
    | st.sampled_from([b"[]", b"{}", b"null", b"[" * 5_000, b"MessageSid=SM1&From=%00"])
    | st.binary(max_size=30).map(lambda one: b'{"Type": "' + b64encode(one) + b'"}')
)


async def test_whatever_strangers_send_they_are_not_believed(world: World) -> None:
    hooks = [
        f"/v1/hooks/{one}" for one in ("sendgrid/m?c=email", "ses/m?c=email", "twilio/s?c=sms")
    ]

    with httpx2.Client(base_url=world.url, timeout=30) as client:

        @settings(max_examples=60, deadline=None, suppress_health_check=[*HealthCheck])
        @given(st.sampled_from(hooks), st.sampled_from(["POST", "GET"]), HEADERS, BODIES)
        def none_is_believed(hook: str, method: str, headers: dict[str, str], body: bytes) -> None:
            raw = {name: value.encode("latin-1") for name, value in headers.items()}
            answer = client.request(method, f"{hook}&t=acme", headers=raw, content=body)
            assert answer.status_code == 401, answer.text

        # The server is on the loop of this test.
        await asyncio.to_thread(none_is_believed)


async def test_who_is_never_believed_is_soon_not_listened_to(world: World) -> None:
    short = replace(world.services, strangers=Strangers(patience=2, clock=lambda: 0.0))
    forged = twilio_form(HOOK, {"MessageSid": "SM1"}, "another token")
    async with listening(short) as url:
        door = replace(world, url=url)
        answers = [await door.call(forged) for _ in range(3)]

    assert [one.status_code for one in answers] == [401, 401, 503]
    assert problem(answers[-1]) == (503, "callback.too-many")
    assert int(answers[-1].headers["retry-after"]) >= 1
    assert problem(await world.call(forged)) == (401, "callback.refused")
