"""What an answer says of how to come in: RFC 6750, RFC 9470 for signing in better, and
RFC 9728 for where to ask for a token."""

import re

from fastapi import Request

from smart_city.step_up import StepUp
from symphainy.codes import Code

__all__ = ["METADATA", "base_of", "challenged"]

METADATA = "/.well-known/oauth-protected-resource"
PLAIN = re.compile(r"https?://[A-Za-z0-9.:\[\]_/-]{1,300}")


def challenged(request: Request, code: Code) -> dict[str, str]:
    """The header WWW-Authenticate, where a refusal is about what was shown, or was not."""
    if code.status == 401 and code.code.startswith(("api.", "token.")):
        return {"WWW-Authenticate": ", ".join(['Bearer realm="symphainy"', *_told(request, code)])}
    if code.status == 401:
        return {"WWW-Authenticate": 'Bearer realm="symphainy"'}
    if code.code in ("api.scope", "api.environment"):
        return {"WWW-Authenticate": 'Bearer realm="symphainy", error="insufficient_scope"'}
    return {}


def base_of(request: Request) -> str:
    """Under which address the world reaches this API."""
    told: str | None = request.app.state.services.settings.public_base_url
    here = str(request.base_url)
    # Without setting it is what the request says, which may be anything.
    return (told or (here if PLAIN.fullmatch(here) else "")).rstrip("/")


def _told(request: Request, code: Code) -> list[str]:
    if code.code == "token.step-up":
        return [*_better(request, code), f'resource_metadata="{base_of(request)}{METADATA}"']
    # Who showed nothing is told of no error, after section 3.1.
    shown = "authorization" in request.headers
    error = ['error="invalid_token"', f'error_description="{code.title}"'] if shown else []
    return [*error, f'resource_metadata="{base_of(request)}{METADATA}"']


def _better(request: Request, code: Code) -> list[str]:
    """How to sign in instead, after section 3 of RFC 9470."""
    asked: StepUp = request.state.step_up
    said = ['error="insufficient_user_authentication"', f'error_description="{code.title}"']
    # A way of `amr` has no name that one could ask for.
    if asked.acr:
        said.append(f'acr_values="{" ".join(asked.acr)}"')
    return said if asked.max_age is None else [*said, f"max_age={asked.max_age}"]
