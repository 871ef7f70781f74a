"""Answers to requests that started runs."""

from activities.delivery.compose.letter import Letter
from activities.delivery.compose.said import said
from public_works.customers import Customer
from symphainy.delivery import CALLER, ApiResponse, Recipient
from symphainy.plan import Experience

__all__ = ["compose"]


def compose(letter: Letter, person: Customer | None, bound: Experience, sender: str) -> ApiResponse:
    """The letter as the answer to whoever asked for the run: its `body`, or what it says."""
    asked = letter.arguments
    return ApiResponse(
        to=Recipient(address=CALLER, customer=letter.customer),
        status=int(asked.get("status", 200)),
        body=asked["body"] if "body" in asked else said(letter, person),
        headers=asked.get("headers") or {},
    )
