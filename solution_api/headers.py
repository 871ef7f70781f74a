"""What clients say in headers."""

import re
from typing import Annotated, NamedTuple

from fastapi import Depends, Header, Request, Response

from public_works.telemetry import here
from symphainy.errors import Refused

__all__ = ["IdempotencyKey", "Trace", "Wait", "offered"]

LONGEST_WAIT = 60
KEY = re.compile(r"[\x21-\x7e]{1,200}")
TRACEPARENT = re.compile(
    r"(?!ff)[0-9a-f]{2}-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}"
)
PREFER = re.compile(r"""(?:^|[,;])\s*wait\s*=\s*"?([0-9]{1,9})"?\s*(?=$|[,;])""", re.IGNORECASE)


async def _idempotency_key(
    idempotency_key: Annotated[
        str | None,
        Header(
            alias="Idempotency-Key",
            description="Your name for this request, 1 to 200 visible ASCII characters. The same "
            "key with the same request is the same request: it is done once.",
            examples=["order-4711-reminder"],
        ),
    ] = None,
) -> str | None:
    if idempotency_key is not None and not KEY.fullmatch(idempotency_key):
        message = "Idempotency-Key has 1 to 200 visible ASCII characters."
        raise Refused("api.invalid-request", message, pointer="/header/Idempotency-Key")
    return idempotency_key


async def _wait(
    response: Response,
    prefer: Annotated[
        str | None,
        Header(
            alias="Prefer",
            description="`wait=N` waits up to N seconds (60 at most) for the run to end.",
            examples=["wait=10"],
        ),
    ] = None,
) -> int:
    asked = PREFER.search(prefer or "")
    if asked is None:
        return 0
    seconds = min(int(asked[1]), LONGEST_WAIT)
    response.headers["Preference-Applied"] = f"wait={seconds}"
    return seconds


async def _trace(
    traceparent: Annotated[
        str | None,
        Header(
            description="W3C trace context that the run goes on with; ignored if it is none.",
            examples=["00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"],
        ),
    ] = None,
) -> str | None:
    # The request itself is part of the trace, if there are spans.
    return here() or (traceparent if traceparent and TRACEPARENT.fullmatch(traceparent) else None)


IdempotencyKey = Annotated[str | None, Depends(_idempotency_key)]
Wait = Annotated[int, Depends(_wait)]
Trace = Annotated[str | None, Depends(_trace)]


class Range(NamedTuple):
    """One media range of Accept."""

    type: str
    quality: float


def offered(request: Request, *offers: str) -> str:
    """The one of `offers` that the client likes best, the first if it does not mind.

    Refused `api.not-acceptable` when it wants none of them.
    """
    accept = ",".join(request.headers.getlist("accept"))
    ranges = [_range(one) for one in accept.split(",") if one.strip()]
    if not ranges:
        return offers[0]
    rated = [(_quality(offer, ranges), -place) for place, offer in enumerate(offers)]
    quality, place = max(rated)
    if quality <= 0:
        raise Refused("api.not-acceptable", f"The answer is {' or '.join(offers)}.")
    return offers[-place]


def _range(text: str) -> Range:
    kind, *parameters = (part.strip().lower() for part in text.split(";"))
    quality = next((one[2:] for one in parameters if one.startswith("q=")), "1")
    return Range(kind, float(quality) if re.fullmatch(r"[01](\.[0-9]{0,3})?", quality) else 1.0)


def _quality(offer: str, ranges: list[Range]) -> float:
    for wanted in (offer, offer.partition("/")[0] + "/*", "*/*"):
        found = [one.quality for one in ranges if one.type == wanted]
        if found:
            return max(found)
    return 0.0
