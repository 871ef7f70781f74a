"""MJML to the HTML that mail programs show, with its Liquid left in."""

import re
from collections.abc import Iterator, Mapping
from difflib import get_close_matches

from mjml import mjml2html

from symphainy.template.elements import DEEP, VOID, elements
from symphainy.template.errors import TemplateError, place
from symphainy.template.placeholders import Protected, protect
from symphainy.template.styles import OWN, inlined
from symphainy.template.work import SOURCE

__all__ = ["UNTOLD", "flaws", "html_of"]

UNTOLD = 'lang="und"'

_CONTENT = frozenset(
    {"mj-accordion", "mj-button", "mj-carousel", "mj-divider", "mj-image", "mj-navbar", "mj-raw"}
    | {"mj-social", "mj-spacer", "mj-table", "mj-text"}
)
_INSIDE: Mapping[str, frozenset[str]] = {
    "": frozenset({"mjml"}),
    "mjml": frozenset({"mj-body", "mj-head"}),
    "mj-head": frozenset(
        {"mj-attributes", "mj-breakpoint", "mj-font", "mj-preview", "mj-raw", "mj-style"}
        | {"mj-title"}
    ),
    "mj-body": frozenset({"mj-hero", "mj-raw", "mj-section", "mj-wrapper"}),
    "mj-wrapper": frozenset({"mj-raw", "mj-section"}),
    "mj-section": frozenset({"mj-column", "mj-group", "mj-raw"}),
    "mj-group": frozenset({"mj-column", "mj-raw"}),
    "mj-column": _CONTENT,
    "mj-hero": _CONTENT,
    "mj-accordion": frozenset({"mj-accordion-element", "mj-raw"}),
    "mj-accordion-element": frozenset({"mj-accordion-text", "mj-accordion-title", "mj-raw"}),
    "mj-carousel": frozenset({"mj-carousel-image", "mj-raw"}),
    "mj-navbar": frozenset({"mj-navbar-link", "mj-raw"}),
    "mj-social": frozenset({"mj-raw", "mj-social-element"}),
}
"""By an element: those that may stand right in it."""
_ALL = frozenset().union(*_INSIDE.values())
# What it sets for all elements of a name, MJML writes into each of them.
_SETTINGS = (_ALL - {"mjml", "mj-head", "mj-attributes"}) | {"mj-all", "mj-class"}
_TEXTS = frozenset(
    {"mj-accordion-text", "mj-accordion-title", "mj-button", "mj-navbar-link", "mj-raw"}
    | {"mj-social-element", "mj-table", "mj-text"}
)
"""Those that hold HTML."""
_ATTRIBUTES = re.compile(r"<mj-attributes\b")
_AT = re.compile(r" in root template at position (\d+):\d+")
_STYLE = re.compile(r"<mj-style\b[^<>]*>")
_TABLE = re.compile(r"(<mj-table\b[^<>]*(?<!/)>)(.*?)(</mj-table>)", re.DOTALL)
_ROWS = re.compile(r"<(thead|tbody)\b")
_BROKEN = (
    "this is no element: close it with >, put its attributes in quotes, write < in a text as &lt;; "
    "a comment starts with <!-- and ends with -->, and there are no <! and <? of other kinds"
)
_MOST = 20
"""Flaws that are told at once."""
SHARED = 4_096
"""Characters of `mj-attributes`."""
ELEMENTS = 2_000


def flaws(source: str) -> list[TemplateError]:
    """What is wrong with the elements of `source`; the library would say nothing and leave them
    out. Raises TemplateError where its Liquid is not closed."""
    return _flaws(protect(source), source)


def html_of(source: str) -> str:
    """The HTML of `source`, a Liquid template still; styles are in the elements. If it does not say
    what language it is in, it has UNTOLD in that place. Raises TemplateError."""
    protected = protect(source)
    for flaw in _flaws(protected, source):
        raise flaw
    try:
        # Once as it is, so that what is wrong is told by its place there.
        mjml2html(protected.text, fonts={})
        html = mjml2html(_marked(protected.text), fonts={})
    except ValueError as error:
        raise _refused(str(error), protected, source) from error
    if protected.size(html) > SOURCE:
        told = f"the template has more than {SOURCE} characters as HTML"
        raise TemplateError("template.limit", told)
    lost = protected.lost(html)
    if lost is not None:
        raise _lost(lost, source)
    html = inlined(html, own=True)
    return protected.restored(html)


