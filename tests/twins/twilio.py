"""Twilio's Messages API, as far as text messages need it; checked by its OpenAPI document if
present."""

import json
import re
from base64 import b64decode
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import format_datetime
from functools import cached_property
from pathlib import Path
from typing import Any, ClassVar
from urllib.parse import parse_qs, urlsplit

from openapi_core import OpenAPI
from openapi_core.exceptions import OpenAPIError
from openapi_core.testing import MockRequest

from tests.twins.provider import Kept, Provider
from tests.twins.web import Answer, Asked

__all__ = ["ACCOUNT", "SECRET", "SPECIFICATION", "TwilioTwin"]

ACCOUNT = "AC" + "1" * 32
SECRET = {"accountSid": ACCOUNT, "authToken": "twin"}
SPECIFICATION = Path(__file__).parents[3] / "shared" / "specs" / "twilio_api_v2010.trim.json"
HOST = "https://api.twilio.com"
_PHONE = re.compile(r"\+[1-9][0-9]{6,14}")


@dataclass
class TwilioTwin(Provider):
    """Takes text messages with the right credentials, and lists those it has by their number."""

    numbers: dict[str, int] = field(default_factory=dict)
    """The errors that single numbers meet."""
    page: int = 50
    """The most messages that one answer lists."""

    sends: ClassVar[str] = f"/2010-04-01/Accounts/{ACCOUNT}/Messages.json"

    @property
    def checks(self) -> bool:
        """Whether requests are held against the document."""
        return SPECIFICATION.exists()

    def take(self, asked: Asked) -> Answer:
        if _credentials(asked) != f"{ACCOUNT}:{SECRET['authToken']}":
            return self.failing(401)
        if asked.path != self.sends or asked.method not in {"GET", "POST"}:
            return self.failing(404)
        wrong = self._wrong(asked)
        if wrong is not None:
            return _error(400, 20001, wrong)
        return self._made(asked) if asked.method == "POST" else self._listed(asked)

    def name(self) -> str:
        return f"SM{self.chance.getrandbits(128):032x}"

    def failing(self, status: int) -> Answer:
        code, text = _TEXTS.get(status, (20500, "An internal server error has occurred"))
        headers = {"retry-after": "1"} if status == 429 else {}
        return _error(status, code, text, headers)

    def _made(self, asked: Asked) -> Answer:
        given = asked.form
        known = self.numbers.get(given["To"])
        if known is not None:
            return _error(400, known, "The number cannot be written to")
        if not _PHONE.fullmatch(given["To"]):
            return _error(400, 21211, f"Invalid 'To' Phone Number: {given['To']}")
        if not given.get("Body"):
            return _error(400, 21602, "Message body is required")
        if not given.get("From") and not given.get("MessagingServiceSid"):
            return _error(400, 21603, "A 'From' phone number is required")
        called = parse_qs(urlsplit(given.get("StatusCallback", "")).query)
        created = format_datetime(datetime.now(UTC))
        kept = self.keep(called.get("d", [None])[0], {**given, "created": created}, asked)
        return Answer(201, _resource(kept))

    def _listed(self, asked: Asked) -> Answer:
        to = asked.query.get("To", [""])[0]
        size = min(int(asked.query.get("PageSize", ["50"])[0]), self.page)
        number = int(asked.query.get("Page", ["0"])[0])
        found = [one for one in reversed(self.kept) if to in ("", one.document["To"])]
        shown = found[number * size : (number + 1) * size]
        more = len(found) > (number + 1) * size
        following = f"{self.sends}?To=%2B{to[1:]}&PageSize={size}&Page={number + 1}"
        document = {
            "messages": [_resource(one) for one in shown],
            "page": number,
            "page_size": size,
            "next_page_uri": following if more else None,
            "uri": asked.url,
        }
        return Answer(200, document)

    def _wrong(self, asked: Asked) -> str | None:
        if not self.checks:
            return None
        request = MockRequest(
            HOST,
            asked.method.lower(),
            asked.path,
            args={name: values[0] for name, values in asked.query.items()},
            headers=dict(asked.headers),
            data=asked.body or None,
            content_type=asked.headers.get("content-type", ""),
        )
        try:
            self._document.validate_request(request)
        except OpenAPIError as error:
            return f"{error}: {error.__cause__}"
        return None

    @cached_property
    def _document(self) -> OpenAPI:
        return OpenAPI.from_dict(json.loads(SPECIFICATION.read_text()))


def _credentials(asked: Asked) -> str:
    scheme, _, pair = asked.headers.get("authorization", "").partition(" ")
    return b64decode(pair).decode() if scheme == "Basic" else ""


def _resource(kept: Kept) -> dict[str, Any]:
    given = kept.document
    return {
        "sid": kept.id,
        "account_sid": ACCOUNT,
        "api_version": "2010-04-01",
        "body": given["Body"],
        "date_created": given["created"],
        "date_sent": None,
        "date_updated": given["created"],
        "direction": "outbound-api",
        "error_code": None,
        "error_message": None,
        "from": given.get("From"),
        "messaging_service_sid": given.get("MessagingServiceSid"),
        "num_media": "0",
        "num_segments": "1",
        "price": None,
        "price_unit": "USD",
        "status": "queued",
        "subresource_uris": {},
        "to": given["To"],
        "uri": f"/2010-04-01/Accounts/{ACCOUNT}/Messages/{kept.id}.json",
    }


def _error(status: int, code: int, message: str, headers: dict[str, str] | None = None) -> Answer:
    body = {
        "code": code,
        "message": message,
        "more_info": f"https://www.twilio.com/docs/errors/{code}",
        "status": status,
    }
    return Answer(status, body, headers or {})


_TEXTS = {
    400: (21211, "Invalid 'To' Phone Number"),
    401: (20003, "Authentication Error - invalid username"),
    403: (20003, "Permission denied"),
    404: (20404, "The requested resource was not found"),
    429: (20429, "Too Many Requests"),
}
