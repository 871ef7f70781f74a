"""Lineage: what led to what, as a graph from causes to effects, and in the forms that others read.

The forms are OpenLineage's run events and W3C PROV-JSON.
"""

from symphainy.lineage.graph import Edge, Happened, Lineage, Link, Node, NodeType, Weaver
from symphainy.lineage.openlineage import openlineage
from symphainy.lineage.prov import prov

__all__ = [
    "Edge",
    "Happened",
    "Lineage",
    "Link",
    "Node",
    "NodeType",
    "Weaver",
    "openlineage",
    "prov",
]
