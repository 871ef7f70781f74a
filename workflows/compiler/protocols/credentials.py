"""Authentication over protocols that are not plain HTTP."""

from collections.abc import Iterable

from symphainy.definition import AuthenticationPolicy
from workflows.compiler.authentication import authentication
from workflows.compiler.context import Compilation
from workflows.compiler.secrets import Secured

__all__ = ["credentials"]


def credentials(
    at: Compilation,
    written: AuthenticationPolicy | None,
    pointer: str,
    variables: Iterable[str],
    schemes: tuple[str, ...] = ("basic", "bearer", "oauth2", "oidc"),
) -> Secured | None:
    """The policy like `authentication`; a finding if the protocol cannot carry its scheme."""
    found = authentication(at, written, pointer, variables)
    scheme = next(iter(found.value), "") if found and isinstance(found.value, dict) else None
    if scheme is not None and scheme not in schemes:
        message = f"`{scheme}` cannot be used over this protocol; there are {', '.join(schemes)}"
        at.find("compile.protocol", pointer, message)
    return found
