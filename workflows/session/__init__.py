"""The workflow of a session: one durable conversation of one customer with one solution."""

from workflows.session.session import Session

__all__ = ["Session"]
