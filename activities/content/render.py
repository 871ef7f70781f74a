"""Write texts from templates and data."""

from pydantic import BaseModel, ConfigDict, Field

from symphainy import template
from symphainy.capability import Call, capability
from symphainy.catalog import Example
from symphainy.json import Json
from symphainy.template import TemplateError
from symphainy.template.locales import Setting, known, setting, zone_of

__all__ = ["Asked", "Parts", "Rendered", "render"]


def _absent(value: object) -> bool:
    return value is None


class Parts(BaseModel):
    """The templates of one message."""

    model_config = ConfigDict(extra="forbid")

    subject: str | None = Field(None, description="Template of the subject; gives one line.")
    text: str = Field(description="Template of the plain text.")
    html: str | None = Field(None, description="Template of the HTML; data is escaped in it.")


class Asked(BaseModel):
    """Templates, and what to fill them with."""

    model_config = ConfigDict(extra="forbid")

    template: str | Parts = Field(description="Liquid: a text, or subject, text and HTML.")
    data: dict[str, Json] = Field(
        default_factory=dict, description="What the templates name, such as {customer: {...}}."
    )
    locale: str | None = Field(
        None, max_length=40, description="BCP 47 tag of whom dates and amounts are written for."
    )
    zone: str | None = Field(
        None, max_length=64, description="IANA zone of whom moments are told to."
    )


class Rendered(BaseModel):
    """What the templates gave; a part without a template is left out."""

    subject: str | None = Field(None, exclude_if=_absent)
    text: str
    html: str | None = Field(None, exclude_if=_absent)


@capability(
    "content.render",
    effect="none",
    examples=(
        Example(
            title="A line of text",
            takes={
                "template": "Dear {{ name }}, {{ due | money: 'EUR' }} is due.",
                "data": {"name": "Ada", "due": 1200},
            },
            gives={"text": "Dear Ada, EUR 1,200.00 is due."},
        ),
        Example(
            title="For a reader in Vienna",
            takes={
                "template": "{{ due | money: 'EUR' }} bis {{ day | date: 'long' }}",
                "data": {"due": 1200, "day": "2026-03-01"},
                "locale": "de",
                "zone": "Europe/Vienna",
            },
            gives={"text": "1.200,00\xa0€ bis 1. März 2026"},
        ),
        Example(
            title="A mail, escaped where it is HTML",
            takes={
                "template": {
                    "subject": "Invoice {{ invoice.id }}",
                    "text": "Due on {{ invoice.due | date: '%-d %B %Y' }}, {{ name }}.",
                    "html": "<p>Dear {{ name }}</p>",
                },
                "data": {"name": "A & B", "invoice": {"id": "7", "due": "2026-03-01"}},
            },
            gives={
                "subject": "Invoice 7",
                "text": "Due on 1 March 2026, A & B.",
                "html": "<p>Dear A &amp; B</p>",
            },
        ),
    ),
)
async def render(call: Call, asked: Asked) -> Rendered:
    """Fill Liquid templates with data.

    Nothing is guessed: a name that the data lacks is refused (`template.undefined`) unless the
    template gives it a default. Templates have no clock and no includes, and their work is
    bounded, so the same input gives the same text wherever and whenever it is rendered.
    """
    at = _setting(asked.locale, asked.zone)
    parts = Parts(text=asked.template) if isinstance(asked.template, str) else asked.template
    shorthand = isinstance(asked.template, str)
    rendered = Rendered(text=_part("" if shorthand else "/text", parts.text, asked.data, at))
    if parts.subject is not None:
        rendered.subject = _part("/subject", parts.subject, asked.data, at)
    if parts.html is not None:
        rendered.html = _part("/html", parts.html, asked.data, at)
    return rendered


def _setting(locale: str | None, zone: str | None) -> Setting:
    if locale is not None and known(locale) is None:
        told = TemplateError("template.locale", f"there is no locale {locale!r}")
        told.pointer = "/locale"
        raise told
    if zone is not None and zone_of(zone) is None:
        told = TemplateError("template.zone", f"there is no time zone {zone!r}")
        told.pointer = "/zone"
        raise told
    return setting(locale, zone)


def _part(place: str, source: str, data: dict[str, Json], at: Setting) -> str:
    try:
        compiled = template.compile(source, html=place == "/html")
        return compiled.render_line(data, at) if place == "/subject" else compiled.render(data, at)
    except TemplateError as error:
        error.pointer = f"/template{place}"
        raise
