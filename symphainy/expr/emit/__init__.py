"""The compiler: every kind of node becomes a closure."""

from symphainy.expr.emit import bindings, calls, control, operators, paths, plain, updates

__all__ = ["bindings", "calls", "control", "operators", "paths", "plain", "updates"]
