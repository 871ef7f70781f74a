"""Errors of a run as RFC 9457 problems of the specification's types."""

from typing import Any

from temporalio.exceptions import (
    ActivityError,
    ApplicationError,
    TimeoutError,
)

from symphainy.definition.error_types import ERROR_STATUS, error_type
from symphainy.expr import EvaluationError
from symphainy.json import Json

__all__ = ["Fault", "from_failure", "of_expression"]

Problem = dict[str, Json]


class Fault(Exception):
    """An error a definition can catch; uncaught, the run ends faulted with it."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(str(problem.get("detail") or problem.get("title")))
        self.problem = problem

    @classmethod
    def of(
        cls, kind: str, detail: str, *, instance: str, code: str | None = None, **more: Json
    ) -> "Fault":
        """One of the specification's errors; `kind` is the last part of its type URI."""
        problem: Problem = {
            "type": error_type(kind),
            "status": ERROR_STATUS[kind],
            "title": kind.capitalize() + " error",
            "detail": detail,
            "instance": instance,
        }
        if code:
            problem["code"] = code
        return cls({**problem, **more})


def of_expression(error: EvaluationError, instance: str) -> Fault:
    """An expression that did not give a value."""
    return Fault.of("expression", error.message, instance=instance, code=error.code)


def from_failure(error: ActivityError | ApplicationError, instance: str) -> Fault:
    """What an activity or the gate ended with."""
    cause = error.cause if isinstance(error, ActivityError) else error
    if isinstance(cause, TimeoutError):
        return Fault.of("timeout", "the step did not answer in time", instance=instance)
    if not isinstance(cause, ApplicationError):
        return Fault.of("runtime", str(cause or error), instance=instance)
    details: dict[str, Any] = next((one for one in cause.details if isinstance(one, dict)), {})
    given = details.get("problem")
    if isinstance(given, dict):
        return Fault({**given, "instance": given.get("instance") or instance})
    kind = _kind(cause.type or "", details)
    more = {"policy": details["policy"]} if details.get("policy") else {}
    return Fault.of(kind, cause.message, instance=instance, code=cause.type, **more)


def _kind(code: str, details: dict[str, Any]) -> str:
    area = code.partition(".")[0]
    passing = details.get("ending") in ("unavailable", "unsure")
    if passing and area in ("egress", "authentication"):
        return "communication"
    if area in ("policy", "grant", "context", "approval", "egress", "secret"):
        return "authorization"
    if area == "authentication":
        return "authentication"
    if passing:
        return "communication"
    if area == "solution":
        return "configuration"
    if area in ("input", "intent", "template", "profile", "score", "capability"):
        return "validation"
    return "runtime"
