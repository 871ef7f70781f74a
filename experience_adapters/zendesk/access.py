"""Whose account at Zendesk, and where."""

import re
from base64 import b64encode
from collections.abc import Mapping
from dataclasses import dataclass, field

from experience_adapters.json_api import text_at
from symphainy.errors import Refused
from symphainy.json import Json

__all__ = ["Access"]

_SUBDOMAIN = re.compile(r"[a-z0-9][a-z0-9-]{0,62}")


@dataclass(frozen=True, slots=True)
class Access:
    """The credentials of an account; they go to `endpoint` and nowhere else."""

    endpoint: str
    authorization: str = field(repr=False)

    @classmethod
    def of(cls, secret: Json, settings: Mapping[str, Json]) -> "Access":
        """What the tenant's secret says. Refused("secret.missing") for one that says too little."""
        token, email = text_at(secret, "accessToken"), text_at(secret, "email")
        password = text_at(secret, "token")
        if token is not None:
            authorization = f"Bearer {token}"
        elif email is not None and password is not None:
            pair = f"{email}/token:{password}"
            authorization = f"Basic {b64encode(pair.encode()).decode()}"
        else:
            message = "The secret has neither `accessToken` nor `email` and `token`."
            raise Refused("secret.missing", message)
        return cls(_endpoint(secret, settings), authorization)


def _endpoint(secret: Json, settings: Mapping[str, Json]) -> str:
    endpoint = settings.get("endpoint")
    if isinstance(endpoint, str):
        return endpoint
    # It is a part of the host that the credentials go to.
    name = settings.get("subdomain") or text_at(secret, "subdomain")
    if not isinstance(name, str) or not _SUBDOMAIN.fullmatch(name):
        message = "Neither the binding nor the secret says the `subdomain` of the account."
        raise Refused("secret.missing", message)
    return f"https://{name}.zendesk.com"
