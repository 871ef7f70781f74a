"""Which template of a solution is meant."""

from collections.abc import Mapping

from symphainy.errors import Refused
from symphainy.plan import Experience, Plan, Template

__all__ = ["chosen"]


def chosen(plan: Plan, name: str, experience: str | None = None) -> tuple[Template, Experience]:
    """The template of that name and the experience it is of.

    Refused: solution.template-missing, api.invalid-request if several experiences have one.
    """
    having: Mapping[str, Experience] = {
        key: one
        for key, one in plan.experiences.items()
        if name in one.templates and experience in (None, key)
    }
    if not having:
        of = plan.solution if experience is None else f"{plan.solution}, {experience[:80]!r}"
        raise Refused("solution.template-missing", f"{of} has no template {name[:80]!r}.")
    if len(having) > 1:
        message = f"{', '.join(sorted(having))} have a template {name!r}: say which `experience`."
        raise Refused("api.invalid-request", message, pointer="/experience")
    bound = next(iter(having.values()))
    return bound.templates[name], bound
