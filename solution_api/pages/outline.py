"""The OpenAPI document as something to read; pure."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from markupsafe import Markup

from solution_api.pages.render import marked
from solution_api.problems import MEDIA_TYPE

__all__ = ["chapters"]


def chapters(document: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Tags with their operations, in the order of the document's tags."""
    operations = list(_operations(document))
    return [
        {
            "name": tag["name"],
            "id": tag["name"].lower(),
            "told": tag["description"],
            "operations": [one for one in operations if one["tag"] == tag["name"]],
        }
        for tag in document["tags"]
    ]


def _operations(document: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    for path, methods in document["paths"].items():
        for method, one in methods.items():
            lead, _, rest = one.get("description", "").partition("\n\n")
            yield {
                "tag": one["tags"][0],
                "id": one["operationId"],
                "method": method.upper(),
                "path": path,
                "short": _breakable(path),
                "lead": marked(lead),
                "rest": [marked(part) for part in rest.split("\n\n") if part],
                "open": "security" not in one,
                "parameters": [_parameter(given) for given in one.get("parameters", [])],
                "bodies": list(_bodies(one.get("requestBody", {}))),
                "answers": list(_answers(one["responses"])),
                "refusals": list(_refusals(one["responses"])),
                "curl": _curl(method.upper(), path, one),
            }


def _breakable(path: str) -> Markup:
    """A path that may break behind its slashes, without the prefix that all share."""
    return Markup("/<wbr>").join(path.removeprefix("/v1").split("/"))


def _parameter(given: Mapping[str, Any]) -> dict[str, Any]:
    schema = given.get("schema", {})
    kinds = [one for one in schema.get("anyOf", [schema]) if one.get("type") != "null"]
    kind: Mapping[str, Any] = kinds[0] if kinds else {}
    examples = given.get("examples") or kind.get("examples") or schema.get("examples") or []
    first = next(iter(examples.values()))["value"] if isinstance(examples, dict) else None
    return {
        "name": given["name"],
        "place": given["in"],
        "needed": given.get("required", False),
        "told": marked(given.get("description", "")),
        "choices": ", ".join(map(str, kind.get("enum", []))),
        "example": first if first is not None else next(iter(examples), None),
    }


def _bodies(body: Mapping[str, Any]) -> Iterator[dict[str, str]]:
    for media_type, content in body.get("content", {}).items():
        if "example" in content:
            yield {"media_type": media_type, "example": _text(content["example"])}


def _answers(responses: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    for status, response in responses.items():
        for media_type, content in response.get("content", {}).items():
            if media_type != MEDIA_TYPE:
                yield {
                    "status": status,
                    "told": marked(response["description"]),
                    "media_type": media_type,
                    "example": _text(content.get("example", "")),
                }


def _refusals(responses: Mapping[str, Any]) -> Iterator[dict[str, str]]:
    for status, response in responses.items():
        shown = response.get("content", {}).get(MEDIA_TYPE, {}).get("examples", {})
        for code, one in shown.items():
            yield {"status": status, "code": code, "title": one["summary"]}


def _curl(method: str, path: str, operation: Mapping[str, Any]) -> str:
    parts = ["curl" if method == "GET" else f"curl -X {method}", f"$SYMPHAINY_URL{path}"]
    if "security" in operation:
        parts.append('-H "Authorization: Bearer $SYMPHAINY_API_KEY"')
    content = operation.get("requestBody", {}).get("content", {})
    if "application/yaml" in content:
        parts.append("-H 'Content-Type: application/yaml' --data-binary @solution.yaml")
    elif "example" in content.get("application/json", {}):
        body = json.dumps(content["application/json"]["example"])
        parts.append(f"--json '{body}'")
    return " \\\n  ".join(parts)


def _text(example: Any) -> str:
    return example if isinstance(example, str) else json.dumps(example, indent=2)
