"""Where policy meets execution: nothing starts, acts or is told without passing here."""

from temporal.gate.decider import Decider
from temporal.gate.gate import Gate, Skipped, current
from temporal.gate.interceptor import GateInterceptor
from temporal.gate.request import DecisionRequest
from temporal.gate.services import GateServices
from temporal.gate.workflow import asker

__all__ = [
    "Decider",
    "DecisionRequest",
    "Gate",
    "GateInterceptor",
    "GateServices",
    "Skipped",
    "asker",
    "current",
]
