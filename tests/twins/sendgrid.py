"""SendGrid's Mail Send API, as far as mails need it; checked by its OpenAPI document if present."""

import json
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, ClassVar

from openapi_core import OpenAPI
from openapi_core.exceptions import OpenAPIError
from openapi_core.testing import MockRequest

from tests.twins.provider import Kept, Provider
from tests.twins.web import Answer, Asked

__all__ = ["KEY", "SPECIFICATION", "SendGridTwin", "content"]

KEY = "SG.twin"
SPECIFICATION = (
    Path(__file__).parents[3] / "shared" / "specs" / "sendgrid_mail_v3.trim.patched.json"
)
HOST = "https://api.sendgrid.com"


@dataclass
class SendGridTwin(Provider):
    """Takes mails with the right key; without the document it checks what it reads itself."""

    key: str = KEY
    scopes: tuple[str, ...] = ("mail.send",)

    sends: ClassVar[str] = "/v3/mail/send"

    @property
    def checks(self) -> bool:
        """Whether requests are held against the document."""
        return SPECIFICATION.exists()

    def take(self, asked: Asked) -> Answer:
        if asked.headers.get("authorization") != f"Bearer {self.key}":
            return self.failing(401)
        if (asked.method, asked.path) == ("GET", "/v3/scopes"):
            return Answer(200, {"scopes": list(self.scopes)})
        if (asked.method, asked.path) != ("POST", self.sends):
            return self.failing(404)
        wrong = self._wrong(asked)
        if wrong is not None:
            return _error(400, wrong)
        mail = json.loads(asked.body)
        if mail.get("mail_settings", {}).get("sandbox_mode", {}).get("enable"):
            return Answer(200)
        (person,) = mail["personalizations"]
        kept = self.keep(person.get("custom_args", {}).get("delivery_id"), mail, asked)
        return Answer(202, headers={"x-message-id": kept.id})

    def failing(self, status: int) -> Answer:
        headers = {"retry-after": "1"} if status == 429 else {}
        return _error(status, _TEXTS.get(status, "something went wrong"), headers)

    def _wrong(self, asked: Asked) -> str | None:
        if self.checks:
            request = MockRequest(
                HOST,
                "post",
                asked.path,
                headers=dict(asked.headers),
                data=asked.body,
                content_type=asked.headers.get("content-type", ""),
            )
            try:
                self._document.validate_request(request)
            except OpenAPIError as error:
                return f"{error}: {error.__cause__}"
        return _unsaid(json.loads(asked.body))

    @cached_property
    def _document(self) -> OpenAPI:
        return OpenAPI.from_dict(json.loads(SPECIFICATION.read_text()))


def content(kept: Kept, kind: str) -> str | None:
    """The part of a mail that is of this kind, if it has one."""
    found = [one["value"] for one in kept.document["content"] if one["type"] == kind]
    return found[0] if found else None


def _unsaid(mail: dict[str, Any]) -> str | None:
    """What SendGrid refuses although its document does not say so."""
    kinds = [one["type"] for one in mail["content"]]
    if kinds != sorted(kinds, key=["text/plain", "text/html"].index):
        return "If present, text/plain must come before text/html"
    if not all(one["value"] for one in mail["content"]):
        return "The content value must be a string at least one character in length"
    if not mail.get("subject"):
        return "The subject is required"
    if any(not value.isascii() for value in mail.get("headers", {}).values()):
        return "Unicode in headers must be encoded"
    return None


def _error(status: int, message: str, headers: dict[str, str] | None = None) -> Answer:
    body = {"errors": [{"message": message, "field": None, "help": None}]}
    return Answer(status, body, headers or {})


_TEXTS = {
    400: "Bad Request",
    401: "The provided authorization grant is invalid, expired, or revoked",
    403: "The from address does not match a verified Sender Identity",
    404: "not found",
    413: "The JSON payload you have included in your request is too large",
    429: "too many requests",
}
