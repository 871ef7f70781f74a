"""Amazon SNS, as far as text messages need it: forms in, XML out, every signature verified."""

import uuid
from dataclasses import dataclass
from typing import ClassVar
from xml.sax.saxutils import escape

from tests.twins.provider import Provider
from tests.twins.ses import SECRET, verified
from tests.twins.web import Answer, Asked

__all__ = ["SECRET", "SnsTwin"]

NAMESPACE = "http://sns.amazonaws.com/doc/2010-03-31/"


@dataclass
class SnsTwin(Provider):
    """Takes text messages that are signed with `SECRET`; it knows nothing of deliveries."""

    region: str = "us-east-1"
    error: tuple[str, str] | None = None
    """The name and text of an error to answer with 400, and nothing is kept."""

    sends: ClassVar[str] = "/"

    def brings_a_message(self, asked: Asked) -> bool:
        return super().brings_a_message(asked) and asked.form.get("Action") == "Publish"

    def take(self, asked: Asked) -> Answer:
        if not verified(asked, self.region, "sns"):
            return _error(403, "SignatureDoesNotMatch", "The request signature does not match.")
        given = asked.form
        if given.get("Action") == "GetSMSAttributes":
            return _answer("GetSMSAttributes", "<attributes/>")
        if given.get("Action") != "Publish":
            return _error(400, "InvalidAction", "There is no such action.")
        if self.error is not None:
            return _error(400, *self.error)
        if not given.get("PhoneNumber") or not given.get("Message"):
            return _error(400, "InvalidParameter", "Invalid parameter: Message, PhoneNumber")
        kept = self.keep(None, given, asked)
        return _answer("Publish", f"<MessageId>{kept.id}</MessageId>")

    def name(self) -> str:
        return str(uuid.UUID(int=self.chance.getrandbits(128)))

    def failing(self, status: int) -> Answer:
        return _error(status, _NAMES.get(status, "InvalidParameter"), "Something went wrong.")


def _answer(action: str, result: str) -> Answer:
    body = (
        f'<{action}Response xmlns="{NAMESPACE}"><{action}Result>{result}</{action}Result>'
        f"<ResponseMetadata><RequestId>r-1</RequestId></ResponseMetadata></{action}Response>"
    )
    return Answer(200, body.encode(), {"content-type": "text/xml"})


def _error(status: int, code: str, message: str) -> Answer:
    told = f"<Code>{code}</Code><Message>{escape(message)}</Message>"
    body = (
        f'<ErrorResponse xmlns="{NAMESPACE}"><Error><Type>Sender</Type>{told}</Error>'
        "<RequestId>r-1</RequestId></ErrorResponse>"
    )
    return Answer(status, body.encode(), {"content-type": "text/xml"})


_NAMES = {
    401: "InvalidClientTokenId",
    403: "AuthorizationError",
    429: "Throttled",
    500: "InternalError",
    503: "ServiceUnavailable",
}
