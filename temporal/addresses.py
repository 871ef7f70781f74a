"""How runs are named, towards Temporal and towards clients.

A workflow id is `{tenant}/{solution}/{key}`, a client's run id is `{solution}:{key}`; the key is
percent-encoded in both, so no separator can be smuggled in. Outside production the key ends in
`@` and the environment, so that a trial never stands in for the real thing.
"""

import re
from typing import NamedTuple
from urllib.parse import quote, unquote

from symphainy.errors import Refused

__all__ = ["Address", "address_of", "run_of", "schedule_of", "scheduled_id", "workflow_id"]

LONGEST_KEY = 200
PRODUCTION = "production"
SAFE = "-._~+=,"
SCHEDULED = ":schedule"
"""Where other runs have their key; no key has a colon, which would be encoded."""
OCCASION = re.compile(r"(.+/:schedule(?:@[^/@]+)?)-[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:]{8}Z")
"""How Temporal names what a schedule starts."""


class Address(NamedTuple):
    """A run within its tenant."""

    solution: str
    key: str
    """Percent-encoded."""


def workflow_id(tenant: str, solution: str, key: str, environment: str = PRODUCTION) -> str:
    """The workflow id of the run of `solution` with the business key `key`.

    Refused `run.bad-key` for a key that is empty or over 200 characters when encoded.
    """
    encoded = quote(key, safe=SAFE)
    if not encoded or len(encoded) > LONGEST_KEY:
        raise Refused("run.bad-key", "a run's key has 1 to 200 characters (percent-encoded)")
    where = "" if environment == PRODUCTION else f"@{quote(environment, safe='-')}"
    return f"{tenant}/{solution}/{encoded}{where}"


def scheduled_id(tenant: str, solution: str, environment: str) -> str:
    """The id of the solution's schedule; the workflow ids of its runs begin with it."""
    where = "" if environment == PRODUCTION else f"@{quote(environment, safe='-')}"
    return f"{tenant}/{solution}/{SCHEDULED}{where}"


def schedule_of(workflow_id: str) -> str | None:
    """The id of the schedule that started a run of that workflow id, or None."""
    match = OCCASION.fullmatch(workflow_id)
    return match[1] if match else None


def run_of(workflow_id: str) -> str:
    """The client's id of the run with that workflow id."""
    _, _, rest = workflow_id.partition("/")
    solution, _, key = rest.partition("/")
    return f"{solution}:{key}"


def address_of(run: str) -> Address:
    """The parts of a client's run id; Refused `run.unknown` if it cannot be one."""
    solution, colon, key = run.partition(":")
    safe = SAFE + (":" if key.startswith(SCHEDULED) else "")
    # An `@` of the key itself is encoded; the one that is not leads to the environment.
    plain = "@".join(quote(unquote(part), safe=safe) for part in key.split("@", 1))
    if not colon or not key or "/" in run or plain != key:
        raise Refused("run.unknown", f"there is no run {run[:80]!r}")
    return Address(solution, key)
