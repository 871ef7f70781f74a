"""A compilation under way: the document, what is known, and what was found."""

import json
from bisect import bisect_left
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from functools import cached_property
from typing import Any, Literal, TypeVar

from symphainy import expr
from symphainy.catalog import Catalog
from symphainy.definition import Definition, Endpoint
from symphainy.document import Source
from symphainy.expr.interpolation import mentions
from symphainy.findings import Finding, finding
from symphainy.json import Json
from symphainy.plan import Experience, Task
from symphainy.resource import Fetched, Wanted

__all__ = ["Compilation", "Function", "Place", "escaped", "nearest", "plain", "wrapped"]

Place = Literal["trigger", "run.from", "run.as", "before", "definition", "as", "export"]
"""Where an expression stands: before any run; in `input.from` or `output.as` of the workflow; in
`if` or `input.from` of a task, in what it does, in its `output.as` or its `export.as`."""

BEFORE = frozenset({"context", "task", "workflow", "runtime"})
GRANTED: Mapping[Place, frozenset[str]] = {
    "trigger": frozenset(),
    "run.from": frozenset({"workflow", "runtime"}),
    "run.as": frozenset({"context", "workflow", "runtime"}),
    "before": BEFORE,
    "definition": BEFORE | {"input"},
    "as": BEFORE | {"input"},
    "export": BEFORE | {"input", "output"},
}
"""The arguments that the specification grants there; besides `$authorization` after a task that
has an authentication."""
SCHEME = ("authorization", "scheme")
COMPARED = 100
"""Names to each side, and characters of each, that a name is compared with."""
CARRIED = 8 * 1024 * 1024
"""Bytes of documents in a plan, which every worker that runs it holds in memory."""

T = TypeVar("T")


@dataclass(frozen=True)
class Function:
    """A function that is compiled: its task, to be put in place of each call."""

    task: Task
    pointer: str
    size: int
    """How many tasks it comes to."""
    takes: dict[str, Any] | None
    """The JSON Schema of its arguments."""


