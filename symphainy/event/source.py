"""Somebody outside who sends events: how they sign, and what their bodies mean."""

import re
from collections.abc import Mapping
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from symphainy import expr
from symphainy.errors import Refused
from symphainy.event.cloud_event import Envelope, checked
from symphainy.json import Json

__all__ = ["PARTS", "Mapped", "Rules", "Signing"]

PARTS = re.compile(r"\{(id|timestamp|body)\}")
HEADER = r"^[A-Za-z0-9][A-Za-z0-9-]{0,99}$"
VARIABLES = frozenset({"headers", "source"})
HIDDEN = re.compile(r"sign|authorization|cookie|secret|token", re.IGNORECASE)
"""Headers that no expression gets to see."""


class _Closed(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Signing(_Closed):
    """A signature of keyed hashes, in a header."""

    header: str = Field("x-hub-signature-256", pattern=HEADER)
    prefix: str = Field("sha256=", max_length=40)
    encoding: Literal["hex", "base64"] = "hex"
    algorithm: Literal["sha256", "sha512"] = "sha256"
    signed: str = Field(
        "{body}",
        max_length=200,
        description="What is signed: `{body}`, and `{id}` and `{timestamp}` of these headers.",
    )
    id: str | None = Field(None, pattern=HEADER)
    timestamp: str | None = Field(
        None, pattern=HEADER, description="Unix seconds, which have to be signed too."
    )

    @model_validator(mode="after")
    def _covered(self) -> "Signing":
        named = PARTS.findall(self.signed)
        if named.count("body") != 1:
            raise ValueError("`signed` has to have {body} once")
        if ("timestamp" in named) is not (self.timestamp is not None):
            raise ValueError("a timestamp is of use if it is signed: name it in `signed` too")
        if "id" in named and self.id is None:
            raise ValueError("`signed` has {id}: say in `id` which header that is")
        return self


class Mapped(_Closed):
    """How a body becomes a CloudEvent: expressions (jq) on it, with `$headers` and `$source`."""

    type: str = Field(max_length=2000)
    id: str | None = Field(None, max_length=2000)
    subject: str | None = Field(None, max_length=2000)
    time: str | None = Field(None, max_length=2000)
    data: str = Field(".", max_length=2000)

    @field_validator("type", "id", "subject", "time", "data")
    @classmethod
    def _compiles(cls, value: str | None) -> str | None:
        if value is not None:
            try:
                expr.compile(expr.strip(value), VARIABLES)
            except expr.CompileError as error:
                raise ValueError(str(error)) from None
        return value

    def event(
        self, body: Json, *, headers: Mapping[str, str], source: str, id: str, now: float
    ) -> Envelope:
        """What `body` says, as an event of that source; `id` is what it has if none is found.

        Refused `source.unreadable`, `event.malformed`, `event.too-large`.
        """
        shown: dict[str, Json] = {
            name: one for name, one in headers.items() if not HIDDEN.search(name)
        }
        given: Envelope = {"specversion": "1.0", "source": source}
        for name in ("type", "id", "subject", "time", "data"):
            written = getattr(self, name)
            if written is None:
                continue
            try:
                program = expr.compile(expr.strip(written), VARIABLES)
                variables: dict[str, Json] = {"headers": shown, "source": source}
                given[name] = expr.evaluate(program, body, variables, now=now).value
            except expr.ExpressionError as error:
                message = f"the expression for `{name}` gives nothing: {error}"
                raise Refused("source.unreadable", message, pointer=f"/{name}") from None
        return checked({"id": id, **{k: v for k, v in given.items() if v is not None}})


class Rules(_Closed):
    """All that a source is known by, but its secret."""

    kind: Literal["standard", "github", "hmac"] = Field(
        description="Standard Webhooks; GitHub's header; any other keyed hash, as `signing` says."
    )
    signing: Signing | None = Field(None, description="Of `hmac` alone.")
    tolerance: int = Field(
        300, ge=10, le=3600, description="Seconds that a timestamp may be off, either way."
    )
    event: Mapped | None = Field(
        None, description="How bodies become events; without it they are CloudEvents already."
    )

    @model_validator(mode="after")
    def _fits(self) -> "Rules":
        if (self.kind == "hmac") is not (self.signing is not None):
            raise ValueError("`signing` goes with the kind `hmac`, and that needs it")
        return self
