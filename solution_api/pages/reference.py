"""The reference of the API in a browser, from its own OpenAPI document."""

from fastapi import APIRouter, Request, Response

from solution_api.pages.outline import chapters
from solution_api.pages.render import marked, page

__all__ = ["router"]

router = APIRouter()


@router.get("/docs")
async def show_reference(request: Request) -> Response:
    """Every operation with its examples and refusals; nothing is loaded from elsewhere."""
    document = request.app.openapi()
    info = document["info"]
    paragraphs = [marked(part) for part in info["description"].strip().split("\n\n")]
    return page(
        "reference.html",
        "API reference",
        section="docs",
        chapters=chapters(document),
        paragraphs=paragraphs,
        version=info["version"],
    )
