"""What of a filter the registers can answer themselves, so that nobody else is loaded."""

from typing import Any, Literal

from scim2_models.path import (
    CompareOperator,
    Comparison,
    FilterNode,
    LogicalExpr,
    LogicalOperator,
    Present,
)

from public_works.provisioned import Either, Every, Has, Sought
from solution_api.scim.provider import USER

__all__ = ["sought"]

Column = Literal["id", "name", "external_id", "active"]
How = Literal["eq", "co", "sw", "ew"]
HOW: dict[CompareOperator, How] = {
    CompareOperator.eq: "eq",
    CompareOperator.co: "co",
    CompareOperator.sw: "sw",
    CompareOperator.ew: "ew",
}


def sought(kind: str, node: FilterNode | None) -> Sought | None:
    """Whom `node` can be about at most: what is sought so has still to be matched; None if that may
    be anybody."""
    if isinstance(node, LogicalExpr):
        return _combined(node.op, [sought(kind, one) for one in node.terms])
    if isinstance(node, Present):
        column = _column(kind, node.attr_path)
        return Has("external_id", "pr") if column == "external_id" else None
    return _compared(kind, node) if isinstance(node, Comparison) else None


def _combined(op: LogicalOperator, parts: list[Sought | None]) -> Sought | None:
    known = tuple(one for one in parts if one is not None)
    if op == LogicalOperator.and_:
        return Every(known) if known else None
    # Whoever is sought by what is not known may be anybody.
    return Either(known) if len(known) == len(parts) else None


def _compared(kind: str, node: Comparison) -> Sought | None:
    column, value = _column(kind, node.attr_path), node.value
    if column == "active":
        told = node.op == CompareOperator.eq and isinstance(value, bool)
        return Has("active", "eq", value) if told else None
    if column is None or node.op not in HOW or not isinstance(value, str):
        return None
    # Databases fold the letters of ASCII alike, and others as they like.
    if column == "name" and kind != USER and not value.isascii():
        return None
    return Has(column, HOW[node.op], value)


def _column(kind: str, path: Any) -> Column | None:
    if path.sub_attr is not None:
        return None
    named = "username" if kind == USER else "displayname"
    columns: dict[str, Column] = {"id": "id", "externalid": "external_id", named: "name"}
    if kind == USER:
        columns["active"] = "active"
    return columns.get(path.attr.lower())
