"""A run's trace as a picture: a line for each span; pure."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote

from public_works.telemetry import names
from public_works.telemetry.waterfall import Bar, Waterfall

__all__ = ["Scale", "picture"]

WIDTH = 1000.0
SLIT = 0.04
"""Of the whole width: what a wait takes at most, so that what was done can be seen beside it."""
LEAST = 3.0
TICKS = 4
FEW = 40
"""Lines that are shown open all together; of more, only steps that something failed in are."""
MANY = 8
"""Failures that are named above the lines."""
ROOMS = {"api": "calm", "intake": "calm", "run": "run", "worker": "work", "adapter": "wrote"}
SAID = (
    (names.OUTCOME, "outcome"),
    (names.POLICY, "policy"),
    (names.ADAPTER, "adapter"),
    (names.WAITS, "waits for"),
    (names.STATUS, "status"),
    (names.ATTEMPT, "attempt"),
)


class Scale:
    """Where a moment is in the picture: time without the waits, which are slits."""

    def __init__(self, bars: Sequence[Bar]) -> None:
        self._busy = _busy(bars)
        done = sum(end - begin for begin, end in self._busy) or 1.0
        self._slit = done * SLIT
        waits = zip(self._busy, self._busy[1:], strict=False)
        self.waits = [(a[1], b[0]) for a, b in waits if b[0] - a[1] > self._slit]
        """From when to when nothing was done, for so long that it is shortened."""
        last = self._busy[-1][1] if self._busy else 1.0
        self._whole = self._shortened(last) or 1.0

    def at(self, moment: float) -> float:
        """The place of a moment."""
        return WIDTH * self._shortened(moment) / self._whole

    def when(self, place: float) -> float | None:
        """The moment of a place; None within a wait."""
        left, lost = place / WIDTH * self._whole, 0.0
        for begin, end in self.waits:
            if left <= begin - lost:
                break
            if left < begin - lost + self._slit:
                return None
            lost += end - begin - self._slit
        return left + lost

    def _shortened(self, moment: float) -> float:
        lost = 0.0
        for begin, end in self.waits:
            if moment >= end:
                lost += end - begin - self._slit
            elif moment > begin:
                lost += (moment - begin) * (1 - self._slit / (end - begin))
        return moment - lost


def picture(found: Waterfall) -> dict[str, Any]:
    """What the page shows."""
    rows = found.rows()
    scale = Scale([bar for _, bar in rows])
    bad = {bar.id for _, bar in rows if bar.status == "error"}
    # What failed because of what is below it is told once, where it began to matter.
    failed = [n for n, (_, bar) in enumerate(rows) if bar.id in bad and bar.parent not in bad]
    waited = sum(end - begin for begin, end in scale.waits)
    began = datetime.fromtimestamp(found.began / 1e9, UTC) if found.began is not None else None
    return {
        "run": found.run,
        "traces": list(found.traces),
        "began": f"{began.day} {began:%B %Y, %H:%M:%S} UTC" if began else "",
        "lasted": span_of(found.duration),
        "worked": span_of(found.duration - waited) if waited else "",
        "count": found.count,
        "failed": len(failed),
        "failures": [{"n": n, **_failure(rows[n][1])} for n in failed[:MANY]],
        "lines": _lines(rows, scale),
        "ticks": [_tick(scale.when(WIDTH * n / TICKS)) for n in range(TICKS)],
        "waits": [
            {
                "x": round(scale.at(begin), 1),
                "width": round(scale.at(end) - scale.at(begin), 1),
                "said": span_of(end - begin),
            }
            for begin, end in scale.waits
        ],
    }


def _lines(rows: Sequence[tuple[int, Bar]], scale: Scale) -> list[dict[str, Any]]:
    """The lines, and which of them begin a step, with what is below it to be opened."""
    inner = {"first": False, "below": 0, "open": False, "last": False, "shut": False}
    lines = [{"n": n, **inner, **_line(*row, scale)} for n, row in enumerate(rows)]
    place = 0
    while place < len(rows):
        end = _end(rows, place)
        some = rows[place:end]
        lines[place] |= {
            "first": True,
            "below": len(some) - 1,
            "open": len(rows) <= FEW or any(bar.status == "error" for _, bar in some[1:]),
        }
        lines[end - 1]["last"], lines[end - 1]["shut"] = True, len(some) > 1
        place = end
    return lines


def _end(rows: Sequence[tuple[int, Bar]], place: int) -> int:
    """Behind the last line of what begins at `place`: a whole step, or something outside of one."""
    depth, bar = rows[place]
    end = place + 1
    while bar.step is not None and end < len(rows) and rows[end][0] > depth:
        end += 1
    return end


def _failure(bar: Bar) -> dict[str, Any]:
    return {"name": bar.name, "code": bar.code, "begins": span_of(bar.offset)}


def _tick(moment: float | None) -> str:
    return span_of(moment) if moment else ""


def span_of(milliseconds: float) -> str:
    """How long, as people say it."""
    seconds = milliseconds / 1000
    for size, unit in ((86_400, "d"), (3_600, "h"), (60, "min")):
        if seconds >= size:
            return f"{seconds / size:.1f} {unit}"
    if seconds >= 1:
        return f"{seconds:.2f} s"
    return f"{milliseconds:.1f} ms" if milliseconds < 100 else f"{milliseconds:.0f} ms"


def _line(depth: int, bar: Bar, scale: Scale) -> dict[str, Any]:
    begin = scale.at(bar.offset)
    width = max(scale.at(bar.offset + bar.duration) - begin, LEAST)
    told = [f"{said} {bar.attributes[name]}" for name, said in SAID if name in bar.attributes]
    return {
        "name": bar.name,
        "depth": min(depth, 12),
        "tone": "bad" if bar.status == "error" else ROOMS.get(bar.room, "calm"),
        "room": bar.room,
        "x": round(min(begin, WIDTH - LEAST), 1),
        "width": round(width, 1),
        "begins": span_of(bar.offset),
        "lasted": span_of(bar.duration),
        "code": bar.code,
        "told": ", ".join(told),
        "step": bar.step,
        "goes_on": any(link.get("why") == "waited" for link in bar.links),
        "delivery": f"/v1/deliveries/{quote(bar.delivery, safe='')}" if bar.delivery else None,
        "decision": bar.decision,
    }


def _busy(bars: Sequence[Bar]) -> list[tuple[float, float]]:
    """When something was done, one stretch behind the other."""
    found: list[tuple[float, float]] = []
    for bar in sorted(bars, key=lambda one: one.offset):
        end = bar.offset + bar.duration
        if found and bar.offset <= found[-1][1]:
            found[-1] = (found[-1][0], max(found[-1][1], end))
        else:
            found.append((bar.offset, end))
    return found
