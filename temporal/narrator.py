"""What a run tells about itself in Temporal's UI: what it does now, and why it waits."""

from itertools import islice

from temporalio import workflow

from symphainy.markdown import code, plain

__all__ = ["Narrator"]

SHOWN = 20
"""Lines at most; a wide fan-out would pay for all of them at every change."""


class Narrator:
    """Keeps one line for each task that is under way and shows them as current details."""

    def __init__(self, title: str) -> None:
        self._title = plain(title)
        self._lines: dict[str, str] = {}

    def tell(self, ref: str, line: str) -> None:
        """Show `line` for the task `ref`: Markdown, in which words of others are `plain`."""
        self._lines[ref] = line
        self._show()

    def done(self, ref: str) -> None:
        """Stop showing the task `ref`."""
        if self._lines.pop(ref, None) is not None:
            self._show()

    def _show(self) -> None:
        # A run that leaves a worker's memory is unwound outside of its workflow.
        if not workflow.in_workflow():
            return
        lines = [f"- {code(ref)} {line}" for ref, line in islice(self._lines.items(), SHOWN)]
        if len(self._lines) > SHOWN:
            lines.append(f"- and {len(self._lines) - SHOWN} more")
        workflow.set_current_details("\n".join([f"**{self._title}**", "", *lines]))
