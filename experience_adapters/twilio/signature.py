"""Whether a callback is Twilio's: its signature over the public URL and what came with it."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, timedelta
from email.utils import parsedate_to_datetime
from urllib.parse import parse_qs

from twilio.request_validator import HMAC_SHA1, RequestValidator, get_signature_algorithm

from experience_adapters.twilio.spec import SECRET
from public_works.secrets import Vault
from symphainy.delivery import Asking, Callback
from symphainy.errors import Refused
from symphainy.json import Json
from symphainy.plan import SecretPart

__all__ = ["Keys", "doubt", "doubted"]

_SETTINGS = "x-twilio-webhooks-signature-settings"
_OLDEST = timedelta(hours=1)
"""Between the moment that a call's callback tells and its arrival."""


@dataclass(frozen=True, slots=True)
class Keys:
    """What an account's callbacks are signed with."""

    token: str | None = field(repr=False)
    shared: Mapping[str, str] = field(repr=False)
    """Keys for webhooks by their id; that of the id "" is for any."""

    @classmethod
    def of(cls, secret: Json) -> "Keys":
        """What the tenant's secret says. Refused("secret.missing") for one without a key."""
        parts = secret if isinstance(secret, dict) else {}
        token, written = parts.get("authToken"), parts.get("webhookKey")
        named = written if isinstance(written, dict) else {"": written}
        shared = {name: one for name, one in named.items() if isinstance(one, str) and one}
        if not shared and not (isinstance(token, str) and token):
            message = "The secret has neither `authToken` nor `webhookKey` to check callbacks with."
            raise Refused("secret.missing", message)
        return cls(token if isinstance(token, str) and token else None, shared)

    def of_settings(self, settings: str) -> str | None:
        """The key that a request with those signature settings is signed with, if it is known."""
        if not settings:
            return self.token
        pairs = (part.partition("=") for part in settings.split(","))
        id = next((value.strip() for name, _, value in pairs if name.strip() == "key"), "")
        return self.shared.get(id) or self.shared.get("")


async def doubted(vault: Vault, callback: Callback, about: Asking) -> str | None:
    """Why the callback is not genuine, or None, by the secret that the binding names.

    Raises Refused("secret.missing") where there is nothing to check with.
    """
    part = SecretPart(secret=str(about.settings.get("secret") or SECRET))
    secret = await asyncio.to_thread(vault.read, about.tenant, part)
    return doubt(callback, Keys.of(secret))


def doubt(callback: Callback, keys: Keys) -> str | None:
    """Why the callback is not genuine, or None."""
    settings = callback.headers.get(_SETTINGS, "")
    signature = callback.headers.get("x-twilio-signature", "")
    key = keys.of_settings(settings)
    if not signature or key is None:
        return "it is not signed" if not signature else "it is signed with a key nobody knows"
    fields = _fields(callback)
    if fields is None:
        return "what came with it is not signed"
    algorithm = get_signature_algorithm(settings)
    if settings and algorithm == HMAC_SHA1:
        return "it does not say how it is signed"
    if not RequestValidator(key).validate(callback.url, fields, signature, algorithm):
        return "its signature is not Twilio's"
    return _late(callback)


class _Fields(dict[str, list[str]]):
    def getall(self, name: str) -> list[str]:
        """All values of a field, as the library asks for them."""
        return self[name]


def _fields(callback: Callback) -> "_Fields | str | None":
    """What the signature is over besides the URL; None where it would be over nothing else and
    something else came."""
    try:
        text = callback.body.decode()
        if callback.headers.get("content-type", "").startswith("application/x-www-form-urlencoded"):
            return _Fields(parse_qs(text, keep_blank_values=True, max_num_fields=1_000))
    except ValueError:
        return None
    if not text:
        return _Fields()
    # The library takes a text for signed only by the digest of it that the URL has.
    return text if callback.query.get("bodySHA256") else None


def _late(callback: Callback) -> str | None:
    """Only callbacks about calls say when they were made."""
    said = callback.form.get("Timestamp")
    if said is None:
        return None
    try:
        made = parsedate_to_datetime(said)
    except ValueError:
        return None
    aware = made if made.tzinfo else made.replace(tzinfo=UTC)
    return None if abs(callback.at.astimezone(UTC) - aware) <= _OLDEST else "it is of another time"
