"""Secrets, named by reference and never shown."""

import json
import os
import re
from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from typing import Any, NoReturn

from pydantic import SecretStr

from public_works.hiding import READ
from public_works.secret_managers import Manager, Remembered, managers
from public_works.settings import PREFIX, Settings
from symphainy.errors import Refused
from symphainy.json import Json
from symphainy.plan import SecretPart

__all__ = ["Secret", "Vault", "resolve", "variable_of"]

NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
OPEN_PREFIX = PREFIX + "SECRET_"
OWNED = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}")
NAMED = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}(@[A-Za-z0-9-]{1,64})?")
PLAIN_TENANT = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
LARGEST = 64 * 1024


class Secret(SecretStr):
    """A text that only `get_secret_value()` gives out: it neither prints, pickles nor formats."""

    def __init__(self, value: str, reference: str) -> None:
        super().__init__(value)
        READ.add(value)
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


class Vault:
    """The secrets of every tenant, by name, as this process can see them.

    The file `secrets/<tenant>/<name>` below the home folder comes first, then the environment
    variable that `variable_of` names, then the managers of the settings. What is a JSON object
    there is one here. `name@version` is that version of a manager's.
    """

    def __init__(self, settings: Settings) -> None:
        self._folder = settings.home / "secrets"
        self._settings = settings
        self._remembered = Remembered(settings.secrets_cache_seconds)

    @cached_property
    def managers(self) -> tuple[Manager, ...]:
        """Who is asked for what is not on this machine."""
        return managers(self._settings, lambda one: resolve(one, self._settings).get_secret_value())

    def read(self, tenant: str, part: SecretPart) -> Json:
        """The secret, or the member of it that `part` names.

        Raises Refused (`secret.missing`, `secret.reference`, `secret.refused`), Unavailable
        (`secret.unavailable`).
        """
        found = self._whole(tenant, part.secret)
        for i, key in enumerate(part.path):
            if not isinstance(found, dict) or key not in found:
                place = ".".join((part.secret, *part.path[: i + 1]))
                raise Refused("secret.missing", f"The secret has no member `{place[:120]}`.")
            found = found[key]
        return found

    def _whole(self, tenant: str, name: str) -> Json:
        if not (OWNED.fullmatch(tenant) and NAMED.fullmatch(name)):
            message = f"{name[:80]!r} cannot name a secret: letters, digits, `-`, `_` and `.` can."
            raise Refused("secret.reference", message)
        text = self._kept(tenant, name)
        if text is not None:
            kept = _value(text)
            READ.add(kept)
            return kept
        found = self._remembered.of(tenant, name, lambda: self._asked(tenant, name))
        if found is None:
            raise Refused("secret.missing", _lacking(tenant, name, self.managers))
        return found

    def _asked(self, tenant: str, name: str) -> Json:
        name, _, version = name.partition("@")
        for one in self.managers:
            found = one.read(tenant, name, version or None)
            if found is not None:
                READ.add(found)
                return found
        return None

    def _kept(self, tenant: str, name: str) -> str | None:
        if "@" in name:
            return None
        if _holds(self._folder, tenant) and _holds(self._folder / tenant, name):
            return _file(f"{tenant}/{name}", self._folder)
        variable = variable_of(tenant, name)
        return os.environ.get(variable) or None if variable else None


def variable_of(tenant: str, name: str) -> str | None:
    """The environment variable of a tenant's secret; None for tenants that have none.

    No two tenants share a variable: the name of one that may have variables is of lower-case
    letters, digits and single dashes, so that the first double underscore ends it.
    """
    if not PLAIN_TENANT.fullmatch(tenant):
        return None
    return f"{OPEN_PREFIX}{_shouted(tenant)}__{_shouted(name)}"


def _shouted(name: str) -> str:
    return re.sub(r"[^A-Z0-9]", "_", name.upper())


def _holds(folder: Path, name: str) -> bool:
    # Some file systems find `acme` where `Acme` is asked for.
    return folder.is_dir() and any(entry.name == name for entry in folder.iterdir())


def _value(text: str) -> Json:
    try:
        found = json.loads(text)
    except ValueError:
        return text
    return found if isinstance(found, dict) else text


def _lacking(tenant: str, name: str, asked: Sequence[Manager]) -> str:
    if "@" in name:
        return f"No manager of secrets has `{name}` of the tenant `{tenant}`: versions are theirs."
    variable = variable_of(tenant, name)
    instead = f" or the environment variable {variable}" if variable else ""
    instead += f", or {' or '.join(one.name for one in asked)}," if asked else ""
    return (
        f"There is no secret `{name}` of the tenant `{tenant}`: the file secrets/{tenant}/{name} "
        f"in the home folder{instead} has to be there for the worker that uses it."
    )
