"""Runs that start by themselves: Temporal Schedules that follow what is deployed."""

import asyncio
import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from pydantic import BaseModel, ConfigDict
from temporalio import activity
from temporalio.client import (
    Client,
    Schedule,
    ScheduleActionStartWorkflow,
    ScheduleAlreadyRunningError,
    ScheduleIntervalSpec,
    ScheduleOverlapPolicy,
    SchedulePolicy,
    ScheduleSpec,
    ScheduleState,
    ScheduleUpdate,
    ScheduleUpdateInput,
)
from temporalio.common import Priority
from temporalio.service import RPCError, RPCStatusCode

from smart_city.context import ExecutionContext, seal
from symphainy.errors import Refused
from symphainy.identity import Principal
from symphainy.intent import Intent, Submission
from symphainy.json import Json
from symphainy.markdown import plain
from symphainy.plan import Plan
from symphainy.plan import Schedule as Planned
from temporal.addresses import scheduled_id
from temporal.gate.activity import asking
from temporal.headers import CONTEXT, with_header
from temporal.intake import QUEUE, START, Intake, unreachable

__all__ = ["Due", "Schedules", "clock", "repeating"]

TRIAL = "+run."
"""In the version of a definition that is only tried: nothing starts it but the trial."""
PATIENCE = timedelta(seconds=10)
CATCH_UP = timedelta(hours=1)
"""What was missed while the runtime was down is made up for if it is not older."""


class Due(BaseModel):
    """A deployment whose schedule is to be followed."""

    model_config = ConfigDict(frozen=True)

    tenant: str
    environment: str
    solution: str
    version: str
    plan: str
    """Digest of the plan."""
    stamp: str
    """Tells one deployment from every other; a chain of runs ends with its deployment."""
    paused: bool = False


def clock(tenant: str) -> Principal:
    """Who wants what a schedule starts."""
    return Principal(tenant=tenant, id="schedule", kind="service", roles=frozenset())


