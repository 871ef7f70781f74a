"""Codes of the area `session`: conversations with customers, and the widgets they are held in."""

from symphainy.codes.code import Code

__all__ = ["CODES"]

CODES: tuple[Code, ...] = (
    Code(
        "session.unknown",
        "There is no such session",
        "Take the id from `GET /v1/sessions`, or send the first message: it begins the session.",
        404,
    ),
    Code(
        "session.text",
        "The message is empty or too long",
        "Send 1 to 12,000 characters.",
    ),
    Code(
        "session.busy",
        "Too many messages of this session wait to be read",
        "Wait a few seconds, then send the message again with the same id.",
        429,
    ),
    Code(
        "session.unreachable",
        "The runtime did not answer for the session; nothing was said",
        "Send the message again with the same id.",
        503,
    ),
    Code(
        "session.unsure",
        "The message may have been taken",
        "Send it again with the same id: it is taken once.",
        503,
    ),
)
