"""Operations as OpenAPI 3.0, 3.1 and Swagger 2.0 describe them, in one form."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal
from urllib.parse import urljoin, urlsplit

__all__ = ["Body", "Broken", "Operation", "Parameter", "operation", "operations"]

METHODS = ("get", "put", "post", "delete", "options", "head", "patch", "trace")
REFERENCES = 20
"""How many references may follow each other."""
SEPARATORS = {
    "csv": ",", "ssv": " ", "tsv": "\t", "pipes": "|",
    "simple": ",", "form": ",", "spaceDelimited": " ", "pipeDelimited": "|",
}  # fmt: skip
MEDIA_TYPE = re.compile(r"[A-Za-z0-9!#&^_.+*-]+/[A-Za-z0-9!#&^_.+*-]+(;[ -~]*)?")
FORM, PARTS, JSON = "application/x-www-form-urlencoded", "multipart/form-data", "application/json"

Where = Literal["path", "query", "header", "cookie", "body", "formData"]
Object = dict[str, Any]


class Broken(Exception):
    """The document is not what it says it is; the message says where."""


@dataclass(frozen=True)
class Parameter:
    """What an operation takes by name."""

    name: str
    where: Where
    required: bool = False
    schema: Object = field(default_factory=dict)
    separator: str | None = None
    """What stands between the items of a list; None repeats the parameter."""
    nested: bool = False
    """Whether an object becomes `name[key]`."""
    as_json: bool = False


@dataclass(frozen=True)
class Body:
    """What an operation takes as a whole."""

    media_type: str
    schema: Object = field(default_factory=dict)
    required: bool = False


@dataclass(frozen=True)
class Operation:
    """A request that the document describes."""

    method: str
    server: str
    """An absolute URI without a slash at its end."""
    path: str
    parameters: tuple[Parameter, ...]
    body: Body | None = None
    gives_json: bool = False
    definitions: Object = field(default_factory=dict)
    """What schemas of the document refer to."""


Operations = Mapping[str, tuple[str, str, Object]]
"""By the id of an operation: its path, its method and what the document says of it."""


def operations(document: Any) -> Operations | Broken:
    """All operations, or what is wrong with the document."""
    known: dict[str, tuple[str, str, Object]] = {}
    try:
        for path, method, found in _all(_object(document, "the document")):
            if isinstance(found.get("operationId"), str):
                known.setdefault(found["operationId"], (path, method, found))
    except Broken as broken:
        return broken
    return known


def operation(document: Any, among: Operations, id: str, uri: str) -> Operation:
    """The operation of that id; `uri` is where the document was found. Raises Broken."""
    path, method, found = among[id]
    return _operation(_object(document, "the document"), uri, path, method, found)


def _all(whole: Object) -> Iterator[tuple[str, str, Object]]:
    if not str(whole.get("openapi", whole.get("swagger", ""))).startswith(("3.", "2.")):
        raise Broken("it is neither OpenAPI 3 nor Swagger 2.0")
    for path, item in _object(whole.get("paths", {}), "`paths`").items():
        resolved = _resolved(whole, item)
        for method in METHODS:
            if isinstance(resolved.get(method), dict):
                yield path, method, resolved[method]


def _operation(whole: Object, uri: str, path: str, method: str, found: Object) -> Operation:
    item = _resolved(whole, whole["paths"][path])
    written = [*_list(item.get("parameters")), *_list(found.get("parameters"))]
    named: dict[tuple[str, str], Object] = {}
    for one in written:
        given = _resolved(whole, one)
        named[str(given.get("name")), str(given.get("in"))] = given
    if "swagger" in whole:
        parameters = tuple(_parameter_2(one) for one in named.values())
        body = _form(whole, found, parameters)
        server = _host(whole, uri)
    else:
        parameters = tuple(_parameter_3(one) for one in named.values())
        body = _body(whole, found)
        server = _server(found, item, whole, uri)
    return Operation(
        method.upper(),
        server,
        path,
        parameters,
        body,
        _gives_json(whole, found),
        {key: whole[key] for key in ("definitions", "components") if key in whole},
    )


def _parameter_2(given: Object) -> Parameter:
    where = _where(given, ("path", "query", "header", "body", "formData"))
    if where == "body":
        schema = _object(given.get("schema", {}), "a schema")
        return Parameter(str(given["name"]), where, given.get("required") is True, schema)
    shape: Object = {
        key: given[key]
        for key in ("type", "items", "enum", "minimum", "maximum", "minLength", "maxLength")
        if key in given
    }
    if shape.get("type") == "file":
        shape = {}
    style = str(given.get("collectionFormat", "csv"))
    separator = None if style == "multi" else SEPARATORS.get(style, ",")
    if where == "formData":
        separator = None
    return Parameter(str(given["name"]), where, given.get("required") is True, shape, separator)


def _parameter_3(given: Object) -> Parameter:
    where = _where(given, ("path", "query", "header", "cookie"))
    content = given.get("content")
    if isinstance(content, dict) and content:
        media = _object(next(iter(content.values())), "`content`")
        schema = _object(media.get("schema", {}), "a schema")
        required = given.get("required") is True
        return Parameter(str(given["name"]), where, required, schema, as_json=True)
    style = str(given.get("style", "form" if where in ("query", "cookie") else "simple"))
    explode = given.get("explode", style == "form") is True
    repeated = explode and where == "query"
    return Parameter(
        str(given["name"]),
        where,
        given.get("required") is True,
        _object(given.get("schema", {}), "a schema"),
        separator=None if repeated else SEPARATORS.get(style, ","),
        nested=style == "deepObject",
    )


def _where(given: Object, known: tuple[Where, ...]) -> Where:
    for one in known:
        if given.get("in") == one and isinstance(given.get("name"), str):
            return one
    raise Broken(f"a parameter is `in: {str(given.get('in'))[:40]}`")


def _form(whole: Object, found: Object, parameters: tuple[Parameter, ...]) -> Body | None:
    """The body of Swagger 2.0 as far as it is not a parameter."""
    consumes = [str(one) for one in _list(found.get("consumes", whole.get("consumes")))]
    given = next((one for one in parameters if one.where == "body"), None)
    if given is not None:
        return Body(_preferred(consumes) or JSON, given.schema, given.required)
    if not any(one.where == "formData" for one in parameters):
        return None
    return Body(PARTS if PARTS in consumes and FORM not in consumes else FORM)


def _body(whole: Object, found: Object) -> Body | None:
    if "requestBody" not in found:
        return None
    given = _resolved(whole, found["requestBody"])
    content = _object(given.get("content", {}), "`content`")
    kind = _preferred(list(content))
    if kind is None:
        return None
    media = _object(content[kind], "`content`")
    schema = _resolved(whole, media.get("schema", {}))
    return Body(kind, schema, given.get("required") is True)


def _preferred(kinds: list[str]) -> str | None:
    """The media type that is written best from here."""

    def rank(kind: str) -> int:
        plain = kind.partition(";")[0]
        order = (plain in (JSON, "*/*"), plain.endswith("+json"), plain == FORM, plain == PARTS)
        return order.index(True) if True in order else len(order)

    best = min(kinds, key=rank, default=None)
    if best is not None and not MEDIA_TYPE.fullmatch(best):
        raise Broken(f"{best[:80]!r} is no media type")
    return JSON if best == "*/*" else best


def _gives_json(whole: Object, found: Object) -> bool:
    kinds = [str(one) for one in _list(found.get("produces", whole.get("produces")))]
    for answer in _object(found.get("responses", {}), "`responses`").values():
        content = _resolved(whole, answer).get("content")
        kinds += list(content) if isinstance(content, dict) else []
    return JSON in kinds


def _host(whole: Object, uri: str) -> str:
    at = urlsplit(uri)
    schemes = [str(one) for one in _list(whole.get("schemes"))] or [at.scheme]
    scheme = "https" if "https" in schemes else schemes[0]
    host = whole.get("host") or at.netloc
    return _fixed(f"{scheme}://{host}{whole.get('basePath') or ''}")


def _server(found: Object, item: Object, whole: Object, uri: str) -> str:
    written = [_list(one.get("servers")) for one in (found, item, whole)]
    server = _object(next((one[0] for one in written if one), {}), "a server")
    url = str(server.get("url", "/"))
    for name, variable in _object(server.get("variables", {}), "`variables`").items():
        default = _object(variable, "a variable of a server").get("default", "")
        url = url.replace(f"{{{name}}}", str(default))
    try:
        return _fixed(urljoin(uri, url))
    except ValueError:
        raise Broken(f"the server {url[:80]!r} is no address") from None


def _fixed(url: str) -> str:
    if "{" in url or not url.startswith(("https://", "http://")):
        raise Broken(f"the server {url[:80]!r} is no address, or has a variable without a default")
    return url.rstrip("/")


def _resolved(whole: Object, given: Any) -> Object:
    for _ in range(REFERENCES):
        found = _object(given, "a part of the document")
        reference = found.get("$ref")
        if reference is None:
            return found
        given = _referred(whole, str(reference))
    raise Broken("references go round in circles")


def _referred(whole: Object, reference: str) -> Any:
    if not reference.startswith("#/"):
        raise Broken(f"it refers to another document, {reference[:80]!r}")
    place: Any = whole
    for part in reference[2:].split("/"):
        key = part.replace("~1", "/").replace("~0", "~")
        if not isinstance(place, Mapping) or key not in place:
            raise Broken(f"it refers to {reference[:80]!r}, which is not there")
        place = place[key]
    return place


def _object(value: Any, what: str) -> Object:
    if not isinstance(value, dict):
        raise Broken(f"{what} is no object")
    return value


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []
