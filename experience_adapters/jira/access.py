"""Whose site of Jira, and where."""

import re
from base64 import b64encode
from collections.abc import Mapping
from dataclasses import dataclass, field

from experience_adapters.json_api import text_at
from symphainy.errors import Refused
from symphainy.json import Json

__all__ = ["Access"]

_SITE = re.compile(r"[a-z0-9][a-z0-9-]{0,62}")
_CLOUD = re.compile(r"[A-Za-z0-9-]{1,64}")


@dataclass(frozen=True, slots=True)
class Access:
    """The credentials of a site; they go to `endpoint` and nowhere else."""

    endpoint: str
    authorization: str = field(repr=False)
    site: str | None = None
    """Where people look at issues."""

    @classmethod
    def of(cls, secret: Json, settings: Mapping[str, Json]) -> "Access":
        """What the tenant's secret says. Refused("secret.missing") for one that says too little."""
        token, email = text_at(secret, "accessToken"), text_at(secret, "email")
        password, cloud = text_at(secret, "apiToken"), text_at(secret, "cloudId")
        name = settings.get("site") or text_at(secret, "site")
        known = isinstance(name, str) and _SITE.fullmatch(name)
        site = f"https://{name}.atlassian.net" if known else None
        endpoint = settings.get("endpoint")
        if token is not None and cloud is not None and _CLOUD.fullmatch(cloud):
            there = f"https://api.atlassian.com/ex/jira/{cloud}"
            found = endpoint if isinstance(endpoint, str) else there
            return cls(found, f"Bearer {token}", site)
        if email is None or password is None:
            message = "The secret has neither `email` and `apiToken` nor `cloudId` and its token."
            raise Refused("secret.missing", message)
        pair = b64encode(f"{email}:{password}".encode()).decode()
        return cls(_endpoint(endpoint, site), f"Basic {pair}", site)


def _endpoint(endpoint: Json, site: str | None) -> str:
    if isinstance(endpoint, str):
        return endpoint
    if site is None:
        message = "Neither the binding nor the secret says the `site`."
        raise Refused("secret.missing", message)
    return site
