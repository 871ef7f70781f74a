"""Digest: messages to one customer within a while become one, and each is known for itself."""

from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

from public_works.ledger import DeliveryRecord
from tests.runtime.platform import Platform

TEXT = """
document: {dsl: 1.0.3, namespace: test, name: digest-{{n}}, version: 1.0.0}
experiences:
  email:
    adapter: sandbox
    channel: email
    digest: {every: PT1H, template: several}
    templates:
      one: {subject: "Order {{ order }}", text: "Order {{ order }} left."}
      several:
        subject: "{{ items.size }} orders"
        text: "{{ customer.name }}:{% for item in items %} {{ item.order }}{% endfor %}"
do:
  - tell:
      call: email
      with: {to: "${ .customer }", template: one, data: {order: "${ .order }"}}
"""


def customer(platform: Platform, id: str) -> str:
    platform.stores.customers.upsert("acme", id, name="Ada", email=f"{id}@customer.example")
    return id


def rows(platform: Platform, who: str) -> list[DeliveryRecord]:
    return platform.stores.ledger.list("acme", customer=who)[::-1]


async def outputs(platform: Platform, address: str, who: str, *orders: int) -> list[dict[str, Any]]:
    begun = []
    for order in orders:
        run = await platform.submit(address, {"customer": who, "order": order})
        await platform.until(run.run, "run.waiting")
        begun.append(run)
    done = [await platform.finish(one.run) for one in begun]
    assert [one.status for one in done] == ["completed"] * len(orders)
    return [one.output for one in done if isinstance(one.output, dict)]


async def test_several_messages_become_one_and_each_says_which(skipping: Platform) -> None:
    who = customer(skipping, "digest-several")
    given = await outputs(skipping, skipping.deploy(TEXT), who, 1, 2, 3)

    (sent,) = [one for one in rows(skipping, who) if one.state == "accepted"]
    others = [one for one in rows(skipping, who) if one.state == "digested"]
    assert [one.gave for one in others] == [{"digest": sent.id}] * 2
    assert sorted(one["state"] for one in given) == ["accepted", "digested", "digested"]
    assert {one["gave"]["digest"] for one in given if "gave" in one} == {sent.id}
    kept = skipping.stores.outbox.find("acme", sent.id)
    assert kept is not None
    assert (kept.subject, kept.text) == ("3 orders", "Ada: 1 2 3")


async def test_a_message_that_stayed_alone_says_what_it_would_have(skipping: Platform) -> None:
    who = customer(skipping, "digest-alone")
    run = await skipping.run(TEXT, {"customer": who, "order": 7})

    (only,) = rows(skipping, who)
    kept = skipping.stores.outbox.find("acme", only.id)
    assert kept is not None
    assert (kept.subject, kept.text) == ("Order 7", "Order 7 left.")
    assert run.closed is not None
    assert timedelta(minutes=59) < run.closed - run.started < timedelta(minutes=61)


async def test_customers_and_windows_are_kept_apart(skipping: Platform) -> None:
    one, other = customer(skipping, "digest-one"), customer(skipping, "digest-other")
    address = skipping.deploy(TEXT)
    first = await outputs(skipping, address, one, 1)
    second = await outputs(skipping, address, other, 1)
    third = await outputs(skipping, address, one, 2)
    assert [one["state"] for one in (*first, *second, *third)] == ["accepted"] * 3


async def test_who_is_canceled_leaves_the_digest_to_the_others(skipping: Platform) -> None:
    who = customer(skipping, "digest-canceled")
    address = skipping.deploy(TEXT)
    leaving = await skipping.submit(address, {"customer": who, "order": 1})
    staying = await skipping.submit(address, {"customer": who, "order": 2})
    for run in (leaving, staying):
        await skipping.until(run.run, "run.waiting")
    await skipping.runs.cancel("acme", leaving.run)
    finished = await skipping.finish(staying.run)

    assert isinstance(finished.output, dict)
    assert finished.output["state"] == "accepted"
    kept = skipping.stores.outbox.find("acme", str(finished.output["delivery"]))
    assert kept is not None
    assert kept.subject == "2 orders"


async def test_what_would_be_too_late_does_not_wait_for_others(skipping: Platform) -> None:
    who = customer(skipping, "digest-expires")
    text = TEXT.replace("{to:", "{expires: PT30M, to:")
    run = await skipping.run(text, {"customer": who, "order": 7})
    assert isinstance(run.output, dict)
    assert run.output["state"] == "accepted"
    assert run.closed is not None
    assert run.closed - run.started < timedelta(minutes=1)


async def test_messages_wait_for_a_time_of_day_by_the_customer_s_clock(skipping: Platform) -> None:
    now = await skipping.now()
    there = ZoneInfo("Pacific/Chatham")
    at = now.astimezone(there) + timedelta(hours=2)
    text = TEXT.replace("every: PT1H", f'at: "{at:%H:%M}"')
    who = customer(skipping, "digest-clock")
    skipping.stores.customers.upsert("acme", who, zone="Pacific/Chatham")
    given = await outputs(skipping, skipping.deploy(text), who, 1, 2)

    (sent,) = [one for one in rows(skipping, who) if one.state == "accepted"]
    assert sorted(one["state"] for one in given) == ["accepted", "digested"]
    assert sent.not_before is not None
    assert f"{sent.not_before.astimezone(there):%H:%M:%S}" == f"{at:%H:%M}:00"
