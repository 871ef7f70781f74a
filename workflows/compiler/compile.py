"""A definition and a catalog in, a frozen plan or findings out; pure."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from types import MappingProxyType
from typing import Any, get_args

from symphainy.catalog import Catalog, Promise
from symphainy.definition import Definition, read
from symphainy.document import Source, load
from symphainy.findings import Finding, Invalid
from symphainy.json import digest
from symphainy.plan import Call, Http, Plan, Remote
from symphainy.resource import Fetched, Wanted
from workflows.compiler.context import Compilation
from workflows.compiler.extensions import extensions
from workflows.compiler.functions import functions
from workflows.compiler.graph import Graph, graph
from workflows.compiler.lifecycle import lifecycle
from workflows.compiler.lint import lint
from workflows.compiler.migrates import migrates
from workflows.compiler.schedule import check_zones, schedule
from workflows.compiler.sections import (
    check_policies,
    data_classes,
    experiences,
    intents,
    policies,
)
from workflows.compiler.tasks import shape, tasks
from workflows.compiler.timeouts import timeout

__all__ = ["Compiled", "check", "compile"]

MAX_TASKS = 5_000
WEAKER: tuple[Promise, ...] = get_args(Promise)


@dataclass(frozen=True)
class Compiled:
    """What a check gives: always findings, and the rest if none of them is an error."""

    findings: tuple[Finding, ...]
    plan: Plan | None = None
    promises: Mapping[str, Promise] = field(default_factory=dict)
    """For each step that leaves the platform, what can be promised of it."""
    definition: Definition | None = None
    wanted: tuple[Wanted, ...] = ()
    """Documents to fetch before it can be said whether the definition can run (`complete`)."""

    @cached_property
    def graph(self) -> Graph | None:
        """How the plan flows, for people to look at; drawn only if somebody looks."""
        return graph(self.plan) if self.plan is not None else None


def check(
    text: str | bytes,
    catalog: Catalog,
    media_type: str | None = None,
    resources: Mapping[str, Fetched] = MappingProxyType({}),
) -> Compiled:
    """Everything about a document; never raises for what is in it.

    `resources` are the documents it names, by URI, as far as they were fetched.
    """
    try:
        source = load(text, media_type)
    except Invalid as invalid:
        return Compiled(tuple(invalid.findings))
    definition, findings = read(source)
    if definition is None:
        return Compiled(tuple(findings))
    return _compiled(source, definition, catalog, findings, resources)


def compile(
    text: str | bytes,
    catalog: Catalog,
    media_type: str | None = None,
    resources: Mapping[str, Fetched] = MappingProxyType({}),
) -> Compiled:
    """Like `check`, but raises Invalid unless there is a plan."""
    compiled = check(text, catalog, media_type, resources)
    if compiled.plan is None:
        raise Invalid(list(compiled.findings))
    return compiled


def _compiled(
    source: Source,
    definition: Definition,
    catalog: Catalog,
    findings: list[Finding],
    resources: Mapping[str, Fetched],
) -> Compiled:
    at = Compilation(source, definition, catalog, list(findings), resources=resources)
    plan = _plan(at)
    found = tuple(sorted(at.findings, key=lambda one: (one.line, one.column)))
    if at.broken:
        return Compiled(found, definition=definition, wanted=tuple(at.wanted))
    return Compiled(found, plan, promises(plan), definition)


def _plan(at: Compilation) -> Plan:
    definition = at.definition
    _check_language(at)
    at.experiences = experiences(at)
    restricting = policies(at)
    functions(at)
    planned = tasks(at, definition.do)
    around = extensions(at)
    given: dict[str, Any] = {
        "solution": definition.address,
        "version": definition.document.version,
        "title": definition.document.title,
        "definition": digest(at.source.text),
        "tasks": planned,
        "experiences": at.experiences,
        "policies": restricting,
        "intents": intents(at),
        "capabilities": at.capabilities,
    }
    if around:
        given["extensions"] = around
    none: frozenset[str] = frozenset()
    if definition.input is not None:
        given["input"] = shape(at, definition.input, "from", "/input", none, "run.from")
    if definition.output is not None:
        given["output"] = shape(at, definition.output, "as", "/output", none, "run.as")
    if definition.timeout is not None:
        given["timeout"] = timeout(at, definition.timeout, "/timeout")
    if definition.schedule is not None:
        given["schedule"] = schedule(at)
    check_zones(at)
    if known := data_classes(given.get("input"), given["intents"].values()):
        given["classes"] = known
    levels = lifecycle(at)
    if levels:
        given["lifecycle"] = levels
    before = migrates(at)
    if before:
        given["migrates"] = before
    if _reads_definitions(at):
        given["document"] = at.source.data
    plan = Plan(**given)
    walked = list(plan.walk())
    if len(walked) > MAX_TASKS:
        at.find("compile.too-many-tasks", "/do", f"{len(walked)} tasks; {MAX_TASKS} are allowed")
    check_policies(at, walked, plan.classes)
    lint(at)
    return plan


def _check_language(at: Compilation) -> None:
    definition = at.definition
    if definition.evaluate.language != "jq":
        message = f"expressions of the language {definition.evaluate.language!r} are not read here"
        at.find("compile.expression-language", "/evaluate/language", message)


def _reads_definitions(at: Compilation) -> bool:
    """Whether an expression reads how the run or a task is written.

    Extensions read it as members of `$task` itself too.
    """
    described = ("name", "reference", "input", "output", "startedAt")
    for path in at.paths:
        name, _, member = path.partition(".")
        member = member.partition(".")[0]
        if name == "workflow" and member in ("", "definition"):
            return True
        if name == "task" and member not in described:
            return True
    return False


def promises(plan: Plan) -> dict[str, Promise]:
    """By task reference: how often what the step does happens, when things go wrong."""
    found: dict[str, Promise] = {}
    for task in plan.walk():
        if isinstance(task, Call) and task.experience:
            bound = plan.experiences[task.experience]
            ways = [bound, *(plan.experiences[one] for one in bound.fallback)]
            found[task.ref] = max((one.promise for one in ways), key=WEAKER.index)
        elif isinstance(task, Call | Http | Remote) and task.effect not in ("none", "read"):
            found[task.ref] = "at least once"
    return found
