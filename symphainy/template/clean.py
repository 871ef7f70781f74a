"""HTML of others, made harmless."""

from typing import TYPE_CHECKING

import nh3
from liquid.exceptions import ResourceLimitError
from markupsafe import Markup

from symphainy.template.plain import text_of

if TYPE_CHECKING:
    from symphainy.template.engine import Context

__all__ = ["clean_html"]

LONGEST = 64 * 1024
"""Characters; the attributes of one element are compared each with each."""
_TAGS = {
    "a", "b", "blockquote", "br", "code", "del", "em", "h1", "h2", "h3", "h4", "hr", "i", "li",
    "ol", "p", "pre", "s", "small", "span", "strong", "sub", "sup", "table", "tbody", "td", "th",
    "thead", "tr", "u", "ul",
}  # fmt: skip
# No images: whoever writes the data would see who opens the mail, and when.
_ATTRIBUTES = {"a": {"href", "title"}, "td": {"colspan", "rowspan"}, "th": {"colspan", "rowspan"}}
_CLEANER = nh3.Cleaner(
    tags=_TAGS,
    attributes=_ATTRIBUTES,
    url_schemes={"http", "https", "mailto", "tel"},
    link_rel="noopener noreferrer",
)


def clean_html(value: object, *, context: "Context") -> str:
    """What is harmless of the HTML in `value`, written as it is; in a part that is no HTML, the
    text of it."""
    text = str(value)
    if len(text) > LONGEST:
        raise ResourceLimitError(f"clean_html: more than {LONGEST} characters", token=None)
    cleaned = _CLEANER.clean(text)
    return Markup(cleaned) if context.autoescape else text_of(cleaned)  # noqa: S704 - cleaned
