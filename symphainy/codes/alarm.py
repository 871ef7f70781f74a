"""Codes of the area `alarm`: what wants a person to look."""

from symphainy.codes.code import Code

__all__ = ["CODES"]

CODES: tuple[Code, ...] = (
    Code(
        "alarm.missing",
        "There is no such alarm",
        "List the alarms with `GET /v1/alarms?over=true`; those over for long are not kept.",
        404,
    ),
)
