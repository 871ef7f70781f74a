"""What wants a person to look: rules from facts to alarms; pure."""

import hashlib
from collections.abc import Mapping
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict

__all__ = [
    "REMEDIES",
    "Alarm",
    "Facts",
    "Kind",
    "Limits",
    "Queue",
    "Unattended",
    "Waiting",
    "alarms",
]

Kind = Literal[
    "stuck-runs",
    "old-approvals",
    "dead-workers",
    "unknowns",
    "dead-letters",
    "unreviewed",
    "unsealed",
]

REMEDIES: Mapping[Kind, str] = MappingProxyType(
    {
        "stuck-runs": "Read the worker's log for the run's id: its code or its history is at "
        "fault. Deploy the fix, or `POST /v1/runs/{run}/reset`.",
        "old-approvals": "Ask whoever has the role to answer under `GET /v1/approvals`.",
        "dead-workers": "Start a worker pool: `symphainy worker --pool NAME`; nothing is lost "
        "while its work waits.",
        "unknowns": "A provider does not say what became of messages: look at "
        "`GET /v1/deliveries?state=unknown`, and at the provider's own status page.",
        "dead-letters": "Events come to nothing: `GET /v1/dead-letters` says whom they are for and "
        "why. Put that right, then resend or discard them.",
        "unreviewed": "Somebody broke the glass: have somebody else look at what was deployed, and "
        "say so under `POST /v1/break-glass/{glass}/review`.",
        "unsealed": "No process signs checkpoints of the audit log: see that an API or a worker "
        "runs, and what its log says.",
    }
)
"""What to do about an alarm of that kind."""


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Alarm(_Frozen):
    """Something that wants a person to look."""

    kind: Kind
    severity: Literal["warning", "critical"]
    subject: str
    """What it is about: at most one alarm of a kind stands about it."""
    told: str
    """What is the matter, in a sentence without personal data."""

    def id(self, at: datetime) -> str:
        """A name for this time that it is raised."""
        text = f"{self.kind}|{self.subject}|{at.isoformat()}"
        return hashlib.sha256(text.encode()).hexdigest()[:20]


class Queue(_Frozen):
    """A task queue of workers."""

    name: str
    pollers: int
    waiting: int
    """Tasks that nobody has taken."""
    oldest: timedelta = timedelta()
    """How long the oldest of them waits."""


class Waiting(_Frozen):
    """Approvals that nobody has answered."""

    many: int
    oldest: AwareDatetime | None = None


class Unattended(_Frozen):
    """Something done in an emergency that nobody has reviewed."""

    id: str
    at: AwareDatetime


class Facts(_Frozen):
    """What is known of a tenant now."""

    now: AwareDatetime
    stuck: tuple[str, ...] = ()
    """Runs whose workflow tasks fail."""
    approvals: Waiting = Waiting(many=0)
    queues: tuple[Queue, ...] = ()
    unknown: int = 0
    """Deliveries that became unknown within the last hour."""
    letters: int = 0
    """Events that were given up within the last hour."""
    unreviewed: tuple[Unattended, ...] = ()
    unsealed: AwareDatetime | None = None
    """Since when records of the audit log wait for a checkpoint."""


class Limits(_Frozen):
    """From when on something is an alarm."""

    stuck: int = 1
    approval: timedelta = timedelta(hours=24)
    poll: timedelta = timedelta(minutes=2)
    unknown: int = 5
    letters: int = 5
    review: timedelta = timedelta(hours=24)
    checkpoint: timedelta = timedelta(minutes=15)


def alarms(facts: Facts, limits: Limits) -> list[Alarm]:
    """What is to be looked at, by the facts."""
    return [
        *_stuck(facts, limits),
        *_approvals(facts, limits),
        *_queues(facts, limits),
        *_unknown(facts, limits),
        *_letters(facts, limits),
        *_unreviewed(facts, limits),
        *_unsealed(facts, limits),
    ]


def _stuck(facts: Facts, limits: Limits) -> list[Alarm]:
    if len(facts.stuck) < limits.stuck:
        return []
    some = ", ".join(facts.stuck[:3])
    told = f"The workflow tasks of {_many(len(facts.stuck), 'run')} fail: {some}."
    return [Alarm(kind="stuck-runs", severity="critical", subject="runs", told=told)]


def _approvals(facts: Facts, limits: Limits) -> list[Alarm]:
    oldest = facts.approvals.oldest
    if oldest is None or facts.now - oldest < limits.approval:
        return []
    told = (
        f"{_many(facts.approvals.many, 'approval')} pending, "
        f"the oldest since {oldest.isoformat(timespec='seconds')}."
    )
    return [Alarm(kind="old-approvals", severity="warning", subject="approvals", told=told)]


def _queues(facts: Facts, limits: Limits) -> list[Alarm]:
    return [
        Alarm(
            kind="dead-workers",
            severity="critical",
            subject=f"queue:{one.name}",
            told=f"No worker polls the task queue {one.name}, and {_many(one.waiting, 'task')} "
            f"waiting there.",
        )
        for one in facts.queues
        if not one.pollers and one.waiting and one.oldest >= limits.poll
    ]


def _unknown(facts: Facts, limits: Limits) -> list[Alarm]:
    if facts.unknown < limits.unknown:
        return []
    told = f"Of {_many(facts.unknown, 'delivery', 'deliveries')} in the last hour nobody knows."
    return [Alarm(kind="unknowns", severity="critical", subject="deliveries", told=told)]


def _letters(facts: Facts, limits: Limits) -> list[Alarm]:
    if facts.letters < limits.letters:
        return []
    told = f"{_many(facts.letters, 'event')} of the last hour came to nothing."
    return [Alarm(kind="dead-letters", severity="warning", subject="letters", told=told)]


def _unreviewed(facts: Facts, limits: Limits) -> list[Alarm]:
    """From the moment that glass is broken; it is worse where nobody looks for long."""
    return [
        Alarm(
            kind="unreviewed",
            severity="critical" if facts.now - one.at >= limits.review else "warning",
            subject=f"glass:{one.id}",
            told=f"Glass was broken at {one.at.isoformat(timespec='seconds')}, and nobody else has "
            "reviewed it.",
        )
        for one in facts.unreviewed
    ]


def _unsealed(facts: Facts, limits: Limits) -> list[Alarm]:
    since = facts.unsealed
    if since is None or facts.now - since < limits.checkpoint:
        return []
    told = f"Records of the audit log since {since.isoformat(timespec='seconds')} are not sealed."
    return [Alarm(kind="unsealed", severity="warning", subject="audit", told=told)]


def _many(count: int, one: str, more: str | None = None) -> str:
    return f"{count} {one if count == 1 else more or one + 's'}"
