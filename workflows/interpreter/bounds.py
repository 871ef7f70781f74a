"""How much data a run may hand on in one piece."""

from symphainy.json import Json, canonical
from temporal.limits import PAYLOAD
from workflows.interpreter.faults import Fault

__all__ = ["bounded"]


def bounded(data: Json, what: str, instance: str = "") -> Json:
    """`data`, if Temporal takes it."""
    size = len(canonical(data))
    if size > PAYLOAD:
        detail = f"{what} has {size:,} bytes; {PAYLOAD:,} are allowed"
        raise Fault.of("runtime", detail, instance=instance, code="run.payload-too-large")
    return data
