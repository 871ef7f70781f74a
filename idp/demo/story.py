"""A run's events as sentences; pure."""

from dataclasses import dataclass, field
from typing import Any, Literal

from idp.demo.customers import Customer

__all__ = ["Line", "Row", "told"]

Tone = Literal["plain", "good", "held", "refused"]

QUIET = frozenset({"run.going-on", "run.told"})
OVER = frozenset({"run.completed", "run.faulted", "run.cancelled", "run.terminated"})


@dataclass(frozen=True, slots=True)
class Line:
    """Something that happened, worth a line."""

    text: str
    tone: Tone = "plain"


@dataclass(slots=True)
class Row:
    """How it stands with one customer."""

    customer: Customer
    run: str
    now: Line = field(default_factory=lambda: Line("starts"))
    policy: Line = field(default_factory=lambda: Line(""))
    """The last thing that policy had to say, agreement only if there was nothing else."""
    sent: list[str] = field(default_factory=list)
    """The steps whose message went out."""
    settled: bool = False
    """The run waits or is over: there is a first result."""


def told(row: Row, event: dict[str, Any]) -> list[Line]:
    """What to say about `event`; `row` is brought to where it leaves the run."""
    kind, data = str(event["type"]), event.get("data") or {}
    step = _name(event.get("step"))
    row.settled = row.settled or kind == "run.waiting" or kind in OVER
    if kind in QUIET:
        return []
    line = _line(kind, step, data)
    if line is None:
        return []
    row.now = line
    if kind == "step.decided" and (line.tone != "good" or row.policy.tone in ("plain", "good")):
        row.policy = line
    if kind == "step.completed" and line.tone == "good":
        row.sent.append(step)
    return [line]


def _line(kind: str, step: str, data: dict[str, Any]) -> Line | None:
    match kind:
        case "run.started":
            return Line("the run begins")
        case "step.started":
            return Line(f"{step}: calls {data.get('capability')}")
        case "step.completed":
            return _completed(step, data.get("output"))
        case "step.failed":
            return Line(f"{step}: failed, {_why(data)}", "refused")
        case "step.decided":
            return _decided(step, data)
        case "run.waiting":
            return _waits(data)
        case "run.completed":
            return Line("the run is done", "good")
        case _ if kind in OVER:
            return Line(f"the run is {kind.partition('.')[2]}: {_why(data)}", "refused")
        case _:
            return None


def _completed(step: str, output: Any) -> Line:
    if isinstance(output, dict) and "delivery" in output:
        return Line(f"{step}: mail {output.get('state')} by {output.get('adapter')}", "good")
    if isinstance(output, dict) and "score" in output:
        return Line(f"{step}: risk {output['score']} of 100, {output.get('band')}")
    return Line(f"{step}: done")


def _decided(step: str, data: dict[str, Any]) -> Line:
    outcome, reason = data.get("outcome"), data.get("reason")
    if outcome == "allow":
        return Line(f"{step}: every policy agrees", "good")
    words = {"defer": "held", "deny": "refused", "skip": "left out", "approve": "asks a person"}
    tone: Tone = "held" if outcome in ("defer", "approve") else "refused"
    return Line(f"{step}: {words.get(str(outcome), outcome)}, {reason}", tone)


def _waits(data: dict[str, Any]) -> Line:
    seconds = float(data.get("seconds") or 0)
    return Line(f"waits {_spoken(seconds)}: {data.get('reason') or 'as the flow says'}", "held")


def _spoken(seconds: float) -> str:
    for unit, length in (("days", 86_400), ("hours", 3_600), ("minutes", 60)):
        if seconds >= 1.5 * length:
            return f"{seconds / length:.0f} {unit}"
    return f"{seconds:.0f} seconds"


def _why(data: dict[str, Any]) -> str:
    return str(data.get("detail") or data.get("code") or "see its history")


def _name(step: Any) -> str:
    return str(step).rpartition("/")[2] if step else "run"
