"""One scenario: a definition, its input, the run, and what became of it."""

import asyncio
import json
from collections.abc import AsyncIterator, Sequence
from datetime import timedelta
from itertools import count
from time import sleep
from typing import Any
from uuid import uuid4

from symphainy.document import load
from symphainy.errors import Refused
from symphainy.findings import Finding
from symphainy.identity import Principal
from symphainy.json import Json
from temporal.events import RunEvent, follow
from temporal.runs import Run
from temporal.schedules import Due, Schedules
from tests.conformance.stage import Moment, Stage
from tests.histories.opening import opened
from tests.runtime.platform import Platform

TENANTS = count(1)


class Execution:
    """What the steps of a scenario share. It has a tenant of its own, so names never collide."""

    def __init__(self, stage: Stage, *, skipping: bool) -> None:
        self.stage = stage
        self.platform: Platform = stage.platform(skipping=skipping)
        self.tenant = f"scenario-{next(TENANTS)}"
        self.input: Json = None
        self.solution = ""
        self.id = ""
        self.findings: Sequence[Finding] = ()
        self.refused: Refused | None = None
        self.scheduled = False
        self._trail: list[Moment] | None = None
        self._over: Run | None = None

    @property
    def principal(self) -> Principal:
        """Who starts the run."""
        return Principal(tenant=self.tenant, id="owner", kind="user", roles=frozenset({"admin"}))

    def define(self, text: str) -> None:
        """Compile a definition, and deploy it if nothing forbids that."""
        text = self.stage.placed(text)
        compiled = self.stage.do(self.platform.compiled(text, tenant=self.tenant))
        self.findings = compiled.findings
        if compiled.plan is not None:
            deployed = self.platform.fetched(text, tenant=self.tenant)
            self.solution = self.stage.do(deployed)

    def keep_secret(self, name: str, value: Json) -> None:
        """Give the tenant a secret."""
        folder = self.platform.settings.home / "secrets" / self.tenant
        folder.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(value if isinstance(value, str) else json.dumps(value))

    def history(self) -> bytes:
        """All that Temporal keeps of the run that is over."""
        handle = self.platform.runs.handle(self.tenant, self.run.run)
        sealed = self.stage.do(handle.fetch_history())
        kept = self.stage.do(opened(self.platform.client, sealed))
        return b"".join(event.SerializeToString() for event in kept.events)

    def start(self) -> None:
        """Start a run through the platform's one door."""
        assert self.solution, f"the definition was refused: {self.findings}"
        asked = self.platform.submit(self.solution, self.input, principal=self.principal)
        try:
            self.id = self.stage.do(asked).run
        except Refused as refused:
            self.refused = refused

    def schedule(self) -> None:
        """Let the schedule of what is deployed start runs, until the scenario is over."""
        self.stage.do(self._schedules.follow(self._due()))
        self.scheduled = True

    def started_by_itself(self, times: int) -> None:
        """Wait for a run that nobody started, and go on with it; the first, the second..."""
        self.id, self._over = self.stage.do(self._started(times)), None

    def close(self) -> None:
        """Start nothing more."""
        if self.scheduled:
            due = self._due()
            definitions = self.platform.stores.definitions
            definitions.retire(self.tenant, self.solution, due.version)
            self.stage.do(self._schedules.forget(self.tenant, self.solution, due.environment))

    def _due(self) -> Due:
        definitions = self.platform.stores.definitions
        deployed = definitions.deployment(self.tenant, self.solution, "production")
        assert deployed is not None
        version = definitions.version(self.tenant, self.solution, deployed.version)
        assert version is not None
        return Due(
            tenant=self.tenant,
            environment="production",
            solution=self.solution,
            version=deployed.version,
            plan=version.plan_digest,
            stamp=deployed.at.isoformat(),
        )

    @property
    def _schedules(self) -> Schedules:
        return Schedules(self.platform.client, self.platform.intake)

    async def _started(self, times: int) -> str:
        while True:
            found = (await self.platform.runs.page(self.tenant, solution=self.solution)).runs
            if len(found) >= times:
                return found[-times].run
            await asyncio.sleep(0.1)

    def listens(self) -> None:
        """Return once the run waits for events, in every branch that is to."""
        self.stage.do(self._listens())

    async def _listens(self) -> None:
        while not [one async for one in self._events() if one.type == "run.listening"]:
            await asyncio.sleep(0.02)

    def _events(self) -> AsyncIterator[RunEvent]:
        return follow(self.platform.client, self.workflow_id, wait=False)

    def publish(self, event: dict[str, Any]) -> None:
        """Tell the platform of an event, as its API does; what an event must have is filled in."""
        filled = {"specversion": "1.0", "id": str(uuid4()), "source": "/scenario", **event}
        hub = self.platform.intake.hub
        self.stage.do(hub.accept(self.principal, "production", filled))

    def lifecycle(self) -> list[str]:
        """What the runs of this scenario told about themselves: what happened, to which task."""
        prefix, told = "io.serverlessworkflow.", []
        for one in self.platform.stores.events.page(self.tenant, "production", limit=500):
            type_, data = str(one.envelope["type"]), one.envelope.get("data")
            if type_.startswith(prefix) and isinstance(data, dict):
                what = type_.removeprefix(prefix).removesuffix(".v1")
                told.append((one.seq, f"{what} {data.get('task', '')}".strip()))
        return [what for _, what in sorted(told)]

    def cancel(self) -> None:
        """Cancel the run, once it has begun to do something."""
        while not self.stage.trails.of[self.workflow_id]:
            sleep(0.01)
        self.stage.do(self.platform.runs.cancel(self.tenant, self.id))

    @property
    def run(self) -> Run:
        """The run, once it is over."""
        assert self.refused is None, self.refused
        if self._over is None:
            self._over = self.stage.do(self.platform.finish(self.id, tenant=self.tenant))
        return self._over

    @property
    def output(self) -> Json:
        """What the run gave; an AssertionError with its problem if it did not complete."""
        assert self.run.status == "completed", f"{self.run.status}: {self.run.problem}"
        return self.run.output

    @property
    def problem(self) -> dict[str, Json]:
        """What the run faulted with."""
        assert self.run.status == "faulted", f"{self.run.status}: {self.run.output}"
        assert self.run.problem is not None
        return self.run.problem

    @property
    def trail(self) -> Sequence[Moment]:
        """What happened to the tasks of the run that is over, in order."""
        if self._trail is None:
            assert self.run.closed is not None
            self._trail = self.stage.do(self._happened())
        return self._trail

    async def _happened(self) -> list[Moment]:
        """Without what was told in activations that the server did not take, because something
        else had come to the run meanwhile or they came too late: those are done again."""
        told, lost = self.stage.trails.of[self.workflow_id], set[tuple[str, int]]()
        for run in {one.run for one in told}:
            handle = self.platform.client.get_workflow_handle(self.workflow_id, run_id=run)
            async for event in handle.fetch_history_events():
                if event.HasField("workflow_task_failed_event_attributes"):
                    lost.add((run, event.workflow_task_failed_event_attributes.started_event_id))
                if event.HasField("workflow_task_timed_out_event_attributes"):
                    late = event.workflow_task_timed_out_event_attributes
                    lost.add((run, late.started_event_id))
        return [one for one in told if (one.run, one.length) not in lost]

    @property
    def workflow_id(self) -> str:
        """The run's id in Temporal."""
        return self.platform.runs.handle(self.tenant, self.id).id

    @property
    def taken(self) -> timedelta:
        """How long the run took, by the server's clock."""
        assert self.run.closed is not None
        return self.run.closed - self.run.started

    def when(self, task: str, *phases: str) -> list[int]:
        """The places in the trail where the task of that name is in one of the phases."""
        return [
            i
            for i, moment in enumerate(self.trail)
            if moment.task.rpartition("/")[2] == task and moment.phase in phases
        ]


def written(text: str) -> Any:
    """The value of a YAML docstring, read as the product reads YAML."""
    return load(text, "application/yaml").data


def at(value: Json, path: str) -> Json:
    """The property at a dotted path; an AssertionError if there is none."""
    for name in path.split("."):
        assert isinstance(value, dict), f"{path}: {value!r} has no properties"
        assert name in value, f"{path}: there is only {sorted(value)}"
        value = value[name]
    return value
