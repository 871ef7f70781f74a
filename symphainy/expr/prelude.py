"""Builtins written in the language itself, built when first used."""

from functools import lru_cache

from symphainy.expr import nodes as n
from symphainy.expr.builtins import registry
from symphainy.expr.emit.calls import declare
from symphainy.expr.parser import parse
from symphainy.expr.scope import Definition, Program, Scope

_SOURCES = """
def arrays: select(type == "array");
def objects: select(type == "object");
def iterables: select(type == "array" or type == "object");
def scalars: select(type != "array" and type != "object");
def booleans: select(type == "boolean");
def numbers: select(type == "number");
def strings: select(type == "string");
def nulls: select(. == null);
def values: select(. != null);
def normals: select(isnormal);
def finites: select(isfinite);
def combinations:
  if length == 0 then []
  else .[0][] as $head | (.[1:] | combinations) as $tail | [$head] + $tail end;
def combinations(size): . as $dot | [range(size) | $dot] | combinations;
def truncate_stream(events):
  . as $depth | null | events
  | if (.[0] | length) > $depth then .[0] |= .[$depth:] else empty end;
def fromstream(events):
  {done: false, value: null} as $none
  | foreach events as $event ($none;
      (if .done then $none else . end)
      | if ($event | length) == 2
        then .done = ($event[0] | length == 0) | .value |= setpath($event[0]; $event[1])
        else .done = ($event[0] | length == 1) end;
      if .done then .value else empty end);
def ascii(code): code | ascii;
def INDEX(rows; key): reduce rows as $row ({}; .[$row | key | tostring] = $row);
def INDEX(key): INDEX(.[]; key);
def GROUP_BY(key): group_by(key);
def JOIN($index; key): [.[] | [., $index[key]]];
def JOIN($index; rows; key): rows | [., $index[key]];
def JOIN($index; rows; key; combine): rows | [., $index[key]] | combine;
def IN(values): any(values == .; .);
def IN(source; values): any(source == values; .);
"""


@lru_cache(maxsize=1)
def _functions() -> dict[tuple[str, int], n.Function]:
    found = {}
    tree = parse(_SOURCES)
    while isinstance(tree, n.Define):
        function = tree.function
        found[function.name, len(function.parameters)] = function
        tree = tree.rest
    return found


@lru_cache(maxsize=128)
def find(key: tuple[str, int]) -> Definition | None:
    """The definition of that name and number of parameters, built."""
    function = _functions().get(key)
    if function is None:
        return None
    scope = declare(function, Scope(Program(frozenset()), 1, {}, {}))
    definition = scope.functions[key]
    return definition if isinstance(definition, Definition) else None


def names() -> set[tuple[str, int]]:
    return set(_functions())


registry.prelude(find, names)
