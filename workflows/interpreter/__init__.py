"""The deterministic interpreter: one dynamic workflow for every solution."""

from workflows.interpreter.run import SolutionRun

__all__ = ["SolutionRun"]
