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
