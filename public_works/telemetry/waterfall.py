"""The spans of a run as a tree; pure."""

from collections.abc import Iterator, Sequence
from typing import Any

from pydantic import BaseModel, ConfigDict

from public_works.telemetry import names
from public_works.telemetry.spans import SpanRecord
from symphainy.json import Json

__all__ = ["Bar", "Waterfall", "waterfall"]

MILLI = 1_000_000


class Bar(BaseModel):
    """A span and what happened below it; milliseconds, from when the run was wanted."""

    model_config = ConfigDict(frozen=True)

    id: str
    parent: str | None
    name: str
    kind: str
    room: str
    run: str | None
    step: str | None
    offset: float
    duration: float
    until: float
    """When the last of everything below it was over."""
    status: str
    code: str | None
    decision: str | None
    delivery: str | None
    attributes: dict[str, Json]
    links: tuple[dict[str, str], ...]
    children: tuple["Bar", ...] = ()

    def walk(self) -> Iterator[tuple[int, "Bar"]]:
        """This and everything below it, with how deep it is; a chain may be deeper than Python's
        stack."""
        left = [(0, self)]
        while left:
            depth, one = left.pop()
            yield depth, one
            left.extend((depth + 1, child) for child in reversed(one.children))


class Waterfall(BaseModel):
    """What a run did, and when."""

    model_config = ConfigDict(frozen=True)

    run: str
    traces: tuple[str, ...]
    began: int | None
    """Nanoseconds since 1970."""
    duration: float
    """Milliseconds from the first begin to the last end, waits included."""
    count: int
    bars: tuple[Bar, ...]

    def rows(self) -> list[tuple[int, Bar]]:
        """Every bar with how deep it is, in the order of a page."""
        return [row for bar in self.bars for row in bar.walk()]


def waterfall(run: str, spans: Sequence[SpanRecord]) -> Waterfall:
    """The spans of `run`, with all that led to them and all that they led to; others that only
    share a trace are left out."""
    known = {one.id: one for one in spans}
    below: dict[str | None, list[SpanRecord]] = {}
    for one in spans:
        below.setdefault(one.parent if one.parent in known else None, []).append(one)
    shown = _shown(run, spans, known, below)
    began = min((known[one].began for one in shown), default=None)
    tops = _grown(below.get(None, []), below, shown, began or 0)
    return Waterfall(
        run=run,
        traces=tuple(dict.fromkeys(one.trace for one in spans if one.id in shown)),
        began=began,
        duration=max((one.until for one in tops), default=0.0),
        count=len(shown),
        bars=tops,
    )


def _shown(
    run: str,
    spans: Sequence[SpanRecord],
    known: dict[str, SpanRecord],
    below: dict[str | None, list[SpanRecord]],
) -> set[str]:
    shown: set[str] = set()
    left = [one for one in spans if one.run == run]
    while left:
        one = left.pop()
        if one.id not in shown:
            shown.add(one.id)
            left.extend(below.get(one.id, ()))
    for id in list(shown):
        above = known[id].parent
        while above in known and above not in shown:
            shown.add(above)
            above = known[above].parent
    return shown


def _grown(
    tops: Sequence[SpanRecord],
    below: dict[str | None, list[SpanRecord]],
    shown: set[str],
    began: int,
) -> tuple[Bar, ...]:
    """Bars of `tops`, made from the leaves up: a chain may be deeper than Python's stack."""
    made: dict[str, Bar] = {}
    order, left = [], [one for one in tops if one.id in shown]
    while left:
        one = left.pop()
        order.append(one)
        left.extend(child for child in below.get(one.id, ()) if child.id in shown)
    for one in reversed(order):
        children = [made[child.id] for child in below.get(one.id, ()) if child.id in made]
        made[one.id] = _bar(one, sorted(children, key=lambda bar: (bar.offset, bar.id)), began)
    found = [made[one.id] for one in tops if one.id in made]
    return tuple(sorted(found, key=lambda bar: (bar.offset, bar.id)))


def _bar(one: SpanRecord, children: Sequence[Bar], began: int) -> Bar:
    said: dict[str, Any] = dict(one.attributes)
    offset, end = (one.began - began) / MILLI, (one.ended - began) / MILLI
    return Bar(
        id=one.id,
        parent=one.parent,
        name=one.name,
        kind=one.kind,
        room=one.room,
        run=one.run,
        step=one.step,
        offset=offset,
        duration=end - offset,
        until=max([end, *(child.until for child in children)]),
        status=one.status,
        code=one.code,
        decision=said.pop(names.DECISION, None),
        delivery=said.pop(names.DELIVERY, None),
        attributes=said,
        links=tuple({name: str(value) for name, value in link.items()} for link in one.links),
        children=tuple(children),
    )
