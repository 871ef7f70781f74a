"""How the outbox shows the messages of each channel; pure."""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from html.parser import HTMLParser
from typing import Any

from public_works.outbox import OutboxMessage
from solution_api.pages import story
from solution_api.simulator import Call, Entry, call_of, possible, record, ticket
from symphainy.delivery import Gather, Say, Step, Transfer, VoiceCall
from symphainy.json import Json

__all__ = ["deeds", "scene"]

Scene = dict[str, Any]
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
    "chat": {"drop": "find nobody"},
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
PAD = (
    *(("1", ""), ("2", "ABC"), ("3", "DEF"), ("4", "GHI"), ("5", "JKL"), ("6", "MNO")),
    *(("7", "PQRS"), ("8", "TUV"), ("9", "WXYZ"), ("*", ""), ("0", "+"), ("#", "")),
)


def scene(
    message: OutboxMessage,
    thread: Sequence[OutboxMessage],
    secret: str,
    view: str | None,
    now: datetime,
) -> Scene:
    """The template of a message with what it shows; `thread` is what belongs together with it,
    and `secret` what events are signed with."""
    answerable = bool({"reply", "update", "solve"} & {*possible(message)})
    common: Scene = {"answerable": answerable, "view": None, "may": False}
    if message.channel == "email":
        return {**common, "scene": "scene-mail.html", **_mail(message, view)}
    if message.channel == "voice":
        return {**common, "scene": "scene-call.html", **_call(message)}
    if message.channel == "crm":
        return {**common, "scene": "scene-record.html", **_record(thread, now)}
    if message.channel == "ticket":
        return {**common, "scene": "scene-ticket.html", **_ticket(thread, now)}
    if message.channel in ("webhook", "api"):
        return {**common, "scene": "scene-request.html", **_request(message, secret, now)}
    return {**common, "scene": "scene-thread.html", **_thread(message, thread, now)}


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


def _mail(message: OutboxMessage, view: str | None) -> Scene:
    links = [*_Links.of(message.html or "")]
    tabs = [("html", "Mail"), ("text", "Text"), ("source", "Source"), ("headers", "Headers")]
    if message.html is None:
        tabs = [one for one in tabs if one[0] not in ("html", "source")]
    if links:
        tabs.append(("links", f"Links ({len(links)})"))
    known = [one for one, _ in tabs]
    clickable = "click" in possible(message)
    return {
        "tabs": [{"view": one, "said": said} for one, said in tabs],
        "view": view if view in known else known[0],
        "links": [{"url": url, "said": said, "possible": clickable} for url, said in links],
    }


