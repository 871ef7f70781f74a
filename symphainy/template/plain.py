"""The text of HTML, for those who read mails as text."""

import re
from html import unescape

from inscriptis import get_text
from inscriptis.css_profiles import RELAXED_CSS_PROFILE
from inscriptis.model.config import ParserConfig

__all__ = ["text_of"]

ELEMENTS = 10_000
"""Tags up to which the layout is kept; it costs more than tags alone do."""
LONGEST = 256 * 1024
"""Characters of HTML that are turned into text; the rest is left out."""
_CONFIG = ParserConfig(css=RELAXED_CSS_PROFILE, display_links=True)
_BLANKS = re.compile(r"\n{3,}")
_TRAILING = re.compile(r"[ \t\xa0]+$", re.MULTILINE)
_UNSHOWN = re.compile(r"<!--|<(head|style|script|title)\b", re.IGNORECASE)
_DIV = re.compile(r"<div\b([^<>]*)>([^<]*)</div>", re.IGNORECASE)
_INDENT = re.compile(r"^[ \t]+", re.MULTILINE)
_TAG = re.compile(r"<[^<>]*>")
_LINK = re.compile(r"\[([^\[\]\n]+)\]\(([^()\s]*)\)")


def text_of(html: str) -> str:
    """What `html` says; never fails: what is too large or too deep loses its layout."""
    shown = _DIV.sub(_unless_hidden, _shown(html[:LONGEST]))
    try:
        text = get_text(shown, _CONFIG) if shown.count("<") <= ELEMENTS else _bare(shown)
    except Exception:  # noqa: BLE001 - a text without layout is better than no message
        text = _bare(shown)
    # Tables that only lay out a page indent what is in them.
    text = _INDENT.sub("", text) if "<ul" not in shown and "<ol" not in shown else text
    return _BLANKS.sub("\n\n", _TRAILING.sub("", _LINK.sub(_linked, text))).strip()


def _shown(html: str) -> str:
    """`html` without comments, head, styles and scripts."""
    pieces, at, lower = [], 0, html.lower()
    while found := _UNSHOWN.search(html, at):
        pieces.append(html[at : found.start()])
        close = f"</{found.group(1).lower()}" if found.group(1) else "-->"
        end = lower.find(close, found.end())
        if end < 0:
            return "".join(pieces)
        at = end if found.group(1) else end + len(close)
    return "".join((*pieces, html[at:]))


def _unless_hidden(div: re.Match[str]) -> str:
    # The line that an inbox shows under the subject is the start of the mail once more.
    return "" if "display:none" in div.group(1).replace(" ", "") else div.group()


def _bare(html: str) -> str:
    return unescape(_TAG.sub("", html))


def _linked(link: re.Match[str]) -> str:
    words, address = link.group(1).strip(), link.group(2)
    told = address in ("", words, f"mailto:{words}")
    return words if told else f"{words}: {address}"
