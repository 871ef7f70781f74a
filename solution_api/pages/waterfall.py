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
    began = datetime.fromtimestamp(found.began / 1e9, UTC) if found.began is not None else None
    return {
        "run": found.run,
        "traces": list(found.traces),
        "began": f"{began.day} {began:%B %Y, %H:%M:%S} UTC" if began else "",
        "lasted": span_of(found.duration),
        "count": found.count,
        "failed": sum(bar.status == "error" for _, bar in rows),
        "lines": [_line(depth, bar, scale) for depth, bar in rows],
        "waits": [
            {
                "x": round(scale.at(begin), 1),
                "width": round(scale.at(end) - scale.at(begin), 1),
                "said": span_of(end - begin),
            }
            for begin, end in scale.waits
        ],
    }


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
