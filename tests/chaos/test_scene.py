"""The scene in small, as often as the suite runs; `make chaos` plays it whole."""

from pathlib import Path

from tests.chaos.scene import play

INTENTS = 90


async def test_nothing_is_lost_or_sent_twice_and_what_is_unknown_is_shown(tmp_path: Path) -> None:
    told: list[str] = []
    found = await play(tmp_path, INTENTS, 7, told.append)

    assert (found.intents, found.lost, found.duplicates) == (INTENTS, 0, 0)
    assert found.unknown_shown == found.unknown_true > 0
    assert [line.rpartition(" ")[2] for line in told if "kill" in line] == [
        "api",
        "worker",
        "worker",
        "worker",
    ]
