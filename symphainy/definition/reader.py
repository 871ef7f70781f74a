"""From a source to a definition, or everything that is wrong with it."""

from collections.abc import Mapping
from contextlib import suppress
from itertools import islice
from typing import Any, TypeVar

from pydantic import ValidationError

from symphainy.definition.definition import Definition
from symphainy.definition.item import TaskItem
from symphainy.definition.kinds import CHILDREN, KEYWORDS, Task, keywords, model_of
from symphainy.definition.known import known_keys, nearest
from symphainy.definition.model import Model, untagged
from symphainy.definition.translate import ROOT, Subject, clipped, described, translate
from symphainy.document import Source
from symphainy.document.limits import MAX_FINDINGS
from symphainy.document.source import escaped
from symphainy.findings import Finding, finding
from symphainy.json import Json

__all__ = ["read", "read_task"]

M = TypeVar("M", bound=Model)
DIRECTIVES = frozenset({"continue", "exit", "end"})
LONGEST_NAME = 128
MAX_WARNINGS = MAX_FINDINGS // 2
"""So that there is always room for the first error."""
# What other languages call these tasks.
SYNONYMS = {
    "parallel": "fork",
    "branches": "fork",
    "sleep": "wait",
    "delay": "wait",
    "foreach": "for",
    "loop": "for",
    "http": "call",
    "url": "call",
    "function": "call",
    "with": "call",
    "if": "switch",
    "choice": "switch",
    "sequence": "do",
    "steps": "do",
    "throw": "raise",
    "publish": "emit",
    "on": "listen",
    "receive": "listen",
    "catch": "try",
    "workflow": "run",
    "script": "run",
    "assign": "set",
}


class Full(Exception):
    """There are as many findings as anyone will read."""


def read(source: Source) -> tuple[Definition | None, list[Finding]]:
    """The definition if it has no error, and all findings in the order of the text."""
    reader = Reader(source)
    definition = None
    with suppress(Full):
        definition = reader.definition()
    findings = sorted(reader.findings, key=lambda one: (one.line, one.column))
    wrong = any(one.severity == "error" for one in findings)
    return (None if wrong else definition), findings


def read_task(source: Source, name: str) -> tuple[TaskItem | None, list[Finding]]:
    """The task that `source` is as a whole, under that name, and all findings."""
    reader = Reader(source)
    found: Task | None = None
    with suppress(Full):
        found = reader._task(name, source.data, "")
    return (None if found is None else TaskItem(name, found, "")), reader.findings


