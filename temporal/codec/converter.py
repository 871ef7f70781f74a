"""What becomes of payloads that the codec does not open: whoever reads them is refused.

The codec itself does not raise for them. It works on all that comes for a run at once, and would
stop the run for a signal that anybody can send. So a signal is dropped, an update rejected, an
activity fails; a run whose input or whose step's result it is faults.
"""

import asyncio
import json
from dataclasses import dataclass
from typing import Any

from temporalio import workflow
from temporalio.api.common.v1 import Payload
from temporalio.contrib.pydantic import PydanticPayloadConverter
from temporalio.converter import CompositePayloadConverter, EncodingPayloadConverter
from temporalio.exceptions import ApplicationError

from symphainy.errors import Refused

__all__ = ["RefusingConverter", "Unread", "refused"]

ENCODING = "symphainy/refused"


def refused(error: Refused, *, acts: bool) -> Payload:
    """A payload that says `error` to whoever reads it; `acts` if it is what an activity is told,
    or gave."""
    told = json.dumps([error.code, error.message, acts]).encode()
    return Payload(metadata={"encoding": ENCODING.encode()}, data=told)


@dataclass(frozen=True, slots=True)
class Unread:
    """What an activity is told instead: the SDK would try again whatever is raised there."""

    error: Refused


class _Refusing(EncodingPayloadConverter):
    @property
    def encoding(self) -> str:
        return ENCODING

    def to_payload(self, value: Any) -> None:
        return None

    def from_payload(self, payload: Payload, type_hint: type | None = None) -> Any:
        code, message, acts = json.loads(payload.data)
        error = Refused(code, message)
        if not _for_workflow():
            if acts:
                return Unread(error)
            raise error
        told = {"code": code, "ending": "refused"}
        raise ApplicationError(message, told, type=code, non_retryable=True) from error


PLAIN = tuple(PydanticPayloadConverter().converters.values())


class RefusingConverter(CompositePayloadConverter):
    """Pydantic's converter, which refuses to read what the codec did not open."""

    def __init__(self) -> None:
        super().__init__(*PLAIN, _Refusing())


def _for_workflow() -> bool:
    """Whether it is a workflow that reads: its code, or the SDK on the thread it has for it."""
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return True
    return workflow.in_workflow()
