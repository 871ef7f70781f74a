"""The one table of who may do what: each operation, and the roles that let somebody do it."""

from collections.abc import Iterable, Iterator, Mapping

from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute

from smart_city.roles import Action
from solution_api.auth import May, roles_of

__all__ = ["ANYBODY", "access", "action_of", "roles"]

ANYBODY = ["*"]
"""What stands for every role, also a tenant's own."""


def access(routes: Iterable[APIRoute]) -> Mapping[str, Action]:
    """Which action each operation is, by its name; those that ask for no key are not in it."""
    known = {route.name: action_of(route) for route in routes if route.include_in_schema}
    return {name: action for name, action in known.items() if action is not None}


def action_of(route: APIRoute) -> Action | None:
    """The action that a key has to allow; None where no key is asked for."""
    return next((one.action for one in _asked(route.dependant)), None)


def roles(action: Action) -> list[str]:
    """The roles as the OpenAPI document has them in `x-roles`."""
    return ANYBODY if action == "decide" else roles_of(action)


def _asked(dependant: Dependant) -> Iterator[May]:
    for one in dependant.dependencies:
        if isinstance(one.call, May):
            yield one.call
        yield from _asked(one)
