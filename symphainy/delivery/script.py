"""Scripts of phone calls, neutral of vendors."""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

__all__ = ["Gather", "Hangup", "Pause", "Play", "Say", "Step", "Transfer"]


class _Step(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Say(_Step):
    """Words, spoken."""

    do: Literal["say"] = "say"
    text: str
    language: str | None = None
    voice: str | None = None
    """A voice of the vendor's, by its name there."""


class Play(_Step):
    """A recording, played."""

    do: Literal["play"] = "play"
    url: str


class Pause(_Step):
    """Silence."""

    do: Literal["pause"] = "pause"
    seconds: int = 1


class Gather(_Step):
    """A question, and what is done after each answer.

    The answer is told as the receipt `gathered`, under `name`. The script goes on behind the
    question unless the way of the answer ended the call.

    A choice is keys (`1`, `42`, `*`), or where the answer may be spoken also words (`yes`).
    """

    do: Literal["gather"] = "gather"
    name: str
    prompt: "tuple[Say | Play | Pause, ...]" = ()
    digits: int | None = 1
    """How many keys at most; None is up to `finish`."""
    finish: str = "#"
    """The key that ends an answer of several; where it is one key, all keys are answers."""
    speech: bool = False
    """Whether the answer may be spoken."""
    seconds: int = 5
    """Waited for an answer, and between two keys."""
    attempts: int = 1
    """How often it is asked while no answer comes, or none of the `choices`."""
    choices: "dict[str, tuple[Step, ...]]" = Field(default_factory=dict)
    """What is done for each answer; empty takes whatever comes."""
    otherwise: "tuple[Step, ...]" = ()
    """What is done for another answer, or for none, when it was asked often enough."""


class Transfer(_Step):
    """The call, handed to somebody else; it ends when they hang up."""

    do: Literal["transfer"] = "transfer"
    to: str
    """A phone number in E.164."""
    seconds: int = 30
    otherwise: "tuple[Step, ...]" = ()
    """What is done when nobody takes it; the script goes on behind it."""


class Hangup(_Step):
    """The end of the call."""

    do: Literal["hang up"] = "hang up"


Step = Annotated[Say | Play | Pause | Gather | Transfer | Hangup, Field(discriminator="do")]
"""One step of a script; `do` tells which."""

Gather.model_rebuild()
Transfer.model_rebuild()
