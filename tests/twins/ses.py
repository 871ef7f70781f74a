"""Amazon SES (API v2), as far as mails need it; it verifies the signature of every request."""

import base64
import hashlib
import hmac
import json
import re
from dataclasses import dataclass
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from typing import ClassVar, Literal

from tests.twins.provider import Kept, Provider
from tests.twins.web import Answer, Asked

__all__ = ["SECRET", "SesTwin", "body", "mail", "verified"]

SECRET = {"accessKeyId": "AKIATWIN", "secretAccessKey": "twin/key+0"}
SIGNED = re.compile(
    r"AWS4-HMAC-SHA256 Credential=(?P<id>[^/]+)/(?P<scope>[^,]+), "
    r"SignedHeaders=(?P<headers>[^,]+), Signature=(?P<signature>[0-9a-f]{64})"
)


@dataclass
class SesTwin(Provider):
    """Takes raw mails that are signed with `SECRET`."""

    sending: bool = True
    """Whether the account may send."""
    region: str = "us-east-1"
    error: str | None = None
    """The name of an error to answer with 400, and nothing is kept."""

    sends: ClassVar[str] = "/v2/email/outbound-emails"

    def take(self, asked: Asked) -> Answer:
        if not verified(asked, self.region, "ses"):
            return _error(403, "InvalidSignatureException", "The signature does not match.")
        if (asked.method, asked.path) == ("GET", "/v2/email/account"):
            return Answer(200, {"SendingEnabled": self.sending})
        if (asked.method, asked.path) != ("POST", self.sends):
            return _error(404, "UnknownOperationException", "")
        if self.error is not None:
            return _error(400, self.error, "Not now.")
        document = json.loads(asked.body)
        tags = {one["Name"]: one["Value"] for one in document.get("EmailTags", [])}
        kept = self.keep(tags.get("delivery_id"), document, asked)
        return Answer(200, {"MessageId": kept.id})

    def failing(self, status: int) -> Answer:
        return _error(status, _NAMES.get(status, "BadRequestException"), "Something went wrong.")


def mail(kept: Kept) -> EmailMessage:
    """The mail as SES got it."""
    octets = base64.b64decode(kept.document["Content"]["Raw"]["Data"])
    parsed = message_from_bytes(octets, _class=EmailMessage, policy=default)
    assert isinstance(parsed, EmailMessage)
    return parsed


def body(kept: Kept, kind: Literal["plain", "html"]) -> str | None:
    """The part of that kind, decoded, or None."""
    part = mail(kept).get_body((kind,))
    return None if part is None else str(part.get_content()).replace("\r\n", "\n")


def verified(asked: Asked, region: str, service: str) -> bool:
    """Signature Version 4, as AWS computes it."""
    found = SIGNED.fullmatch(asked.headers.get("authorization", ""))
    if found is None or found["id"] != SECRET["accessKeyId"]:
        return False
    day, *rest = found["scope"].split("/")
    names = found["headers"].split(";")
    if rest != [region, service, "aws4_request"] or "host" not in names:
        return False
    lines = [f"{name}:{asked.headers.get(name, '')}\n" for name in names]
    digest = hashlib.sha256(asked.body).hexdigest()
    query = "&".join(sorted(filter(None, asked.url.partition("?")[2].split("&"))))
    request = [asked.method, asked.path, query, "".join(lines), found["headers"], digest]
    hashed = hashlib.sha256("\n".join(request).encode()).hexdigest()
    key = f"AWS4{SECRET['secretAccessKey']}".encode()
    for part in (day, *rest):
        key = hmac.digest(key, part.encode(), "sha256")
    told = ["AWS4-HMAC-SHA256", asked.headers["x-amz-date"], found["scope"], hashed]
    expected = hmac.digest(key, "\n".join(told).encode(), "sha256").hex()
    return hmac.compare_digest(expected, found["signature"])


def _error(status: int, name: str, message: str) -> Answer:
    return Answer(status, {"message": message}, {"x-amzn-errortype": name})


_NAMES = {
    401: "UnrecognizedClientException",
    403: "AccessDeniedException",
    413: "RequestEntityTooLargeException",
    429: "TooManyRequestsException",
    500: "InternalFailure",
    503: "ServiceUnavailable",
}
