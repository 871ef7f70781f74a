"""For each code about documents: one that earns it, and one that is as it should be."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from docs.generator.made import MADE
from docs.generator.plugins import catalog
from symphainy import expr, template
from symphainy.codes import CODES
from symphainy.findings import Finding
from symphainy.plan import Call, Plan, Set
from symphainy.template.wording import PARTS, wording
from workflows.compiler import Compiled, check

__all__ = ["about_documents", "codes_of", "document", "findings"]

FOLDER = Path(__file__).parent
AREAS = frozenset({"document", "schema", "task", "compile", "expression", "template"})
POLICIES = frozenset(
    f"policy.{one}" for one in ("missing-field", "name", "unknown-field", "unknown-kind", "value")
)
"""The codes of policies as they are written; the others are verdicts."""
INPUT = "# input: "
ELSEWHERE = frozenset(
    {"compile.resource", "compile.contract", "compile.unknown-operation", "compile.function"}
)
"""About documents at an address, and the documentation fetches none."""


def about_documents() -> list[str]:
    """The codes that a definition can earn by what it says."""
    return [
        code
        for code in CODES
        if (code.partition(".")[0] in AREAS or code in POLICIES) and code not in ELSEWHERE
    ]


def document(code: str, *, wrong: bool) -> bytes | None:
    """The example, if there is one."""
    if code in MADE:
        return MADE[code].document(wrong=wrong)
    file = FOLDER / ("wrong" if wrong else "right") / f"{code}.yaml"
    return file.read_bytes() if file.exists() else None


def findings(text: bytes) -> tuple[Finding, ...]:
    """What a check finds."""
    return check(text, catalog()).findings


def codes_of(text: bytes) -> list[str]:
    """The codes that a document earns, at check or, if it passes, by what it does in a run.

    Its first line may say on what input: `# input: {"amount": 12}`.
    """
    compiled = check(text, catalog())
    found = [one.code for one in compiled.findings]
    return found if compiled.plan is None else [*found, *_of_run(compiled, compiled.plan, text)]


def _of_run(compiled: Compiled, plan: Plan, text: bytes) -> Iterator[str]:
    first = text.decode().partition("\n")[0]
    data = json.loads(first.removeprefix(INPUT)) if first.startswith(INPUT) else None
    for task in plan.walk():
        try:
            if isinstance(task, Set) and data is not None:
                _evaluate(task.value, data)
            elif isinstance(task, Call) and task.experience is not None:
                _render(plan, task)
        except (expr.ExpressionError, template.TemplateError) as error:
            yield error.code


def _evaluate(value: Any, data: Any) -> None:
    for one in value.values():
        expr.evaluate(expr.compile(expr.strip(one)), data)


def _render(plan: Plan, task: Call) -> None:
    arguments: Any = task.arguments
    bound = plan.experiences[task.experience or ""]
    said = wording(bound.templates.get(arguments.get("template")), fallback=bound.locale)
    for part in PARTS:
        said.render(part, arguments.get("data", {}))