class _Links(HTMLParser):
    """The links of a mail, with the words one clicks on."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.found: list[tuple[str, str]] = []
        self._within = False

    @classmethod
    def of(cls, html: str) -> Iterator[tuple[str, str]]:
        reader = cls()
        reader.feed(html)
        for url, said in dict.fromkeys(reader.found):
            if url.startswith(("http://", "https://", "mailto:", "tel:")):
                yield url[:2000], " ".join(said.split()) or "(a picture)"

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "a":
            self.found.append((dict(attrs).get("href") or "", ""))
            self._within = True

    def handle_endtag(self, tag: str) -> None:
        self._within = self._within and tag != "a"

    def handle_data(self, data: str) -> None:
        if self._within:
            url, said = self.found[-1]
            self.found[-1] = url, said + data


def _thread(message: OutboxMessage, thread: Sequence[OutboxMessage], now: datetime) -> Scene:
    bubbles = sorted(_bubbles(message, thread, now), key=lambda one: str(one["sort"]))
    offered = (message.document or {}).get("choices") or []
    last = bool(thread) and thread[-1].id == message.id
    return {
        "device": "Phone" if message.channel == "sms" else "Chat",
        "bubbles": bubbles,
        "choices": offered if last and bubbles and bubbles[-1]["side"] == "platform" else [],
    }


def _bubbles(
    message: OutboxMessage, thread: Iterable[OutboxMessage], now: datetime
) -> Iterator[dict[str, Any]]:
    for one in thread:
        current = one.id == message.id
        parts = one.headers.get("Parts", "1")
        yield {
            "side": "platform",
            "text": one.text,
            "at": story.moment(one.at, now),
            "sort": one.at.isoformat(),
            "href": None if current else f"/outbox/{one.id}",
            "current": current,
            "note": f"{parts} parts" if parts != "1" else None,
        }
        for act in one.acts:
            if act["act"] == "reply":
                yield {
                    "side": "person",
                    "text": act.get("text", ""),
                    "at": story.moment(datetime.fromisoformat(act["at"]), now),
                    "sort": act["at"],
                    "href": None,
                    "current": False,
                    "note": None,
                }


def _call(message: OutboxMessage) -> Scene:
    call = call_of(message) or Call()
    said = {
        "ringing": "calls you",
        "asking": "On the phone",
        "transferring": "Handing over",
        "transferred": "Handed over",
        "over": "The call is over",
    }
    asks = call.asks
    return {
        "call": {
            "phase": call.phase,
            "said": said[call.phase],
            "asks": asks.name if asks else None,
            "speech": bool(asks and asks.speech),
            "hint": _hint(asks),
            "keys": call.keys,
            "lines": [{"side": one.who, "text": one.text} for one in call.lines],
        },
        "pad": [
            {"key": key, "letters": letters, "chosen": bool(asks and key in asks.choices)}
            for key, letters in PAD
        ],
        "script": list(_script(_steps(message))),
    }


def _hint(asks: Gather | None) -> str:
    if asks is None:
        return ""
    keys = f"up to {asks.finish}" if asks.digits is None else f"{asks.digits} keys"
    many = "a key" if asks.digits == 1 else keys
    return f"Waiting for {many}{' or words' if asks.speech else ''}"


def _steps(message: OutboxMessage) -> tuple[Step, ...]:
    to = {"address": message.to}
    known = {**(message.document or {}), "to": to, "sender": message.sender}
    return VoiceCall.model_validate(known).script


def _script(steps: Iterable[Step], depth: int = 0) -> Iterator[dict[str, Any]]:
    """The script as lines, inner ones further in."""
    for one in steps:
        known: Mapping[str, Any] = one.model_dump()
        said = known.get("text") or known.get("url") or known.get("to") or known.get("name") or ""
        said = f"{known['seconds']} s" if one.do == "pause" else said
        yield {"depth": min(depth, 3), "verb": one.do, "said": said}
        if isinstance(one, Gather):
            prompt = " ".join(each.text for each in one.prompt if isinstance(each, Say))
            yield {"depth": min(depth + 1, 3), "verb": "ask", "said": prompt}
            for choice, way in one.choices.items():
                yield {"depth": min(depth + 1, 3), "verb": f"at {choice}", "said": ""}
                yield from _script(way, depth + 2)
        if isinstance(one, Gather | Transfer) and one.otherwise:
            yield {"depth": min(depth + 1, 3), "verb": "otherwise", "said": ""}
            yield from _script(one.otherwise, depth + 2)


def _record(thread: Sequence[OutboxMessage], now: datetime) -> Scene:
    found = record(thread)
    title = found.properties.get("name") or found.properties.get("firstname") or found.value
    return {
        "record": {
            "title": str(title),
            "object": found.object,
            "property": found.property,
            "value": found.value,
            "properties": [
                {"name": name, "value": _written(value), "fresh": name in found.fresh}
                for name, value in sorted(found.properties.items())
            ],
        },
        "entries": [_entry(one, "crm", now) for one in reversed(found.entries)],
    }


def _ticket(thread: Sequence[OutboxMessage], now: datetime) -> Scene:
    found = ticket(thread)
    tones = {"open": "doubt", "pending": "held", "solved": "good"}
    return {
        "ticket": {
            "subject": found.subject,
            "number": found.number,
            "requester": found.requester,
            "status": found.status,
            "tone": tones.get(found.status, "calm"),
            "kind": found.kind,
            "priority": found.priority,
            "tags": found.tags,
            "fields": [
                {"name": name, "value": _written(value)} for name, value in found.fields.items()
            ],
        },
        "entries": [_entry(one, "ticket", now) for one in found.entries],
    }


def _entry(one: Entry, channel: str, now: datetime) -> dict[str, Any]:
    people = {"person": "A person" if channel == "crm" else "An agent", "requester": "They"}
    who = people.get(one.who, "The platform")
    icons = {"call": "voice", "email": "email", "note": "chat", "task": "solve", "solved": "solve"}
    said = {"comment": who, "solved": f"{who} solved it", "changed": f"{who} changed it"}
    plain = f"{who} {one.text}" if one.kind == "update" else f"{one.kind.capitalize()}"
    return {
        "who": one.who,
        "tint": {"person": "tint-person", "requester": "tint-email"}.get(
            one.who, f"tint-{channel}"
        ),
        "icon": icons.get(one.kind, "update" if one.kind == "update" else channel),
        "said": said.get(one.kind, f"{plain}: {one.subject}" if one.subject else plain),
        "text": "" if one.kind == "update" else one.text,
        "public": one.public,
        "at": story.moment(one.at, now),
    }


def _request(message: OutboxMessage, secret: str, now: datetime) -> Scene:
    is_event = message.channel == "webhook"
    document = message.document or {}
    status = document.get("status")
    return {
        "request": {
            "title": message.subject if is_event else "Answer to a request",
            "status": status,
            "tone": "good" if isinstance(status, int) and status < 300 else "bad",
            "url": message.to if is_event else None,
            "note": "What the caller would have been answered.",
            "body": _pretty(message.text),
            "secret": secret if is_event else None,
        },
        "posts": [_post(one, now) for one in message.acts if one["act"] == "resend"],
    }


def _post(act: Mapping[str, Any], now: datetime) -> dict[str, Any]:
    status = act.get("status")
    good = isinstance(status, int) and 200 <= status < 300
    return {
        "who": "person",
        "tint": "tint-person" if good else "tint-ticket",
        "said": f"answered {status}" if status else "not answered",
        "text": act.get("detail", ""),
        "at": story.moment(datetime.fromisoformat(act["at"]), now),
    }


def _pretty(text: str) -> str:
    try:
        return json.dumps(json.loads(text), indent=2, ensure_ascii=False)
    except ValueError:
        return text


def _written(value: Json) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
