"""A message that would be sent at night: late, again, made up for, on a night in which clocks
change, or to somebody whose zone nobody knows."""

import asyncio
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from temporalio.client import ScheduleBackfill, ScheduleOverlapPolicy

from smart_city.decide import decide
from temporal.addresses import scheduled_id
from temporal.schedules import Schedules
from tests.abuse.names import Names
from tests.abuse.phone import busy, texted, texting
from tests.abuse.post import customer, letters, mailing
from tests.api.world import World
from tests.runtime.platform import Platform
from tests.schedules.test_schedules import due
from tests.smart_city.world import bundle, known, mail


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


async def test_what_a_schedule_makes_up_for_at_night_waits(platform: Platform) -> None:
    zone = ZoneInfo("Pacific/Kiritimati")
    now = (await platform.now()).astimezone(zone)
    who = customer(platform, "acme", "made-up-for", zone=zone.key)
    text = mailing(night=night(now)).replace("NAME", "made-up-{{n}}", 1)
    text = text.replace("do:\n", "schedule: {every: {hours: 1}}\ndo:\n", 1)
    solution = platform.deploy(text.replace("${ .customer }", who))
    schedules = Schedules(platform.client, platform.intake)
    await schedules.follow(due(platform, solution))
    handle = platform.client.get_schedule_handle(scheduled_id("acme", solution, "production"))
    past = ScheduleBackfill(
        start_at=now - timedelta(hours=4),
        end_at=now - timedelta(hours=1),
        overlap=ScheduleOverlapPolicy.ALLOW_ALL,
    )
    await handle.backfill(past)

    async with asyncio.timeout(60):
        while len(runs := (await platform.runs.page("acme", solution=solution)).runs) < 3:
            await asyncio.sleep(0.1)
    await schedules.forget("acme", solution, "production")
    for one in runs:
        await platform.until(one.run, "run.waiting")

    assert letters(platform, "acme", who) == []
    for one in runs:
        await platform.runs.handle("acme", one.run).terminate()


VIENNA = ZoneInfo("Europe/Vienna")


@pytest.mark.parametrize("to", ["02:30", "08:00"])
@pytest.mark.parametrize(
    "dusk",
    [datetime(2026, 3, 28, 19, tzinfo=UTC), datetime(2026, 10, 24, 18, tzinfo=UTC)],
    ids=["gap", "overlap"],
)
def test_nothing_goes_out_in_a_night_in_which_clocks_change(dusk: datetime, to: str) -> None:
    quiet = {"kind": "quietHours", "channels": ["email"], "from": "21:00", "to": to}
    some = bundle(night=quiet)

    def asleep(moment: datetime) -> bool:
        wall = f"{moment.astimezone(VIENNA):%H:%M}"
        return wall >= "21:00" or wall < to

    for minute in range(14 * 60):
        moment = dusk + timedelta(minutes=minute)
        verdict = decide(some, mail(), known(now=moment, zone=VIENNA.key))
        assert verdict.outcome == ("defer" if asleep(moment) else "allow"), moment
        assert verdict.until is None or not asleep(verdict.until)
