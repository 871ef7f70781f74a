"""Errors, and how to try again after one."""

from typing import Annotated, ClassVar

from pydantic import AfterValidator, Field
from pydantic_core import PydanticCustomError

from symphainy.definition.checks import exactly_one
from symphainy.definition.duration import Duration
from symphainy.definition.model import Maybe, Model, Object
from symphainy.definition.uri import Address

__all__ = [
    "Backoff",
    "Error",
    "ErrorFilter",
    "Jitter",
    "RetryAttempt",
    "RetryLimit",
    "RetryPolicy",
    "Timeout",
]


class Error(Model):
    """An error as of RFC 7807; texts may be expressions."""

    type: Address
    status: int
    title: Maybe[str] = None
    detail: Maybe[str] = None
    instance: Maybe[str] = None


def _some(kept: "ErrorFields") -> "ErrorFields":
    if not kept.model_fields_set:
        raise PydanticCustomError("schema.required", "needs at least one property to filter on")
    return kept


class ErrorFields(Model):
    """Properties an error has to have to be caught."""

    lenient: ClassVar[bool] = True

    type: Maybe[str] = None
    status: Maybe[int] = None
    title: Maybe[str] = None
    detail: Maybe[str] = None
    instance: Maybe[str] = None


ErrorFilter = Annotated[ErrorFields, AfterValidator(_some)]


class Timeout(Model):
    """When it has taken too long."""

    after: Duration


class BackoffKinds(Model):
    """How the delay grows; what the objects hold is left open by the specification."""

    constant: Maybe[Object] = None
    linear: Maybe[Object] = None
    exponential: Maybe[Object] = None


Backoff = Annotated[BackoffKinds, AfterValidator(exactly_one("constant", "linear", "exponential"))]


class RetryAttempt(Model):
    """Bounds of the attempts."""

    count: Maybe[Annotated[int, Field(ge=0)]] = None
    duration: Maybe[Duration] = None


class RetryLimit(Model):
    """When to stop retrying."""

    attempt: Maybe[RetryAttempt] = None
    duration: Maybe[Duration] = None


class Jitter(Model):
    """The range of a random addition to each delay."""

    from_: Duration
    to: Duration


class RetryPolicy(Model):
    """When and how often to try again."""

    when: Maybe[str] = None
    except_when: Maybe[str] = None
    delay: Maybe[Duration] = None
    backoff: Maybe[Backoff] = None
    limit: Maybe[RetryLimit] = None
    jitter: Maybe[Jitter] = None
