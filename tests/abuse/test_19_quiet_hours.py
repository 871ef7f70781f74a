"""A message that would be sent at night: late, again, or to somebody whose zone nobody knows."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from tests.abuse.names import Names
from tests.abuse.phone import busy, texted, texting
from tests.abuse.post import customer, letters, mailing
from tests.api.world import World
from tests.runtime.platform import Platform


def night(now: datetime, **more: object) -> dict[str, object]:
    """Quiet from an hour ago until three hours from now, where the customer is."""
    return {
        "kind": "quietHours",
        "channels": ["email"],
        "from": f"{now - timedelta(hours=1):%H:%M}",
        "to": f"{now + timedelta(hours=3):%H:%M}",
        **more,
    }


async def test_many_at_once_wait_and_each_comes_once_after_it(skipping: Platform) -> None:
    zone = ZoneInfo("Pacific/Kiritimati")
    now = (await skipping.now()).astimezone(zone)
    text = mailing(night=night(now)).replace("NAME", "night-{{n}}", 1)
    solution = skipping.deploy(text)
    who = [customer(skipping, "acme", f"sleeper-{n}", zone=zone.key) for n in range(5)]
    runs = [await skipping.submit(solution, {"customer": one}) for one in who]
    for one in runs:
        await skipping.until(one.run, "run.waiting")
    assert [letters(skipping, "acme", one) for one in who] == [[]] * 5

    ended = [await skipping.finish(one.run) for one in runs]

    assert [one.status for one in ended] == ["completed"] * 5
    assert [len(letters(skipping, "acme", one)) for one in who] == [1] * 5
    for end in ended:
        assert end.closed is not None
        at = end.closed.astimezone(zone)
        assert at - now >= timedelta(hours=2, minutes=58)


async def test_who_moves_while_a_message_waits_is_not_woken(skipping: Platform) -> None:
    before, after = ZoneInfo("Pacific/Kiritimati"), ZoneInfo("Pacific/Pago_Pago")
    now = (await skipping.now()).astimezone(before)
    # When the night ends here, it is still the same night an hour longer over there.
    there = (now + timedelta(hours=3)).astimezone(after)
    quiet = {"kind": "quietHours", "channels": ["email"], "to": f"{now + timedelta(hours=3):%H:%M}"}
    quiet["from"] = f"{now - timedelta(hours=1):%H:%M}"
    other = {**quiet, "from": f"{there - timedelta(hours=1):%H:%M}"}
    other["to"] = f"{there + timedelta(hours=1):%H:%M}"
    who = customer(skipping, "acme", "mover", zone=before.key)
    text = mailing(here=quiet, there=other).replace("NAME", "moved-{{n}}", 1)
    run = await skipping.submit(skipping.deploy(text), {"customer": who})
    await skipping.until(run.run, "run.waiting")

    customer(skipping, "acme", who, zone=after.key)
    finished = await skipping.finish(run.run)

    assert (finished.status, len(letters(skipping, "acme", who))) == ("completed", 1)
    assert finished.closed is not None
    assert finished.closed - now >= timedelta(hours=3, minutes=55)


async def test_nobody_is_written_to_whose_zone_is_not_known(platform: Platform) -> None:
    who = customer(platform, "acme", "somewhere", zone=None)
    now = await platform.now()
    text = mailing(night=night(now)).replace("NAME", "somewhere-{{n}}", 1)
    run = await platform.submit(platform.deploy(text), {"customer": who})
    finished = await platform.finish(run.run)

    assert finished.problem is not None
    assert (finished.problem["code"], letters(platform, "acme", who)) == ("policy.zone-unknown", [])


async def test_who_was_awake_at_the_first_attempt_is_not_woken_by_the_second(
    platform: Platform, world: World, dns: Names
) -> None:
    who = world.name("traveller")
    awake, asleep = ZoneInfo("Pacific/Kiritimati"), ZoneInfo("Etc/GMT+2")
    there = night((await platform.now()).astimezone(asleep), channels=["sms"])
    async with busy(platform, dns) as twin:
        twin.meanwhile = lambda: texted(platform, who, zone=asleep.key)
        given = texted(platform, who, zone=awake.key)
        run = await platform.submit(platform.deploy(texting(twin, night=there)), given)
        await platform.until(run.run, "run.waiting")
        tried = (twin.writes, twin.kept)
        await platform.runs.cancel("acme", run.run)
        finished = await platform.finish(run.run)

    assert (finished.status, tried) == ("cancelled", (1, []))
