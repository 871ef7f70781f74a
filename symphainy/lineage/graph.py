"""Nodes, edges from causes to effects, and what happened in order."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from symphainy.json import Json

__all__ = ["Edge", "Happened", "Lineage", "Link", "Node", "NodeType", "Weaver"]

NodeType = Literal[
    "principal",
    "intent",
    "schedule",
    "event",
    "definition",
    "plan",
    "run",
    "step",
    "capability",
    "experience",
    "adapter",
    "policy",
    "decision",
    "approval",
    "grant",
    "attempt",
    "delivery",
    "write",
    "receipt",
    "command",
    "output",
]

Link = Literal[
    "wanted",
    "started",
    "compiled",
    "followed",
    "did",
    "performed",
    "determined",
    "decided",
    "asked",
    "answered",
    "granted",
    "admitted",
    "attempted",
    "sent",
    "replaced",
    "wrote",
    "told",
    "emitted",
    "heard",
    "gave",
    "commanded",
]


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True)


class Node(_Frozen):
    """Something that was, or that happened; `id` is the same wherever it is met."""

    id: str
    type: NodeType
    at: datetime | None = Field(None, description="When it began, or came to be.")
    ended: datetime | None = None
    about: dict[str, Json] = Field(
        {}, description="What is known of it: ids, digests, versions and states, no content."
    )


class Edge(_Frozen):
    """`source` led to `target`."""

    source: str
    target: str
    type: Link


class Happened(_Frozen):
    """One moment of a node."""

    at: datetime
    what: str
    node: str


class Lineage(_Frozen):
    """What led to what. Content is not part of it: outputs and facts are there by digest."""

    tenant: str
    environment: str | None
    run: str | None = Field(description="The run that it is about; null for that of an event.")
    solution: str | None
    version: str | None
    trace: str | None = Field(None, description="W3C traceparent of the request that began it.")
    complete: bool = Field(description="False if `missing` names something.")
    missing: list[str] = Field(
        description="What could not be read: `history` is gone, or longer than is read (`cut`); "
        "the signed `context` cannot be verified any more."
    )
    nodes: list[Node]
    edges: list[Edge]
    happened: list[Happened] = Field(description="The same by time.")

    def around(self, *ids: str) -> "Lineage":
        """Only what led to those nodes, and what they led to."""
        kept = self._reached(ids, back=True) | self._reached(ids, back=False)
        # Who and what a node was done by and under is part of what it is.
        kept |= {one.source for one in self.edges if one.target in kept and _says(one)}
        return self.model_copy(
            update={
                "nodes": [one for one in self.nodes if one.id in kept],
                "edges": [one for one in self.edges if {one.source, one.target} <= kept],
                "happened": [one for one in self.happened if one.node in kept],
            }
        )

    def of(self, type: NodeType) -> list[Node]:
        """The nodes of that type."""
        return [one for one in self.nodes if one.type == type]

    def _reached(self, ids: Iterable[str], *, back: bool) -> set[str]:
        beyond: defaultdict[str, list[str]] = defaultdict(list)
        for one in self.edges:
            here, there = (one.target, one.source) if back else (one.source, one.target)
            beyond[here].append(there)
        reached, open_ = set(ids), list(ids)
        while open_:
            for id in beyond[open_.pop()]:
                if id not in reached:
                    reached.add(id)
                    open_.append(id)
        return reached


def _says(edge: Edge) -> bool:
    return edge.type in ("performed", "determined")


class Weaver:
    """Collects nodes and edges, each once, and the moments of what happened."""

    def __init__(self) -> None:
        self._nodes: dict[str, Node] = {}
        self._edges: dict[Edge, None] = {}
        self._happened: dict[Happened, None] = {}

    def node(
        self,
        type: NodeType,
        name: str,
        at: datetime | None = None,
        ended: datetime | None = None,
        /,
        **about: Json,
    ) -> str:
        """The id of that node; what is said of one that is known is added to it."""
        id = f"{type}:{name}"
        known = self._nodes.get(id) or Node(id=id, type=type)
        said = {key: value for key, value in about.items() if value is not None}
        self._nodes[id] = Node(
            id=id,
            type=type,
            at=known.at or at,
            ended=ended or known.ended,
            about={**known.about, **said},
        )
        return id

    def edge(self, source: str, type: Link, target: str) -> None:
        """`source` led to `target`."""
        self._edges[Edge(source=source, target=target, type=type)] = None

    def happened(self, at: datetime | None, what: str, node: str) -> None:
        """It was then; nothing if nobody knows when."""
        if at is not None:
            self._happened[Happened(at=at, what=what, node=node)] = None

    def woven(
        self,
        *,
        tenant: str,
        environment: str | None,
        run: str | None,
        solution: str | None,
        version: str | None,
        trace: str | None = None,
        missing: Iterable[str] = (),
    ) -> Lineage:
        """All of it."""
        lacking = sorted(set(missing))
        return Lineage(
            tenant=tenant,
            environment=environment,
            run=run,
            solution=solution,
            version=version,
            trace=trace,
            complete=not lacking,
            missing=lacking,
            nodes=list(self._nodes.values()),
            edges=list(self._edges),
            happened=sorted(self._happened, key=lambda one: one.at),
        )
