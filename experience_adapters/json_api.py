"""Vendors that are spoken to in JSON over HTTP: what is read before a write, and the write."""

import json
from collections.abc import Awaitable, Mapping
from typing import Any

from experience_adapters.exchange import accepts, credentials, readable, refusal, unanswered
from public_works.egress import Egress, EgressResponse
from public_works.secrets import Vault
from symphainy.delivery import SendResult
from symphainy.errors import Ending, Refused, Unsure
from symphainy.json import Json
from symphainy.plan import SecretPart

__all__ = [
    "JsonApi",
    "Over",
    "at",
    "concluded",
    "document",
    "looked",
    "secret_of",
    "shown",
    "text_at",
]


class Over(Exception):
    """The attempt is over, with a result, before anything was written."""

    def __init__(self, result: SendResult) -> None:
        super().__init__(result.detail or result.code or result.outcome)
        self.result = result


class JsonApi:
    """One vendor's API at one address, for whoever `headers` say; they go nowhere else."""

    def __init__(
        self, egress: Egress, base: str, headers: Mapping[str, str], timeout: float
    ) -> None:
        forbidden = accepts(egress, base)
        if forbidden is not None:
            raise forbidden
        self._egress = egress
        self._headers = {"accept": "application/json", **headers}
        self._timeout = timeout
        self.base = base.rstrip("/")

    async def read(self, path: str, params: Mapping[str, str] | None = None) -> Any:
        """What is there; None where nothing is. Raises Over where nobody tells: a question that
        is not answered changed nothing."""
        return self._told(await self._asked("GET", path, None, params))

    async def search(self, path: str, body: Json) -> Any:
        """The same of a question that is posted."""
        return self._told(await self._asked("POST", path, body, None))

    async def write(
        self, method: str, path: str, body: Json, headers: Mapping[str, str] | None = None
    ) -> EgressResponse:
        """The answer to the one write. Raises what the egress raises."""
        return await self._request(method, path, body, None, headers)

    async def _asked(
        self, method: str, path: str, body: Json, params: Mapping[str, str] | None
    ) -> EgressResponse:
        try:
            return await self._request(method, path, body, params, None)
        except Ending as error:
            if not isinstance(error, Unsure) and error.code != "egress.too-large":
                raise
            raise Over(unanswered(error).model_copy(update=_NOTHING)) from error

    def _told(self, answer: EgressResponse) -> Any:
        if answer.status == 404:
            return None
        if answer.status == 200:
            return document(answer)
        result = refusal(answer.status, shown(answer), answer.headers)
        unsure = result.outcome == "unknown"
        raise Over(result.model_copy(update=_NOTHING if unsure else {}))

    async def _request(
        self,
        method: str,
        path: str,
        body: Json,
        params: Mapping[str, str] | None,
        headers: Mapping[str, str] | None,
    ) -> EgressResponse:
        content = None if body is None else json.dumps(body, ensure_ascii=False).encode()
        kind = {} if content is None else {"content-type": "application/json"}
        return await self._egress.request(
            method,
            self.base + path,
            headers={**self._headers, **kind, **(headers or {})},
            content=content,
            params=params,
            timeout=self._timeout,
        )


_NOTHING = {"outcome": "retryable", "code": "delivery.unreachable"}


async def concluded(attempt: Awaitable[SendResult]) -> SendResult:
    """How the attempt ended, also where it broke off."""
    try:
        return await attempt
    except Over as over:
        return over.result
    except Refused as error:
        return credentials(error) if error.code.startswith("secret.") else unanswered(error)
    except Ending as error:
        return unanswered(error)


async def looked(question: Awaitable[SendResult]) -> SendResult:
    """What a look-up found; unknown where the vendor did not tell."""
    try:
        return await question
    except Over as over:
        return over.result.model_copy(update={"outcome": "unknown"})
    except Ending as error:
        return unanswered(error).model_copy(update={"outcome": "unknown"})


def secret_of(
    vault: Vault, tenant: str, settings: Mapping[str, Json], name: str, member: str = "secret"
) -> Json:
    """The tenant's secret that the binding names in `member`, or the one of that name."""
    return vault.read(tenant, SecretPart(secret=str(settings.get(member) or name)))


def document(answer: EgressResponse) -> Any:
    """The answer's JSON; an empty object for what is none."""
    try:
        return json.loads(answer.content)
    except (ValueError, RecursionError):
        return {}


def at(value: Any, *path: str | int) -> Any:
    """What is there, member by member; None where there is nothing."""
    for part in path:
        try:
            value = value[part]
        except (LookupError, TypeError):
            return None
    return value


def text_at(value: Any, *path: str | int) -> str | None:
    """The text or the number that is there, as a text."""
    found = at(value, *path)
    number = isinstance(found, int) and not isinstance(found, bool)
    return str(found) if isinstance(found, str) or number else None


def shown(answer: EgressResponse) -> str:
    """What the vendor says that is wrong, or what else it answered."""
    told = document(answer)
    first = told[0] if isinstance(told, list) and told else told
    errors = at(first, "errors")
    named = errors.items() if isinstance(errors, dict) else ()
    listed = at(first, "errorMessages")
    said = (
        text_at(first, "description"),
        text_at(first, "message"),
        *(listed if isinstance(listed, list) else ()),
        *(f"{name}: {one}" for name, one in named),
        text_at(first, "error"),
        text_at(first, "error", "message"),
    )
    whole = "; ".join(str(one) for one in said if one)
    return whole or readable(answer.content[:300].decode("utf-8", "replace"))
