"""The compiler: every kind of node becomes a closure."""

from symphainy.expr.emit import (
    bindings,
    calls,
    control,
    operators,
    paths,
    plain,
    updates,
)
from symphainy.expr.emit.build import build, trace

__all__ = [
    "bindings",
    "build",
    "calls",
    "control",
    "operators",
    "paths",
    "plain",
    "trace",
    "updates",
]
