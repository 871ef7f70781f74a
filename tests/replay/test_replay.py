"""Every recorded history replays on the interpreter as it is now.

If one fails, runs that are under way would fail alike: keep what they did, or give the
interpreter a new build (`workers.deployment.BUILD`) and record anew.
"""

from collections.abc import Callable
from typing import Any, get_args

import pytest
from temporalio.contrib.pydantic import pydantic_data_converter
from temporalio.worker import Replayer, UnsandboxedWorkflowRunner
from temporalio.workflow import NondeterminismError

from smart_city.signing import Keyring, SigningKey
from symphainy.json import Json
from symphainy.plan import Plan, Task
from temporal.gate import GateServices
from temporal.plans import Plans, PlanStore
from temporal.plugin import SymphainyPlugin
from tests.histories.kept import Entry, Kept
from tests.histories.scenarios import SCENARIOS
from workers.pool import WORKFLOWS
from workflows.interpreter import SolutionRun

KEPT = Kept()
ENTRIES = {entry.name: entry for entry in KEPT.entries()}


def replayer(store: PlanStore = KEPT) -> Replayer:
    """A replayer of the interpreter with its gate.

    It signs grants with a key of its own: headers are not part of what a replay compares.
    """
    services = GateServices(
        keys=Keyring.from_pems(KEPT.keys()), plans=Plans(store), key=SigningKey.generate()
    )
    return Replayer(workflows=WORKFLOWS, plugins=[SymphainyPlugin(services)])


@pytest.mark.parametrize("entry", ENTRIES.values(), ids=ENTRIES.keys())
async def test_a_recorded_run_replays(entry: Entry) -> None:
    found = await replayer().replay_workflow(KEPT.history(entry), raise_on_replay_failure=False)

    assert found.replay_failure is None, f"{entry.name}: {found.replay_failure}"


def test_every_scenario_is_recorded() -> None:
    names = [one.name for one in SCENARIOS]

    assert sorted(ENTRIES.keys() & names) == sorted(names)


def test_every_kind_of_task_is_recorded() -> None:
    plans = [Plan.model_validate(KEPT.plan(one.plan)) for one in ENTRIES.values() if one.plan]
    recorded = {task.kind for plan in plans for task in plan.walk()}

    assert recorded == {kind.model_fields["kind"].default for kind in get_args(get_args(Task)[0])}


class Changed:
    """The recorded plans, each changed in one way."""

    def __init__(self, change: Callable[[list[Any]], list[Any]]) -> None:
        self._change = change

    def plan(self, plan_digest: str) -> dict[str, Json] | None:
        found = KEPT.plan(plan_digest)
        return {**found, "tasks": self._change(found["tasks"])} if found else None  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "change",
    [
        pytest.param(lambda tasks: tasks[::-1], id="the other way round"),
        pytest.param(lambda tasks: tasks[1:], id="without the first task"),
        pytest.param(lambda tasks: [*tasks[:1], *tasks], id="the first task twice"),
    ],
)
async def test_an_interpreter_that_does_other_things_is_found_out(
    change: Callable[[list[Any]], list[Any]],
) -> None:
    changed = replayer(Changed(change))

    with pytest.raises(NondeterminismError):
        await changed.replay_workflow(KEPT.history(ENTRIES["cancelled"]))


async def test_an_interpreter_without_its_gate_is_found_out() -> None:
    bare = Replayer(
        workflows=[SolutionRun],
        data_converter=pydantic_data_converter,
        workflow_runner=UnsandboxedWorkflowRunner(),
    )

    with pytest.raises(RuntimeError, match="gate"):
        await bare.replay_workflow(KEPT.history(ENTRIES["mail"]))


async def test_a_run_whose_signature_nobody_trusts_any_more_is_told_as_it_went() -> None:
    """It would be stuck otherwise; it ends where its history does."""
    services = GateServices(
        keys=Keyring.of(SigningKey.generate().public()),
        plans=Plans(KEPT),
        key=SigningKey.generate(),
    )
    distrustful = Replayer(workflows=[SolutionRun], plugins=[SymphainyPlugin(services)])

    history = KEPT.history(ENTRIES["mail"])
    found = await distrustful.replay_workflow(history, raise_on_replay_failure=False)

    assert found.replay_failure is None