@dataclass
class Compilation:
    """Collects findings; every method that translates goes on after an error, to find them all."""

    source: Source
    definition: Definition
    catalog: Catalog
    findings: list[Finding] = field(default_factory=list)
    experiences: dict[str, Experience] = field(default_factory=dict)
    capabilities: dict[str, str] = field(default_factory=dict)
    paths: set[str] = field(default_factory=set)
    programs: dict[str, expr.Program] = field(default_factory=dict)
    """Every expression that could be compiled, by its place."""
    resources: Mapping[str, Fetched] = field(default_factory=dict)
    """By URI: the documents that were fetched for this definition."""
    wanted: list[Wanted] = field(default_factory=list)
    """Those that nobody fetched yet."""
    read: dict[tuple[str, bytes], Any] = field(default_factory=dict)
    """What was made of them, however many tasks name one."""
    carried: int = 0
    """Bytes of them that tasks carry with them in the plan."""
    functions: dict[str, "Function | None"] = field(default_factory=dict)
    """By the name they are called by: the functions compiled so far, None for a broken one."""
    calling: list[str] = field(default_factory=list)
    """The functions that are being compiled, each called by the one before."""
    expanded: int = 0
    """How many tasks the calls of functions came to."""
    extending: bool = False
    """Whether the tasks of an extension are being compiled."""
    elsewhere: tuple[str, str] | None = None
    """Where the definition names the document that is being compiled instead, and its URL."""

    def find(self, code: str, pointer: str, message: str, fix: str | None = None) -> None:
        """Note a finding about the value at `pointer`."""
        if self.elsewhere is not None:
            place, url = self.elsewhere
            message = f"{url}, {pointer.removeprefix(url) or 'its root'}: {message}"
            pointer = place
        line, column = self.source.position(pointer)
        self.findings.append(
            finding(code, message, pointer=pointer, line=line, column=column, fix=fix)
        )

    def resource(self, endpoint: Endpoint, pointer: str) -> bytes | None:
        """The document at `endpoint`; None with a finding if it is not there, or not yet."""
        # Authentication is compiled there, which needs this module.
        from workflows.compiler.resources import resource

        return resource(self, endpoint, pointer)

    def once(self, what: str, content: bytes, work: Callable[[], T]) -> T:
        """What `work` gives for this document, done for the first task that names it."""
        if (what, content) not in self.read:
            self.read[what, content] = work()
        found: T = self.read[what, content]
        return found

    def carry(self, content: bytes, pointer: str) -> bool:
        """Whether the plan may hold `content` once more; a finding if it may not."""
        self.carried += len(content)
        if self.carried > CARRIED:
            message = f"tasks carry documents of more than {CARRIED:,} bytes with them"
            self.find("compile.resource", pointer, message)
        return self.carried <= CARRIED

    @cached_property
    def guarded(self) -> frozenset[str]:
        """The names of tasks that a policy asks before."""
        before = (plain(one).get("before") for one in self.definition.policies.values())
        lists = (names for names in before if isinstance(names, list))
        return frozenset(one for names in lists for one in names if isinstance(one, str))

    @property
    def broken(self) -> bool:
        """Whether anything found forbids a plan."""
        return any(one.severity == "error" for one in self.findings)

    def expression(
        self,
        written: str | None,
        pointer: str,
        variables: Iterable[str] = (),
        *,
        bare: bool = False,
        place: Place = "definition",
    ) -> str | None:
        """`written` in the form `${ … }`, checked; `bare`: only the expression's own variables."""
        if written is None:
            return None
        granted = frozenset(variables) if bare else GRANTED[place] | frozenset(variables)
        try:
            program = expr.compile(expr.strip(written), granted)
        except expr.ExpressionError as error:
            # A secret has its place in `with`, where it is taken out before this is asked.
            secret = error.code == "expression.variable" and mentions(
                expr.strip(written), "secrets"
            )
            code = "compile.secret-as-data" if secret else error.code
            told = "what a secret is, no expression learns" if secret else error.message
            self.find(code, pointer, f"in `{_short(written)}`: {told}")
            return written
        if any(path[0] == "authorization" and path != SCHEME for path in program.paths):
            told = "only `$authorization.scheme` is data; the parameter proves who somebody is"
            self.find("compile.secret-as-data", pointer, f"in `{_short(written)}`: {told}")
        self.paths.update(".".join(path) for path in program.paths)
        self.programs[pointer] = program
        return wrapped(written)

    def value(
        self,
        written: Any,
        pointer: str,
        variables: Iterable[str] = (),
        *,
        place: Place = "definition",
    ) -> Json:
        """`written` as plain JSON, every runtime expression in it checked."""
        if isinstance(written, str):
            return self._text(written, pointer, variables, place)
        if isinstance(written, Mapping):
            return {
                key: self.value(one, f"{pointer}/{escaped(key)}", variables, place=place)
                for key, one in written.items()
            }
        if isinstance(written, list | tuple):
            return [
                self.value(one, f"{pointer}/{i}", variables, place=place)
                for i, one in enumerate(written)
            ]
        plain_value: Json = written
        return plain_value

    def shaped(
        self,
        written: Any,
        pointer: str,
        variables: Iterable[str] = (),
        *,
        place: Place = "definition",
    ) -> Json:
        """A transformation: text is an expression whether or not it is in `${ … }`."""
        if isinstance(written, str) and not self.loose:
            return self.expression(written, pointer, variables, place=place)
        return self.value(written, pointer, variables, place=place)

    @property
    def loose(self) -> bool:
        """Whether any text may be an expression, and stays text if it gives nothing."""
        return self.definition.evaluate.mode == "loose"

    def _text(self, written: str, pointer: str, variables: Iterable[str], place: Place) -> Json:
        marked = expr.is_runtime_expression(written)
        if not self.loose:
            if marked:
                self.expression(written, pointer, variables, place=place)
            elif "${" in written and "/run/" not in pointer:  # shells write `${HOME}`
                missing = "no `${` at its start, or no `}` at its end"
                message = f"`{_short(written)}` stays as it is: {missing}"
                self.find("expression.embedded", pointer, message)
            return written
        source, text = expr.strip(written), json.dumps(written)
        try:
            program = expr.compile(source, GRANTED[place] | frozenset(variables))
        except expr.ExpressionError:
            return f"${{ {text} }}" if marked else written
        self.paths.update(".".join(path) for path in program.paths)
        # The line break ends a comment that the expression may close with.
        return f"${{ try ({source}\n) catch {text} }}"


def plain(value: Any) -> Any:
    """`value` as dicts and lists."""
    if isinstance(value, Mapping):
        return {key: plain(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [plain(one) for one in value]
    return value


def wrapped(written: str) -> str:
    """`written` as a runtime expression, if it is not one yet."""
    return written if expr.is_runtime_expression(written) else f"${{ {written} }}"


def escaped(part: str) -> str:
    """`part` as a segment of a JSON pointer."""
    return part.replace("~", "~0").replace("/", "~1")


def nearest(name: str, known: Iterable[str]) -> str:
    """A sentence that names what `name` may have been meant to be, or what there is."""
    names = sorted(known)
    at = bisect_left(names, name)
    # Comparing takes time that grows with the square of both, and most typos are further in.
    around = {one[:COMPARED]: one for one in names[max(0, at - COMPARED) : at + COMPARED]}
    close = get_close_matches(name[:COMPARED], around, n=1, cutoff=0.6)
    if close:
        return f"did you mean `{around[close[0]]}`?"
    more = f", and {len(names) - 12} more" if len(names) > 12 else ""
    return f"there are: {', '.join(names[:12])}{more}" if names else "there are none"


def _short(text: str) -> str:
    return text if len(text) <= 60 else text[:57] + "..."