def _marked(text: str) -> str:
    """The source with its own styles marked, and with the body of tables that parsers add, which
    they would put inside of a loop over rows."""
    text = _STYLE.sub(rf"\g<0>{OWN}", text)
    return _TABLE.sub(
        lambda found: (
            found.group()
            if _ROWS.search(found.group(2))
            else f"{found.group(1)}<tbody>{found.group(2)}</tbody>{found.group(3)}"
        ),
        text,
    )


def _flaws(protected: Protected, source: str) -> list[TemplateError]:
    found: list[TemplateError] = []
    for index, code, message in _wrong(protected.text):
        line, column = place(source, protected.origin(index))
        found.append(TemplateError(code, message, line=line, column=column))
        if len(found) == _MOST:
            break
    return found


def _wrong(text: str) -> Iterator[tuple[int, str, str]]:
    open_: list[tuple[str, int]] = [("", 0)]
    shared = 0
    for number, match in enumerate(elements(text)):
        name, index, parent = (match["name"] or "").lower(), match.start(), open_[-1][0]
        if number >= ELEMENTS or len(open_) > DEEP:
            told = f"more than {ELEMENTS} elements, or more than {DEEP} in each other"
            yield index, "template.limit", told
            return
        if not match["end"]:
            yield index, "template.mjml", _BROKEN
            return
        if match["close"]:
            if parent != name:
                yield index, "template.mjml", f"</{name}> closes nothing; {_expected(parent)}"
                return
            open_.pop()
            continue
        shared += len(match["rest"]) if parent == "mj-attributes" else 0
        wrong = _misplaced(name, parent)
        if wrong:
            yield index, "template.mjml", wrong
        if name not in VOID and not match["rest"].endswith("/"):
            open_.append((name, index))
    yield from _of_all(text, open_, shared)


def _of_all(text: str, open_: list[tuple[str, int]], shared: int) -> Iterator[tuple[int, str, str]]:
    if shared > SHARED:
        at = _ATTRIBUTES.search(text)
        told = f"<mj-attributes> has more than {SHARED} characters"
        yield (at.start() if at else 0), "template.limit", told
    for name, index in open_[1:]:
        yield index, "template.mjml", f"<{name}> is not closed"
    if "<mj-body" not in text:
        yield 0, "template.mjml", "MJML is one <mjml> with a <mj-body>; this has none"


def _misplaced(name: str, parent: str) -> str | None:
    """Why an element may not stand there."""
    if name == "mj-include":
        return "there is no <mj-include>: a template is all of one piece"
    if name != "mjml" and not name.startswith("mj-"):
        if parent in _TEXTS or (parent and not parent.startswith("mj")):
            return None
        return f"<{name}> is HTML, which stands in <mj-text>, <mj-table>, <mj-raw> and such"
    if parent == "mj-attributes":
        known = _SETTINGS
    elif parent.startswith("mj-") and parent not in _ALL:
        return None
    elif name not in _ALL:
        return f"there is no <{name}>{_meant(name, _ALL)}"
    else:
        known = _INSIDE.get(parent, frozenset())
    if name in known:
        return None
    place_ = f"in <{parent}>" if parent else "on its own"
    may = ", ".join(f"<{one}>" for one in sorted(known)) or "no element of MJML"
    return f"<{name}> cannot stand {place_}; there may stand {may}"


def _meant(name: str, known: frozenset[str]) -> str:
    close = get_close_matches(name[:40], known, n=1)
    return f"; did you mean <{close[0]}>?" if close else ""


def _expected(name: str) -> str:
    return f"open is <{name}>" if name else "nothing is open"


def _refused(said: str, protected: Protected, source: str) -> TemplateError:
    at = _AT.search(said)
    told = _AT.sub("", said).replace(" in root template", "").replace(" next template", " it")
    message = (
        f"MJML cannot be read: {told}. Close what is opened, put attributes in quotes, and write "
        "&lt; for a < in the text"
    )
    if at is None:
        return TemplateError("template.mjml", message)
    line, column = place(source, protected.origin(int(at.group(1))))
    return TemplateError("template.mjml", message, line=line, column=column)


def _lost(markup: str, source: str) -> TemplateError:
    line, column = place(source, source.find(markup))
    message = (
        f"MJML leaves out {markup[:60]!r} where it stands: use it in a text, in an attribute that "
        "takes any value, or between elements in <mj-raw>"
    )
    return TemplateError("template.mjml", message, line=line, column=column)
