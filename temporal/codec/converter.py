"""What becomes of payloads that the codec does not open: whoever reads them is refused.

The codec itself does not raise for them. It works on all that comes for a run at once, and would
stop the run for a signal that anybody can send. So a signal is dropped, an update rejected, an
activity not done; a run whose input or whose step's result it is faults.
"""

import json
from typing import Any, NamedTuple, NoReturn, Self

from temporalio import workflow
from temporalio.api.common.v1 import Payload
from temporalio.contrib.pydantic import PydanticPayloadConverter
from temporalio.converter import (
    ActivitySerializationContext,
    CompositePayloadConverter,
    EncodingPayloadConverter,
    SerializationContext,
    WithSerializationContext,
)
from temporalio.exceptions import ApplicationError

from symphainy.errors import Refused

__all__ = ["Foreign", "RefusingConverter", "believed", "refused"]

ENCODING = "symphainy/refused"


class Foreign(NamedTuple):
    """What stands in the place of an argument of an activity that was not sealed for it."""

    code: str
    message: str


def refused(error: Refused) -> Payload:
    """A payload that says `error` to whoever reads it."""
    told = json.dumps([error.code, error.message]).encode()
    return Payload(metadata={"encoding": ENCODING.encode()}, data=told)


def believed(*values: Any) -> None:
    """Return if none of `values`, arguments of an activity, is foreign. Refused `codec.*`."""
    for one in values:
        if isinstance(one, Foreign):
            raise Refused(one.code, one.message)


class _Refusing(EncodingPayloadConverter):
    @property
    def encoding(self) -> str:
        return ENCODING

    def to_payload(self, value: Any) -> None:
        return None

    def from_payload(self, payload: Payload, type_hint: type | None = None) -> Any:
        _refuse(*json.loads(payload.data))


class _Telling(_Refusing):
    def from_payload(self, payload: Payload, type_hint: type | None = None) -> Any:
        return Foreign(*json.loads(payload.data))


PLAIN = tuple(PydanticPayloadConverter().converters.values())


class RefusingConverter(CompositePayloadConverter, WithSerializationContext):
    """Pydantic's converter, which refuses to read what the codec did not open."""

    def __init__(self, last: EncodingPayloadConverter = _Refusing()) -> None:
        super().__init__(*PLAIN, last)

    def with_context(self, context: SerializationContext) -> Self:
        """See base class."""
        # The worker of an activity tries one again whose arguments cannot be read, and for ever:
        # the gate refuses it instead.
        doing = isinstance(context, ActivitySerializationContext) and not workflow.in_workflow()
        return type(self)(_Telling()) if doing else self


def _refuse(code: str, message: str) -> NoReturn:
    error = Refused(code, message)
    if not workflow.in_workflow():
        raise error
    told = {"code": code, "ending": "refused"}
    raise ApplicationError(message, told, type=code, non_retryable=True) from error
