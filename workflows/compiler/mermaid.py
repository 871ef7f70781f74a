"""A graph as Mermaid text, for wherever Markdown is shown."""

from collections.abc import Iterator, Mapping

from symphainy.standing import Standing
from workflows.compiler.graph import Edge, Graph, Node

__all__ = ["mermaid"]

LONGEST = 60
SHAPES: Mapping[str, tuple[str, str]] = {
    "start": ("([", "])"),
    "end": ("([", "])"),
    "switch": ("{", "}"),
    "wait": ("([", "])"),
    "listen": ("([", "])"),
    "raise": ("{{", "}}"),
}
STYLES: Mapping[str, str] = {
    "done": "fill:#d3f9d8,stroke:#2b8a3e,color:#000",
    "running": "fill:#d0ebff,stroke:#1864ab,color:#000",
    "waiting": "fill:#fff3bf,stroke:#e67700,color:#000",
    "failed": "fill:#ffe3e3,stroke:#c92a2a,color:#000",
    "skipped": "fill:#f1f3f5,stroke:#868e96,color:#000",
    "cancelled": "fill:#e9ecef,stroke:#495057,color:#000",
}


def mermaid(graph: Graph, overlay: Mapping[str, Standing] | None = None) -> str:
    """A flowchart; with an overlay, each task in the colour of how it stands."""
    lines = _Chart(graph, overlay or {}).lines()
    return "\n".join(["flowchart TD", *lines]) + "\n"


class _Chart:
    """Names for what is drawn.

    A task that holds others is a frame with the task itself in it, and a small circle where the
    flow comes out: Mermaid draws no edge between a frame and what is inside it.
    """

    def __init__(self, graph: Graph, overlay: Mapping[str, Standing]) -> None:
        self.graph, self.overlay = graph, overlay
        self.names = {node.id: f"n{i}" for i, node in enumerate(graph.nodes)}
        self.parents = {node.id: node.parent for node in graph.nodes}
        self.children: dict[str | None, list[Node]] = {}
        for node in graph.nodes:
            self.children.setdefault(node.parent, []).append(node)

    def lines(self) -> Iterator[str]:
        yield from self._nodes(None, "  ")
        yield from (f"  {self._edge(edge)}" for edge in self.graph.edges)
        yield from self._styles()

    def _nodes(self, parent: str | None, indent: str) -> Iterator[str]:
        for node in self.children.get(parent, ()):
            name = self.names[node.id]
            if node.id not in self.children:
                yield f"{indent}{self._drawn(node)}"
                continue
            yield f'{indent}subgraph f{name}["{_text(node.name)}"]'
            yield f"{indent}  {self._drawn(node)}"
            yield from self._nodes(node.id, f"{indent}  ")
            yield f'{indent}  o{name}((" "))'
            yield f"{indent}end"

    def _drawn(self, node: Node) -> str:
        opening, closing = SHAPES.get(node.kind, ("[", "]"))
        text = node.name if node.label == node.name else f"{node.name}: {node.label}"
        standing = self.overlay.get(node.id)
        times = f" ({standing.count}x)" if standing is not None and standing.count > 1 else ""
        return f'{self.names[node.id]}{opening}"{_text(text)}{times}"{closing}'

    def _edge(self, edge: Edge) -> str:
        source, target = self.names[edge.source], self.names[edge.target]
        aside = edge.label in ("error", "timeout")
        if self._is_inside(edge.source, edge.target) or edge.source == edge.target:
            target = f"o{target}" if edge.target in self.children else target
        if edge.source in self.children and not aside:
            source = source if self._is_inside(edge.target, edge.source) else f"o{source}"
        arrow = "-.->" if aside else "-->"
        label = f'|"{_text(edge.label)}"|' if edge.label else ""
        return f"{source} {arrow}{label} {target}"

    def _is_inside(self, id: str, holder: str) -> bool:
        parent = self.parents[id]
        while parent is not None and parent != holder:
            parent = self.parents[parent]
        return parent == holder

    def _styles(self) -> Iterator[str]:
        used: dict[str, list[str]] = {}
        for id, standing in self.overlay.items():
            if id in self.names:
                used.setdefault(standing.status, []).append(self.names[id])
        for status, names in used.items():
            yield f"  classDef {status} {STYLES[status]}"
            yield f"  class {','.join(names)} {status}"


ESCAPES = str.maketrans(
    {
        "#": "#35;",
        '"': "#quot;",
        "<": "#lt;",
        ">": "#gt;",
        "&": "#amp;",
        "`": "#96;",
        "|": "#124;",
        "\\": "#92;",
    }
)


def _text(text: str) -> str:
    """Text that ends neither a label nor a line, and means nothing to Mermaid or a browser."""
    plain = " ".join(text.split())
    plain = "".join(one if one.isprintable() else " " for one in plain)
    clipped = plain if len(plain) <= LONGEST else f"{plain[: LONGEST - 1]}…"
    return clipped.translate(ESCAPES) or " "
