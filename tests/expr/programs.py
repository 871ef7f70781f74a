"""Programs and documents for both engines, made by a grammar.

Nothing here runs for long in jq itself: what loops, loops over small ranges.
"""

import json
from collections.abc import Callable
from typing import Any

from hypothesis import strategies as st

Draw = Callable[[st.SearchStrategy[Any]], Any]
Names = tuple[str, ...]

_TEXTS = ["", "a", "b", "ab", "abc", "a,b", "foo bar", "é", "1", "2.5", "x y z", "A1b2", "null"]
_TEXTS += ["日本", "a\tb", '"q"', "<&>'", "2015-03-05T23:51:47Z", "[1]", "-0", "1e3", "😀"]
_NUMBERS = [0, 1, 2, 3, -1, -2, 10, 1.5, -0.5, 100, 1425599621, 3.0, 123456.75, 9007199254740993]

documents = st.recursive(
    st.none() | st.booleans() | st.sampled_from(_NUMBERS) | st.sampled_from(_TEXTS),
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from("abcxy"), inner, max_size=4)
    ),
    max_leaves=10,
)

_LEAVES = [
    ".", ".", ".a", ".b", ".a.b", ".[0]", ".[-1]", ".[]", ".[]?", ".a?", "..", ".[1:]", ".[:-1]",
    ".a[0]", ".x.y?", '."a"', '.["b"]', ".[1:3]?", "null", "true", "false", "0", "1", "2", "-1",
    "3", "1.5", '""', '"a"', '"ab"', '"b"', "[]", "{}", "[1,2]", '{"a":1}', "[1,[2]]", ".[0]?",
    "empty", ".[1.7]", ".[:1.2]", "infinite", "nan", "-0", '"2015-03-05T23:51:47Z"',
    "{a,b}?", '{"x":1,a:[2]}', "[.[]?]", '"x" * 3',
]  # fmt: skip
_PLAIN = [
    "length", "keys", "type", "add", "any", "all", "flatten", "reverse", "sort", "unique",
    "tostring", "tojson", "tonumber", "to_entries", "from_entries", "min", "max", "not", "empty",
    "error", "abs", "floor", "sqrt", "explode", "implode", "ascii_downcase", "ascii_upcase",
    "trim", "ltrim", "rtrim", "values", "nulls", "numbers", "strings", "arrays", "objects",
    "scalars", "iterables", "booleans", "transpose", "paths", "tostream", "utf8bytelength",
    "first", "last", "keys_unsorted", "recurse", "toboolean", "fromjson", "isnan", "isinfinite",
    "isnormal", "round", "ceil", "fabs", "trunc", "significand", "logb", "frexp", "modf", "exp10",
    "log2", "gmtime", "mktime", "todate", "fromdate", "fromdateiso8601", "todateiso8601",
    "have_literal_numbers", "getpath([])", "@json", "@text", "@csv", "@tsv", "@html",
    "@uri", "@urid", "@base64", "@base64d", "splits(\"a\")",
    "fromstream(tostream)", "[tostream] | fromstream(.[])", "getpath([\"a\"])",
    "[truncate_stream(1; tostream)]", "limit(0; 1)", "error(null)", "combinations",
]  # fmt: skip
_BY = [
    "sort_by", "group_by", "unique_by", "min_by", "max_by", "map_values", "with_entries", "any",
    "all", "paths", "walk", "add", "isempty", "del", "pick", "last", "map", "first", "select",
    "path", "to_entries | map", "INDEX", "IN", "any(.[]?; .) | map", "map(.) | sort_by",
]  # fmt: skip
_OF = [
    "has", "contains", "inside", "index", "rindex", "indices", "join", "startswith", "endswith",
    "ltrimstr", "rtrimstr", "trimstr", "split", "flatten", "nth", "getpath", "delpaths", "bsearch",
    "in", "error", "IN", "tojson | test", "strftime", "range", "splits", "@text | ltrimstr",
]  # fmt: skip
_PATTERNS = [
    "a", "[a-z]+", "(?<n>[a-z])([0-9])?", "", "x*", "b|c", "(a)(b)?", "^a", "[a-z0-9]", "$", "\\s",
    "(?<x>.)(?<n>.)?", "^", ".", "[^a]", "(?:b|é)+", "\\d+", "日",
]  # fmt: skip
_DATES = [
    '"2015-03-05T23:51:47Z" | strptime("%Y-%m-%dT%H:%M:%SZ")',
    '"Thu, 05 Mar 2015 23:51:47" | strptime("%a, %d %b %Y %H:%M:%S") | mktime',
    '1425599621 | strftime("%A, %B %d, %Y %j %U %e %I %p %y")',
    "1425599621.678 | gmtime",
    "-1 | todate",
    "1425599621 | gmtime | mktime",
    '(.. | numbers) |= (if . < 1e10 and . >= 0 then (todate | fromdate) else 0 end)',
    '[1425599621 | gmtime[0:6][]] | mktime',
]  # fmt: skip
_LOOPS = [
    "length | until(. > 100; . * 2 + 1)",
    "[length | while(. < 20; . * 2 + 1)]",
    "[limit(5; repeat(.))]",
    "[limit(4; .[]? | repeat([.]))]",
    "[recurse(if type == \"number\" and . < 3 then . + 1 else empty end)]",
    "[recurse(.[]?; . != null)]",
    "[.[]? as [$p, $q] | {p: $p, q: $q}]",
    "def f: if type == \"array\" and length > 0 then .[1:] | f else . end; f",
    "def f(g): def h: if . == null then 1 else g end; h; f(length)",
    "reduce range(5) as $i (.; [., $i])",
    "foreach range(4) as $i (0; . + $i; [$i, .])",
    "[foreach (1, 2, null, 3) as $i (null; $i; select(. != null))]",
    "getpath([\"a\", \"b\"]) as [$x] | $x",
    "[range(0, 1; 3, 4)]",
    "[range(5; -3; -2)], [range(0; 1; 0.3)]",
    "limit(3; .[]?), first(.[]?), isempty(.[]?)",
    "[splits(\", *\"; null)]",
    "@json \"v\\(.)\", @html \"<\\(.)>\", @uri \"?\\(.)\", @csv \"\\([.])\"",
    "tojson | fromjson",
    "[.[]? | tostring] | join(\"-\")",
    "[paths(type == \"number\")]",
    "del(.[0, 2]?), del(.a, .b), to_entries?",
    "(.a, .b) = 1, .a += 1, (.[0] //= 3)?",
    "try error({a: 1}) catch .a",
    "[.[]? | try tonumber catch \"no\"]",
    "{(\"a\", \"b\"): (1, 2)}",
    "[limit(3; range(10) | select(. % 2 == 1))]",
]  # fmt: skip
_INFIX = ["+", "-", "*", "/", "%", "==", "!=", "<", "<=", ">", ">=", "and", "or", "//"]
_UPDATES = ["=", "|=", "+=", "-=", "//=", "*=", "/=", "%="]
_TARGETS = [
    "(.a, .b)", ".[0]", ".[]?", '(.. | select(type == "number"))', ".a.b", ".[1:3]", ".[-1]",
    "first(.[]?)", "(.a // .b)", 'getpath(["a", 0])', "(if .a then .a else .b end)",
    "limit(1; .[]?)", "(.[]? | select(. != null))", "last(.[]?)", "recurse(.[]?; true)",
]  # fmt: skip


@st.composite
def programs(draw: Draw) -> str:
    """A program of the language, of a handful of nested forms."""
    return _expression(draw, 0, ())


def _expression(draw: Draw, depth: int, names: Names) -> str:
    if depth > 3 or draw(st.integers(0, 5)) == 0:
        if names and draw(st.integers(0, 2)) == 0:
            return "$" + draw(st.sampled_from(names))
        return str(draw(st.sampled_from(_LEAVES)))
    form = draw(st.sampled_from(_FORMS))
    return form(draw, lambda *more: f"({_expression(draw, depth + 1, (*names, *more))})")


Inner = Callable[..., str]


def _pick(draw: Draw, options: Any) -> str:
    return str(draw(st.sampled_from(options)))


def _bind(draw: Draw, e: Inner) -> str:
    pattern, bound = draw(st.sampled_from([
        ("$p", ("p",)), ("[$p]", ("p",)), ("{a: $p}", ("p",)), ("[$p, {a: $q}]", ("p", "q")),
        ("{$a, b: [$q]}", ("a", "q")), ('{"a": $p}', ("p",)), ('{("a", "b"): $p}', ("p",)),
    ]))  # fmt: skip
    return f"{e()} as {pattern} | {e(*bound)}"


def _alternatives(draw: Draw, e: Inner) -> str:
    return f". as [$p] ?// {{a: $p}} ?// $p | {e('p')}"


def _fold(draw: Draw, e: Inner) -> str:
    word = _pick(draw, ["reduce", "foreach", "foreach3"])
    if word == "foreach3":
        return f"foreach {e()} as $r ({e()}; {e('r')}; {e('r')})"
    return f"{word} {e()} as $r ({e()}; {e('r')})"


def _function(draw: Draw, e: Inner) -> str:
    return _pick(draw, [
        f"def f(g): g | {e()}; f({e()})",
        f"def f($p): {e('p')}; f({e()})",
        f"def f(g; $p): [g, {e('p')}]; f({e()}; {e()})",
        f"def f: {e()}; [f | f]",
    ])  # fmt: skip


def _regex(draw: Draw, e: Inner) -> str:
    pattern = json.dumps(_pick(draw, _PATTERNS), ensure_ascii=False)
    flags = _pick(draw, ["", '; "g"', '; "gi"', '; "gn"', "; null", '; "x"'])
    to = _pick(draw, ['"z"', '"<\\(.n)>"', '(.n, "q")', "empty"])
    names = ("test", "match", "capture", "scan", "splits")
    forms = [f"{name}({pattern}{flags})" for name in names]
    forms += [f"sub({pattern}; {to})", f"gsub({pattern}; {to})"]
    return _pick(draw, [*forms, f"[strings | split({pattern}; null)]"])


_FORMS: list[Callable[[Draw, Inner], str]] = [
    lambda draw, e: f"{e()} | {e()}",
    lambda draw, e: f"{e()} | {e()}",
    lambda draw, e: f"{e()}, {e()}",
    lambda draw, e: f"[{e()}]",
    lambda draw, e: f"{{a: {e()}, ({e()} | tostring): {e()}}}",
    lambda draw, e: f"{e()} {_pick(draw, _INFIX)} {e()}",
    lambda draw, e: f"{e()} {_pick(draw, _INFIX)} {e()}",
    lambda draw, e: f"if {e()} then {e()} elif {e()} then {e()} end",
    lambda draw, e: f"if {e()} then {e()} else {e()} end",
    lambda draw, e: f"try {e()} catch {e()}",
    lambda draw, e: f"{e()}?",
    _bind,
    _bind,
    _alternatives,
    _fold,
    _fold,
    _function,
    _regex,
    _regex,
    lambda draw, e: f"{_pick(draw, _TARGETS)} {_pick(draw, _UPDATES)} {e()}",
    lambda draw, e: f"{e()} {_pick(draw, _UPDATES)} {e()}",
    lambda draw, e: f"path({e()})",
    lambda draw, e: f"[limit({draw(st.integers(0, 3))}; {e()})]",
    lambda draw, e: f"[{_pick(draw, ['skip', 'nth'])}({draw(st.integers(0, 2))}; {e()})]",
    lambda draw, e: _pick(draw, _PLAIN),
    lambda draw, e: _pick(draw, _PLAIN),
    lambda draw, e: f"{e()} | {_pick(draw, _PLAIN)}",
    lambda draw, e: f"{_pick(draw, _BY)}({e()})",
    lambda draw, e: f"{_pick(draw, _OF)}({e()})",
    lambda draw, e: f".[{e()}]",
    lambda draw, e: f".[{e()}:{e()}]",
    lambda draw, e: f'"x\\{e()}y\\{e()}"',
    lambda draw, e: f"setpath({e()}; {e()})",
    lambda draw, e: f"{_pick(draw, ['any', 'all', 'IN', 'add(.[]?) | any'])}({e()}; {e()})",
    lambda draw, e: f"label $out | {e()} | (., break $out)",
    lambda draw, e: f"-{e()}",
    lambda draw, e: _pick(draw, _DATES),
    lambda draw, e: _pick(draw, _LOOPS),
    lambda draw, e: f"{e()} | {_pick(draw, _LOOPS)}",
]