class Reader:
    """Reads tasks from the inside out, so that each is held against its own model only."""

    def __init__(self, source: Source) -> None:
        self.source = source
        self.findings: list[Finding] = []

    def definition(self) -> Definition | None:
        raw = self.source.data
        if not isinstance(raw, dict):
            self._note(
                "schema.type", "", f"A definition must be an object, found {described(raw)}."
            )
            return None
        known = known_keys([Definition])
        for key in islice((key for key in raw if key not in known), MAX_WARNINGS):
            self._unknown_section(key, known)
        sections: dict[str, Any] = {key: value for key, value in raw.items() if key in known}
        if "do" in sections:
            sections["do"] = self._tasks(sections["do"], "/do")
        if isinstance(sections.get("use"), dict):
            sections["use"] = self._use(sections["use"])
        return self._model(Definition, sections, Subject(ROOT, "", Definition))

    def _use(self, raw: Any) -> Any:
        use = dict(raw)
        if isinstance(raw.get("functions"), dict):
            use["functions"] = self._functions(raw["functions"])
        elif "functions" in raw:
            self._must_be("an object of tasks", raw["functions"], "/use/functions")
            use["functions"] = {}
        if isinstance(raw.get("extensions"), list):
            found = enumerate(raw["extensions"])
            use["extensions"] = [self._extension(one, f"/use/extensions/{i}") for i, one in found]
        return use

    def _functions(self, raw: Mapping[str, Json]) -> dict[str, TaskItem]:
        items = (self._item(name, task, "/use/functions") for name, task in raw.items())
        return {item.name: item for item in items if item is not None}

    def _extension(self, raw: Any, pointer: str) -> Any:
        if not isinstance(raw, dict):
            return raw
        return {
            name: self._with_children(one, (("before",), ("after",)), f"{pointer}/{escaped(name)}")
            for name, one in raw.items()
        }

    def _tasks(self, raw: Any, pointer: str) -> tuple[TaskItem, ...]:
        if not isinstance(raw, list):
            self._must_be("a list of tasks", raw, pointer)
            return ()
        items = [self._entry(one, f"{pointer}/{index}") for index, one in enumerate(raw)]
        return tuple(item for item in items if item is not None)

    def _entry(self, raw: Any, pointer: str) -> TaskItem | None:
        if not isinstance(raw, dict) or len(raw) != 1:
            found = f"{len(raw)} keys" if isinstance(raw, dict) else described(raw)
            message = f"An entry of a task list must be one name with its task, found {found}."
            self._note("task.item", pointer, message, fix=_unwrapped(raw))
            return None
        ((name, task),) = raw.items()
        return self._item(name, task, pointer)

    def _item(self, name: str, raw: Any, parent: str) -> TaskItem | None:
        pointer = f"{parent}/{escaped(name)}"
        if not name or len(name) > LONGEST_NAME or not name.isprintable():
            self._note("task.name", pointer, f"The task name `{clipped(name)}`.", key=True)
            return None
        if name in DIRECTIVES:
            message = f"The task is named `{name}`, so no `then` can reach it."
            self._note("task.reserved-name", pointer, message, key=True)
        task = self._task(name, raw, pointer)
        return None if task is None else TaskItem(name, task, pointer)

    def _task(self, name: str, raw: Any, pointer: str) -> Task | None:
        if not isinstance(raw, dict):
            self._must_be("an object", raw, pointer, f"The task `{clipped(name)}`")
            return None
        found = keywords(raw)
        if len(found) != 1:
            self._not_one(name, raw, found, pointer)
            return None
        keyword = found[0]
        model = model_of(keyword, raw)
        read = self._with_children(raw, CHILDREN.get(keyword, ()), pointer)
        called = raw["call"] if keyword == "call" and isinstance(raw["call"], str) else ""
        subject = Subject(f"{keyword} {clipped(called)}".rstrip(), pointer, model)
        return self._model(model, read, subject)  # type: ignore[return-value]

    def _not_one(self, name: str, raw: Any, found: list[str], pointer: str) -> None:
        if found:
            both = " and ".join(f"`{one}`" for one in found)
            message = f"The task `{clipped(name)}` has the keywords {both}."
            self._note("task.ambiguous", pointer, message)
            return
        meant = next(((key, word) for key in islice(raw, 20) if (word := _meant(key))), None)
        message = f"The task `{clipped(name)}` has no keyword of a task."
        fix = None
        if meant:
            message = f"The task `{clipped(name)}` has no keyword, but `{clipped(meant[0])}`."
            fix = f"Did you mean `{meant[1]}`?"
        self._note("task.unknown", pointer, message, fix=fix)

    def _with_children(self, raw: Any, paths: tuple[tuple[str, ...], ...], pointer: str) -> Any:
        """A copy in which the task lists under these paths are read."""
        for path in paths:
            raw = self._replaced(raw, path, pointer)
        return raw

    def _replaced(self, raw: Any, path: tuple[str, ...], pointer: str) -> Any:
        key, *rest = path
        if not isinstance(raw, dict) or key not in raw:
            return raw
        inner = f"{pointer}/{key}"
        value = (
            self._replaced(raw[key], tuple(rest), inner) if rest else self._tasks(raw[key], inner)
        )
        return {**raw, key: value}

    def _model(self, model: type[M], raw: Any, subject: Subject) -> M | None:
        try:
            return model.model_validate(raw)
        except ValidationError as error:
            errors = error.errors(include_url=False)
        if len(errors) > MAX_FINDINGS:
            message = f"{subject.name} has {len(errors):,} problems; the first of them follow."
            self._note("schema.too-many", subject.pointer, message)
        found = [translate(one, subject, self.source) for one in errors[:MAX_FINDINGS]]
        for one in found:
            self._keep(one)
        if len(errors) > MAX_FINDINGS or any(one.severity == "error" for one in found):
            return None
        for ignored in errors:
            raw = _without(raw, untagged(ignored["loc"]))
        return self._model(model, raw, subject)

    def _unknown_section(self, key: str, known: list[str]) -> None:
        meant = nearest(key, known)
        fix = f"Did you mean `{meant}`?" if meant else None
        message = f"Nothing reads the section `{clipped(key)}`."
        self._note("document.unknown-section", f"/{escaped(key)}", message, fix=fix, key=True)

    def _must_be(self, kind: str, raw: Any, pointer: str, what: str = "") -> None:
        what = what or f"`{pointer.rpartition('/')[2]}`"
        self._note("schema.type", pointer, f"{what} must be {kind}, found {described(raw)}.")

    def _note(
        self, code: str, pointer: str, message: str, *, fix: str | None = None, key: bool = False
    ) -> None:
        place = self.source.key_position(pointer) if key else self.source.position(pointer)
        self._keep(
            finding(code, message, pointer=pointer, line=place.line, column=place.column, fix=fix)
        )

    def _keep(self, one: Finding) -> None:
        if one.severity == "warning" and len(self.findings) >= MAX_WARNINGS:
            return
        self.findings.append(one)
        if len(self.findings) >= MAX_FINDINGS:
            raise Full


def _meant(key: str) -> str | None:
    return SYNONYMS.get(key.lower()) or nearest(key, KEYWORDS)


def _unwrapped(raw: Any) -> str | None:
    if isinstance(raw, dict) and keywords(raw):
        return "Give the task a name and indent the task under it: `- name: {...}`."
    return None


def _without(raw: Any, path: tuple[int | str, ...]) -> Any:
    key, rest = path[0], path[1:]
    if isinstance(raw, list):
        return [_without(one, rest) if index == key else one for index, one in enumerate(raw)]
    if not rest:
        return {name: value for name, value in raw.items() if name != key}
    return {**raw, key: _without(raw[key], rest)}
