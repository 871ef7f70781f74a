"""SCIM 2.0 under /scim/v2: RFC 7643 and RFC 7644, for each tenant behind its own keys."""

import asyncio
import json

from fastapi import APIRouter, Request, Response
from scim2_models import SCIMException
from scim2_server.handler import ScimHandler
from scim2_server.requests import ScimRequest
from scim2_server.responses import ScimResponse
from scim2_server.routing import Operation

from solution_api.auth import Held, Provisioner
from solution_api.bodies import raw
from solution_api.challenges import base_of
from solution_api.scim.errors import PREFIX, refusal
from solution_api.scim.provider import SERVICE
from solution_api.scim.storage import TenantStorage
from solution_api.services import Services
from symphainy.errors import Refused

__all__ = ["router"]

# SCIM describes itself, under /Schemas and /ResourceTypes.
router = APIRouter(prefix=PREFIX, tags=["Provisioning"], include_in_schema=False)

CHANGING = {Operation.create, Operation.replace, Operation.patch, Operation.delete, Operation.bulk}


@router.post("/Users")
async def create_user(request: Request, services: Held, by: Provisioner) -> Response:
    """Let somebody in."""
    return await _served(request, services, by.tenant)


@router.put("/Users/{user}")
async def replace_user(request: Request, services: Held, by: Provisioner) -> Response:
    """Say everything of somebody anew."""
    return await _served(request, services, by.tenant)


@router.patch("/Users/{user}")
async def change_user(request: Request, services: Held, by: Provisioner) -> Response:
    """Say some things of somebody anew."""
    return await _served(request, services, by.tenant)


@router.delete("/Users/{user}")
async def delete_user(request: Request, services: Held, by: Provisioner) -> Response:
    """Let somebody in no more, and forget them."""
    return await _served(request, services, by.tenant)


@router.post("/Groups")
async def create_group(request: Request, services: Held, by: Provisioner) -> Response:
    """Make a group."""
    return await _served(request, services, by.tenant)


@router.put("/Groups/{group}")
async def replace_group(request: Request, services: Held, by: Provisioner) -> Response:
    """Say everything of a group anew."""
    return await _served(request, services, by.tenant)


@router.patch("/Groups/{group}")
async def change_group(request: Request, services: Held, by: Provisioner) -> Response:
    """Say some things of a group anew."""
    return await _served(request, services, by.tenant)


@router.delete("/Groups/{group}")
async def delete_group(request: Request, services: Held, by: Provisioner) -> Response:
    """Let there be no such group."""
    return await _served(request, services, by.tenant)


@router.api_route("/{path:path}", methods=["GET", "POST", "PUT", "PATCH", "DELETE"])
@router.get("")
async def read_provisioning(request: Request, services: Held, by: Provisioner) -> Response:
    """Everything else: it changes nothing."""
    return await _served(request, services, by.tenant, changing=False)


async def _served(
    request: Request, services: Services, tenant: str, *, changing: bool = True
) -> Response:
    asked = ScimRequest(
        method=request.method,
        base_url=base_of(request) + PREFIX,
        path=request.url.path.removeprefix(PREFIX),
        query=dict(request.query_params),
        headers=request.headers.items(),
        body=await raw(request),
        subject=tenant,
    )
    storage = TenantStorage(services.stores, tenant)
    answer = await asyncio.to_thread(_handled, ScimHandler(SERVICE, storage), asked, changing)
    body = b"" if answer.body is None else json.dumps(answer.body).encode()
    return Response(
        body, int(answer.status), headers={**answer.headers, "Cache-Control": "no-store"}
    )


def _handled(handler: ScimHandler, asked: ScimRequest, changing: bool) -> ScimResponse:
    try:
        target = SERVICE.match(asked)
        if not changing and target.operation in CHANGING and not target.me:
            # What changes something has an address of its own, by which it is recorded.
            raise Refused("api.not-found", "There is nothing here.")
        return handler.handle(asked)
    except SCIMException as error:
        raise refusal(error) from error
    except RecursionError:
        raise Refused("scim.invalid-syntax", "This is nested too deeply.") from None
