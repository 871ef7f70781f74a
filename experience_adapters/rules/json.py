"""What is JSON, and how much of it."""

import json
from collections.abc import Iterator
from typing import Any

from experience_adapters.flaw import Flaw

__all__ = ["LONGEST", "octets", "wrong"]

LONGEST = 1_000_000


def octets(value: Any) -> bytes:
    """`value` as JSON. ValueError or TypeError if it cannot be said in JSON and UTF-8."""
    return json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":")).encode()


def wrong(part: str, value: Any) -> Iterator[Flaw]:
    """Why `value` cannot be sent as JSON; `part` says which value it is."""
    try:
        size = len(octets(value))
    except (ValueError, TypeError, RecursionError) as error:
        yield Flaw("delivery.text", f"the {part} is no JSON: {error}")
        return
    if size > LONGEST:
        yield Flaw("delivery.length", f"the {part} has {size} octets, more than {LONGEST}")
