"""Whether the packages that Python finds under our rooms' names are ours."""

from importlib.util import find_spec
from pathlib import Path

__all__ = ["ROOMS", "strangers"]

ROOMS = (
    "solution_api",
    "workers",
    "activities",
    "workflows",
    "experience_adapters",
    "temporal",
    "public_works",
    "smart_city",
    "symphainy",
)


def strangers() -> dict[str, str]:
    """For each room that is not our own file: what Python finds instead."""
    root = Path(__file__).resolve().parent.parent
    return {room: found for room in ROOMS if (found := _found(room)) != str(root / room)}


def _found(room: str) -> str:
    spec = find_spec(room)
    if spec is None or spec.origin is None:
        return "nothing"
    return str(Path(spec.origin).resolve().parent)
