"""A message as its reader would see it, with what is to be known about it."""

from collections.abc import Iterator, Mapping
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from symphainy.catalog import Channel
from symphainy.codes import code as code_of
from symphainy.delivery.segments import encoding, outside, segments, spaced
from symphainy.json import Json
from symphainy.plan import Template
from symphainy.schema import mismatches
from symphainy.template.compiled import compile
from symphainy.template.contract import PROVIDED, WORDS
from symphainy.template.errors import TemplateError
from symphainy.template.sample import CUSTOMER, LINKS
from symphainy.template.wording import PARTS, wording

__all__ = ["CLIPPED", "Note", "Preview", "Sms", "preview", "variables"]

CLIPPED = 102 * 1024
"""Bytes of HTML that Gmail shows."""
PARTS_MOST = 10


class _Shown(BaseModel):
    model_config = ConfigDict(frozen=True)


class Note(_Shown):
    """Something to know before sending it."""

    code: str
    message: str


class Sms(_Shown):
    """How a text travels in mobile networks."""

    encoding: Literal["GSM-7", "UCS-2"]
    segments: int = Field(description="Each is paid for.")
    characters: int
    outside: list[str] = Field(
        description="Characters that the cheaper alphabet does not have; without them, a segment "
        "has room for 160 instead of 70."
    )


class Preview(_Shown):
    """A message that was not sent."""

    subject: str | None
    text: str | None
    html: str | None
    locale: str | None = Field(description="The variant it is of; null where it is the default.")
    formats: str | None = Field(description="The locale that dates and amounts are written in.")
    zone: str | None = Field(description="The time zone that moments are told in.")
    made: list[str] = Field(description="Parts that nobody wrote: a text made of the HTML.")
    size: dict[str, int] = Field(description="Bytes of each part.")
    sms: Sms | None
    warnings: list[Note]


def preview(
    template: Template,
    *,
    channel: Channel = "email",
    data: Mapping[str, Json] | None = None,
    customer: Mapping[str, Json] | None = None,
    locale: str | None = None,
    zone: str | None = None,
    fallback: str | None = None,
) -> Preview:
    """What `template` says with `data`, or with its sample where none is given.

    Raises TemplateError, which knows the part at fault; `template.data` if the data is not what
    the contract asks for.
    """
    given = dict(data if data is not None else template.sample or {})
    sampled = given.get("customer")
    about = {**CUSTOMER, **(sampled if isinstance(sampled, Mapping) else {}), **(customer or {})}
    own = {name: one for name, one in given.items() if name not in PROVIDED}
    _check(template, own)
    tag, at = locale or _text(about.get("locale")), zone or _text(about.get("zone"))
    words = wording(template, locale=tag, zone=at, fallback=fallback)
    known: dict[str, Any] = {**LINKS, **given, "customer": about}
    said: dict[str, str | None] = {part: words.render(part, known) for part in PARTS}
    if channel == "sms":
        said = {"subject": None, "text": spaced(said["text"] or "").strip(), "html": None}
    setting = words.setting
    return Preview(
        **said,
        locale=words.locale,
        formats=str(setting.locale).replace("_", "-") if setting.locale else None,
        zone=setting.zone.key if setting.zone else None,
        made=["text"] if said["text"] is not None and "text" not in words.sources else [],
        size={part: len(one.encode()) for part, one in said.items() if one is not None},
        sms=_sms(said["text"] or "") if channel == "sms" else None,
        warnings=list(_notes(channel, said)),
    )


def variables(template: Template) -> list[str]:
    """Everything that any variant of it reads, as dotted paths; items of lists as `[]`."""
    parts = [template, *template.locales.values()]
    compiled = [
        compile(source, html=part == "html")
        for one in parts
        for part, source in (*one.sources.items(), *one.words.items())
    ]
    return sorted({str(read) for one in compiled for read in one.reads if read.path[0] != WORDS})


def _check(template: Template, data: Mapping[str, Json]) -> None:
    for wrong in mismatches(template.data, dict(data)) if template.data is not None else ():
        error = TemplateError("template.data", f"data{wrong.pointer}: {wrong.message}")
        error.pointer = f"/data{wrong.pointer}"
        raise error


def _text(value: Json) -> str | None:
    return value if isinstance(value, str) else None


def _sms(text: str) -> Sms:
    return Sms(
        encoding=encoding(text),
        segments=segments(text),
        characters=len(text),
        outside=outside(text)[:20],
    )


def _notes(channel: Channel, said: Mapping[str, str | None]) -> Iterator[Note]:
    html = said["html"]
    if html is not None and len(html.encode()) > CLIPPED:
        yield _note("template.clipped", f"{len(html.encode()):,} bytes of HTML of {CLIPPED:,}")
    if channel == "sms":
        count = segments(said["text"] or "")
        if count > PARTS_MOST:
            yield _note("delivery.length", f"{count} segments; {PARTS_MOST} are the most")
    if channel == "email" and not said["subject"]:
        yield _note("delivery.arguments", "a mail without a subject")
    if not (said["text"] or "").strip():
        yield _note("delivery.text", "the text is empty")


def _note(code: str, message: str) -> Note:
    return Note(code=code, message=f"{code_of(code).title}: {message}")
