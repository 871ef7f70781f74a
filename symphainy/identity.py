"""Who is asking."""

from typing import Literal

from pydantic import BaseModel, ConfigDict

__all__ = ["Principal"]


class Principal(BaseModel):
    """A user, service or agent of one tenant; `id` is opaque and carries no personal data."""

    model_config = ConfigDict(frozen=True)

    tenant: str
    id: str
    kind: Literal["user", "service", "agent"] = "service"
    roles: frozenset[str] = frozenset()
    on_behalf_of: str | None = None
    """Of an agent: the user for whom it acts, in roles that both of them have."""
    vouched: frozenset[str] = frozenset()
    """Roles of that user which only a token told of, so that nobody else knows when they end."""

    @property
    def accountable(self) -> str:
        """The id of who answers for what is done: of an agent, its user."""
        return self.on_behalf_of or self.id
