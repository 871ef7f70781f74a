"""What a step of an expression costs: every function over large inputs, and what is hostile.

`python -m benchmarks.expressions` prints the dearest steps and the longest evaluations. The meter
promises that work is paid for, so no function may be far dearer per step than a plain loop.
"""

import gc
import sys
import time
from typing import Any, NamedTuple

from symphainy import expr
from symphainy.expr.builtins import registry
from symphainy.expr.engine import _with_headroom
from symphainy.expr.meter import Meter
from symphainy.expr.outcome import checked
from tests.expr.test_hostile import SPENT

MOST = 20
SKIPPED = {"now", "error"}

INPUTS: dict[str, Any] = {
    "integers": [(i * 7919) % 20011 for i in range(20_000)],
    "decimals": [((i * 7919) % 20011) / 7 for i in range(20_000)],
    "words": [f"w{(i * 7919) % 20011:05}" for i in range(20_000)],
    "texts": ["x" * 1000 + str(i) for i in range(500)],
    "text": "ab,c é" * 150_000,
    "letters": "a" * 900_000,
    "codes": [97] * 200_000,
    "digits": "9" * 300,
    "fields": {f"k{i}": i for i in range(20_000)},
    "entries": [{"key": f"k{i}", "value": i} for i in range(10_000)],
    "rows": [[i, str(i), None, {"a": i}] for i in range(5_000)],
    "lists": [[i] for i in range(20_000)],
    "deep": [[[[[[[[1]]]]]]]] * 2_000,
    "number": 1425599621,
    "big": 2**1000 - 1,
    "json": "[" + "1," * 300_000 + "1]",
    "date": "2015-03-05T23:51:47Z",
    "wide": [list(range(3000)), list(range(3000))],
}
ARGUMENTS = [
    ".",
    "1",
    '"a"',
    ".[0]?",
    ".[]?",
    '"%Y-%m-%dT%H:%M:%SZ"',
    "[.]",
    "empty",
    '["a"]',
    "[[0]]",
]


class Seen(NamedTuple):
    per_step: float
    seconds: float
    steps: int
    program: str
    given: str
    ended: str


def measured(program: str, given: str, data: Any) -> Seen | None:
    """One evaluation, None where it does not compile."""
    try:
        compiled = expr.compile(program)
    except expr.CompileError:
        return None
    limits = expr.Limits()
    meter = Meter(limits, 1.7e9)

    def run() -> str:
        try:
            meter.charge(compiled.code.cost)
            found = []
            for value in compiled.code.many((meter,), data):
                meter.charge(1)
                found.append(value)
                if len(found) > limits.outputs:
                    break
            checked(meter, found)
        except expr.EvaluationError as error:
            return error.message[:50]
        return "value"

    started = time.thread_time()
    ended = _with_headroom(run)
    spent = time.thread_time() - started
    steps = limits.steps - max(meter.fuel, 0)
    return Seen(1e6 * spent / (steps + 50), spent, steps, program, given, ended)


def programs() -> list[str]:
    """Every function, with every argument that may be large."""
    found = []
    for name, arity in sorted(registry.known() - {(s, a) for s in SKIPPED for a in range(4)}):
        if arity == 0:
            found.append(name)
        elif arity == 1:
            found += [f"{name}({argument})" for argument in ARGUMENTS]
        else:
            found += [f"{name}({'; '.join([one] * arity)})" for one in ARGUMENTS]
            found += [f"{name}({'; '.join(['.', *[two] * (arity - 1)])})" for two in ('"a"', "1")]
    often = [f"[range(1000) as $i | {one} | 1]" for one in OFTEN]
    return [*found, *FORMS, *often, *[f"[range(1000) as $i | {one}]" for one in OFTEN]]


FORMS = [
    ". + .", ". - .", ". * 2", ". * .", ". / .", '. / ","', ". == .", ". < .", "[.] < [.]",
    ".[1:]", ".[:-1]", "[.[]?]", "[..]", ". as [$a] | $a", "{a: .}", '"\\(.)"', "-.", ".a = 1",
    "[limit(3; .[]?)]", "map(. + 1)?", "map(tostring)?", "map(length)?", ".[0] = 1", ".[] |= .",
    "del(.[0])", "del(.[]?)", "reduce .[]? as $x (0; . + 1)", "foreach .[]? as $x (0; . + 1)",
    "reduce .[]? as $x ([]; . + [$x])", "[paths]", "[tostream]", "reduce range(1e9) as $i (.; .)",
    "last(range(1e9))", "[range(1e9)]", "def f: f; f", "0 | until(false; . + 1)", "@json", "@uri",
    '@csv "\\([.[]?])"', "@html", "@urid", "@base64", "@base64d", "@csv", "@tsv", "@text",
    "@json | fromjson", '[scan("a")]', '[match("a"; "g")]', 'gsub("a"; "b")', 'test("(a|b)*z")',
    'gsub("(?<x>a)"; .x + .x)', '[splits("a")]', 'split("a")', 'ascii_downcase | test("z")',
    'test("([a-z]+[0-9]?)+$")', '[match("(a)(b)(c)?"; "g")]', 'test("(?i)é$")', 'index("z")',
    '[.[]? | test("x9")?]', '[.[:3000]? | match("a*?a*?a*?z"; "g")]', 'indices("ab")', ". - [1]",
    "explode | implode", "sort == .", "group_by(.)?", "unique_by(.)?", 'test("z")', 'rindex("z")',
]  # fmt: skip
OFTEN = [
    "length", "type", ". < .", ". == .", "tostring", ".", "[.]", "{a: .}", ".[1:]?", "keys?",
    ". + .", "reverse?", 'startswith("ab")?', ".[$i:]?", ".[$i:$i + 1]?", ".[-$i:]? | length",
    "error(.)?", "try error(.) catch 1", "try (. + {}) catch 1", "try (.a.b.c) catch 1", "min?",
    "try fromjson catch 1", "try tonumber catch 1", "try implode catch 1", "try @base64d catch 1",
    'try test("[" + "a" * $i) catch 1', "has($i)?", 'contains("zz")?', 'ltrimstr("ab")', "add?",
    "ascii_downcase?", "tojson", "flatten?", "utf8bytelength?", "any?", "isempty(.[]?)", "trim?",
    "(.[0] = $i)?", "first(.[]?)", "to_entries?", 'splits("z")?', 'test("z")?', 'test("a.*z")?',
    "getpath([0])?", "explode?", "@base64", "@uri", "@html", "unique?", "tojson | fromjson",
    "sort?", "keys_unsorted?", 'indices("z")?', 'split("z")?', 'join("z")?', "(. * 2)?", ". * .",
    'strftime("%Y" * 1000)?', '(. / "b")?', "implode?", "transpose?", "max_by(.)?", "inside(.)?",
]  # fmt: skip


def main() -> None:
    most = int(sys.argv[1]) if len(sys.argv) > 1 else MOST
    found = []
    gc.freeze()
    for program in programs():
        for given, data in INPUTS.items():
            seen = measured(program, given, data)
            if seen is not None:
                found.append(seen)
    found += [s for p, d in SPENT if (s := measured(p, "hostile", d)) is not None]
    for title, key in (("dearest steps", 0), ("longest evaluations", 1)):
        print(f"{title} of {len(found)}")
        for seen in sorted(found, key=lambda s: -s[key])[:most]:
            print(
                f"{seen.per_step:9.2f} us/step {seen.seconds * 1e3:9.2f} ms {seen.steps:6}"
                f"  {seen.program[:60]}  <- {seen.given}: {seen.ended}"
            )


if __name__ == "__main__":
    main()
