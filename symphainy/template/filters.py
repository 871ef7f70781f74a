"""The filters a template has, each paying for its work before it does it."""

from collections.abc import Callable, Mapping
from functools import wraps
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from liquid.builtin.filters import array, math, misc, string
from liquid.exceptions import FilterArgumentError
from liquid.undefined import is_undefined

from symphainy.template.clean import clean_html
from symphainy.template.formats import FORMATS
from symphainy.template.work import size

if TYPE_CHECKING:
    from symphainy.template.engine import Context

__all__ = ["FILTERS"]

Filter = Callable[..., Any]

LARGEST = 10**30
"""Whole numbers beyond it are refused: repeated squaring would fill the memory."""


def _replacing(value: object, *arguments: object) -> int:
    text = str(value)
    wanted, other = (str(one) for one in (*arguments, "", "")[:2])
    return text.count(wanted) * len(other)


def _joining(value: object, *arguments: object) -> int:
    separator = str(arguments[0]) if arguments else " "
    return len(value) * len(separator) if isinstance(value, (list, tuple)) else 0


def _comparing(value: object, *_: object) -> int:
    return len(value) ** 2 if isinstance(value, (list, tuple)) else 0


def _expanding(value: object, *_: object) -> int:
    return len(value) if isinstance(value, range) else 0


_EXTRA: Mapping[str, Callable[..., int]] = {
    "replace": _replacing,
    "join": _joining,
    "uniq": _comparing,
    "slice": _expanding,
}


def _metered(name: str, function: Filter) -> Filter:
    """`function`, charging the context for what it reads and what more `_EXTRA` names."""
    extra = _EXTRA.get(name)
    environment = getattr(function, "with_environment", False)
    own = name in _OWN

    @wraps(function)
    def wrapper(value: object, *arguments: object, context: "Context", **named: object) -> Any:
        given = [one for one in (value, *arguments, *named.values()) if not is_undefined(one)]
        context.charge(sum(size(one) for one in given))
        for one in given:
            _bounded(name, one)
        if extra is not None:
            context.charge(extra(value, *arguments))
        if environment:
            named["environment"] = context.env
        if own:
            named["context"] = context
        result = function(value, *arguments, **named)
        _bounded(name, result)
        context.charge(size(result))
        return result

    wrapper.with_context = True  # type: ignore[attr-defined]
    wrapper.with_environment = False  # type: ignore[attr-defined]
    return wrapper


def _bounded(name: str, value: object) -> None:
    if isinstance(value, int) and not -LARGEST < value < LARGEST:
        raise FilterArgumentError(f"{name}: the number is too large", token=None)


_STANDARD: Mapping[str, Filter] = {
    "abs": math.abs_,
    "append": string.append,
    "at_least": math.at_least,
    "at_most": math.at_most,
    "capitalize": string.capitalize,
    "ceil": math.ceil,
    "compact": array.compact,
    "concat": array.concat,
    "default": misc.default,
    "divided_by": math.divided_by,
    "downcase": string.downcase,
    "escape": string.escape,
    "escape_once": string.escape_once,
    "find": array.find,
    "find_index": array.find_index,
    "first": array.first,
    "floor": math.floor,
    "has": array.has,
    "join": array.join,
    "last": array.last,
    "lstrip": string.lstrip,
    "map": array.map_,
    "minus": math.minus,
    "modulo": math.modulo,
    "newline_to_br": string.newline_to_br,
    "plus": math.plus,
    "prepend": string.prepend,
    "reject": array.reject,
    "remove": string.remove,
    "remove_first": string.remove_first,
    "remove_last": string.remove_last,
    "replace": string.replace,
    "replace_first": string.replace_first,
    "replace_last": string.replace_last,
    "reverse": array.reverse,
    "round": math.round_,
    "rstrip": string.rstrip,
    "size": misc.size,
    "slice": string.slice_,
    "sort": array.sort,
    "sort_natural": array.sort_natural,
    "split": string.split,
    "strip": string.strip,
    "strip_html": string.strip_html,
    "strip_newlines": string.strip_newlines,
    "sum": array.sum_,
    "times": math.times,
    "truncate": string.truncate,
    "truncatewords": string.truncatewords,
    "uniq": array.uniq,
    "upcase": string.upcase,
    "url_decode": string.url_decode,
    "url_encode": string.url_encode,
    "where": array.where,
}

_OWN: Mapping[str, Filter] = {**FORMATS, "clean_html": clean_html}
"""Those that ask the context about its reader."""

FILTERS: Mapping[str, Filter] = MappingProxyType(
    {name: _metered(name, function) for name, function in {**_STANDARD, **_OWN}.items()}
)
"""Liquid's standard filters less base64, with a `date` that knows no clock, formats of places
and languages, and HTML made harmless."""
