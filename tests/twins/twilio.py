"""Twilio's API, as far as text messages and calls need it; checked by its OpenAPI document if
present."""

import json
import re
from base64 import b64decode
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import format_datetime
from functools import cache
from pathlib import Path
from typing import Any, ClassVar
from urllib.parse import parse_qs, urlsplit

from openapi_core import OpenAPI
from openapi_core.exceptions import OpenAPIError
from openapi_core.testing import MockRequest

from tests.twins import twilio_calls
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
    """Takes text messages and calls with the right credentials, and lists those it has by their
    number."""

    numbers: dict[str, int] = field(default_factory=dict)
    """The errors that single numbers meet."""
    page: int = 50
    """The most messages that one answer lists."""
    states: dict[str, str] = field(default_factory=dict)
    """How calls are by their id, if not `queued`."""

    _letters: str = "SM"

    sends: ClassVar[str] = f"/2010-04-01/Accounts/{ACCOUNT}/Messages.json"
    calls: ClassVar[str] = f"/2010-04-01/Accounts/{ACCOUNT}/Calls.json"

    @property
    def checks(self) -> bool:
        """Whether requests are held against the document."""
        return SPECIFICATION.exists()

    def take(self, asked: Asked) -> Answer:
        if _credentials(asked) != f"{ACCOUNT}:{SECRET['authToken']}":
            return self.failing(401)
        call = next((one for one in self.kept if asked.path == self._path_of(one.id)), None)
        known = call is not None or asked.path in (self.sends, self.calls)
        if not known or asked.method not in {"GET", "POST"}:
            return self.failing(404)
        wrong = self._wrong(asked)
        if wrong is not None:
            return _error(400, 20001, wrong)
        if call is not None:
            return self._updated(call, asked)
        return self._made(asked) if asked.method == "POST" else self._listed(asked)

    def brings_a_message(self, asked: Asked) -> bool:
        return asked.method == "POST" and asked.path in (self.sends, self.calls)

    def keep(self, delivery: str | None, document: Any, asked: Asked) -> Kept:
        self._letters = "CA" if asked.path == self.calls else "SM"
        return super().keep(delivery, document, asked)

    def name(self) -> str:
        return f"{self._letters}{self.chance.getrandbits(128):032x}"

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
        lacking = twilio_calls.lacking(given) if asked.path == self.calls else _lacking(given)
        if lacking is not None:
            return _error(400, *lacking)
        called = parse_qs(urlsplit(given.get("StatusCallback") or given.get("Url", "")).query)
        created = format_datetime(datetime.now(UTC))
        kept = self.keep(called.get("d", [None])[0], {**given, "created": created}, asked)
        return Answer(201, self._resource(kept))

    def _updated(self, call: Kept, asked: Asked) -> Answer:
        if asked.form.get("Status") == "canceled":
            before = self.states.get(call.id, "queued")
            self.states[call.id] = "canceled" if before in ("queued", "ringing") else before
        return Answer(200, self._resource(call))

    def _path_of(self, id: str) -> str:
        return self.calls.replace("Calls.json", f"Calls/{id}.json")

    def _resource(self, kept: Kept) -> dict[str, Any]:
        if kept.id.startswith("CA"):
            state = self.states.get(kept.id, "queued")
            return twilio_calls.resource(ACCOUNT, kept.id, kept.document, state)
        return _resource(kept)

    def _listed(self, asked: Asked) -> Answer:
        to = asked.query.get("To", [""])[0]
        size = min(int(asked.query.get("PageSize", ["50"])[0]), self.page)
        number = int(asked.query.get("Page", ["0"])[0])
        letters = "CA" if asked.path == self.calls else "SM"
        mine = [one for one in reversed(self.kept) if one.id.startswith(letters)]
        found = [one for one in mine if to in ("", one.document["To"])]
        shown = found[number * size : (number + 1) * size]
        more = len(found) > (number + 1) * size
        following = f"{asked.path}?To=%2B{to[1:]}&PageSize={size}&Page={number + 1}"
        document = {
            "calls" if letters == "CA" else "messages": [self._resource(one) for one in shown],
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
            _document().validate_request(request)
        except OpenAPIError as error:
            return f"{error}: {error.__cause__}"
        return None


@cache
def _document() -> OpenAPI:
    # Once a process: reading it takes longer than some tests wait for an answer.
    return OpenAPI.from_dict(json.loads(SPECIFICATION.read_text()))


def _credentials(asked: Asked) -> str:
    scheme, _, pair = asked.headers.get("authorization", "").partition(" ")
    return b64decode(pair).decode() if scheme == "Basic" else ""


def _lacking(given: Mapping[str, str]) -> tuple[int, str] | None:
    if not given.get("Body"):
        return 21602, "Message body is required"
    if not given.get("From") and not given.get("MessagingServiceSid"):
        return 21603, "A 'From' phone number is required"
    return None


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
