"""What somebody wants to do with a message."""

from pydantic import BaseModel, Field

from solution_api.simulator.acts import Act

__all__ = ["Deed"]


class Deed(BaseModel, extra="forbid"):
    """Something that the world does with a message."""

    act: Act
    text: str | None = Field(
        None, min_length=1, max_length=5000, description="What is written or said."
    )
    digits: str | None = Field(
        None, pattern="^[0-9*#]{1,32}$", description="The keys that are pressed."
    )
    url: str | None = Field(None, max_length=2000, description="The link that is clicked.")
    properties: dict[str, str | int | float | bool | None] | None = Field(
        None, max_length=100, description="What changes of a record."
    )
