"""Endings and policy verdicts as Temporal failures, and back."""

from typing import Any

from temporalio.exceptions import ApplicationError, ApplicationErrorCategory

from symphainy.errors import Ending, Refused, Unavailable, Unsure

__all__ = ["AGAIN", "DEFERRED", "ELSEWHERE", "again", "denied", "elsewhere", "failure"]

EXPECTED = ApplicationErrorCategory.BENIGN
"""Refusals are answers: Temporal does not log or count them as failures of a worker."""

DEFERRED = "policy.deferred"
AGAIN = frozenset({DEFERRED, "grant.expired"})
"""Failures of an attempt after which the step is decided anew, not failed."""

ELSEWHERE = frozenset({"step.elsewhere", "NotFoundError"})
"""Failures of a local activity after which it is done by an ordinary one: it cannot be done here,
or this worker is older than the plan and does not know it."""


def failure(ending: Ending) -> ApplicationError:
    """`ending` as a failure that Temporal retries only if certainly nothing happened."""
    details: dict[str, Any] = {"code": ending.code, "pointer": ending.pointer}
    return ApplicationError(
        ending.message,
        {**details, "ending": type(ending).__name__.lower()},
        type=ending.code,
        non_retryable=isinstance(ending, Refused | Unsure),
        category=EXPECTED if isinstance(ending, Refused) else ApplicationErrorCategory.UNSPECIFIED,
        next_retry_delay=ending.retry_after if isinstance(ending, Unavailable) else None,
    )


def denied(reason: str, *, code: str, policy: str | None) -> ApplicationError:
    """A step that policy does not allow."""
    return ApplicationError(
        reason,
        {"code": code, "policy": policy, "ending": "refused"},
        type=code,
        non_retryable=True,
        category=EXPECTED,
    )


def again(reason: str) -> ApplicationError:
    """An attempt that policy wants later: the gate in the workflow decides it anew."""
    return ApplicationError(reason, type=DEFERRED, non_retryable=True, category=EXPECTED)


def elsewhere(reason: str) -> ApplicationError:
    """A local activity that an ordinary one has to do."""
    return ApplicationError(reason, type="step.elsewhere", non_retryable=True, category=EXPECTED)
