"""A customer takes their consent back after it was decided that they are written to."""

from datetime import timedelta
from zoneinfo import ZoneInfo

from tests.abuse.names import Names
from tests.abuse.phone import busy, texted, texting
from tests.abuse.post import customer, letters, mailing
from tests.api.world import World
from tests.runtime.platform import LEAD, Platform

CONSENT = {"kind": "consent", "channels": ["email"]}


async def test_while_the_message_waits_for_the_morning(skipping: Platform) -> None:
    zone = ZoneInfo("Pacific/Kiritimati")
    now = (await skipping.now()).astimezone(zone)
    night = {
        "kind": "quietHours",
        "channels": ["email"],
        "from": f"{now - timedelta(hours=2):%H:%M}",
        "to": f"{now + timedelta(hours=2):%H:%M}",
    }
    who = customer(skipping, "acme", "night", zone=zone.key)
    text = mailing(night=night, consent=CONSENT).replace("NAME", "night-{{n}}", 1)
    run = await skipping.submit(skipping.deploy(text), {"customer": who})
    await skipping.until(run.run, "run.waiting")

    customer(skipping, "acme", who, zone=zone.key, consent=False)
    finished = await skipping.finish(run.run)

    assert finished.problem is not None
    assert (finished.problem["code"], letters(skipping, "acme", who)) == ("policy.no-consent", [])


async def test_while_somebody_is_asked(platform: Platform) -> None:
    asked = {"kind": "approval", "before": ["send"], "role": "collections-lead"}
    who = customer(platform, "acme", "asked")
    text = mailing(sure=asked, consent=CONSENT).replace("NAME", "asked-{{n}}", 1)
    run = await platform.submit(platform.deploy(text), {"customer": who})
    await platform.until(run.run, "step.decided", outcome="approve")
    (pending,) = [one for one in platform.stores.approvals.pending("acme") if one.run == run.run]

    customer(platform, "acme", who, consent=False)
    await platform.runs.answer(LEAD, run.run, pending.id, granted=True)
    finished = await platform.finish(run.run)

    assert finished.problem is not None
    assert (finished.problem["code"], letters(platform, "acme", who)) == ("policy.no-consent", [])


async def test_between_two_attempts_to_send_it(
    platform: Platform, world: World, dns: Names
) -> None:
    who = world.name("patient")
    async with busy(platform, dns) as twin:
        twin.meanwhile = lambda: texted(platform, who, consent=False)
        text = texting(twin, consent={"kind": "consent", "channels": ["sms"]})
        run = await platform.submit(platform.deploy(text), texted(platform, who))
        finished = await platform.finish(run.run)

    assert finished.problem is not None
    assert (finished.problem["code"], twin.writes, twin.kept) == ("policy.no-consent", 1, [])


async def test_a_switch_that_is_thrown_between_two_attempts(
    platform: Platform, world: World, dns: Names
) -> None:
    who = world.name("patient")

    def thrown(*, on: bool) -> None:
        platform.stores.switches.set("acme", "channel:sms", on, "owner", "incident")

    async with busy(platform, dns) as twin:
        twin.meanwhile = lambda: thrown(on=True)
        run = await platform.submit(platform.deploy(texting(twin)), texted(platform, who))
        finished = await platform.finish(run.run)
        thrown(on=False)

    assert finished.problem is not None
    assert (finished.problem["code"], twin.writes, twin.kept) == ("policy.kill-switch", 1, [])
