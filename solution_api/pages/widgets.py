"""The widgets' script, for pages anywhere."""

import json

from fastapi import APIRouter, Request, Response

from solution_api.auth import Held
from solution_api.services import Services
from solution_api.widgets.bundle import Bundle, bundle
from symphainy.errors import Refused

__all__ = ["router"]

router = APIRouter(prefix="/widgets")

SCRIPT = "text/javascript; charset=utf-8"
YEAR = "public, max-age=31536000, immutable"
MOMENT = "public, max-age=300"
ANYWHERE = {
    # A page that checks the hash has to be let read the file.
    "Access-Control-Allow-Origin": "*",
    "Cross-Origin-Resource-Policy": "cross-origin",
}
KEPT = "symphainy-widgets"
"""The tenant that versions which pages may still ask for are kept as."""


@router.get("/manifest.json")
def manifest(services: Held) -> Response:
    """The version that is served now, with the hash by which a page makes sure of it."""
    found = _kept(services, bundle())
    return Response(
        json.dumps({"version": found.version, "src": found.path, "integrity": found.integrity}),
        media_type="application/json",
        headers={**ANYWHERE, "Cache-Control": MOMENT},
    )


@router.get("/sym.js")
def evergreen(request: Request, services: Held) -> Response:
    """The script as it is now."""
    return _script(request, _kept(services, bundle()), MOMENT)


@router.get("/{version}/sym.js")
def pinned(request: Request, services: Held, version: str) -> Response:
    """The script of that version, of any that was served here before."""
    now = _kept(services, bundle())
    if version == now.version:
        return _script(request, now, YEAR)
    before = services.stores.blobs.get(KEPT, f"sha256:{version.rpartition('-')[2]}")
    if before is None:
        raise Refused("api.not-found", "There never was such a version of the widgets here.")
    return _script(request, Bundle(before, version), YEAR)


def _kept(services: Services, found: Bundle) -> Bundle:
    """`found`, there also when another version is served."""
    services.stores.blobs.put(KEPT, found.content)
    return found


def _script(request: Request, found: Bundle, caching: str) -> Response:
    tag = f'"{found.version}"'
    headers = {**ANYWHERE, "Cache-Control": caching, "ETag": tag, "Vary": "Accept-Encoding"}
    if request.headers.get("if-none-match") == tag:
        return Response(status_code=304, headers=headers)
    if "gzip" not in request.headers.get("accept-encoding", ""):
        return Response(found.content, media_type=SCRIPT, headers=headers)
    headers["Content-Encoding"] = "gzip"
    return Response(found.compressed, media_type=SCRIPT, headers=headers)
