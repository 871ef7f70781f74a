"""Secrets, named by reference and never shown."""

import os
import re
from pathlib import Path
from typing import Any, NoReturn

from pydantic import SecretStr

from public_works.settings import PREFIX, Settings
from symphainy.errors import Refused

__all__ = ["Secret", "resolve"]

NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
OPEN_PREFIX = PREFIX + "SECRET_"
LARGEST = 64 * 1024


class Secret(SecretStr):
    """A text that only `get_secret_value()` gives out: it neither prints, pickles nor formats."""

    def __init__(self, value: str, reference: str) -> None:
        super().__init__(value)
        self.reference = reference

    def __repr__(self) -> str:
        return f"Secret({self.reference!r})"

    def __str__(self) -> str:
        raise TypeError(f"the secret {self.reference} is not to be printed")

    def __format__(self, _spec: str) -> str:
        return str(self)

    def __reduce_ex__(self, _protocol: Any) -> NoReturn:
        raise TypeError(f"the secret {self.reference} is not to be stored")


def resolve(reference: str, settings: Settings) -> Secret:
    """The secret that `env:NAME` or `file:relative/path` names.

    Files are read below the folder `secrets` of the home folder, without a final line break.
    The platform's own variables (SYMPHAINY_…) are out of reach, except SYMPHAINY_SECRET_….
    Raises Refused: `secret.reference` when it is malformed or leads outside,
    `secret.missing` when there is nothing.
    """
    kind, _, name = reference.partition(":")
    if kind == "env" and NAME.fullmatch(name):
        return Secret(_variable(name), reference)
    if kind == "file" and name:
        return Secret(_file(name, settings.home / "secrets"), reference)
    raise Refused("secret.reference", f"{reference[:80]!r} is neither env:NAME nor file:PATH.")


def _variable(name: str) -> str:
    if name.upper().startswith(PREFIX) and not name.startswith(OPEN_PREFIX):
        raise Refused("secret.reference", f"{name} belongs to the platform; use {OPEN_PREFIX}….")
    value = os.environ.get(name)
    if not value:
        raise Refused("secret.missing", f"The environment variable {name} is not set.")
    return value


def _file(name: str, folder: Path) -> str:
    try:
        file = (folder / name).resolve()
        if not file.is_relative_to(folder.resolve()):
            raise Refused("secret.reference", f"file:{name[:80]} leads out of the secrets folder.")
        with file.open(encoding="utf-8") as text:
            return text.read(LARGEST).removesuffix("\n").removesuffix("\r")
    except (OSError, ValueError):
        raise Refused("secret.missing", f"There is no readable secret file:{name[:80]}.") from None
