"""Amazon Connect, as far as outbound calls need it: every signature verified, every request held
against AWS's own model of the service."""

import json
import re
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any, ClassVar
from xml.etree import ElementTree

from botocore.loaders import Loader
from botocore.model import ServiceModel
from botocore.validate import ParamValidator

from tests.twins.provider import Kept, Provider
from tests.twins.ses import SECRET, verified
from tests.twins.web import Answer, Asked

__all__ = ["SECRET", "ConnectTwin", "spoken"]


@dataclass
class ConnectTwin(Provider):
    """Starts calls whose requests are signed with `SECRET`, one a token."""

    region: str = "us-east-1"
    error: tuple[int, str] | None = None
    """The status and name of an error to answer with, and nothing is kept."""

    sends: ClassVar[str] = "/contact/outbound-voice"

    def brings_a_message(self, asked: Asked) -> bool:
        return asked.method == "PUT" and asked.path == self.sends

    def take(self, asked: Asked) -> Answer:
        if not verified(asked, self.region, "connect"):
            return _error(403, "InvalidSignatureException", "The signature does not match.")
        if (asked.method, asked.path) == ("GET", "/instance"):
            return Answer(200, {"InstanceSummaryList": []})
        if not self.brings_a_message(asked):
            return _error(404, "ResourceNotFoundException", "There is no such thing.")
        if self.error is not None:
            return _error(*self.error, "Not so.")
        given = json.loads(asked.body)
        report = ParamValidator().validate(given, _model())
        wrong = report.generate_report() or ", ".join(_beyond(_model(), given, ""))
        if wrong:
            return _error(400, "InvalidParameterException", wrong)
        return Answer(200, {"ContactId": self._of(given, asked).id})

    def _of(self, given: dict[str, Any], asked: Asked) -> Kept:
        """The call of that token, started now if there is none."""
        known = (one for one in self.kept if one.document["ClientToken"] == given["ClientToken"])
        found = next(known, None)
        return found or self.keep(given["Attributes"].get("sym_delivery"), given, asked)

    def name(self) -> str:
        return str(uuid.UUID(int=self.chance.getrandbits(128)))

    def failing(self, status: int) -> Answer:
        return _error(status, _NAMES.get(status, "InvalidRequestException"), "Something is wrong.")


def spoken(attributes: dict[str, str]) -> list[str]:
    """What is said until somebody has to answer, sentence by sentence."""
    parts = [attributes[name] for name in ("sym_say", "sym_ask") if name in attributes]
    documents = [ElementTree.fromstring(one) for one in parts]
    return ["".join(one.itertext()) for document in documents for one in document.iter("s")]


@cache
def _model() -> Any:
    described = Loader().load_service_model("connect", "service-2")
    service = ServiceModel(described, "connect")
    return service.operation_model("StartOutboundVoiceContact").input_shape


def _beyond(shape: Any, value: Any, place: str) -> Iterator[str]:
    """What the model bounds and AWS's library leaves to the service."""
    size = value if isinstance(value, int) else len(value)
    limit, pattern = shape.metadata.get("max"), shape.metadata.get("pattern")
    if limit is not None and not isinstance(value, bool) and size > limit:
        yield f"{place} is more than {limit}"
    # AWS escapes the backslashes of its patterns twice.
    if pattern is not None and not re.match(pattern.replace("\\\\", "\\"), value):
        yield f"{place} does not match {pattern}"
    if shape.type_name == "structure":
        for name, inner in value.items():
            yield from _beyond(shape.members[name], inner, f"{place}/{name}")
    elif shape.type_name == "map":
        for name, inner in value.items():
            yield from _beyond(shape.value, inner, f"{place}/{name}")


def _error(status: int, name: str, message: str) -> Answer:
    return Answer(status, {"Message": message}, {"x-amzn-errortype": name})


_NAMES = {
    401: "UnrecognizedClientException",
    403: "AccessDeniedException",
    413: "RequestEntityTooLargeException",
    429: "TooManyRequestsException",
    500: "InternalServiceException",
    503: "ServiceUnavailable",
}
