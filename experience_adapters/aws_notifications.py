"""Notifications of Amazon SNS: whether they are AWS's, and what they bring."""

import asyncio
import json
import re
from base64 import b64decode
from collections import OrderedDict
from collections.abc import Collection, Mapping
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Any
from urllib.parse import urlsplit

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.hashes import SHA1, SHA256

from public_works.egress import Egress
from symphainy.delivery import Callback
from symphainy.errors import Refused, Unavailable
from symphainy.json import Json

__all__ = ["Notifications", "canonical", "document", "of", "topics"]

_HOST = re.compile(r"sns\.[a-z0-9-]{1,40}\.amazonaws\.com(\.cn)?")
_KEYS = re.compile(r"/SimpleNotificationService-[0-9a-z]{1,64}\.pem")
"""Where AWS keeps certificates; what else is served there may be anybody's words."""
_OLDEST = timedelta(hours=1)
_SIGNED = {
    "Notification": ("Message", "MessageId", "Subject", "Timestamp", "TopicArn", "Type"),
    "SubscriptionConfirmation": (
        *("Message", "MessageId", "SubscribeURL", "Timestamp", "Token", "TopicArn", "Type"),
    ),
}
_SIGNED["UnsubscribeConfirmation"] = _SIGNED["SubscriptionConfirmation"]
_ALGORITHMS = {"1": SHA1, "2": SHA256}
_KEPT = 50
_LIFE = timedelta(hours=6)


class Notifications:
    """Verifies notifications by AWS's certificates, which it fetches and keeps for a while."""

    def __init__(self, egress: Egress, timeout: float) -> None:
        self._egress = egress
        self._timeout = timeout
        self._kept: OrderedDict[str, tuple[datetime, x509.Certificate]] = OrderedDict()

    async def doubt(self, callback: Callback, topics: Collection[str]) -> str | None:
        """Why the callback is not a notification of one of `topics`, or None.

        A subscription that is to be confirmed is. Unavailable, Unsure: as the egress.
        """
        told = document(callback)
        names = _SIGNED.get(str(told.get("Type")))
        if names is None or not all(isinstance(told.get(one), str) for one in _needed(names)):
            return "it is no notification of SNS"
        if told["TopicArn"] not in topics:
            # Whoever has an account at AWS can have SNS sign what they like.
            return "it is of a topic that the secret does not name"
        if not _is_key_of_sns(told.get("SigningCertURL"), told["TopicArn"]):
            return "its certificate would not be AWS's"
        certificate = await self._certificate(str(told["SigningCertURL"]), callback.at)
        if certificate is None or not await asyncio.to_thread(_is_signed, told, names, certificate):
            return "its signature is not AWS's"
        made = _moment(str(told["Timestamp"]))
        if made is None or abs(callback.at - made) > _OLDEST:
            return "it is of another time"
        return await self._confirmed(told)

    async def _confirmed(self, told: Mapping[str, Any]) -> str | None:
        if told["Type"] != "SubscriptionConfirmation":
            return None
        if not _is_of_sns(told.get("SubscribeURL")):
            return "its subscription would not be confirmed to AWS"
        answer = await self._egress.request("GET", str(told["SubscribeURL"]), timeout=self._timeout)
        if answer.status != 200:
            raise Unavailable("egress.unreachable", f"SNS answers {answer.status} to be confirmed.")
        return None

    async def _certificate(self, url: str, at: datetime) -> x509.Certificate | None:
        known = self._kept.get(url)
        if known is None or known[0] < at - _LIFE:
            answer = await self._egress.request("GET", url, timeout=self._timeout)
            if 400 <= answer.status < 500 and answer.status not in (408, 429):
                # Whoever calls names the certificate: what AWS does not have is not asked again.
                return None
            if answer.status != 200:
                raise Unavailable("egress.unreachable", f"SNS answers {answer.status} for its key.")
            try:
                known = at, x509.load_pem_x509_certificate(answer.content)
            except ValueError:
                return None
            self._kept[url] = known
            while len(self._kept) > _KEPT:
                self._kept.popitem(last=False)
        certificate = known[1]
        valid = certificate.not_valid_before_utc <= at <= certificate.not_valid_after_utc
        return certificate if valid else None


@lru_cache(maxsize=8)
def of(egress: Egress, timeout: float) -> Notifications:
    """The notifications that come to whoever has that way out; adapters are made again and again,
    certificates are kept."""
    return Notifications(egress, timeout)


def topics(secret: Json) -> list[str]:
    """The topics that the tenant's secret names (`topicArn`, one or a list).

    Refused("secret.missing") for a secret without any.
    """
    given = secret.get("topicArn") if isinstance(secret, dict) else None
    named = given if isinstance(given, list) else [given]
    found = [one for one in named if isinstance(one, str) and one]
    if not found:
        message = "The secret has no `topicArn`, which says whose notifications are believed."
        raise Refused("secret.missing", message)
    return found


def document(callback: Callback) -> dict[str, Any]:
    """The notification; empty for what is none."""
    try:
        found = json.loads(callback.body)
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def canonical(told: Mapping[str, Any], names: Collection[str]) -> bytes:
    """What AWS signs of a notification."""
    parts = (f"{name}\n{told[name]}\n" for name in names if told.get(name) is not None)
    return "".join(parts).encode("utf-8", "surrogatepass")


def _needed(names: Collection[str]) -> list[str]:
    return [one for one in names if one != "Subject"] + ["Signature", "SignatureVersion"]


def _is_of_sns(url: object) -> bool:
    try:
        parts = urlsplit(str(url))
        port = parts.port
    except ValueError:
        return False
    plain = parts.scheme == "https" and port in (None, 443) and "@" not in parts.netloc
    return plain and _HOST.fullmatch(parts.hostname or "") is not None


def _is_key_of_sns(url: object, topic: str) -> bool:
    if not _is_of_sns(url):
        return False
    # That of the topic's own region: one that does not exist would be looked for again and again.
    parts, region = urlsplit(str(url)), topic.split(":")[3:4]
    mine = (parts.hostname or "").split(".")[1:2] == region
    return mine and _KEYS.fullmatch(parts.path) is not None and not parts.query


def _is_signed(
    told: Mapping[str, Any], names: Collection[str], certificate: x509.Certificate
) -> bool:
    key, algorithm = certificate.public_key(), _ALGORITHMS.get(told["SignatureVersion"])
    if algorithm is None or not isinstance(key, rsa.RSAPublicKey):
        return False
    try:
        signature = b64decode(told["Signature"], validate=True)
        key.verify(signature, canonical(told, names), padding.PKCS1v15(), algorithm())
    except (InvalidSignature, ValueError):
        return False
    return True


def _moment(text: str) -> datetime | None:
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return None
    return found if found.tzinfo else found.replace(tzinfo=UTC)
