"""From a definition to a frozen plan: pure, and everything wrong with it in one go."""

from workflows.compiler.compile import Compiled, check, compile
from workflows.compiler.completion import complete
from workflows.compiler.graph import Edge, Graph, Node, graph
from workflows.compiler.mermaid import mermaid
from workflows.compiler.overlay import overlay
from workflows.compiler.templates import alone as template

__all__ = [
    "Compiled",
    "Edge",
    "Graph",
    "Node",
    "check",
    "compile",
    "complete",
    "graph",
    "mermaid",
    "overlay",
    "template",
]
