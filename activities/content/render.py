"""Write texts from templates and data."""

from pydantic import BaseModel, ConfigDict, Field

from symphainy import template
from symphainy.capability import Call, capability
from symphainy.catalog import Example
from symphainy.json import Json
from symphainy.template import TemplateError

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
    parts = Parts(text=asked.template) if isinstance(asked.template, str) else asked.template
    shorthand = isinstance(asked.template, str)
    rendered = Rendered(text=_part("" if shorthand else "/text", parts.text, asked.data))
    if parts.subject is not None:
        rendered.subject = _part("/subject", parts.subject, asked.data)
    if parts.html is not None:
        rendered.html = _part("/html", parts.html, asked.data)
    return rendered


def _part(place: str, source: str, data: dict[str, Json]) -> str:
    try:
        compiled = template.compile(source, html=place == "/html")
        return compiled.render_line(data) if place == "/subject" else compiled.render(data)
    except TemplateError as error:
        error.pointer = f"/template{place}"
        raise
