"""Pages for browsers: the outbox and the reference of the API."""

from fastapi import APIRouter

__all__ = ["router"]

router = APIRouter(include_in_schema=False)
