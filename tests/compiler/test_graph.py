"""What the graph of a plan says of its tasks."""

from symphainy.catalog import Catalog
from workflows.compiler import check

TEXT = """
document: {dsl: 1.0.3, namespace: acme, name: drawn, version: 1.0.0}
use: {functions: {twice: {set: {n: "${ .n * 2 }"}}}}
do:
  - first: {call: twice, with: {n: 1}}
  - child: {run: {workflow: {namespace: acme, name: other, version: 1.0.0}}}
"""


def test_a_function_and_a_child_are_called_by_their_names() -> None:
    drawn = check(TEXT, Catalog()).graph

    assert drawn is not None
    assert [(one.id, one.kind, one.label) for one in drawn.nodes] == [
        ("start", "start", "start"),
        ("/do/0/first", "do", "twice"),
        ("/do/0/first/call", "set", "set"),
        ("/do/1/child", "run", "run acme.other"),
        ("end", "end", "end"),
    ]
