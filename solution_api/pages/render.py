"""Templates to pages."""

import re
from pathlib import Path
from typing import Any

from fastapi.responses import FileResponse, HTMLResponse
from liquid import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape

__all__ = ["marked", "page", "style"]

CODE = re.compile(r"`([^`]+)`")
HERE = Path(__file__).parent
POLICY = (
    "default-src 'none'; style-src 'self'{inline}; img-src data:; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'none'"
)
ENVIRONMENT = Environment(
    autoescape=True, undefined=StrictUndefined, loader=FileSystemLoader(HERE / "templates")
)


def page(
    template: str, title: str, *, status: int = 200, styled_mail: bool = False, **data: Any
) -> HTMLResponse:
    """The page of `template`; everything in `data` is escaped.

    `styled_mail` lets the mail in a sandboxed frame, which inherits the page's policy, keep the
    styles it carries.
    """
    body = ENVIRONMENT.get_template(template).render(**data)
    around = {"refresh": None, "section": None, **data}
    inner = Markup(body)  # noqa: S704 - escaped when it was rendered
    text = ENVIRONMENT.get_template("page.html").render(title=title, body=inner, **around)
    policy = POLICY.format(inline=" 'unsafe-inline'" if styled_mail else "")
    return HTMLResponse(text, status, headers={"Content-Security-Policy": policy})


def marked(text: str) -> Markup:
    """Our own prose with what stands in backticks as code, the rest escaped."""
    words = " ".join(text.split())
    return Markup(CODE.sub(r"<code>\1</code>", str(escape(words))))  # noqa: S704 - escaped here


def style() -> FileResponse:
    """The style sheet of all pages."""
    headers = {"Cache-Control": "max-age=60"}
    return FileResponse(HERE / "style.css", media_type="text/css", headers=headers)
