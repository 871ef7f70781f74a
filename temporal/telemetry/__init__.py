"""Spans of runs: what a run, its decisions and the attempts of its steps tell of themselves."""

from temporal.telemetry.places import beginning_of, run_of, step_of, trace_of
from temporal.telemetry.run import RunSpans

__all__ = ["RunSpans", "beginning_of", "run_of", "step_of", "trace_of"]
