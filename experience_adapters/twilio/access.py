"""Whose account at Twilio, and where."""

import re
from dataclasses import dataclass, field

from symphainy.errors import Refused
from symphainy.json import Json

__all__ = ["Access"]

_ACCOUNT = re.compile(r"AC[0-9a-fA-F]{32}")


@dataclass(frozen=True, slots=True)
class Access:
    """The credentials of an account; they go to `endpoint` and nowhere else."""

    account: str
    user: str
    password: str = field(repr=False)
    endpoint: str

    @classmethod
    def of(cls, secret: Json, endpoint: str) -> "Access":
        """What the tenant's secret says. Refused("secret.missing") for one that says too little."""
        parts = secret if isinstance(secret, dict) else {}
        account = parts.get("accountSid")
        user = parts.get("apiKey", account)
        password = parts.get("apiKeySecret" if "apiKey" in parts else "authToken")
        # The account is a part of every path.
        if not isinstance(account, str) or not _ACCOUNT.fullmatch(account):
            raise Refused("secret.missing", "The secret has no `accountSid` of AC and 32 digits.")
        if not isinstance(user, str) or not isinstance(password, str):
            message = "The secret has neither `authToken` nor `apiKey` and `apiKeySecret`."
            raise Refused("secret.missing", message)
        return cls(account, user, password, endpoint.rstrip("/"))
