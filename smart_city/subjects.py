"""Which steps a plan has, as policies see them."""

from collections.abc import Iterator

from smart_city.bundle import Bundle
from smart_city.documents import Policy
from smart_city.facts import Subject
from symphainy.plan import Call, Emit, Http, Plan, Remote
from symphainy.plan.tasks import Task

__all__ = ["speaking", "subjects"]


def subjects(plan: Plan) -> Iterator[tuple[str, Subject]]:
    """Each task with its reference, and what of it says which policies are about it."""
    for task in plan.walk():
        yield task.ref, _subject(plan, task)


def speaking(bundle: Bundle, plan: Plan) -> dict[str, list[Policy]]:
    """By reference of a task: the policies that are about it; of tasks there are any for."""
    # Those on trial are about it too; their mode says that they do not hold.
    whole = bundle.trial or bundle
    found = {ref: list(whole.about(subject)) for ref, subject in subjects(plan)}
    return {ref: policies for ref, policies in found.items() if policies}


def _subject(plan: Plan, task: Task) -> Subject:
    if not isinstance(task, Call | Http | Remote | Emit):
        return Subject(task.name, "", "none", None, None)
    name = task.experience if isinstance(task, Call) else None
    bound = plan.experiences.get(name) if name else None
    if isinstance(task, Emit):
        return Subject(task.name, "event.emit", task.effect, None, None)
    capability = "call.http" if isinstance(task, Http) else task.activity
    return Subject(
        task.name,
        capability,
        task.effect,
        bound.channel if bound else None,
        bound.purpose if bound else None,
        bound.adapter if bound else None,
    )
