"""A template, compiled once and rendered often."""

from collections.abc import Iterator, Mapping
from functools import lru_cache

from liquid.exceptions import FilterError, LiquidError
from liquid.static_analysis import Segments, TemplateAnalysis

from symphainy.template.engine import Bound, Engine
from symphainy.template.errors import TemplateError, place, translated
from symphainy.template.literals import check_literals
from symphainy.template.locales import Setting
from symphainy.template.reads import Read, reads
from symphainy.template.scan import scan
from symphainy.template.work import Purse

__all__ = ["Template", "compile"]

_ENGINES = {html: Engine(html=html) for html in (False, True)}
_COMPUTED = frozenset({"size", "first", "last"})
# Formats of languages have spaces that do not break, and marks of direction; both are legitimate,
# and to what checks headers no printable characters.
_IN_LINES = {
    **dict.fromkeys((0x00A0, 0x2007, 0x2009, 0x202F), " "),
    **dict.fromkeys((0x061C, 0x200E, 0x200F), None),
}
# What values of the wrong kind make the engine and the standard library raise.
_STUMBLES = (ArithmeticError, AttributeError, LookupError, TypeError, ValueError)


class Template:
    """A compiled template; rendering it is pure."""

    def __init__(
        self, bound: Bound, variables: frozenset[str], read: tuple[Read, ...] = ()
    ) -> None:
        self._bound = bound
        self.reads = read
        """What it reads of the data, each where it is first read."""
        self.variables = variables
        """The dotted paths of the data it reads, such as `customer.name`."""

    def render(
        self,
        data: Mapping[str, object],
        setting: Setting | None = None,
        purse: Purse | None = None,
    ) -> str:
        """The text for `data`; TemplateError where the two do not fit or limits are reached.

        `setting` is the reader's; `purse` makes several renderings share one limit of work.
        """
        try:
            return self._bound.rendered(data, setting, purse)
        except LiquidError as error:
            raise translated(error, fallback="template.value") from error
        except RecursionError as error:
            raise TemplateError("template.limit", "the template nests too deeply") from error
        except _STUMBLES as error:
            raise TemplateError("template.value", f"a value cannot be used: {error}") from error

    def render_line(
        self,
        data: Mapping[str, object],
        setting: Setting | None = None,
        purse: Purse | None = None,
    ) -> str:
        """Like `render`, for a header: trimmed, and refused if it is more than one line."""
        text = self.render(data, setting, purse).translate(_IN_LINES).strip()
        if len(text.splitlines()) > 1 or not all(one.isprintable() or one == "\t" for one in text):
            raise TemplateError(
                "template.header", "a subject is one line without control characters"
            )
        return text


@lru_cache(maxsize=1_024)
def compile(source: str, *, html: bool = False) -> Template:
    """The template in `source`; with `html`, what it writes from data is escaped.

    Raises TemplateError with line and column.
    """
    scan(source)
    try:
        bound = _ENGINES[html].from_string(source)
        analysis = bound.analyze()
        read = tuple(reads(bound, source))
    except LiquidError as error:
        raise _unparsed(error, source) from error
    except RecursionError as error:
        raise TemplateError("template.limit", "the template nests too deeply") from error
    _know_filters(source, analysis)
    try:
        check_literals(bound)
    except FilterError as error:
        raise translated(error, fallback="template.value", source=source) from error
    assert isinstance(bound, Bound)  # noqa: S101 - the engine makes no other
    return Template(bound, frozenset(_variables(analysis)), read)


def _unparsed(error: LiquidError, source: str) -> TemplateError:
    if isinstance(error.__cause__, RecursionError):
        return TemplateError("template.limit", "the template nests too deeply")
    return translated(error, fallback="template.syntax", source=source)


def _know_filters(source: str, analysis: TemplateAnalysis) -> None:
    for name, spans in analysis.filters.items():
        if name not in _ENGINES[False].filters:
            line, column = place(source, spans[0].index)
            raise TemplateError(
                "template.filter", f"there is no filter {name!r}", line=line, column=column
            )


def _variables(analysis: TemplateAnalysis) -> Iterator[str]:
    for uses in analysis.globals.values():
        for use in uses:
            path = ".".join(_fixed(use.segments))
            if path:
                yield path


def _fixed(segments: Segments) -> Iterator[str]:
    for position, segment in enumerate(segments):
        last = position == len(segments) - 1
        if not isinstance(segment, str) or (last and position and segment in _COMPUTED):
            return
        yield segment
