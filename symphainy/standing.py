"""How the tasks of a run stand."""

from typing import Literal

from pydantic import BaseModel, ConfigDict

__all__ = ["Standing", "Stands"]

Stands = Literal["done", "running", "waiting", "failed", "skipped", "cancelled"]


class Standing(BaseModel):
    """How one task stands, and how often the run has been there."""

    model_config = ConfigDict(frozen=True)

    status: Stands
    count: int = 1
    reason: str | None = None
    """Why it waits, or what went wrong."""
