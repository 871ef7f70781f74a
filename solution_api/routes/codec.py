"""The codec server: payloads in Temporal, readable for who may; and the keys they are sealed with.

Temporal's own UI asks here in its remote codec protocol. It names the namespace and never the
workflow, so that is what the audit log has.
"""

import asyncio
import base64
from typing import Annotated

from fastapi import APIRouter, Path, Request
from fastapi.responses import JSONResponse
from pydantic import AwareDatetime

from public_works.data_keys import DataKeyRecord
from smart_city.roles import allowed
from solution_api import auditing, bodies
from solution_api.auth import Administrator, Governor, Held, Server, Watcher
from solution_api.openapi import BODY, answers, example, takes
from solution_api.services import Services
from solution_api.views import View
from symphainy.errors import Refused
from symphainy.identity import Principal
from symphainy.json import Json
from temporal.codec import PLATFORM
from temporal.codec.reader import Read, Reader, said, written

__all__ = ["router"]

router = APIRouter(prefix="/v1/codec", tags=["Codec"])

LARGEST = 8 * 1024 * 1024
Namespace = Annotated[
    str, Path(max_length=200, description="Temporal's namespace.", examples=["default"])
]
KeyId = Annotated[str, Path(max_length=64, description="The key's id.", examples=["kZ0y1mJxVfA"])]
SEALED: Json = {
    "payloads": [
        {
            "metadata": {"encoding": "YmluYXJ5L2VuY3J5cHRlZA==", "key": "ZXhhbXBsZQ=="},
            "data": "AAECAwQFBgcICQoL",
        }
    ]
}
OPEN: Json = {
    "payloads": [{"metadata": {"encoding": "anNvbi9wbGFpbg=="}, "data": "eyJpbnZvaWNlIjo3fQ=="}]
}
KEY: dict[str, Json] = {
    "id": "kZ0y1mJxVfA",
    "master": "5f0c3c3e9f86d081",
    "created": "2026-11-22T09:30:00Z",
}
LENT: dict[str, Json] = {"id": "kZ0y1mJxVfA", "workflow": None, "key": "A" * 43 + "="}
PAYLOADS = takes({"type": "object"}, SEALED, required=True)


class DataKeyView(View):
    """A key that payloads are sealed with; the key itself is never shown."""

    id: str
    master: str
    created: AwareDatetime


class KeyList(View):
    """Every key of the tenant, newest first."""

    items: list[DataKeyView]


class LentKeyView(View):
    """A key as it is. Keep it in memory, and for minutes: it may be thrown away."""

    id: str
    workflow: str | None
    key: str


class Rewrapped(View):
    """What was done."""

    keys: int


@router.get("/keys", responses={**example({"items": [KEY]}), **answers()})
async def list_data_keys(services: Held, by: Administrator) -> KeyList:
    """The keys that seal the tenant's payloads; the newest seals what is new."""
    found = await asyncio.to_thread(services.stores.data_keys.list, by.tenant)
    return KeyList(items=[_view(one) for one in found])


@router.post("/keys/rotate", responses={**example(KEY), **answers()})
async def rotate_data_key(services: Held, by: Administrator) -> DataKeyView:
    """Another key for new payloads, everywhere within a minute; those before still open."""
    made = await asyncio.to_thread(services.stores.data_keys.rotate, by.tenant)
    return _view(made)


@router.post(
    "/keys/{key}/lend", responses={**example(LENT), **answers("codec.no-key", "codec.key")}
)
async def lend_data_key(services: Held, by: Server, key: KeyId) -> LentKeyView:
    """A data key of the caller's tenant, for a worker pool that has no database."""
    lent = await asyncio.to_thread(services.stores.data_keys.lend, by.tenant, key)
    if lent is None:
        raise Refused("codec.no-key", f"There is no data key {key[:80]!r}; it may be thrown away.")
    content = base64.b64encode(lent.key).decode()
    return LentKeyView(id=lent.id, workflow=lent.workflow, key=content)


@router.post("/keys/rewrap", responses={**example({"keys": 3}), **answers("codec.key")})
async def rewrap_data_keys(services: Held, by: Governor) -> Rewrapped:
    """Seal every tenant's keys with the master key that is in use now."""
    keys = services.stores.data_keys
    tenants = await asyncio.to_thread(keys.tenants)
    done = [await asyncio.to_thread(keys.rewrap, one) for one in tenants]
    return Rewrapped(keys=sum(done))


@router.post(
    "/{namespace}/decode",
    openapi_extra=PAYLOADS,
    responses={
        **example(OPEN),
        **answers("codec.namespace", "codec.payloads", "codec.key", *BODY),
    },
)
async def decode_payloads(
    request: Request, services: Held, by: Watcher, namespace: Namespace
) -> JSONResponse:
    """Payloads of the caller's tenant, open; all others as they came. Each reading is recorded."""
    reader, body = _reader(services, namespace), await bodies.raw(request, LARGEST)
    return _told(await reader.read(said(body), _tenants(by)))


@router.post(
    "/{namespace}/download",
    openapi_extra=PAYLOADS,
    responses={
        **example(OPEN),
        **answers("codec.namespace", "codec.payloads", "codec.key", *BODY),
    },
)
async def download_payloads(
    request: Request, services: Held, by: Watcher, namespace: Namespace
) -> JSONResponse:
    """Payloads too large for a history, in the place of what stands for them there."""
    reader, body = _reader(services, namespace), await bodies.raw(request, LARGEST)
    return _told(await reader.fetch(said(body), _tenants(by)))


@router.post("/{namespace}/encode", responses=answers("codec.encode", "codec.namespace"))
async def encode_payloads(services: Held, by: Watcher, namespace: Namespace) -> None:
    """Always refused: what a run is told goes through the platform, which knows whose word it is.

    Refused `codec.encode`.
    """
    _reader(services, namespace)
    raise Refused("codec.encode", "The codec server seals nothing: tell runs things over the API.")


def _reader(services: Services, namespace: str) -> Reader:
    if namespace != services.settings.temporal_namespace:
        raise Refused("codec.namespace", f"There is no namespace {namespace[:80]!r} here.")
    return Reader(services.stores.data_keys, services.stores.blobs, namespace)


def _tenants(by: Principal) -> frozenset[str]:
    """Whose payloads `by` may read: those of their tenant, and who governs also the platform's."""
    return frozenset({by.tenant, *([PLATFORM] if allowed(by.roles, "govern") else [])})


def _told(read: Read) -> JSONResponse:
    auditing.note(opened=read.opened, others=read.foreign)
    return JSONResponse(written(read.payloads))


def _view(record: DataKeyRecord) -> DataKeyView:
    return DataKeyView.model_validate(record)
