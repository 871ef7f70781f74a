"""Conversations with customers, each a workflow of its own."""

from temporal.sessions.sessions import Sessions
from temporal.sessions.turns import turning

__all__ = ["Sessions", "turning"]
