"""Every code the platform can answer with; each has a page under `docs/codes/`."""

from collections.abc import Iterable, Mapping
from importlib import import_module
from types import MappingProxyType

from symphainy.codes.code import Code, Severity

__all__ = ["CODES", "Code", "Severity", "code"]

AREAS = (
    "document",
    "compile",
    "expression",
    "policy",
    "template",
    "delivery",
    "protocol",
    "store",
    "audit",
    "alarm",
    "run",
    "lifecycle",
    "event",
    "session",
    "codec",
    "api",
    "identity",
    "provisioning",
    "trust",
)


def _collect() -> Mapping[str, Code]:
    found: dict[str, Code] = {}
    for area in AREAS:
        codes: Iterable[Code] = import_module(f"symphainy.codes.{area}").CODES
        for one in codes:
            if one.code in found:
                raise ValueError(f"code {one.code!r} is declared twice")
            found[one.code] = one
    return MappingProxyType(found)


CODES: Mapping[str, Code] = _collect()


def code(name: str) -> Code:
    """The code called `name`; an unregistered name is a programming error (KeyError)."""
    return CODES[name]
