"""Policies as definitions write them, and what they come to; pure."""

import base64
from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError

from symphainy.definition import AuthenticationPolicy
from symphainy.definition.authentication import Bearer, OpenIdConnect, Password
from symphainy.errors import Refused
from symphainy.json import Json

__all__ = ["Authorization", "Properties", "basic", "bearer", "properties"]

Properties = Password | Bearer | OpenIdConnect


@dataclass(frozen=True, slots=True)
class Authorization:
    """What the specification calls `$authorization`; it does not show its parameter."""

    scheme: str
    parameter: str

    @property
    def header(self) -> str:
        """The value of the header `Authorization`."""
        return f"{self.scheme} {self.parameter}"

    def __repr__(self) -> str:
        return f"Authorization({self.scheme!r}, ***)"


def properties(policy: Json) -> tuple[str, Properties]:
    """The scheme of a policy with its secrets in place, and the scheme's properties.

    Raises Refused (`authentication.properties`), which names members and shows no value.
    """
    try:
        read = AuthenticationPolicy.model_validate(policy)
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False, include_context=False)[0]
        place = ".".join(str(one) for one in first["loc"] if "\0" not in str(one))
        message = f"The authentication cannot be used: `{place[:80]}`: {first['msg'][:120]}."
        raise Refused("authentication.properties", message) from None
    scheme = next(iter(read.model_fields_set), "")
    found: Any = getattr(read, scheme, None)
    if not isinstance(found, Properties):
        message = "The authentication names no scheme, or a secret inside a secret."
        raise Refused("authentication.properties", message)
    return scheme, found


def basic(given: Password) -> Authorization:
    """RFC 7617."""
    pair = f"{given.username}:{given.password}".encode()
    return Authorization("Basic", base64.b64encode(pair).decode())


def bearer(token: str) -> Authorization:
    """RFC 6750."""
    return Authorization("Bearer", token)
