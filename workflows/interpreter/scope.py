"""What an expression sees where it stands."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from symphainy import expr
from symphainy.json import Json
from symphainy.plan import Shape
from symphainy.schema import mismatches
from workflows.interpreter.descriptors import About
from workflows.interpreter.faults import Fault, of_expression
from workflows.interpreter.meter import Meter

__all__ = ["Scope", "truthy"]


def truthy(value: Json) -> bool:
    """jq's truth: everything but null and false."""
    return value is not None and value is not False


@dataclass(frozen=True, slots=True)
class Scope:
    """Variables by name (without `$`), and the meter that every evaluation is charged to."""

    variables: Mapping[str, Any]
    """JSON, or what `$task` is put together from when it is read."""
    meter: Meter
    now: float
    ref: str = ""
    about: About | None = None
    """The task that the tasks of an extension are about: `$task` is that one, not themselves."""

    def plus(self, **more: Any) -> "Scope":
        """This scope with more variables."""
        variables = {**self.variables, **more}
        return Scope(variables, self.meter, self.now, self.ref, self.about)

    def at(self, about: About, now: float, context: Json) -> "Scope":
        """This scope at the task of `about`."""
        variables = {**self.variables, "context": context, "task": self.about or about}
        return Scope(variables, self.meter, now, about.task.ref, self.about)

    def later(self, now: float, context: Json) -> "Scope":
        """This scope after other tasks were done."""
        variables = {**self.variables, "context": context}
        return Scope(variables, self.meter, now, self.ref, self.about)

    def done(self, output: Json) -> "Scope":
        """This scope once its task gave `output`, before that is transformed."""
        if self.about is not None:
            return self
        return self.plus(task=self.variables["task"].done(output))

    def extending(self, output: Json = None) -> "Scope":
        """This scope as the extensions of its task see it, once it gave `output`."""
        about = self.variables["task"].extended().done(output)
        return replace(self, variables={**self.variables, "task": about}, about=about)

    def evaluate(self, source: str, data: Json) -> Json:
        """The value of the runtime expression `source` (`${ … }`) on `data`."""
        try:
            program = expr.compile(expr.strip(source), frozenset(self.variables))
            given = {name: self._value(name) for name in program.variables}
            outcome = expr.evaluate(program, data, given, now=self.now)
            self.meter.evaluated(outcome.steps)
        except expr.CompileError as error:
            raise Fault.of(
                "expression", error.message, instance=self.ref, code=error.code
            ) from error
        except expr.EvaluationError as error:
            self.meter.charge(error.steps)
            raise of_expression(error, self.ref) from error
        value: Json = outcome.value
        return value

    def given(self, source: str) -> dict[str, Json]:
        """The variables that the runtime expression `source` reads, by name."""
        program = expr.compile(expr.strip(source), frozenset(self.variables))
        return {name: self._value(name) for name in sorted(program.variables)}

    def _value(self, name: str) -> Json:
        value = self.variables[name]
        given: Json = value.json() if isinstance(value, About) else value
        return given

    def fill(self, value: Json, data: Json) -> Json:
        """`value` with every runtime expression in it replaced by what it gives on `data`."""
        if isinstance(value, str):
            return self.evaluate(value, data) if expr.is_runtime_expression(value) else value
        if isinstance(value, dict):
            return {key: self.fill(one, data) for key, one in value.items()}
        if isinstance(value, list):
            return [self.fill(one, data) for one in value]
        return value

    def test(self, source: str, data: Json) -> bool:
        """Whether the expression holds on `data`."""
        return truthy(self.evaluate(source, data))

    def shape(self, shape: Shape | None, data: Json) -> Json:
        """`data` transformed as `shape` says (its schema is checked by `conform`)."""
        if shape is None or "value" not in shape.model_fields_set:
            return data
        return self.fill(shape.value, data)

    def conform(self, shape: Shape | None, data: Json, what: str) -> None:
        """Fault with a validation error unless `data` is what the schema of `shape` asks for."""
        if shape is None or shape.schema_ is None:
            return
        for wrong in mismatches(shape.schema_, data):
            detail = (
                f"{what} does not fit its schema at {wrong.pointer or 'its root'}: {wrong.message}"
            )
            raise Fault.of("validation", detail, instance=self.ref, code="input.schema")
