"""Paths that nothing before can have produced."""

from collections.abc import Mapping
from difflib import get_close_matches
from typing import Any, NamedTuple

from symphainy.definition import (
    CallTask,
    Definition,
    DoTask,
    EmitTask,
    ForkTask,
    ForTask,
    FunctionCall,
    ListenTask,
    RaiseTask,
    RunTask,
    SetTask,
    SwitchTask,
    TaskItem,
    TryTask,
    WaitTask,
)
from workflows.compiler.context import Compilation, escaped, plain
from workflows.compiler.lint.reading import Reading, described
from workflows.compiler.nesting import walk
from workflows.compiler.shapes import (
    NULL,
    UNKNOWN,
    Known,
    Many,
    Object,
    Shape,
    item,
    join,
    names,
    of,
)

__all__ = ["check_paths"]

MAX_REPORTED = 100
"""More than anyone reads at once."""
SKIPPED = Object(dict.fromkeys(("state", "policy", "reason"), Known("string")))
"""What a step gives that policy leaves out."""


class State(NamedTuple):
    """What is known of the data between two tasks, and of the context."""

    data: Shape
    context: Shape


class Way(NamedTuple):
    """Where the flow goes from a task, and with what."""

    then: str
    state: State


NOTHING = State(UNKNOWN, UNKNOWN)
Given = Mapping[str, Shape]


def check_paths(at: Compilation) -> None:
    """Warn of every path that an expression reads and no value can have."""
    definition = at.definition
    if definition.use.extensions or definition.evaluate.mode != "strict":
        # An extension may change what any task takes and gives.
        return
    _Paths(at).run(definition)


