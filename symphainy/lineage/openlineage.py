"""Lineage as run events of OpenLineage."""

from collections import defaultdict
from collections.abc import Iterator
from datetime import datetime
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from symphainy.json import Json
from symphainy.lineage.graph import Lineage, Node

__all__ = ["PRODUCER", "openlineage"]

PRODUCER = "urn:symphainy:lineage:1"
SPECIFICATION = "https://openlineage.io/spec"
EVENT = f"{SPECIFICATION}/2-0-2/OpenLineage.json#/$defs/RunEvent"
PARENT = f"{SPECIFICATION}/facets/1-1-0/ParentRunFacet.json#/$defs/ParentRunFacet"
JOB_TYPE = f"{SPECIFICATION}/facets/2-0-3/JobTypeJobFacet.json#/$defs/JobTypeJobFacet"
ERROR = f"{SPECIFICATION}/facets/1-0-1/ErrorMessageRunFacet.json#/$defs/ErrorMessageRunFacet"
ENDS = {
    "completed": "COMPLETE",
    "faulted": "FAIL",
    "cancelled": "ABORT",
    "terminated": "ABORT",
    "timed-out": "FAIL",
}
CONTEXT = ("decision", "delivery", "intent", "event", "approval", "grant")
"""What stands around a step, and is told in facets."""


def openlineage(lineage: Lineage) -> list[dict[str, Any]]:
    """The events of the run and of every attempt of its steps, in order of time.

    The job of a step is `solution.task` in the namespace `tenant/environment`. What goes in and
    out are channels, event types and runs, by name: content is not part of lineage.
    """
    return sorted(_Exported(lineage).events(), key=lambda one: str(one["eventTime"]))


class _Exported:
    def __init__(self, lineage: Lineage) -> None:
        self._lineage = lineage
        self._nodes = {one.id: one for one in lineage.nodes}
        self._causes: defaultdict[str, list[Node]] = defaultdict(list)
        self._effects: defaultdict[str, list[Node]] = defaultdict(list)
        for one in lineage.edges:
            if one.source in self._nodes and one.target in self._nodes:
                self._causes[one.target].append(self._nodes[one.source])
                self._effects[one.source].append(self._nodes[one.target])
        self._namespace = f"{lineage.tenant}/{lineage.environment or 'unknown'}"

    def events(self) -> Iterator[dict[str, Any]]:
        run = self._nodes.get(f"run:{self._lineage.run}")
        if run is None:
            return
        job = self._job(run, str(self._lineage.solution), "WORKFLOW")
        yield from self._told(run, run, job, None)
        for step in self._effects[run.id]:
            if step.type != "step":
                continue
            name = f"{self._lineage.solution}.{step.about.get('name') or step.about.get('task')}"
            attempts = [one for one in self._effects[step.id] if one.type == "attempt"]
            for one in attempts or [step]:
                yield from self._told(one, step, self._job(step, name, "TASK"), run)

    def _told(
        self, one: Node, step: Node, job: dict[str, Any], parent: Node | None
    ) -> Iterator[dict[str, Any]]:
        if one.at is None:
            return
        facets = self._facets(step, parent)
        yield self._event("START", one.at, one, job, facets, step)
        end = ENDS.get(str(one.about.get("status")))
        if end is None or one.ended is None:
            return
        code = one.about.get("code")
        if end == "FAIL" and isinstance(code, str):
            said = {"message": code, "programmingLanguage": "Open Workflow Specification"}
            facets = {**facets, "errorMessage": _facet(ERROR, **said)}
        yield self._event(end, one.ended, one, job, facets, step)

    def _event(
        self,
        type_: str,
        at: datetime,
        one: Node,
        job: dict[str, Any],
        facets: dict[str, Any],
        step: Node,
    ) -> dict[str, Any]:
        return {
            "eventType": type_,
            "eventTime": at.isoformat(),
            "producer": PRODUCER,
            "schemaURL": EVENT,
            "run": {"runId": self._run_id(one), "facets": facets},
            "job": job,
            "inputs": [self._dataset(node) for node in self._causes[step.id] if _flows(node)],
            "outputs": [self._dataset(node) for node in self._effects[step.id] if _flows(node)],
        }

    def _run_id(self, node: Node) -> str:
        return str(uuid5(NAMESPACE_URL, f"{self._lineage.tenant}|{node.id}"))

    def _job(self, node: Node, name: str, type_: str) -> dict[str, Any]:
        of_type = {"processingType": "BATCH", "integration": "SYMPHAINY", "jobType": type_}
        facets = {"jobType": _facet(JOB_TYPE, **of_type)}
        if node.type == "run":
            facets["symphainy_definition"] = _ours("Definition", **self._definition(node))
        return {"namespace": self._namespace, "name": name, "facets": facets}

    def _definition(self, run: Node) -> dict[str, Json]:
        plans = [one for one in self._causes[run.id] if one.type == "plan"]
        texts = [up for one in plans for up in self._causes[one.id] if up.type == "definition"]
        return {
            "solution": self._lineage.solution,
            "version": self._lineage.version,
            "plan": plans[0].id.removeprefix("plan:") if plans else None,
            "definition": texts[0].id.removeprefix("definition:") if texts else None,
        }

    def _facets(self, node: Node, parent: Node | None) -> dict[str, Any]:
        facets: dict[str, Any] = {}
        if parent is not None:
            run = {"runId": self._run_id(parent)}
            job = {"namespace": self._namespace, "name": str(self._lineage.solution)}
            root = {"run": run, "job": job}
            facets["parent"] = _facet(PARENT, run=run, job=job, root=root)
        about: dict[str, Json] = {**node.about, "node": node.id}
        facets[f"symphainy_{node.type}"] = _ours(node.type.title(), **about)
        around = [*self._causes[node.id], *self._effects[node.id]]
        for type_ in CONTEXT:
            found: list[Json] = [
                {**one.about, "node": one.id} for one in around if one.type == type_
            ]
            if found:
                facets[f"symphainy_{type_}"] = _ours(type_.title(), items=found)
        return facets

    def _dataset(self, node: Node) -> dict[str, Any]:
        about = node.about
        name = {
            "delivery": f"experience/{about.get('solution')}/{about.get('experience')}",
            "event": f"event/{about.get('type')}",
            "output": f"output/{self._lineage.solution}",
        }[node.type]
        said = _ours(node.type.title(), **{**about, "node": node.id})
        return {
            "namespace": self._namespace,
            "name": name,
            "facets": {f"symphainy_{node.type}": said},
        }


def _flows(node: Node) -> bool:
    return node.type in ("delivery", "event", "output")


def _facet(schema: str, /, **said: Any) -> dict[str, Any]:
    return {"_producer": PRODUCER, "_schemaURL": schema, **said}


def _ours(name: str, /, **said: Json) -> dict[str, Any]:
    return _facet(f"{PRODUCER}#/$defs/Symphainy{name}Facet", **said)
