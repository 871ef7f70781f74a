"""The bounds of one expression: what a source may hold and what an evaluation may spend."""

from dataclasses import dataclass

SOURCE_BYTES = 8192
NODES = 2000
HEIGHT = 120


@dataclass(frozen=True, slots=True)
class Limits:
    """Bounds of one evaluation; reaching any of them is `expression.budget`.

    `steps` is fuel, `cells` the logical size of a value (shared parts count as often as they
    appear), `depth` how deep a value nests, `int_bits` how long an integer may be, `string` how
    many characters a string may hold, `outputs` how many values an expression may yield and
    `stack` how many evaluator frames may be open at once.
    """

    steps: int = 50_000
    cells: int = 1_000_000
    depth: int = 256
    int_bits: int = 1024
    string: int = 1_000_000
    outputs: int = 10_000
    stack: int = 1_600
