"""The elements of markup, one after the other, in one pass."""

import re
from collections.abc import Iterator

__all__ = ["DEEP", "MOST", "VOID", "elements"]

MOST = 4_000
"""Tags of what parsers that recurse may get: somewhere past 8,000 in each other they would end
the process."""
DEEP = 100
"""Elements in each other."""
VOID = frozenset(
    {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "wbr"}
)
_MARKUP = re.compile(
    r"<!--(?P<comment>.?)|<!doctype\b[^<>]*>|"
    r"<(?P<close>/?)(?P<name>[a-z][a-z0-9:-]*)(?P<rest>(?:[^\"'<>]|\"[^\"<]*\"|'[^'<]*')*)"
    r"(?P<end>>)?|(?P<other><)",
    re.IGNORECASE,
)


def elements(text: str) -> Iterator[re.Match[str]]:
    """Each opening and closing tag (`close`, `name`, `rest`, `end`), but for those in comments.

    One without `end` is broken, or is something that parsers disagree about; it may have no name.
    """
    at = 0
    while found := _MARKUP.search(text, at):
        at = found.end()
        if found["comment"] is not None:
            end = text.find("-->", at)
            # HTML takes `<!-->` for a whole comment, XML for the start of one.
            if end < 0 or found["comment"] in ">-":
                yield found
            at = len(text) if end < 0 else end + 3
        elif found["name"] or found["other"]:
            yield found