class Schedules:
    """Makes and removes the schedules of deployed versions."""

    def __init__(self, client: Client, intake: Intake) -> None:
        self._client = client
        self._intake = intake

    async def follow(self, due: Due) -> None:
        """Let the deployment run as its plan's schedule says, and no longer as one before it.

        Refused: intent.input, if the solution cannot start without input. Unavailable:
        run.temporal-unreachable.
        """
        plan = self._intake.plans.get(due.plan)
        wanted = plan.schedule
        if wanted is None or wanted.mode is not None or TRIAL in due.version:
            await self.forget(due.tenant, due.solution, due.environment)
        elif wanted.after is not None:
            await self.forget(due.tenant, due.solution, due.environment)
            if not due.paused:
                await self.first(due)
        else:
            self._intake.admits(plan, _intent(due, plan))
            await self._put(due, plan, wanted)

    async def forget(self, tenant: str, solution: str, environment: str) -> None:
        """Let nothing start by itself there any more."""
        handle = self._client.get_schedule_handle(scheduled_id(tenant, solution, environment))
        try:
            await handle.delete(rpc_timeout=PATIENCE)
        except RPCError as error:
            if error.status != RPCStatusCode.NOT_FOUND:
                raise unreachable(error) from error

    async def first(self, due: Due) -> Submission:
        """The first run of a chain in which each starts some time after the one before ended."""
        plan = self._intake.plans.get(due.plan)
        key = f"after|{due.environment}|{due.solution}|{due.stamp}"
        intent = _intent(due, plan).model_copy(update={"idempotency_key": key})
        return await self._intake.submit(intent, chain=due.stamp)

    async def _put(self, due: Due, plan: Plan, wanted: Planned) -> None:
        id = scheduled_id(due.tenant, due.solution, due.environment)
        schedule = self._schedule(due, plan, wanted, id)
        for last in (False, False, True):
            try:
                await self._client.create_schedule(id, schedule, rpc_timeout=PATIENCE)
                return
            except ScheduleAlreadyRunningError:
                if await self._replace(id, schedule, last=last):
                    return
            except RPCError as error:
                raise unreachable(error) from error

    async def _replace(self, id: str, schedule: Schedule, *, last: bool) -> bool:
        """Whether it could be; not if somebody has removed it at this moment."""

        def changed(_: ScheduleUpdateInput) -> ScheduleUpdate:
            return ScheduleUpdate(schedule)

        try:
            await self._client.get_schedule_handle(id).update(changed, rpc_timeout=PATIENCE)
        except RPCError as error:
            if error.status == RPCStatusCode.NOT_FOUND and not last:
                return False
            raise unreachable(error) from error
        return True

    def _schedule(self, due: Due, plan: Plan, wanted: Planned, id: str) -> Schedule:
        return Schedule(
            action=self._action(due, plan, id),
            spec=_spec(plan, wanted),
            # The specification: a run begins whether or not the one before is over.
            policy=SchedulePolicy(overlap=ScheduleOverlapPolicy.ALLOW_ALL, catchup_window=CATCH_UP),
            state=ScheduleState(note=f"{due.solution} {due.version}", paused=due.paused),
        )

    def _action(self, due: Due, plan: Plan, id: str) -> ScheduleActionStartWorkflow:
        intent = _intent(due, plan)
        context = ExecutionContext(
            tenant=due.tenant,
            environment=due.environment,
            principal=intent.principal,
            solution=due.solution,
            version=due.version,
            plan=due.plan,
            workflow=id,
            intent=f"schedule|{due.stamp}",
            issued=int(time.time()),
        )
        started: dict[str, Json] = {"input": None}
        action = ScheduleActionStartWorkflow(
            plan.solution,
            started,
            id=id,
            task_queue=QUEUE,
            typed_search_attributes=self._intake.search(intent, due.version, plan),
            static_summary=plain(plan.title or "") or None,
            static_details="started by its schedule",
            priority=Priority(fairness_key=due.tenant[:64]),
        )
        # No argument of the constructor in the SDK's types, and sent all the same.
        action.headers = with_header({}, CONTEXT, seal(context, self._intake.key))
        return action


def _intent(due: Due, plan: Plan) -> Intent:
    return Intent(
        principal=clock(due.tenant),
        solution=due.solution,
        name=plan.start_intent or START,
        payload=None,
        version=due.version,
        environment=due.environment,
    )


def _spec(plan: Plan, wanted: Planned) -> ScheduleSpec:
    if wanted.every is not None:
        return ScheduleSpec(
            intervals=[ScheduleIntervalSpec(every=timedelta(milliseconds=wanted.every))]
        )
    zones = [one.zone for one in plan.intents.values() if one.starts and one.zone]
    zone = zones[0] if zones else None
    return ScheduleSpec(cron_expressions=[wanted.cron or ""], time_zone_name=zone)


def repeating(intake: Intake) -> Callable[..., Any]:
    """The local activity by which the run of a chain has the next one started."""

    @activity.defn(name="gate.again")
    async def again(chain: str) -> bool:
        """Whether there is a next one: not if another deployment, or none, is in force by now."""
        context = asking.get()
        deployed = await asyncio.to_thread(
            intake.stores.definitions.deployment,
            context.tenant,
            context.solution,
            context.environment,
        )
        schedule = intake.plans.get(context.plan).schedule
        if deployed is None or deployed.at.isoformat() != chain or schedule is None:
            return False
        intent = Intent(
            principal=clock(context.tenant),
            solution=context.solution,
            name=intake.plans.get(context.plan).start_intent or START,
            payload=None,
            environment=context.environment,
            idempotency_key=f"after|{activity.info().workflow_run_id}",
        )
        try:
            await intake.submit(
                intent, delay=timedelta(milliseconds=schedule.after or 0), chain=chain
            )
        except Refused as refused:
            activity.logger.info("the chain of %s ends: %s", context.solution, refused)
            return False
        return True

    return again
