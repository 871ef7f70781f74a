"""What a child process tells its launcher: one line for each thing that stands."""

import json
import logging
import os
from typing import NamedTuple

__all__ = ["EMBEDDED", "FD", "Milestone", "embedded", "forward", "launched", "reached", "read"]

FD = "SYMPHAINY_MILESTONES"
"""Names the file descriptor of the launcher's pipe in a child's environment."""

EMBEDDED = "SYMPHAINY_EMBEDDED"
"""Tells a child that the Temporal server is the launcher's own."""


class Milestone(NamedTuple):
    """A thing that stands."""

    name: str
    text: str


def launched() -> bool:
    """Whether a launcher started this process."""
    return FD in os.environ


def embedded() -> bool:
    """Whether the launcher started the Temporal server too."""
    return EMBEDDED in os.environ


def reached(name: str, text: str) -> None:
    """Tell the launcher, if there is one."""
    if launched():
        # Shorter than PIPE_BUF, so lines of two children never mix.
        line = json.dumps([name, text[:1000]]) + "\n"
        os.write(int(os.environ[FD]), line.encode())


def read(line: bytes) -> Milestone:
    """The milestone that `reached` wrote as `line`."""
    name, text = json.loads(line)
    return Milestone(str(name), str(text))


def forward(logger: str) -> None:
    """Tell the launcher what `logger` says in the form `name: text; name: text`."""
    logging.getLogger(logger).addHandler(_Forward(logging.INFO))


class _Forward(logging.Handler):
    def emit(self, record: logging.LogRecord) -> None:
        if record.levelno == logging.INFO:
            for part in record.getMessage().split("; "):
                name, colon, text = part.partition(": ")
                if colon:
                    reached(name, text)