class _Paths:
    """Follows the data through the flow once, knowing less where the flow turns back."""

    def __init__(self, at: Compilation) -> None:
        self.at = at
        self.ends: list[State] = []
        self.reported = 0
        self.gated = _gated(at)
        self.gives: dict[str, Shape] = {}
        """What functions give, by the name they are called by."""

    def run(self, definition: Definition) -> None:
        data = self._entered(UNKNOWN, definition.input, "/input", {})
        ways = self.along(definition.do, State(data, NULL), {})
        last = _joined([*ways, *self.ends])
        if definition.output is not None and last is not None:
            self._left(last.data, definition.output, "/output", {"context": last.context})
        for function in definition.use.functions.values():
            self.task(function, NOTHING, {})

    def along(self, items: tuple[TaskItem, ...], first: State, given: Given) -> list[State]:
        """The states in which the flow comes out of a list."""
        index = {one.name: i for i, one in enumerate(items)}
        coming: list[list[State]] = [[] for _ in range(len(items) + 1)]
        coming[0].append(first)
        for i in _turned_back_to(items, index):
            coming[i].append(NOTHING)
        places = {**index, "exit": len(items)}
        for i, one in enumerate(items):
            state = _joined(coming[i])
            if state is None:
                continue
            for way in self.task(one, state, given):
                to = i + 1 if way.then == "continue" else places.get(way.then)
                if way.then == "end":
                    self.ends.append(way.state)
                elif to is not None and to > i:
                    coming[to].append(way.state)
        return coming[-1]

    def task(self, one: TaskItem, state: State, given: Given) -> list[Way]:
        """Where the flow goes from a task."""
        task, ref = one.task, one.pointer
        here = {**given, "context": state.context}
        ways: list[Way] = []
        if task.if_ is not None:
            self.value(task.if_, f"{ref}/if", state.data, here)
            ways.append(Way("continue", state))
        if one.name in self.gated:
            ways.append(Way(task.then or "continue", state))
        taken = self._entered(state.data, task.input, f"{ref}/input", here)
        here["input"] = taken
        for then, (data, context) in self._body(one, State(taken, state.context), here):
            here["context"] = context
            data = self._left(data, task.output, f"{ref}/output", here)
            if task.export is not None:
                context = self._exported(data, one, here)
            following = then if then != "continue" else task.then or "continue"
            ways.append(Way(following, State(data, context)))
        return ways

    def _entered(self, data: Shape, border: Any, pointer: str, given: Given) -> Shape:
        if border is None:
            return data
        data = _narrowed(data, border.schema_)
        if border.from_ is None:
            return data
        return self.value(border.from_, f"{pointer}/from", data, given)

    def _left(self, data: Shape, border: Any, pointer: str, given: Given) -> Shape:
        if border is None:
            return data
        if border.as_ is not None:
            data = self.value(border.as_, f"{pointer}/as", data, given)
        return _narrowed(data, border.schema_)

    def _exported(self, data: Shape, one: TaskItem, given: Given) -> Shape:
        border = one.task.export
        if border is None or border.as_ is None:
            return data
        return self.value(border.as_, f"{one.pointer}/export/as", data, {**given, "output": data})

    def _body(self, one: TaskItem, state: State, given: Given) -> list[Way]:
        task, ref = one.task, one.pointer
        if isinstance(task, SetTask):
            return [_on(self.value(task.set, f"{ref}/set", state.data, given), state)]
        if isinstance(task, SwitchTask):
            return self._switch(one, task, state, given)
        if isinstance(task, DoTask):
            return _out(self.along(task.do, state, given))
        if isinstance(task, ForTask):
            return self._for(one, task, state, given)
        if isinstance(task, ForkTask):
            return self._fork(task, state, given)
        if isinstance(task, TryTask):
            return self._try(task, state, given)
        if isinstance(task, CallTask):
            return self._call(one, task, state, given)
        if isinstance(task, ListenTask):
            return self._listen(task, state, given)
        self._simple(one, state, given)
        if isinstance(task, RaiseTask):
            return []
        return [_on(state.data if isinstance(task, WaitTask) else UNKNOWN, state)]

    def _simple(self, one: TaskItem, state: State, given: Given) -> None:
        """Read what tasks take that give nothing anyone knows."""
        task, ref = one.task, one.pointer
        if isinstance(task, RaiseTask) and not isinstance(task.raise_.error, str):
            written = task.raise_.error.model_dump(by_alias=True, exclude_unset=True)
            self.value(written, f"{ref}/raise/error", state.data, given)
        if isinstance(task, EmitTask):
            attributes = task.emit.event.with_.attributes
            self.value(attributes, f"{ref}/emit/event/with", state.data, given)
        if isinstance(task, WaitTask) and task.wait.expression is not None:
            self.value(task.wait.expression, f"{ref}/wait", state.data, given)
        if isinstance(task, RunTask) and task.run.workflow is not None:
            self.value(task.run.workflow.input, f"{ref}/run/workflow/input", state.data, given)

    def _switch(self, one: TaskItem, task: SwitchTask, state: State, given: Given) -> list[Way]:
        ways = []
        for i, (name, case) in enumerate(task.cases):
            pointer = f"{one.pointer}/switch/{i}/{escaped(name)}/when"
            self.value(case.when, pointer, state.data, given)
            ways.append(Way(case.then, state))
        if all(case.when is not None for _, case in task.cases):
            ways.append(Way("continue", state))
        return ways

    def _for(self, one: TaskItem, task: ForTask, state: State, given: Given) -> list[Way]:
        gone_through = self.value(task.for_.in_, f"{one.pointer}/for/in", state.data, given)
        inner = {**given, task.for_.each: item(gone_through), task.for_.at: Known("number")}
        # Every iteration but the first takes what the one before gives.
        within = State(UNKNOWN, _context(task.do, state))
        self.value(task.while_, f"{one.pointer}/while", UNKNOWN, inner)
        out = self.along(task.do, within, inner)
        return _out([state, *out])

    def _fork(self, task: ForkTask, state: State, given: Given) -> list[Way]:
        branches = task.fork.branches
        within = State(state.data, _context(branches, state))
        out = [way.state.data for one in branches for way in self.task(one, within, given)]
        data = join(out)
        return [_on(data if task.fork.compete else Many(data), within)]

    def _try(self, task: TryTask, state: State, given: Given) -> list[Way]:
        out = self.along(task.try_, state, given)
        caught = State(state.data, _context(task.try_, state))
        inner = {**given, task.catch.as_: UNKNOWN}
        handled = self.along(task.catch.do or (), caught, inner)
        ways = [Way("continue", one) for one in out]
        return ways + [Way(task.catch.then or "continue", one) for one in handled]

    def _call(self, one: TaskItem, task: CallTask, state: State, given: Given) -> list[Way]:
        if not isinstance(task, FunctionCall):
            return [_on(UNKNOWN, state)]
        self.value(task.with_, f"{one.pointer}/with", state.data, given)
        if task.call not in self.gives:
            self.gives[task.call] = _gives(self.at, task.call)
        return [_on(self.gives[task.call], state)]

    def _listen(self, task: ListenTask, state: State, given: Given) -> list[Way]:
        each = task.foreach
        if each is None:
            return [_on(UNKNOWN, state)]
        inner = {**given, each.item: UNKNOWN, each.at: Known("number")}
        within = State(UNKNOWN, UNKNOWN if each.export else _context(each.do or (), state))
        self.along(each.do or (), within, inner)
        return [_on(UNKNOWN, within)]

    def value(self, written: Any, pointer: str, data: Shape, given: Given) -> Shape:
        """What a value with expressions becomes on `data`."""
        if isinstance(written, str):
            program = self.at.programs.get(pointer)
            if program is None:
                return UNKNOWN if "${" in written else Known("string")

            def report(path: str, lacking: Shape) -> None:
                self._report(path, lacking, pointer)

            return Reading(report).shape(program.tree, data, given)
        if isinstance(written, dict | Mapping):
            return Object(
                {
                    name: self.value(one, f"{pointer}/{escaped(name)}", data, given)
                    for name, one in written.items()
                }
            )
        if isinstance(written, list | tuple):
            found = [
                self.value(one, f"{pointer}/{i}", data, given) for i, one in enumerate(written)
            ]
            return Many(join(found))
        return UNKNOWN

    def _report(self, path: str, lacking: Shape, pointer: str) -> None:
        self.reported += 1
        if self.reported > MAX_REPORTED:
            return
        if path.startswith("$context.") and lacking is NULL:
            message = f"`{path}` is always null: no task before exports anything"
            self.at.find("compile.unknown-path", pointer, message)
            return
        read = path.rpartition(".")[2]
        close = get_close_matches(read, [*names(lacking)], n=1, cutoff=0.6)
        fix = f"Did you mean `{path.removesuffix(read)}{close[0]}`?" if close else None
        message = f"nothing gives `{path}`: {described(lacking)}"
        self.at.find("compile.unknown-path", pointer, message, fix)


