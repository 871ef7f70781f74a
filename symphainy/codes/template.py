"""Codes of templates: what is wrong with one, and with what it is filled with."""

from symphainy.codes.code import Code

__all__ = ["CODES"]

CODES: tuple[Code, ...] = (
    Code(
        "template.syntax",
        "The template is not Liquid",
        "Mend the template at the line and column named; includes and tablerow do not exist here.",
    ),
    Code(
        "template.filter",
        "The template uses a filter that does not exist",
        "Use one of those that docs/templates.md lists.",
    ),
    Code(
        "template.undefined",
        "The template writes something the data does not have",
        "Add it to the data, or give it a default: {{ name | default: 'you' }}.",
    ),
    Code(
        "template.value",
        "The template uses a value in a way it does not allow",
        "Look at the value the data has there: an object cannot be written, a text not be counted.",
    ),
    Code(
        "template.limit",
        "The template is too large or does too much",
        "Loop over less, write less, or split the message.",
    ),
    Code(
        "template.header",
        "A subject of more than one line",
        "Take line breaks and control characters out of the data the subject is made of.",
    ),
    Code(
        "template.clock",
        "The template asks what time it is",
        "Pass the moment in the data; a template gives the same text every time.",
    ),
    Code(
        "template.currency",
        "There is no such currency",
        "Write a code of ISO 4217, such as EUR or JPY.",
    ),
    Code(
        "template.locale",
        "There is no such locale",
        "Write a BCP 47 tag of a language and perhaps a script and a region, such as en, de-AT or "
        "zh-Hant-TW.",
    ),
    Code(
        "template.zone",
        "There is no such time zone",
        "Write a name of the IANA database, such as Europe/Vienna.",
    ),
    Code(
        "template.mjml",
        "The template is not MJML",
        "Mend the element at the line and column named: mjml, mj-head, mj-body, then mj-section, "
        "mj-column, and in it mj-text, mj-button, mj-image and such.",
    ),
    Code(
        "template.contract",
        "A template and its contract do not fit",
        "Name what the template reads under `properties` of its `data`, or correct the name in the "
        "template. What the platform provides needs no naming.",
    ),
    Code(
        "template.data",
        "The data is not what the template asks for",
        "Give what `data` of the template requires, in the types that it names.",
    ),
    Code(
        "template.clipped",
        "The mail is so large that mail programs cut it off",
        "Gmail shows 102 KB. Write less, or leave out styles and elements that nobody sees.",
        severity="warning",
    ),
    Code(
        "solution.template-missing",
        "There is no such template",
        "Use one that GET /v1/templates lists.",
        status=404,
    ),
)
