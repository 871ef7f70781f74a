"""Mermaid text: every line of the few forms that we write, whatever a document is called."""

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from docs.generator.plugins import catalog
from symphainy.standing import Standing
from workflows.compiler import Edge, Graph, Node, check, mermaid

TEXT = r'"(?:[^"#<>&`|\\\n]|#(?:\d+|quot|lt|gt|amp);)+"'
NAME = r"[no]n?\d+"
FORMS = [
    r"flowchart TD",
    rf"subgraph f{NAME}\[{TEXT}\]",
    r"end",
    rf"{NAME}(?:\[{TEXT}\]|\(\[{TEXT}\]\)|\{{{TEXT}\}}|\{{\{{{TEXT}\}}\}}|\(\({TEXT}\)\))",
    rf"{NAME} (?:-->|-\.->)(?:\|{TEXT}\|)? {NAME}",
    r"classDef [a-z]+ [a-z0-9:#,]+",
    rf"class {NAME}(?:,{NAME})* [a-z]+",
]
LINE = re.compile("|".join(f"(?:{form})" for form in FORMS))
names = st.text(min_size=1, max_size=80) | st.sampled_from(
    ["end", "subgraph", "a --> b", "%%{init"]
)


@st.composite
def graphs(draw: st.DrawFn) -> Graph:
    count = draw(st.integers(1, 6))
    kinds = st.sampled_from(["call", "switch", "raise", "wait", "start"])
    nodes = [
        Node(
            id=str(i),
            name=draw(names),
            kind=draw(kinds),
            label=draw(names),
            parent=str(draw(st.integers(0, i - 1))) if i and draw(st.booleans()) else None,
        )
        for i in range(count)
    ]
    place = st.integers(0, count - 1).map(str)
    labels = st.none() | names
    edges = [
        Edge(source=draw(place), target=draw(place), label=draw(labels))
        for _ in range(draw(st.integers(0, 6)))
    ]
    return Graph(nodes=tuple(nodes), edges=tuple(edges))


@settings(max_examples=200, deadline=None)
@given(graphs())
def test_no_text_of_a_document_gets_out_of_its_quotes(graph: Graph) -> None:
    lines = [line.strip() for line in mermaid(graph, {"0": Standing(status="done")}).splitlines()]

    assert [line for line in lines if not LINE.fullmatch(line)] == []
    assert lines.count("end") == sum(line.startswith("subgraph") for line in lines)
    drawn = {match[0] for line in lines if (match := re.match(rf"{NAME}(?=[\[({{])", line))}
    used = {name for line in lines if " -" in line and "[" not in line
            for name in re.findall(rf"^{NAME}|{NAME}$", line)}  # fmt: skip
    assert used <= drawn


NESTED = """\
document: {dsl: 1.0.3, namespace: acme, name: hello, version: 1.0.0}
do:
  - careful:
      try:
        - ask: {call: http, with: {method: get, endpoint: https://api.example.com/}}
      catch:
        do: [{none: {set: {found: false}}}]
  - route: {switch: [{late: {when: .late, then: end}}, {soon: {then: rest}}]}
  - rest: {wait: PT1S, timeout: {after: PT5S}}
"""


def test_what_holds_tasks_is_a_frame_with_a_way_in_and_a_way_out() -> None:
    graph = check(NESTED, catalog()).graph
    assert graph is not None

    overlay = {"/do/0/careful/try/0/ask": Standing(status="failed", count=3)}
    assert (
        mermaid(graph, overlay)
        == """\
flowchart TD
  n0(["start"])
  subgraph fn1["careful"]
    n1["careful: try"]
    n2["ask: GET https://api.example.com/ (3x)"]
    n3["none: set"]
    on1((" "))
  end
  n4{"route: switch"}
  n5(["rest: wait"])
  n6(["end"])
  n0 --> n1
  n1 --> n2
  n2 --> on1
  n1 -.->|"error"| n3
  n3 --> on1
  on1 --> n4
  n4 -->|"late"| n6
  n4 -->|"soon"| n5
  n5 -.->|"timeout"| n6
  n5 --> n6
  classDef failed fill:#ffe3e3,stroke:#c92a2a,color:#000
  class n2 failed
"""
    )


@pytest.mark.parametrize("name", ["a", "é" * 200])
def test_long_names_are_clipped(name: str) -> None:
    node = Node(id="1", name=name, kind="set", label=name)

    (_, line) = mermaid(Graph(nodes=(node,), edges=())).splitlines()

    assert len(line) < 80
