"""Cookies that this host alone gets back, from its own pages alone, and that no script reads."""

from fastapi import Request, Response

__all__ = ["drop", "encrypted", "forget", "keep", "shown"]

HOST = "__Host-"


def encrypted(request: Request) -> bool:
    """Whether browsers reach the platform by https.

    TLS ends in front of the platform, so the address a request comes by does not tell.
    """
    public = request.app.state.services.settings.public_base_url or ""
    return request.url.scheme == "https" or public.startswith("https://")


def keep(
    request: Request,
    response: Response,
    name: str,
    value: str,
    *,
    path: str,
    life: int,
    arriving: bool = False,
) -> None:
    """Leave `value` with the browser for `life` seconds, below `path` at most.

    Over https the name says that no other host set it, which takes the path `/`. One of somebody
    who arrives is shown also by links that lead here from elsewhere, and by nothing else that
    other pages ask for.
    """
    safe = encrypted(request)
    response.set_cookie(
        HOST + name if safe else name,
        value,
        max_age=life,
        path="/" if safe else path,
        secure=safe,
        httponly=True,
        samesite="lax" if arriving else "strict",
    )


def drop(request: Request, response: Response, name: str, *, path: str) -> None:
    """Take it from the browser, with what pages left there."""
    response.headers["Clear-Site-Data"] = '"cache", "storage"'
    forget(request, response, name, path=path)


def forget(request: Request, response: Response, name: str, *, path: str) -> None:
    """Take it from the browser."""
    safe = encrypted(request)
    response.delete_cookie(
        HOST + name if safe else name,
        path="/" if safe else path,
        secure=safe,
        httponly=True,
        samesite="strict",
    )


def shown(request: Request, name: str) -> str | None:
    """What the browser shows; where it is reached by https, nothing that others could have set."""
    return request.cookies.get(HOST + name if encrypted(request) else name)
