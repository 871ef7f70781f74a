"""Styles of a mail, put into the elements: many programs leave out what is in its head."""

import re

import css_inline

from symphainy.template.elements import MOST
from symphainy.template.errors import TemplateError
from symphainy.template.placeholders import protect

__all__ = ["OWN", "inlined", "styled"]

OWN = "/*own*/"
"""Starts the styles that the author wrote, where others stand beside them."""
_WORK = 20_000_000
"""Characters of styles times elements: any rule may be copied into any element."""
_STYLE = re.compile(r"<style\b[^<>]*>(.*?)</style", re.DOTALL | re.IGNORECASE)
_OTHERS = re.compile(rf"<style\b([^<>]*)>(?!{re.escape(OWN)})", re.IGNORECASE)
_EMPTY = re.compile(r"<style\b[^<>]*>\s*</style>", re.IGNORECASE)
# What cannot be put into an element, such as :hover and @media, stays in the head.
_INLINER = css_inline.CSSInliner(
    keep_style_tags=True,
    remove_inlined_selectors=True,
    keep_link_tags=True,
    load_remote_stylesheets=False,
)


def styled(source: str) -> str:
    """An HTML template with its styles in the elements; as it is if it has none, or too
    many elements."""
    if "<style" not in source.lower():
        return source
    protected = protect(source)
    if protected.text.count("<") > MOST:
        return source
    html = inlined(protected.text)
    if protected.lost(html) is not None:
        # Conditions among styles: what is copied where is for the rendering to say.
        return source
    return protected.restored(html)


def inlined(html: str, *, own: bool = False) -> str:
    """`html` with its styles in the elements; with `own`, only the author's. Nothing is fetched.

    Raises TemplateError.
    """
    styles = sum(len(one) for one in _STYLE.findall(html))
    if styles * html.count("<") > _WORK:
        raise TemplateError("template.limit", "too many styles for so many elements")
    if own:
        html = _OTHERS.sub(r'<style\1 data-css-inline="ignore">', html)
    try:
        html = _INLINER.inline(html)
    except (css_inline.InlineError, ValueError) as error:
        message = f"the styles cannot be put into the elements: {error}"
        raise TemplateError("template.syntax", message) from error
    return _EMPTY.sub("", html.replace(' data-css-inline="ignore"', "").replace(OWN, ""))
