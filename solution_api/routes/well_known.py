"""What this API tells of itself to whoever wants to ask somebody for a token: RFC 9728."""

import asyncio

from fastapi import APIRouter, Request
from pydantic import BaseModel, Field

from smart_city.tokens import SCOPES
from solution_api.auth import Held
from solution_api.challenges import METADATA, base_of
from solution_api.openapi import answers, example

__all__ = ["router"]

router = APIRouter(tags=["Platform"])


class ProtectedResource(BaseModel):
    """Metadata of a protected resource."""

    resource: str
    resource_name: str = "Symphainy"
    authorization_servers: list[str] = Field(
        description="Issuers that the platform's own tenant trusts; others are not told here."
    )
    bearer_methods_supported: list[str] = ["header"]
    scopes_supported: list[str]


SHOWN = ProtectedResource(
    resource="https://symphainy.example.com",
    authorization_servers=["https://login.example.com/realms/acme"],
    scopes_supported=["symphainy:read"],
)


@router.get(
    METADATA,
    responses={**example(SHOWN.model_dump()), **answers("store.unavailable", keyed=False)},
)
async def protected_resource(services: Held, request: Request) -> ProtectedResource:
    """Whom to ask for an access token, and what for."""
    kept = await asyncio.to_thread(services.stores.issuers.list, services.settings.tenant)
    trusted = [one.said.issuer for one in (*services.bearers.fixed, *kept)]
    return ProtectedResource(
        resource=base_of(request),
        authorization_servers=list(dict.fromkeys(trusted)),
        scopes_supported=[f"symphainy:{one}" for one in SCOPES if ":" not in one],
    )
