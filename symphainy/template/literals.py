"""Arguments of filters that are written out, and wrong whatever the data."""

from collections.abc import Callable, Iterable, Iterator, Mapping

from liquid import BoundTemplate, Node
from liquid.builtin.expressions import (
    FilteredExpression,
    KeywordArgument,
    StringLiteral,
    TernaryFilteredExpression,
)
from liquid.builtin.expressions.filtered import Filter
from liquid.exceptions import FilterError
from liquid.expression import Expression

from symphainy.template.formats import (
    FORMATS,
    checked_currency,
    checked_locale,
    checked_zone,
)

__all__ = ["check_literals"]

_NAMED: Mapping[str, Callable[[object], object]] = {"locale": checked_locale, "zone": checked_zone}


def check_literals(bound: BoundTemplate) -> None:
    """Raise a FilterError for a currency, a locale or a zone that does not exist."""
    for one in _filters(bound.nodes):
        try:
            _check(one)
        except FilterError as error:
            error.token = one.token
            raise


def _check(one: Filter) -> None:
    for position, argument in enumerate(one.args):
        value = argument.value
        if one.name not in FORMATS or not isinstance(value, StringLiteral):
            continue
        if isinstance(argument, KeywordArgument):
            _NAMED.get(argument.name, _anything)(value.value)
        elif one.name == "money" and position == 0 and value.value:
            checked_currency(value.value)


def _anything(value: object) -> object:
    return value


def _filters(nodes: Iterable[Node]) -> Iterator[Filter]:
    for node in nodes:
        for expression in node.expressions():
            yield from _of_expression(expression)
        # No tag of ours looks at the context to tell its children.
        yield from _filters(node.children(None))  # type: ignore[arg-type]


def _of_expression(expression: Expression) -> Iterator[Filter]:
    if isinstance(expression, FilteredExpression):
        yield from expression.filters or ()
    elif isinstance(expression, TernaryFilteredExpression):
        yield from (*(expression.filters or ()), *(expression.tail_filters or ()))
    for one in expression.children():
        yield from _of_expression(one)
