"""The request of an operation, put together from what an author gives for its parameters."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

from symphainy import expr
from symphainy.json import Json
from symphainy.schema import broken, mismatches
from workflows.compiler.context import Compilation, escaped, nearest
from workflows.compiler.protocols.openapi_document import JSON, Operation, Parameter
from workflows.compiler.secrets import Secured, secured

__all__ = ["Building"]

# Of what an expression gives, one segment of a path; a request to the list instead of to one of
# its items, because a value was empty, would be another request.
SEGMENT = (
    'if . == null or . == "" then error("the path parameter `NAME` is empty") '
    'elif type == "array" then map(tostring | @uri) | join(",") '
    'elif type == "object" then error("the path parameter `NAME` is an object") '
    "else tostring | @uri end"
)


@dataclass
class Building:
    """The members of a request; what does not fit is found."""

    at: Compilation
    operation: Operation
    pointer: str
    variables: frozenset[str]
    authorized: bool = False
    path: dict[str, Json] = field(default_factory=dict)
    query: dict[str, Json] = field(default_factory=dict)
    headers: dict[str, Json] = field(default_factory=dict)
    form: dict[str, Json] = field(default_factory=dict)
    body: Json = None
    taken: list[Secured] = field(default_factory=list)

    def take(self, written: dict[str, Json]) -> None:
        """Put each parameter where the document says it goes."""
        rest = {**written}
        for parameter in self.operation.parameters:
            if parameter.name in rest:
                self._put(parameter, rest.pop(parameter.name))
            elif parameter.required:
                message = f"the operation needs `{parameter.name}` ({parameter.where})"
                self.at.find("compile.arguments", self.pointer, message)
        rest = self._whole(rest)
        known = {one.name for one in self.operation.parameters} | {*self._properties()}
        for name in rest:
            message = f"the operation takes no `{name}`; {nearest(name, known)}"
            self.at.find("compile.arguments", f"{self.pointer}/{escaped(name)}", message)

    def uri(self) -> str:
        """The address, an expression if a segment is one."""
        pieces = [_piece(self.operation.server)]
        computed = False
        for text, name in _segments(self.operation.path):
            pieces.append(_piece(text))
            value = self.path.get(name) if name else ""
            if name and value is None and name not in {o.name for o in self.operation.parameters}:
                message = f"the document describes no `{name}` for {self.operation.path}"
                self.at.find("compile.unknown-operation", self.pointer, message)
            if isinstance(value, str) and expr.is_runtime_expression(value):
                computed = True
                encode = SEGMENT.replace("NAME", json.dumps(name)[1:-1])
                pieces.append(f"\\(({expr.strip(value)}\n) | {encode})")
            elif name and value is not None:
                pieces.append(_piece(_encoded(value)))
        if computed:
            return f'${{ "{"".join(pieces)}" }}'
        return "".join(str(json.loads(f'"{one}"')) for one in pieces)

    def members(self) -> dict[str, Json]:
        """What the plan's node says besides its address."""
        headers = {**self.headers}
        if self.operation.gives_json:
            headers.setdefault("accept", JSON)
        body = self.form if self.form else self.body
        media = self.operation.body.media_type if self.operation.body else None
        if body is not None and media:
            headers["content-type"] = media
        found = {"headers": headers, "query": self.query, "body": body}
        return {name: one for name, one in found.items() if one not in (None, {})}

    def _whole(self, rest: dict[str, Json]) -> dict[str, Json]:
        """Take the body of OpenAPI 3: `body`, or its members one by one."""
        body = self.operation.body
        if body is None or any(o.where in ("body", "formData") for o in self.operation.parameters):
            return rest
        if "body" in rest and "body" not in self._properties():
            given, left = rest["body"], {k: v for k, v in rest.items() if k != "body"}
            place = f"{self.pointer}/body"
        else:
            members = {k: v for k, v in rest.items() if k in self._properties()}
            left = {k: v for k, v in rest.items() if k not in members}
            given, place = members or None, self.pointer
        if given is not None:
            self._check(body.schema, given, place)
            self.body = self._secured(given, place, "/with/body")
        elif body.required:
            self.at.find("compile.arguments", self.pointer, "the operation needs `body`")
        return left

    def _properties(self) -> dict[str, Any]:
        schema = self.operation.body.schema if self.operation.body else {}
        found = schema.get("properties")
        return found if isinstance(found, dict) else {}

    def _put(self, parameter: Parameter, value: Json) -> None:
        place = f"{self.pointer}/{escaped(parameter.name)}"
        if parameter.where == "cookie":
            message = f"`{parameter.name}` is a cookie, and no cookies are sent"
            self.at.find("compile.arguments", place, message)
            return
        self._check(parameter.schema, value, place, text=parameter.where != "body")
        if parameter.where == "body":
            self.body = self._secured(value, place, "/with/body")
        elif parameter.where == "formData":
            goes = f"/with/body/{escaped(parameter.name)}"
            self.form[parameter.name] = self._secured(value, place, goes)
        elif parameter.where == "path":
            self.path[parameter.name] = self._segment(parameter, value, place)
        else:
            self._named(parameter, value, place)

    def _segment(self, parameter: Parameter, value: Json, place: str) -> Json:
        if value in (None, "", [], {}) or isinstance(value, dict):
            message = f"the path parameter `{parameter.name}` cannot be empty or an object"
            self.at.find("compile.arguments", place, message)
        found = secured(self.at, value, place, self.variables, "/with/uri")
        if found.secrets:
            message = "a secret in a path would stand in every log on the way"
            self.at.find("compile.secret-as-data", place, message)
        return found.value

    def _named(self, parameter: Parameter, value: Json, place: str) -> None:
        """A member of the query or a header."""
        member = "query" if parameter.where == "query" else "headers"
        members = self.query if parameter.where == "query" else self.headers
        if isinstance(value, dict) and not parameter.as_json and member == "query":
            for key, one in value.items():
                name = f"{parameter.name}[{key}]" if parameter.nested else key
                goes = f"/with/{member}/{escaped(name)}"
                members[name] = self._secured(one, f"{place}/{escaped(key)}", goes)
            return
        goes = f"/with/{member}/{escaped(parameter.name)}"
        found = self._secured(value, place, goes)
        members[parameter.name] = _joined(parameter, found)

    def _secured(self, value: Json, place: str, goes: str) -> Json:
        found = secured(self.at, value, place, self.variables, goes, authorized=self.authorized)
        self.taken.append(found)
        return found.value

    def _check(
        self, schema: dict[str, Any], value: Json, place: str, *, text: bool = False
    ) -> None:
        """Hold a literal against its schema; one in an address may be the text of what it is."""
        if value is None or _computed(value):
            return
        whole = _whole_schema(schema, self.operation.definitions)
        if whole is None:
            return
        forms: list[Json] = [value]
        if text:
            forms += [[value], _read(value)]
        wrong = [list(mismatches(whole, one)) for one in forms]
        if all(wrong):
            first = wrong[0][0]
            self.at.find("compile.arguments", place + first.pointer, first.message)


