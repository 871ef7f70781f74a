"""A template, compiled once and rendered often."""

from collections.abc import Iterator, Mapping
from functools import lru_cache

from liquid import BoundTemplate
from liquid.exceptions import LiquidError
from liquid.static_analysis import Segments, TemplateAnalysis

from symphainy.template.engine import Engine
from symphainy.template.errors import TemplateError, place, translated
from symphainy.template.scan import scan

__all__ = ["Template", "compile"]

_ENGINES = {html: Engine(html=html) for html in (False, True)}
_COMPUTED = frozenset({"size", "first", "last"})
# What values of the wrong kind make the engine and the standard library raise.
_STUMBLES = (ArithmeticError, AttributeError, LookupError, TypeError, ValueError)


class Template:
    """A compiled template; rendering it is pure."""

    def __init__(self, bound: BoundTemplate, variables: frozenset[str]) -> None:
        self._bound = bound
        self.variables = variables
        """The dotted paths of the data it reads, such as `customer.name`."""

    def render(self, data: Mapping[str, object]) -> str:
        """The text for `data`; TemplateError where the two do not fit or limits are reached."""
        try:
            return self._bound.render(data)
        except LiquidError as error:
            raise translated(error, fallback="template.value") from error
        except RecursionError as error:
            raise TemplateError("template.limit", "the template nests too deeply") from error
        except _STUMBLES as error:
            raise TemplateError("template.value", f"a value cannot be used: {error}") from error

    def render_line(self, data: Mapping[str, object]) -> str:
        """Like `render`, for a header: trimmed, and refused if it is more than one line."""
        text = self.render(data).strip()
        if len(text.splitlines()) > 1 or not all(one.isprintable() or one == "\t" for one in text):
            raise TemplateError(
                "template.header", "a subject is one line without control characters"
            )
        return text


@lru_cache(maxsize=256)
def compile(source: str, *, html: bool = False) -> Template:
    """The template in `source`; with `html`, what it writes from data is escaped.

    Raises TemplateError with line and column.
    """
    scan(source)
    try:
        bound = _ENGINES[html].from_string(source)
        analysis = bound.analyze()
    except LiquidError as error:
        raise _unparsed(error, source) from error
    except RecursionError as error:
        raise TemplateError("template.limit", "the template nests too deeply") from error
    _know_filters(source, analysis)
    return Template(bound, frozenset(_variables(analysis)))


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
