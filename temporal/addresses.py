"""How runs are named, towards Temporal and towards clients.

A workflow id is `{tenant}/{solution}/{key}`, a client's run id is `{solution}:{key}`; the key is
percent-encoded in both, so no separator can be smuggled in. Outside production the key ends in
`@` and the environment, so that a trial never stands in for the real thing.
"""

import re
from typing import NamedTuple
from urllib.parse import quote, unquote

from symphainy.errors import Refused

__all__ = [
    "OURS",
    "PLATFORM_QUEUE",
    "Address",
    "address_of",
    "is_resend",
    "queue_of",
    "resend_id",
    "run_of",
    "schedule_of",
    "scheduled_id",
    "workflow_id",
]

PLATFORM_QUEUE = "platform"
"""The task queue of the pools that interpret runs."""


LONGEST_KEY = 200
PRODUCTION = "production"
SAFE = "-._~+=,"
SCHEDULED = ":schedule"
"""Where other runs have their key; no key has a colon, which would be encoded."""
RESEND = ":resend-"
"""Begins the key of a run that sends the message of another once more; no other key does."""
OURS = (SCHEDULED, RESEND)
"""What keys begin with that nobody chose: in them, a colon is a colon."""
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


def queue_of(task_queue: str) -> str:
    """How a grant names a task queue: the platform's own not at all."""
    return "" if task_queue == PLATFORM_QUEUE else task_queue


def resend_id(workflow_id: str, delivery: str) -> str:
    """The workflow id of the run that sends once more what the run of `workflow_id` sent."""
    owner, _, key = workflow_id.rpartition("/")
    _, at, environment = key.partition("@")
    return f"{owner}/{RESEND}{quote(delivery, safe=SAFE)}{at}{environment}"


def is_resend(workflow_id: str) -> bool:
    """Whether the run only sends a message of another once more."""
    return workflow_id.rpartition("/")[2].startswith(RESEND)


def run_of(workflow_id: str) -> str:
    """The client's id of the run with that workflow id."""
    _, _, rest = workflow_id.partition("/")
    solution, _, key = rest.partition("/")
    return f"{solution}:{key}"


def address_of(run: str) -> Address:
    """The parts of a client's run id; Refused `run.unknown` if it cannot be one."""
    solution, colon, key = run.partition(":")
    safe = SAFE + (":" if key.startswith(OURS) else "")
    # An `@` of the key itself is encoded; the one that is not leads to the environment.
    plain = "@".join(quote(unquote(part), safe=safe) for part in key.split("@", 1))
    if not colon or not key or "/" in run or plain != key:
        raise Refused("run.unknown", f"there is no run {run[:80]!r}")
    return Address(solution, key)