def _turned_back_to(items: tuple[TaskItem, ...], index: Mapping[str, int]) -> set[int]:
    """The tasks that a later one, or they themselves, lead to."""
    found = set()
    for i, one in enumerate(items):
        task = one.task
        targets = [task.then]
        if isinstance(task, SwitchTask):
            targets += [case.then for _, case in task.cases]
        if isinstance(task, TryTask):
            targets.append(task.catch.then)
        found |= {index[to] for to in targets if to is not None and index.get(to, i + 1) <= i}
    return found


def _context(items: tuple[TaskItem, ...], state: State) -> Shape:
    """The context among these tasks, of which any number may have been done."""
    return UNKNOWN if any(one.task.export for one in walk(items)) else state.context


def _gives(at: Compilation, name: str) -> Shape:
    if name in at.definition.use.functions or name in at.definition.experiences:
        return UNKNOWN
    called, _, version = name.partition("@")[0].partition(":")
    major = version.partition(".")[0]
    spec = at.catalog.capability(called, int(major) if major.isdigit() else None)
    return UNKNOWN if spec is None else join((of(spec.gives), SKIPPED))


def _gated(at: Compilation) -> set[str]:
    """The tasks that policy may leave out, with the data as it was."""
    named = (plain(policy).get("before") for policy in at.definition.policies.values())
    return {str(name) for before in named if isinstance(before, list) for name in before}


def _narrowed(data: Shape, schema: Any) -> Shape:
    """What is known of data that a schema has been held against."""
    if schema is None or schema.document is None or data is not UNKNOWN:
        return data
    return of(plain(schema.document))


def _joined(states: list[State]) -> State | None:
    if len(states) < 2:
        return states[0] if states else None
    return State(join(one.data for one in states), join(one.context for one in states))


def _on(data: Shape, state: State) -> Way:
    return Way("continue", State(data, state.context))


def _out(states: list[State]) -> list[Way]:
    state = _joined(states)
    return [] if state is None else [Way("continue", state)]
