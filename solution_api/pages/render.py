"""Templates to pages."""

import re
from pathlib import Path
from typing import Any

from fastapi.responses import FileResponse, HTMLResponse
from liquid import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape

__all__ = ["asset", "marked", "page"]

CODE = re.compile(r"`([^`]+)`")
HERE = Path(__file__).parent
POLICY = (
    "default-src 'none'; style-src 'self'{inline}; img-src data:; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'none'"
)
LIVE = "; script-src 'self'; connect-src 'self'"
ENVIRONMENT = Environment(
    autoescape=True, undefined=StrictUndefined, loader=FileSystemLoader(HERE / "templates")
)


def page(
    template: str,
    title: str,
    *,
    status: int = 200,
    styled_mail: bool = False,
    live: bool = False,
    **data: Any,
) -> HTMLResponse:
    """The page of `template`; everything in `data` is escaped.

    `styled_mail` lets the mail in a sandboxed frame, which inherits the page's policy, keep the
    styles it carries. `live` lets the page's own script ask for news.
    """
    body = ENVIRONMENT.get_template(template).render(**data)
    around = {"refresh": None, "going": None, "section": None, **data, "live": live}
    inner = Markup(body)  # noqa: S704 - escaped when it was rendered
    text = ENVIRONMENT.get_template("page.html").render(title=title, body=inner, **around)
    policy = POLICY.format(inline=" 'unsafe-inline'" if styled_mail else "")
    policy += LIVE if live else ""
    return HTMLResponse(text, status, headers={"Content-Security-Policy": policy})


def marked(text: str) -> Markup:
    """Our own prose with what stands in backticks as code, the rest escaped."""
    words = " ".join(text.split())
    return Markup(CODE.sub(r"<code>\1</code>", str(escape(words))))  # noqa: S704 - escaped here


def asset(name: str) -> FileResponse:
    """A style sheet or a script of the pages."""
    headers = {"Cache-Control": "max-age=60"}
    media_type = "text/javascript" if name.endswith(".js") else "text/css"
    return FileResponse(HERE / name, media_type=media_type, headers=headers)
