"""A capability that costs next to nothing, so that what is measured is everything around it."""

from pydantic import BaseModel

from symphainy.capability import Call, capability
from symphainy.catalog import Example
from symphainy.errors import Refused

__all__ = ["CAPABILITIES", "FILL", "flaky", "noop", "short"]

FILL = "x" * 184


class Number(BaseModel):
    """What the step is given."""

    n: int


class Answer(BaseModel):
    """Two hundred bytes of JSON."""

    n: int
    fill: str


@capability(
    "benchmark.noop",
    effect="none",
    examples=(Example(title="Any number", takes={"n": 1}, gives={"n": 1, "fill": FILL}),),
)
async def noop(call: Call, takes: Number) -> Answer:
    """Give the number back, with a filling."""
    return Answer(n=takes.n, fill=FILL)


@capability(
    "benchmark.short",
    effect="none",
    short=True,
    examples=(Example(title="Any number", takes={"n": 1}, gives={"n": 1, "fill": FILL}),),
)
async def short(call: Call, takes: Number) -> Answer:
    """Give the number back, with a filling, at once."""
    return Answer(n=takes.n, fill=FILL)


@capability("benchmark.flaky", effect="none")
async def flaky(call: Call, takes: Number) -> Answer:
    """Give the number back, at the second attempt that a flow makes."""
    if call.key.endswith("#1"):
        raise Refused("benchmark.flaky", "not yet")
    return Answer(n=takes.n, fill=FILL)


CAPABILITIES = (noop, short, flaky)
