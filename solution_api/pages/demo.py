"""A page with all widgets on it, for whoever tries the platform on this machine."""

import asyncio
from typing import Annotated, Any, TypeGuard

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import JSONResponse, RedirectResponse

from solution_api.auth import Held
from solution_api.bodies import form
from solution_api.pages.render import asset, page
from solution_api.pages.session import Visit, Visitor, bought, enter, is_ours
from solution_api.safety import is_loopback
from solution_api.services import Services
from solution_api.widgets.bundle import bundle
from solution_api.widgets.tokens import SCOPES, WidgetToken
from symphainy.errors import Refused
from symphainy.plan import Plan
from symphainy.session import MESSAGE, Address

__all__ = ["router"]

router = APIRouter()

CUSTOMER = "demo"
POLICY = (
    "default-src 'none'; script-src 'self'; connect-src 'self'; style-src 'self'; img-src data:; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'; "
    "require-trusted-types-for 'script'"
)
Wanted = Annotated[str | None, Query(max_length=130)]


@router.get("/pages/demo.js")
async def demo_script() -> Response:
    """What ties the widgets of the page together."""
    return asset("demo.js")


@router.get("/pages/demo.css")
async def demo_style() -> Response:
    """How the page around the widgets looks."""
    return asset("demo.css")


@router.get("/demo/widgets")
async def show_demo(
    request: Request, services: Held, visitor: Visitor, solution: Wanted = None
) -> Response:
    """The widgets, for a customer called demo of the solution that is named, or of one that
    talks."""
    _only_here(services)
    if not _operates(visitor):
        return _page(open=False)
    plan = await asyncio.to_thread(_plan, services, visitor.tenant, solution)
    if plan is None:
        return _page(open=True, environment=services.settings.environment)
    found = bundle()
    address = _address(services, plan)
    kept = await asyncio.to_thread(services.stores.transcripts.get, visitor.tenant, address.id)
    return _page(
        open=True,
        solution=plan.solution,
        heading=plan.title or plan.solution,
        customer=CUSTOMER,
        run=kept.surface.run if kept is not None else None,
        intent=_form_of(plan),
        platform=_origin(request),
        token_url=f"/demo/widgets/token?solution={plan.solution}",
        src=found.path,
        integrity=found.integrity,
    )


@router.post("/demo/widgets")
async def open_demo(request: Request, services: Held) -> Response:
    """Exchange an API key for a sign-in."""
    _only_here(services)
    if not is_ours(request):
        return _page(open=False, wrong="Enter your key on this page.", status=403)
    fields = await form(request)
    text = await bought(services, fields.get("key", "").strip(), acting=True)
    if text is None:
        wrong = "This key is unknown, expired, revoked, or may not operate."
        return _page(open=False, wrong=wrong, status=401)
    return await enter(request, services, RedirectResponse("/demo/widgets", 303), text)


@router.post("/demo/widgets/token")
async def buy_demo_token(
    request: Request, services: Held, visitor: Visitor, solution: Wanted = None
) -> Response:
    """A widget token for the page; what the back end of a client does."""
    _only_here(services)
    if not _operates(visitor) or not is_ours(request):
        raise Refused("api.unauthenticated", "Open the page anew.")
    plan = await asyncio.to_thread(_plan, services, visitor.tenant, solution)
    if plan is None:
        raise Refused("solution.unknown", "The solution is not deployed any more.")
    text, expires = services.widget_tokens.issue(
        WidgetToken(
            tenant=visitor.tenant,
            session=_address(services, plan).id,
            origin=_origin(request),
            scopes=SCOPES,
            intents=tuple(name for name, one in plan.intents.items() if one.starts),
        )
    )
    return JSONResponse({"token": text, "expires": expires.isoformat()})


def _page(*, status: int = 200, **told: Any) -> Response:
    given: dict[str, Any] = {
        "solution": None,
        "wrong": None,
        "environment": None,
        "run": None,
        "intent": None,
    }
    shown = page("demo.html", "Widgets", status=status, live=False, **{**given, **told})
    shown.headers["Content-Security-Policy"] = POLICY
    return shown


def _only_here(services: Services) -> None:
    # What listens on loopback may still have the world before it.
    known = services.settings
    if known.public_base_url is not None or not is_loopback(known.api_host):
        message = "The demo is there where nobody but this machine reaches the API."
        raise Refused("api.not-found", message)


def _operates(visitor: Visit | None) -> TypeGuard[Visit]:
    return visitor is not None and visitor.acts


def _plan(services: Services, tenant: str, solution: str | None) -> Plan | None:
    """The solution that is named, or the first that a chat starts."""
    running = services.stores.definitions.running(tenant, services.settings.environment)
    for plan in sorted(map(services.plans.get, running), key=lambda one: one.solution):
        talks = any(one.starts and one.event == MESSAGE for one in plan.intents.values())
        if plan.solution == solution or (solution is None and talks):
            return plan
    return None


def _form_of(plan: Plan) -> str | None:
    """An intent that asks for something."""
    forms = (name for name, one in plan.intents.items() if one.starts and one.input)
    return next(forms, None)


def _address(services: Services, plan: Plan) -> Address:
    return Address(plan.solution, services.settings.environment, customer=CUSTOMER)


def _origin(request: Request) -> str:
    return str(request.base_url).rstrip("/")
