"""The application: routes, problems, pages."""

from importlib.metadata import version

from fastapi import FastAPI
from fastapi.routing import APIRoute

from solution_api import pages, problems
from solution_api.auditing import RECORDED
from solution_api.codec_door import CodecDoor
from solution_api.limits_door import RateLimited
from solution_api.observed import Observed
from solution_api.openapi import describe
from solution_api.proxies import BehindProxies
from solution_api.routes import ROUTERS, TAGS
from solution_api.safety import SafeHeaders
from solution_api.services import Services
from solution_api.widgets import WidgetCors

__all__ = ["create_app"]

DESCRIPTION = """\
Register a solution's definition, deploy it, and send it intents; follow the runs these start.

Errors are RFC 9457 problem documents with a stable `code`; `GET /v1/codes/{code}` says what it
means. Lists come in pages: send a page's `cursor` to get the next. Every POST takes an
`Idempotency-Key`. Intents remember it: the same key is the same run. The other operations are
idempotent by nature: done twice, the second time changes nothing.
"""


def create_app(services: Services) -> FastAPI:
    """The API over `services`, which stay the caller's to close."""
    app = FastAPI(
        title="Symphainy",
        summary="Design solutions, govern them centrally, deliver them through experiences.",
        description=DESCRIPTION,
        version=version("symphainy"),
        docs_url=None,
        redoc_url=None,
        openapi_tags=[{"name": name, "description": told} for name, told in TAGS],
        generate_unique_id_function=_operation,
    )
    app.state.services = services
    app.state.routes = [route for router in ROUTERS for route in router.routes]
    for router in ROUTERS:
        app.include_router(router, dependencies=[RECORDED])
    app.include_router(pages.router)
    problems.install(app)
    app.add_middleware(RateLimited)
    app.add_middleware(WidgetCors)
    app.add_middleware(CodecDoor)
    app.add_middleware(SafeHeaders)
    app.add_middleware(Observed)
    app.add_middleware(BehindProxies)
    app.openapi = lambda: describe(app)  # type: ignore[method-assign]
    return app


def _operation(route: APIRoute) -> str:
    return route.name
