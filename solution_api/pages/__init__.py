"""Pages for browsers: the outbox and the reference of the API."""

from fastapi import APIRouter

from solution_api.pages import outbox, reference, wishes

__all__ = ["router"]

router = APIRouter(include_in_schema=False)
router.include_router(outbox.router)
router.include_router(reference.router)
router.include_router(wishes.router)
