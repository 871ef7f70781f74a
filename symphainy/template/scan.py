"""A look at a template's markup before the engine's lexer sees it.

The lexer's patterns take the square, or worse, of an unclosed tag's or a white-space run's
length (2,000 open braces: 1.4 s); what would do that is refused here, in one pass.
"""

import re
from collections.abc import Iterator

from symphainy.template.errors import TemplateError, place
from symphainy.template.work import MARKUP, MARKUPS, SOURCE, SPACE

__all__ = ["markups", "scan"]

_OPEN = re.compile(r"\{\{|\{%")
_VERBATIM = re.compile(r"\{%-?\s{0,200}(raw|doc)\s{0,200}-?%\}")
_SPACE = re.compile(rf"\s{{{SPACE + 1}}}")
# The engine recurses once for each; how deep Python lets it is not ours to rely on.
_NESTING = (
    ("brackets", re.compile(r"[\[(]"), 50),
    ("`and` and `or`", re.compile(r"\b(?:and|or)\b"), 50),
)
_CLOSES = {
    "raw": re.compile(r"\{%-?\s{0,200}endraw\s{0,200}-?%\}"),
    "doc": re.compile(r"\{%-?\s{0,200}enddoc\s{0,200}-?%\}"),
}


def scan(source: str) -> None:
    """Refuse a template that is too large or whose tags are not closed (TemplateError)."""
    if len(source) > SOURCE:
        raise TemplateError(
            "template.limit", f"the template has {len(source)} characters, at most {SOURCE} go"
        )
    for count, (start, end) in enumerate(markups(source), start=1):
        if count > MARKUPS:
            raise _at(source, start, "template.limit", f"more than {MARKUPS} tags and outputs")
        if end - start > MARKUP:
            raise _at(source, start, "template.limit", f"a tag of more than {MARKUP} characters")
        for what, pattern, most in _NESTING:
            if sum(1 for _ in pattern.finditer(source, start, end)) > most:
                raise _at(source, start, "template.limit", f"more than {most} {what} in a tag")
        if _SPACE.search(source, start, end):
            raise _at(
                source,
                start,
                "template.limit",
                f"more than {SPACE} spaces or line breaks in a row",
            )


def markups(source: str) -> Iterator[tuple[int, int]]:
    """Where each tag and output starts and ends, but for those in `raw` and `doc`.

    Raises TemplateError for one that is not closed.
    """
    at = 0
    while found := _OPEN.search(source, at):
        start = found.start()
        verbatim = _VERBATIM.match(source, start)
        if verbatim:
            at = _after_verbatim(source, verbatim)
            continue
        closing = "}}" if found.group() == "{{" else "%}"
        end = source.find(closing, start + 2)
        if end < 0:
            raise _at(source, start, "template.syntax", f"no {closing!r} closes this")
        at = end + 2
        yield start, at


def _after_verbatim(source: str, opening: re.Match[str]) -> int:
    name = opening.group(1)
    closing = _CLOSES[name].search(source, opening.end())
    if closing is None:
        raise _at(source, opening.start(), "template.syntax", f"no 'end{name}' closes this")
    return closing.end()


def _at(source: str, index: int, code: str, message: str) -> TemplateError:
    line, column = place(source, index)
    return TemplateError(code, message, line=line, column=column)
