"""Lineage as W3C PROV-JSON."""

from datetime import datetime
from typing import Any, Literal
from urllib.parse import quote

from symphainy.json import Json
from symphainy.lineage.graph import Edge, Lineage, Node, NodeType

__all__ = ["prov"]

Kind = Literal["entity", "activity", "agent"]

NAMESPACE = "urn:symphainy:lineage:"
KINDS: dict[NodeType, Kind] = {
    "principal": "agent",
    "run": "activity",
    "step": "activity",
    "attempt": "activity",
    "write": "activity",
    "decision": "activity",
    "command": "activity",
}
"""Whatever is not named here is an entity."""
RELATIONS: dict[tuple[Kind, Kind], tuple[str, str, str]] = {
    ("entity", "activity"): ("used", "prov:entity", "prov:activity"),
    ("activity", "entity"): ("wasGeneratedBy", "prov:activity", "prov:entity"),
    ("entity", "entity"): ("wasDerivedFrom", "prov:usedEntity", "prov:generatedEntity"),
    ("activity", "activity"): ("wasInformedBy", "prov:informant", "prov:informed"),
    ("agent", "activity"): ("wasAssociatedWith", "prov:agent", "prov:activity"),
    ("agent", "entity"): ("wasAttributedTo", "prov:agent", "prov:entity"),
}
"""By the kinds of cause and effect: the relation, and what it calls the two."""
AGENTS = {"user": "prov:Person", "service": "prov:SoftwareAgent", "agent": "prov:SoftwareAgent"}


def prov(lineage: Lineage) -> dict[str, Any]:
    """The document: entities, activities and agents, and how they hang together."""
    document: dict[str, Any] = {"prefix": {"sym": NAMESPACE}}
    kinds = {one.id: KINDS.get(one.type, "entity") for one in lineage.nodes}
    for node in lineage.nodes:
        document.setdefault(kinds[node.id], {})[_name(node.id)] = _record(node, kinds[node.id])
    for n, edge in enumerate(lineage.edges):
        if edge.source not in kinds or edge.target not in kinds:
            continue
        relation = RELATIONS.get((kinds[edge.source], kinds[edge.target]))
        if relation is not None:
            type_, cause, effect = relation
            said = {cause: _name(edge.source), effect: _name(edge.target), **_role(edge)}
            document.setdefault(type_, {})[f"_:r{n}"] = said
    return document


def _name(id: str) -> str:
    # A qualified name: what has a meaning of its own there is percent-encoded.
    return f"sym:{quote(id, safe='')}"


def _role(edge: Edge) -> dict[str, Json]:
    return {"sym:link": edge.type}


def _record(node: Node, kind: Kind) -> dict[str, Json]:
    said: dict[str, Json] = {"prov:type": _type(node), "prov:label": node.id}
    if kind == "activity":
        said |= _moment("prov:startTime", node.at) | _moment("prov:endTime", node.ended)
    elif kind == "entity":
        said |= _moment("sym:generated", node.at)
    for name, value in node.about.items():
        said |= _attribute(name, value)
    return said


def _type(node: Node) -> Json:
    name = AGENTS.get(str(node.about.get("kind"))) if node.type == "principal" else None
    return {"$": name or f"sym:{node.type}", "type": "prov:QUALIFIED_NAME"}


def _moment(name: str, at: datetime | None) -> dict[str, Json]:
    return {name: at.isoformat()} if at is not None else {}


def _attribute(name: str, value: Json) -> dict[str, Json]:
    """Attributes are plain values: a member of an object is one of its own."""
    if isinstance(value, dict):
        found: dict[str, Json] = {}
        for key, one in value.items():
            found |= _attribute(f"{name}.{key}", one)
        return found
    if isinstance(value, list):
        if not value:
            return {}
        if any(isinstance(one, dict | list) for one in value):
            found = {}
            for n, one in enumerate(value):
                found |= _attribute(f"{name}.{n}", one)
            return found
    return {} if value is None else {f"sym:{name}": value}
