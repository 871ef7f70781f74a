"""What a customer writes is heard by a run, and what a run writes is read by the customer."""

from tests.runtime.platform import Platform
from tests.sessions.talking import GREETER, ORDERS, customer


async def test_a_first_message_starts_a_run_and_the_run_answers(platform: Platform) -> None:
    anna = customer(platform, platform.deploy(GREETER))

    kept = await anna.writes("Hello?")

    assert (kept.seq, kept.new) == (1, True)
    assert await anna.reads(2) == [("in", "Hello?"), ("out", "You said: Hello?")]


async def test_a_run_that_asked_hears_the_answer(platform: Platform) -> None:
    anna = customer(platform, platform.deploy(ORDERS))

    await anna.writes("I want a bicycle.")
    assert (await anna.reads(2))[-1] == ("out", "Which colour?")
    await anna.writes("Red")

    assert await anna.reads(4) == [
        ("in", "I want a bicycle."),
        ("out", "Which colour?"),
        ("in", "Red"),
        ("out", "Red it is."),
    ]
    assert len({one.run for one in anna.transcript() if one.run}) == 1


async def test_two_customers_do_not_hear_each_other(platform: Platform) -> None:
    solution = platform.deploy(ORDERS.replace("correlate:", "# correlate:"))
    anna, bert = customer(platform, solution), customer(platform, solution)
    for one in (anna, bert):
        await one.writes("I want a bicycle.")
        await one.reads(2)

    await bert.writes("Red")
    assert (await bert.reads(4))[-1] == ("out", "Red it is.")
    await anna.writes("Blue")

    assert (await anna.reads(4))[-1] == ("out", "Blue it is.")


async def test_a_run_may_listen_for_the_reply_to_its_delivery(platform: Platform) -> None:
    replied = ORDERS.replace(
        "com.symphainy.session.message.v1}\n            ", "TYPE}\n            "
    )
    solution = platform.deploy(replied.replace("TYPE", "com.symphainy.delivery.replied.v1"))
    anna = customer(platform, solution)

    await anna.writes("I want a bicycle.")
    await anna.reads(2)
    await anna.writes("Red")

    assert (await anna.reads(4))[-1] == ("out", "Red it is.")


async def test_a_reply_that_a_provider_told_of_starts_nothing_more(platform: Platform) -> None:
    replied = ORDERS.replace(
        "com.symphainy.session.message.v1}\n            ", "TYPE}\n            "
    )
    solution = platform.deploy(replied.replace("TYPE", "com.symphainy.delivery.replied.v1"))
    anna = customer(platform, solution)
    await anna.writes("I want a bicycle.")
    await anna.reads(2)

    await anna.writes("Red", channel="sms")
    await anna.writes("Red", channel="web")

    # Had the first started a run, that would have asked again.
    assert [text for _, text in await anna.reads(5)] == [
        "I want a bicycle.",
        "Which colour?",
        "Red",
        "Red",
        "Red it is.",
    ]


async def test_the_next_message_after_a_run_is_over_starts_another(platform: Platform) -> None:
    anna = customer(platform, platform.deploy(GREETER))

    for n in range(3):
        await anna.writes(f"{n}")
        await anna.reads(2 * n + 2)

    assert [one.text for one in anna.transcript()] == [
        "0",
        "You said: 0",
        "1",
        "You said: 1",
        "2",
        "You said: 2",
    ]
    runs = {one.run for one in anna.transcript() if one.direction == "out"}
    assert len(runs) == 3


async def test_the_same_message_again_is_one_message(platform: Platform) -> None:
    anna = customer(platform, platform.deploy(GREETER))

    first = await anna.writes("Hello?", id="once")
    again = await anna.writes("Hello?", id="once")
    await anna.reads(2)
    late = await anna.writes("Hello?", id="once")

    assert (first.seq, first.new) == (1, True)
    assert [(one.seq, one.new) for one in (again, late)] == [(1, False)] * 2
    assert await anna.reads(2) == [("in", "Hello?"), ("out", "You said: Hello?")]


async def test_text_messages_and_the_web_chat_are_one_conversation(platform: Platform) -> None:
    anna = customer(platform, platform.deploy(ORDERS))

    await anna.writes("I want a bicycle.", channel="web")
    await anna.reads(2)
    await anna.writes("Red", channel="sms")

    assert [text for _, text in await anna.reads(4)][-1] == "Red it is."
    state = await anna.sessions.state("acme", anna.address)
    assert sorted(state.channels) == ["sms", "web"]


async def test_environments_have_sessions_of_their_own(platform: Platform) -> None:
    solution = platform.deploy(GREETER)
    platform.stores.definitions.deploy("acme", solution, "1.0.0", "sandbox", "owner")
    real = customer(platform, solution, "same")
    tried = customer(platform, solution, "same", environment="sandbox")

    await real.writes("really")
    await tried.writes("trying")

    assert await real.reads(2) == [("in", "really"), ("out", "You said: really")]
    assert await tried.reads(2) == [("in", "trying"), ("out", "You said: trying")]
    assert tried.address.id == f"{solution}:same!sandbox"
