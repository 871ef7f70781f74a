"""`symphainy issuer`: the identity providers whose access tokens this installation believes."""

import json
import re
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from pydantic import ValidationError

from public_works import Settings, Stores
from public_works.audit.stores import PLATFORM
from smart_city.audit import Entry, Subject, named
from smart_city.trust import SLUG, TrustedIssuer
from symphainy.errors import Refused

__all__ = ["add", "better", "entered", "listed", "mapped", "remove"]

BY = "symphainy"
"""Who says so: whoever may write to the folder."""


def add(settings: Settings, id: str, said: Mapping[str, Any]) -> int:
    """0; the issuer is trusted, in place of what was said of it before.

    Refused `api.invalid-request`, `issuer.taken`, `issuer.too-many`, `issuer.fixed`.
    """
    if not re.fullmatch(SLUG, id):
        raise Refused("api.invalid-request", f"{id!r} is no id: lower-case letters and digits.")
    if id in settings.issuers:
        raise Refused("issuer.fixed", f"The issuer {id!r} comes from the settings.")
    try:
        trusted = TrustedIssuer.model_validate(said)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(map(str, first["loc"]))
        raise Refused("api.invalid-request", f"{where}: {first['msg']}") from None
    with _stores(settings) as stores:
        stores.issuers.put(settings.tenant, id, trusted, by=BY)
        stores.audit.record(settings.tenant, _entry("issuer.trusted", id))
    sys.stdout.write(f"{settings.tenant} trusts {trusted.issuer} as {id}.\n")
    return 0


def listed(settings: Settings, *, as_json: bool) -> int:
    """0; a line for each issuer that the tenant trusts."""
    with _stores(settings) as stores:
        kept = {one.id: one.said for one in stores.issuers.list(settings.tenant)}
    found = {**settings.issuers, **kept}
    if as_json:
        shown = {id: said.model_dump(mode="json") for id, said in found.items()}
        sys.stdout.write(json.dumps(shown, indent=2) + "\n")
        return 0
    for id, said in found.items():
        source = "  (settings)" if id in settings.issuers else ""
        sys.stdout.write(f"{id:<16}  {said.issuer}  for {said.audience}{source}\n")
    return 0


def remove(settings: Settings, id: str) -> int:
    """0; no token of that issuer is believed any more. Refused `issuer.missing`, `issuer.fixed`."""
    if id in settings.issuers:
        raise Refused("issuer.fixed", f"The issuer {id!r} comes from the settings.")
    with _stores(settings) as stores:
        if not stores.issuers.remove(settings.tenant, id):
            raise Refused("issuer.missing", f"There is no issuer {id[:80]!r}.")
        stores.audit.record(settings.tenant, _entry("issuer.removed", id))
    return 0


def mapped(pairs: Sequence[str]) -> dict[str, list[str]]:
    """Roles by name, from texts such as `staff=author`. Refused `api.invalid-request`."""
    found: dict[str, list[str]] = {}
    for one in pairs:
        name, equals, role = one.rpartition("=")
        if not equals or not name or not role:
            raise Refused("api.invalid-request", f"{one!r} is not NAME=ROLE.")
        found.setdefault(name, []).append(role)
    return found


def better(
    roles: Sequence[str], acr: Sequence[str], amr: Sequence[str], max_age: int | None
) -> dict[str, Any] | None:
    """What sign-ins have to be for `roles`; None if they need not be anything. Refused
    `api.invalid-request`."""
    if not roles and (acr or amr or max_age is not None):
        message = "Name the roles that --acr, --amr and --max-age are for with --step-up ROLE."
        raise Refused("api.invalid-request", message)
    if roles and not (acr or amr or max_age is not None):
        message = "Say with --acr, --amr or --max-age what the roles of --step-up take."
        raise Refused("api.invalid-request", message)
    said = {"roles": list(roles), "acr": list(acr), "amr": list(amr), "max_age": max_age}
    return said if roles else None


def entered(client: str | None, secret: str | None, scopes: Sequence[str]) -> dict[str, Any] | None:
    """How people sign in at pages; None if they do not. Refused `api.invalid-request`."""
    if client is not None:
        return {"client": client, "secret": secret, "scopes": list(scopes)}
    if secret is not None or scopes:
        message = "Name the client that --sign-in-secret and --sign-in-scope are of with --sign-in."
        raise Refused("api.invalid-request", message)
    return None


def _entry(action: str, id: str) -> Entry:
    return Entry(actor=PLATFORM, action=action, subject=Subject(type="issuer", id=named(id)))


@contextmanager
def _stores(settings: Settings) -> Iterator[Stores]:
    stores = Stores.open(settings)
    try:
        yield stores
    finally:
        stores.close()
