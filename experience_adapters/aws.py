"""Services of AWS: boto3 writes and reads the requests, the guarded egress carries them."""

import asyncio
import io
import logging
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import cache
from threading import Lock
from typing import Any

import boto3
from botocore.awsrequest import AWSPreparedRequest, AWSResponse
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from public_works.egress import Egress, EgressResponse
from symphainy.errors import Refused
from symphainy.json import Json

__all__ = ["Access", "Answer", "Aws"]

# At debug level they log bodies and signatures.
for _library in ("boto3", "botocore"):
    logging.getLogger(_library).setLevel(logging.WARNING)
_FRAMING = frozenset({"host", "content-length", "transfer-encoding", "expect", "connection"})
_CONFIG = Config(
    # boto3's own default writes three times when no answer comes.
    retries={"total_max_attempts": 1, "mode": "standard"},
    ignore_configured_endpoint_urls=True,
)


_ONE = Lock()
# The loop's own threads look up the hosts that these wait for: were they the same, as many calls
# as there are threads would wait for each other.
_THREADS = ThreadPoolExecutor(100, thread_name_prefix="aws")


@cache
def _session() -> Any:
    # The first client of a session takes 0.2 s, the others 6 ms.
    return boto3.session.Session()


@dataclass(frozen=True, slots=True)
class Access:
    """Whose account, and where; never what the surroundings of the process would give."""

    id: str
    key: str = field(repr=False)
    region: str
    token: str | None = field(default=None, repr=False)
    endpoint: str | None = None
    """Instead of the service's own in the region."""

    @classmethod
    def of(cls, secret: Json, region: str, endpoint: str | None) -> "Access":
        """Refused("secret.missing") unless the secret has `accessKeyId` and `secretAccessKey`."""
        parts = secret if isinstance(secret, dict) else {}
        id, key, token = (
            parts.get(name) for name in ("accessKeyId", "secretAccessKey", "sessionToken")
        )
        if not isinstance(id, str) or not isinstance(key, str):
            raise Refused(
                "secret.missing",
                "The secret is no JSON object with `accessKeyId` and `secretAccessKey`.",
            )
        return cls(id, key, region, token if isinstance(token, str) else None, endpoint)


@dataclass(frozen=True, slots=True)
class Answer:
    """What a service answered: a document, or the name and text of an error."""

    status: int
    headers: Mapping[str, str]
    document: dict[str, Any] = field(default_factory=dict)
    error: str | None = None
    message: str = ""


class Aws:
    """Calls operations, each with one write on the wire."""

    def __init__(self, egress: Egress, timeout: float) -> None:
        self._egress = egress
        self._timeout = timeout

    async def call(
        self, access: Access, service: str, operation: str, parameters: Mapping[str, Any]
    ) -> Answer:
        """The answer of `service` to `operation`, named as boto3's client has them.

        Raises what the egress raises, and Refused("delivery.refused") for what boto3 would not
        even send.
        """
        loop = asyncio.get_running_loop()
        one = _Call(self._egress, self._timeout, loop)
        return await loop.run_in_executor(
            _THREADS, self._called, one, access, service, operation, parameters
        )

    def _called(
        self,
        one: "_Call",
        access: Access,
        service: str,
        operation: str,
        parameters: Mapping[str, Any],
    ) -> Answer:
        try:
            client = self._client(access, service)
            client.meta.events.register("before-send", one.carry)
            document = getattr(client, operation)(**parameters)
        except ClientError as error:
            told = error.response.get("Error", {})
            return one.answer(error=told.get("Code", ""), message=told.get("Message", ""))
        except (BotoCoreError, LookupError, ValueError) as error:
            if one.carried is None:
                raise Refused("delivery.refused", f"{type(error).__name__}: {error}") from error
            return one.answer(error=type(error).__name__, message=str(error))
        return one.answer(document=document)

    def _client(self, access: Access, service: str) -> Any:
        # Making clients of one session is not safe in several threads.
        with _ONE:
            return _session().client(
                service,
                region_name=access.region,
                endpoint_url=access.endpoint,
                aws_access_key_id=access.id,
                aws_secret_access_key=access.key,
                aws_session_token=access.token,
                config=_CONFIG,
            )


class _Call:
    """One exchange, from boto3's thread by the loop that asked for it."""

    def __init__(self, egress: Egress, timeout: float, loop: asyncio.AbstractEventLoop) -> None:
        self._egress, self._timeout, self._loop = egress, timeout, loop
        self.carried: EgressResponse | None = None

    def carry(self, request: AWSPreparedRequest, **_: object) -> AWSResponse:
        """What boto3 gets instead of sending `request` itself."""
        asked = self._egress.request(
            request.method,
            request.url,
            headers=dict(_headers(request)),
            content=_octets(request.body),
            timeout=self._timeout,
        )
        answer = asyncio.run_coroutine_threadsafe(asked, self._loop).result()
        self.carried = answer
        return AWSResponse(answer.url, answer.status, dict(answer.headers), _Raw(answer.content))

    def answer(self, **more: Any) -> Answer:
        assert self.carried is not None  # noqa: S101 - boto3 answers nothing by itself
        return Answer(self.carried.status, self.carried.headers, **more)


class _Raw(io.BytesIO):
    def stream(self, **_: object) -> Iterator[bytes]:
        """All of it, as boto3 reads it."""
        yield self.read()


def _headers(request: AWSPreparedRequest) -> Iterator[tuple[str, str]]:
    for name, value in request.headers.items():
        if name.lower() not in _FRAMING:
            yield name.lower(), value.decode("latin-1") if isinstance(value, bytes) else str(value)


def _octets(body: Any) -> bytes | None:
    if body is None or isinstance(body, bytes):
        return body
    return body.encode() if isinstance(body, str) else bytes(body.read())
