"""What a run knows of secrets: where they go, and never what they are."""

from symphainy.json import Json
from symphainy.plan import Call, Http, Remote, SecretPart, Task
from workflows.interpreter.addresses import expand
from workflows.interpreter.scope import Scope

__all__ = ["authentication", "described", "secrets"]

SCHEMES = {"basic": "Basic", "digest": "Digest"}


def secrets(task: Call | Http | Remote, data: Json, scope: Scope) -> dict[str, Json]:
    """By place: the texts and the names of the secrets that are joined there.

    Expressions give texts and nothing else, so no data can name a secret.
    """
    return {
        pointer: [_part(one, data, scope) for one in parts]
        for pointer, parts in task.secrets.items()
    }


def _part(part: str | SecretPart, data: Json, scope: Scope) -> Json:
    if isinstance(part, SecretPart):
        return {"secret": part.secret, "path": [*part.path]}
    found = scope.fill(part, data)
    return found if isinstance(found, str) else ""


def authentication(task: Http | Remote, data: Json, scope: Scope) -> Json:
    """The policy with its expressions filled in, null where secrets go."""
    found = scope.fill(task.authentication, data)
    if not isinstance(found, dict):
        return found
    for given in found.values():
        authority = given.get("authority") if isinstance(given, dict) else None
        if isinstance(given, dict) and isinstance(authority, str) and "{" in authority:
            given["authority"] = expand(authority, data, task.ref)
    return found


def described(task: Task) -> dict[str, Json]:
    """`$authorization` after the task, as far as it is data: the scheme."""
    policy = task.authentication if isinstance(task, Http | Remote) else None
    if not isinstance(policy, dict):
        return {}
    scheme = SCHEMES.get(next(iter(policy), ""), "Bearer")
    return {"authorization": {"scheme": scheme}}
