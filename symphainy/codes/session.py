"""Codes of the area `session`: conversations with customers, and the widgets they are held in."""

from symphainy.codes.code import Code

__all__ = ["CODES"]

SESSIONS = (
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
        "session.followed",
        "As many devices follow this session as may",
        "Close a page that shows it, or wait until a token of theirs has ended.",
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

WIDGETS = (
    Code(
        "widget.token",
        "The request has no widget token of this installation",
        "Let your back end buy one with `POST /v1/widgets/tokens`, and send it as Bearer.",
        401,
    ),
    Code(
        "widget.expired",
        "The widget token has expired",
        "Get another: the attribute `token-url` of a widget makes it do so by itself.",
        401,
    ),
    Code(
        "widget.origin",
        "The widget token is for pages of another origin",
        "Buy tokens for the origin of the page, scheme, host and port, and send Origin.",
        403,
    ),
    Code(
        "widget.scope",
        "The widget token does not allow this",
        "Buy a token whose scopes, runs, intents or approvals name what the message says.",
        403,
    ),
    Code(
        "widget.wanted",
        "No such token can be bought",
        "Correct what the message names: a token is for one customer and one origin.",
    ),
)

CODES: tuple[Code, ...] = (*SESSIONS, *WIDGETS)
