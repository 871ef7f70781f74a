"""The example that asks a team: a pressed button decides, and silence is no."""

from pathlib import Path

from tests.runtime.platform import Platform

EXAMPLE = Path(__file__).parents[2] / "examples" / "ask-the-team.yaml"


async def test_silence_is_no(skipping: Platform) -> None:
    text = EXAMPLE.read_text(encoding="utf-8")

    run = await skipping.run(text, {"order": "A-7"}, intent="ask")

    assert run.output == {"ship": False}, run.problem
