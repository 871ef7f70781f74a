"""How the outbox shows the messages of each channel; pure."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from public_works.outbox import OutboxMessage
from solution_api.pages.scenes.call import call
from solution_api.pages.scenes.mail import mail
from solution_api.pages.scenes.records import record, ticket
from solution_api.pages.scenes.request import request
from solution_api.pages.scenes.thread import thread_of
from solution_api.simulator import possible

__all__ = ["deeds", "scene"]

DEEDS = {
    "deliver": ("arrive", "good", "The provider tells that it arrived."),
    "open": ("be opened", "good", "The provider tells that it was opened."),
    "late": ("be late", "", "The provider tells that it has to wait."),
    "complain": ("be spam", "bad", "They call it spam; nothing more is sent to them."),
    "bounce": ("bounce", "bad", "The provider tells that it cannot arrive."),
    "drop": ("be dropped", "bad", "The provider tells that it will not send it."),
    "no_answer": ("ring on", "", "Nobody answers."),
    "machine": ("reach a machine", "", "An answering machine picks up."),
    "unsubscribe": ("be unsubscribed", "", "Posts what the button of a mail program posts."),
    "resend": ("be posted", "good", "Posts the request for real."),
}
"""The acts that are buttons beside a message: what they say, their tone, what they do."""
OTHERWISE = {
    "sms": {"bounce": "have no number", "drop": "be refused"},
    "chat": {"open": "be read", "drop": "find nobody"},
    "voice": {"drop": "not get through"},
    "webhook": {
        "deliver": "answer 204",
        "late": "answer 503",
        "bounce": "answer 410",
        "drop": "answer 400",
    },
    "crm": {"drop": "be refused"},
    "ticket": {"drop": "be deleted"},
    "api": {"deliver": "be fetched", "drop": "never be fetched"},
}


def scene(
    message: OutboxMessage,
    thread: Sequence[OutboxMessage],
    secret: str,
    view: str | None,
    now: datetime,
) -> dict[str, Any]:
    """The template of a message with what it shows; `thread` is what belongs together with it,
    and `secret` what events are signed with."""
    answerable = bool({"reply", "update", "solve"} & {*possible(message)})
    common: dict[str, Any] = {"answerable": answerable, "view": None, "may": False}
    if message.channel == "email":
        return {**common, "scene": "scene-mail.html", **mail(message, view)}
    if message.channel == "voice":
        return {**common, "scene": "scene-call.html", **call(message)}
    if message.channel == "crm":
        return {**common, "scene": "scene-record.html", **record(thread, now)}
    if message.channel == "ticket":
        return {**common, "scene": "scene-ticket.html", **ticket(thread, now)}
    if message.channel in ("webhook", "api"):
        return {**common, "scene": "scene-request.html", **request(message, secret, now)}
    return {**common, "scene": "scene-thread.html", **thread_of(message, thread, now)}


def deeds(message: OutboxMessage) -> list[dict[str, str]]:
    """What can be done with the message, as buttons beside it."""
    words = OTHERWISE.get(message.channel, {})
    return [
        {
            "act": one,
            "said": words.get(one, DEEDS[one][0]),
            "tone": DEEDS[one][1],
            "told": DEEDS[one][2],
        }
        for one in possible(message)
        if one in DEEDS
    ]
