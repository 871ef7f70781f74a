"""Secrets put into what a step is handed, and taken out of all that comes back."""

import json
from collections.abc import Iterable, Mapping
from copy import deepcopy
from typing import Any, Protocol

from public_works.hiding import HIDDEN, forms, leaves
from public_works.secrets import Vault
from symphainy.errors import Ending, Refused, Unavailable
from symphainy.json import Json
from symphainy.plan import SecretPart

__all__ = ["Mask", "filled"]

AUTHORIZATION = "$authorization"
"""No secret can have this name: it stands for what the step's own authentication comes to."""


class Described(Protocol):
    """What the specification calls an authorization descriptor."""

    @property
    def scheme(self) -> str: ...

    @property
    def parameter(self) -> str: ...


class Mask:
    """Hides the secrets it was told of, wherever they stand."""

    def __init__(self, secrets: Iterable[str] = ()) -> None:
        self._texts: list[str] = []
        self.add(*secrets)

    def add(self, *secrets: str) -> None:
        """Hide these too."""
        self._texts = sorted({*self._texts, *forms(secrets)}, key=len, reverse=True)

    def join(self, other: "Mask") -> None:
        """Hide what `other` hides too."""
        self._texts = sorted({*self._texts, *other._texts}, key=len, reverse=True)

    def __bool__(self) -> bool:
        return bool(self._texts)

    def text(self, text: str) -> str:
        """`text` without secrets."""
        for one in self._texts:
            text = text.replace(one, HIDDEN)
        return text

    def content(self, content: bytes) -> bytes:
        """Bytes without secrets."""
        for one in self._texts:
            content = content.replace(one.encode(), HIDDEN.encode())
        return content

    def value(self, value: Json) -> Json:
        """JSON without secrets."""
        if not self._texts:
            return value
        if isinstance(value, str):
            return self.text(value)
        if isinstance(value, dict):
            return {self.text(key): self.value(one) for key, one in value.items()}
        return [self.value(one) for one in value] if isinstance(value, list) else value

    def ending(self, ending: Ending) -> Ending:
        """The same ending, saying no secret and coming from nowhere."""
        if not self._texts:
            return ending
        told = self.text(ending.message)
        if isinstance(ending, Unavailable):
            return Unavailable(
                ending.code, told, pointer=ending.pointer, retry_after=ending.retry_after
            )
        return type(ending)(ending.code, told, pointer=ending.pointer)


def filled(
    wire: Mapping[str, Any], tenant: str, vault: Vault, authorization: Described | None = None
) -> tuple[dict[str, Any], Mask]:
    """What a step is handed with its secrets in place, and what hides them again.

    Only the member `secrets` of `wire` says where a secret goes, which the compiler wrote: no
    data can ask for one. What needs an `authorization` stays there until there is one. Raises
    Refused (`secret.missing`, `secret.reference`).
    """
    whole, mask, left = deepcopy({**wire}), Mask(), {}
    for pointer, written in (whole.pop("secrets", None) or {}).items():
        parts = [one if isinstance(one, str) else SecretPart.model_validate(one) for one in written]
        waits = any(not isinstance(one, str) and one.secret == AUTHORIZATION for one in parts)
        if waits and authorization is None:
            left[pointer] = written
            continue
        found = [_read(one, tenant, vault, authorization, mask) for one in parts]
        _put(whole, pointer, found[0] if len(found) == 1 else "".join(map(_text, found)))
    return {**whole, "secrets": left} if left else whole, mask


def _text(value: Json) -> str:
    return value if isinstance(value, str) else json.dumps(value)


def _read(
    part: str | SecretPart,
    tenant: str,
    vault: Vault,
    authorization: Described | None,
    mask: Mask,
) -> Json:
    if isinstance(part, str):
        return part
    if part.secret == AUTHORIZATION and authorization is not None:
        return authorization.scheme if part.path == ("scheme",) else authorization.parameter
    value = vault.read(tenant, part)
    mask.add(*leaves(value, part.path[-1] if part.path else ""))
    return value


def _put(whole: dict[str, Any], pointer: str, value: Json) -> None:
    *path, last = (one.replace("~1", "/").replace("~0", "~") for one in pointer[1:].split("/"))
    place: Any = whole
    try:
        for one in path:
            place = place[int(one)] if isinstance(place, list) else place[one]
        place[int(last) if isinstance(place, list) else last] = value
    except (KeyError, IndexError, ValueError, TypeError):
        raise Refused("secret.reference", f"There is no place {pointer[:120]!r}.") from None
