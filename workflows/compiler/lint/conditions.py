"""Conditions that always hold, or never do."""

from collections.abc import Iterator

from symphainy.definition import ListenTask, SwitchTask, TaskItem, TryTask
from workflows.compiler.context import Compilation, escaped
from workflows.compiler.lint.reading import Reading
from workflows.compiler.nesting import roots, walk
from workflows.compiler.shapes import NULL, UNKNOWN, Known, Many, Object, OneOf, Shape

__all__ = ["check_conditions"]

EITHER = frozenset({"a boolean", "unknown", "null"})


def check_conditions(at: Compilation) -> None:
    """Find every condition whose syntax alone says what it gives; whatever is neither `false` nor
    `null` holds, so that also 0 and an empty text do."""
    reading = Reading(_silent)
    for root in roots(at.definition):
        for item in walk(root.items):
            for pointer in _places(item):
                program = at.programs.get(pointer)
                if program is None:
                    continue
                said = _said(reading.shape(program.tree, UNKNOWN, {}))
                if said is not None:
                    at.find("compile.condition", pointer, said)


def _places(item: TaskItem) -> Iterator[str]:
    ref, task = item.pointer, item.task
    yield f"{ref}/if"
    yield f"{ref}/while"
    if isinstance(task, SwitchTask):
        for i, (name, _) in enumerate(task.cases):
            yield f"{ref}/switch/{i}/{escaped(name)}/when"
    if isinstance(task, ListenTask):
        yield f"{ref}/listen/to/until"
    if isinstance(task, TryTask):
        for part in ("catch", "catch/retry"):
            yield f"{ref}/{part}/when"
            yield f"{ref}/{part}/exceptWhen"


def _said(shape: Shape) -> str | None:
    if shape == NULL:
        return "it never holds: it gives null"
    kinds = sorted({_kind(one) for one in _options(shape)})
    if not kinds or EITHER.intersection(kinds):
        return None
    return f"it always holds: it gives {' or '.join(kinds)}, and only `false` and `null` do not"


def _options(shape: Shape) -> tuple[Shape, ...]:
    return shape.options if isinstance(shape, OneOf) else (shape,)


def _kind(shape: Shape) -> str:
    match shape:
        case Known():
            return "unknown" if shape == UNKNOWN else f"a {shape.kind}".replace("a null", "null")
        case Many():
            return "a list"
        case Object():
            return "an object"
    return "unknown"


def _silent(path: str, lacking: Shape) -> None:
    """Paths are somebody else's concern."""
