"""What an experience says about when: until when, how many, how many at once."""

from typing import Any

from smart_city.care import every
from smart_city.window import DAYS
from symphainy.definition import Duration
from symphainy.definition import Experience as Written
from symphainy.plan.plan import Digest
from workflows.compiler.context import Compilation, nearest

__all__ = ["care"]


def care(at: Compilation, written: Written, pointer: str) -> dict[str, Any]:
    """Those parts of the plan's experience."""
    given: dict[str, Any] = {}
    expires = _seconds(at, written.expires, f"{pointer}/expires")
    if expires is not None:
        given["expires"] = expires
    if written.rate is not None:
        given["every"] = every(written.rate).total_seconds()
    if written.digest is not None:
        given["digest"] = _digest(at, written, expires, f"{pointer}/digest")
    return given


def _digest(
    at: Compilation, written: Written, expires: float | None, pointer: str
) -> Digest | None:
    digest = written.digest
    if digest is None:
        return None
    seconds = _seconds(at, digest.every, f"{pointer}/every")
    if seconds is None and digest.at is None:
        return None
    if digest.template not in written.templates:
        message = f"there is no template {digest.template!r}; "
        message += nearest(digest.template, written.templates)
        at.find("compile.care", f"{pointer}/template", message)
    if expires is not None and seconds is not None and expires <= seconds:
        message = "every message would be too late by the time the digest is sent"
        at.find("compile.care", f"{pointer}/every", message)
    if digest.at is None:
        return Digest(seconds=seconds or 0.0, template=digest.template)
    hours, minutes = map(int, digest.at.split(":"))
    days = tuple(one for one in DAYS if one in digest.days)
    return Digest(at=60 * hours + minutes, days=days, template=digest.template)


def _seconds(at: Compilation, length: Duration | None, pointer: str) -> float | None:
    if length is None:
        return None
    if not length.milliseconds:
        at.find("compile.care", pointer, "it has to be a fixed duration, longer than nothing")
        return None
    return length.milliseconds / 1_000
