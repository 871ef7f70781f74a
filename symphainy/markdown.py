"""Words of others in what is shown as Markdown, such as in Temporal's UI."""

import re

__all__ = ["code", "plain", "said"]

LONGEST = 200
ESCAPED = re.compile(r"\\([\\`\[\]<])")
ESCAPES = str.maketrans({one: f"\\{one}" for one in "\\`[]<"})


def plain(text: str) -> str:
    """`text` on one line, in which no link, picture, code or HTML begins."""
    return _line(text).translate(ESCAPES)


def said(shown: str) -> str:
    """The words that `plain` gave `shown` for, where nobody reads Markdown."""
    return ESCAPED.sub(r"\1", shown)


def code(text: str) -> str:
    """`text` as code, which it does not end."""
    return f"`{_line(text).replace('`', chr(39)) or ' '}`"


def _line(text: str) -> str:
    shown = " ".join("".join(one if one.isprintable() else " " for one in text).split())
    return shown if len(shown) <= LONGEST else f"{shown[: LONGEST - 1]}…"
