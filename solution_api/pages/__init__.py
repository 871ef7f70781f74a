"""Pages for browsers: the outbox, the reference of the API, the widgets of clients' pages."""

from fastapi import APIRouter

from solution_api.pages import codec, demo, outbox, reference, sign_in, traces, widgets, wishes

__all__ = ["router"]

router = APIRouter(include_in_schema=False)
router.include_router(traces.router)
router.include_router(outbox.router)
router.include_router(codec.router)
router.include_router(sign_in.router)
router.include_router(reference.router)
router.include_router(wishes.router)
router.include_router(widgets.router)
router.include_router(demo.router)