def _joined(parameter: Parameter, value: Json) -> Json:
    separator = json.dumps(parameter.separator)
    if isinstance(value, str) and expr.is_runtime_expression(value):
        source = f"({expr.strip(value)}\n)"
        if parameter.as_json:
            return f"${{ {source} | tojson }}"
        if parameter.separator is None:
            return value
        joined = f'if type == "array" then map(tostring) | join({separator}) else . end'
        return f"${{ {source} | {joined} }}"
    if parameter.as_json and value is not None:
        return json.dumps(value, separators=(",", ":"))
    if isinstance(value, list) and parameter.separator is not None:
        return parameter.separator.join(_text(one) for one in value)
    return value


def _segments(path: str) -> Iterator[tuple[str, str]]:
    """Fixed text and the name of the parameter after it, which is empty at the end."""
    *parts, last = path.split("}")
    for part in parts:
        text, _, name = part.partition("{")
        yield text, name
    yield last, ""


def _piece(text: str) -> str:
    return json.dumps(text)[1:-1]


def _encoded(value: Json) -> str:
    items = value if isinstance(value, list) else [value]
    return ",".join(quote(_text(one), safe="") for one in items)


def _text(value: Json) -> str:
    return value if isinstance(value, str) else json.dumps(value)


def _read(value: Json) -> Json:
    try:
        found: Json = json.loads(value) if isinstance(value, str) else value
    except ValueError:
        return value
    return found


def _computed(value: Json) -> bool:
    if isinstance(value, str):
        return expr.is_runtime_expression(value)
    if isinstance(value, dict):
        return any(_computed(one) for one in value.values())
    return isinstance(value, list) and any(_computed(one) for one in value)


def _whole_schema(schema: dict[str, Any], definitions: dict[str, Any]) -> dict[str, Any] | None:
    """The schema with what it refers to; None where it is none that can be held against."""
    if not schema:
        return None
    whole = {**schema, **definitions} if "$ref" in json.dumps(schema) else schema
    return None if broken(whole) is not None else whole
