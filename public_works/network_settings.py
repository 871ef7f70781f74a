"""Settings of who is reached and who stands in front."""

import re
from typing import Annotated, Literal

from pydantic import BaseModel, Field, IPvAnyNetwork, field_validator
from pydantic_settings import NoDecode

__all__ = ["NetworkSettings", "entries"]

HOST_PORT = re.compile(r"(\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9._-]+)(:[0-9]{1,5})?")


def entries(value: object) -> object:
    """What a variable lists, separated by commas or spaces."""
    if isinstance(value, str):
        return tuple(entry for entry in re.split(r"[,\s]+", value) if entry)
    return value


class NetworkSettings(BaseModel):
    """The part of the settings that is about the network around the platform."""

    egress_allow: Annotated[tuple[str, ...], NoDecode] = Field(
        (),
        description="host[:port] entries, separated by commas or spaces, that the guarded HTTP "
        "client may reach although they are private or loopback.",
    )
    trusted_proxies: Annotated[tuple[IPvAnyNetwork, ...], NoDecode] = Field(
        (),
        description="Networks of the proxies in front of the API, such as 10.0.0.0/8, separated by "
        "commas or spaces: what they say of who asked is believed, and counts for limits and logs.",
    )
    proxy_header: Literal["x-forwarded-for", "forwarded"] = Field(
        "x-forwarded-for",
        description="The header in which these proxies say it. They have to set or extend exactly "
        "this one: the other is the client's own word, and is not read.",
    )

    @field_validator("egress_allow", "trusted_proxies", mode="before")
    @classmethod
    def _listed(cls, value: object) -> object:
        return entries(value)

    @field_validator("egress_allow")
    @classmethod
    def _places(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        for entry in value:
            if not HOST_PORT.fullmatch(entry):
                raise ValueError(f"{entry!r} is not host or host:port")
        return value

    @field_validator("proxy_header", mode="before")
    @classmethod
    def _small(cls, value: object) -> object:
        return value.lower() if isinstance(value, str) else value
