"""The one door: whatever wants something of a solution comes through `submit`."""

import asyncio
import base64
import time
from datetime import timedelta
from uuid import uuid4

from temporalio.client import Client
from temporalio.common import (
    Priority,
    SearchAttributePair,
    TypedSearchAttributes,
    WorkflowIDConflictPolicy,
    WorkflowIDReusePolicy,
)
from temporalio.exceptions import WorkflowAlreadyStartedError
from temporalio.service import RPCError, RPCStatusCode

from public_works import Stores
from public_works.definitions import VersionRecord
from public_works.intents import Claim
from public_works.telemetry import here, ids, names, note
from smart_city.context import ExecutionContext, seal
from smart_city.signing import SigningKey
from symphainy.errors import Refused, Unavailable
from symphainy.intent import Intent, Submission
from symphainy.json import digest
from symphainy.markdown import plain
from symphainy.plan import Intent as PlannedIntent
from symphainy.plan import Plan
from symphainy.schema import mismatches
from temporal.about import customer_of, inherit, searchable
from temporal.addresses import run_of, workflow_id
from temporal.attributes import CUSTOMER, ENVIRONMENT, SOLUTION, TENANT, VERSION
from temporal.children import ChildRequest, ChildRun, deeper, own_key
from temporal.headers import outgoing
from temporal.hub import Hub, meaning
from temporal.keys import SANDBOX, key_of
from temporal.plans import Plans
from temporal.turns import Turns

__all__ = ["QUEUE", "START", "Intake", "unreachable"]

QUEUE = "platform"
"""The task queue of the interpreter."""

START = "start"
"""The intent that every solution without one of its own understands."""


class Intake:
    """Turns intents into runs, each once."""

    def __init__(
        self,
        client: Client,
        stores: Stores,
        plans: Plans,
        key: SigningKey,
        *,
        attributes: bool = True,
        at_once: int = 8,
    ) -> None:
        self._client = client
        self.stores = stores
        self.plans = plans
        self.key = key
        self._attributes = attributes
        self._turns = Turns(at_once)
        self.hub = Hub(client, stores, plans, key, self.submit)
        """What events come in through."""

    async def submit(
        self, intent: Intent, *, delay: timedelta | None = None, chain: str | None = None
    ) -> Submission:
        """The run that the intent started, or that was there for it already.

        `delay` is the time until it begins; `chain` names the schedule that is to start another
        after it.

        Refused: solution.unknown, solution.not-deployed, solution.paused, intent.unknown,
        intent.input, intent.key, intent.key-reused. Unavailable: run.temporal-unreachable,
        intent.too-many-waiting.
        """
        if chain is not None:
            # Each run of a chain has a trace of its own, or there would be one without an end.
            return await self._submitted(intent, delay, chain)
        parent = ids.read(intent.trace) if here() is None else None
        with self.stores.telemetry.span("intent", _about(intent), parent=parent):
            wish = intent.model_copy(update={"trace": here() or intent.trace})
            taken = await self._submitted(wish, delay, chain)
            note(RUN=taken.run, VERSION=taken.version)
        return taken

    async def _submitted(
        self, intent: Intent, delay: timedelta | None, chain: str | None
    ) -> Submission:
        version = await asyncio.to_thread(self._deployed, intent)
        plan = self.plans.get(version.plan_digest)
        business_key = _admit(plan, intent)
        wanted = plan.intents.get(intent.name)
        if wanted is not None and not wanted.starts:
            return await self._say(intent, version, plan, wanted)
        # In the sandbox everything is tried again and again: a business key names no run there.
        key = business_key if intent.environment != SANDBOX else None
        tenant = intent.principal.tenant
        run = workflow_id(tenant, plan.solution, key or str(uuid4()), intent.environment)
        if intent.idempotency_key is None:
            id = str(uuid4())
            memo = {"intent": id} if key else None
            return await self._start(intent, version, plan, run, intent_id=id, memo=memo)
        claim = await self._claim(intent, plan.solution, run)
        if claim.settled:
            return Submission.model_validate(claim.answer)
        # The claim was made, perhaps by a process that died before it could start the run: the
        # intent's own id on the run tells whether it did.
        intent_id = digest([intent.principal.tenant, intent.idempotency_key])
        memo = {"intent": intent_id}
        started = await self._start(
            intent,
            version,
            plan,
            claim.run,
            intent_id=intent_id,
            memo=memo,
            delay=delay,
            chain=chain,
        )
        await self._settle(intent, started, claim.run)
        return started

    async def _say(
        self, intent: Intent, version: VersionRecord, plan: Plan, wanted: PlannedIntent
    ) -> Submission:
        """Tell the run that is meant what the intent says, as the event that means it."""
        event = meaning(intent, wanted)
        tenant, solution = intent.principal.tenant, plan.solution
        key = key_of(wanted.correlate or "null", event)
        run = run_of(workflow_id(tenant, solution, key, intent.environment))
        if intent.idempotency_key is not None:
            claim = await self._claim(intent, solution, run)
            if claim.settled:
                return Submission.model_validate(claim.answer)
        if intent.environment != SANDBOX:
            await self._is_open(f"{tenant}/{run.replace(':', '/', 1)}", run)
        taken = await self.hub.accept(
            intent.principal, intent.environment, event, depth=intent.depth
        )
        heard = [one for one in taken.runs if one.partition(":")[0] == solution]
        told = Submission(
            run=heard[0] if heard else run,
            solution=solution,
            version=version.version,
            existing=True,
        )
        if intent.idempotency_key is not None:
            await self._settle(intent, told)
        return told

    async def _claim(self, intent: Intent, solution: str, run: str) -> Claim:
        said = [intent.solution, intent.name, intent.payload, intent.version, intent.environment]
        return await asyncio.to_thread(
            self.stores.intents.claim,
            intent.principal.tenant,
            intent.idempotency_key or "",
            fingerprint=digest(said),
            solution=solution,
            run=run,
        )

    async def _settle(self, intent: Intent, answer: Submission, run: str | None = None) -> None:
        await asyncio.to_thread(
            self.stores.intents.settle,
            intent.principal.tenant,
            intent.idempotency_key or "",
            run=run or answer.run,
            answer=answer.model_dump(mode="json"),
        )

    async def _is_open(self, workflow: str, run: str) -> None:
        try:
            handle = self._client.get_workflow_handle(workflow)
            found = await handle.describe(rpc_timeout=timedelta(seconds=5))
        except RPCError as error:
            if error.status == RPCStatusCode.NOT_FOUND:
                raise Refused("run.unknown", f"there is no run {run!r} to tell this") from error
            raise unreachable(error) from error
        if found.close_time is not None:
            raise Refused("run.closed", f"run {run!r} is over")

    def child(self, parent: ExecutionContext, wanted: ChildRequest) -> ChildRun:
        """A run that the run of `parent` may start; the same step instance gets the same one.

        Refused like an intent of `submit`, and run.too-deep.
        """
        depth = deeper(parent)
        intent = Intent(
            principal=parent.principal,
            solution=wanted.solution,
            name=START,
            payload=wanted.input,
            version=wanted.version,
            environment=parent.environment,
            trace=here() or parent.trace,
        )
        version = self._deployed(intent)
        plan = self.plans.get(version.plan_digest)
        intent = intent.model_copy(update={"name": plan.start_intent or START})
        business_key, own = _admit(plan, intent), own_key(parent, wanted.key)
        key = business_key if intent.environment != SANDBOX else None
        run = workflow_id(parent.tenant, plan.solution, key or own, parent.environment)
        inherit(self.stores, parent, run, customer_of(plan, intent))
        context = self._context(intent, version, plan, run, own)
        sealed = seal(context.model_copy(update={"depth": depth}), self.key)
        return ChildRun(
            workflow=run,
            solution=plan.solution,
            version=version.version,
            title=plan.title or plan.solution,
            token=base64.b64encode(sealed).decode(),
            memo={"intent": own, "plan": version.plan_digest, "depth": str(depth)},
            attributes={
                one.key.name: one.value for one in self.search(intent, version.version, plan)
            },
        )

    def _deployed(self, intent: Intent) -> VersionRecord:
        tenant, definitions = intent.principal.tenant, self.stores.definitions
        if definitions.paused(tenant, intent.solution):
            raise Refused("solution.paused", f"{intent.solution!r} is paused: resume it first")
        found = definitions.deployed(tenant, intent.solution, intent.environment)
        if intent.version is not None:
            found = definitions.version(tenant, intent.solution, intent.version)
            if found is not None and intent.environment not in found.environments:
                raise Refused(
                    "solution.not-deployed",
                    f"{intent.solution!r} {intent.version} is not deployed to "
                    f"{intent.environment!r}: deploy it there first",
                )
        if found is not None:
            return found
        if definitions.versions(tenant, intent.solution):
            raise Refused(
                "solution.not-deployed",
                f"{intent.solution!r} has no version deployed to {intent.environment!r}: "
                "deploy one there first",
            )
        raise Refused("solution.unknown", f"there is no solution {intent.solution!r}")

    async def _start(
        self,
        intent: Intent,
        version: VersionRecord,
        plan: Plan,
        run: str,
        *,
        intent_id: str,
        memo: dict[str, str] | None,
        delay: timedelta | None = None,
        chain: str | None = None,
    ) -> Submission:
        started = {"input": intent.payload} | ({"chain": chain} if chain else {})
        context = self._context(intent, version, plan, run, intent_id)
        if intent.depth:
            memo = {**(memo or {}), "depth": str(intent.depth)}
        existing = False
        customer = customer_of(plan, intent)
        if customer is not None:
            make = self.stores.run_keys.make
            await asyncio.to_thread(make, intent.principal.tenant, run, customer)
        try:
            async with self._turns.turn(intent.principal.tenant):
                with outgoing(seal(context, self.key)):
                    await self._client.start_workflow(
                        plan.solution,
                        started,
                        id=run,
                        start_delay=delay,
                        task_queue=QUEUE,
                        id_reuse_policy=WorkflowIDReusePolicy.ALLOW_DUPLICATE_FAILED_ONLY,
                        id_conflict_policy=WorkflowIDConflictPolicy.FAIL,
                        memo=memo,
                        search_attributes=self.search(intent, version.version, plan),
                        # Type and search attributes tell the solution, its version and the tenant.
                        static_summary=plain(plan.title or "") or None,
                        static_details=f"intent `{intent.name}`" if intent.name != START else None,
                        priority=Priority(fairness_key=intent.principal.tenant[:64]),
                        rpc_timeout=timedelta(seconds=10),
                    )
        except WorkflowAlreadyStartedError:
            existing = await self._is_other(run, intent_id)
        except RPCError as error:
            raise unreachable(error) from error
        return Submission(
            run=run_of(run), solution=plan.solution, version=version.version, existing=existing
        )

    async def _is_other(self, run: str, intent_id: str) -> bool:
        """Whether the run of that id was started by another intent than this."""
        handle = self._client.get_workflow_handle(run)
        try:
            memo = await (await handle.describe(rpc_timeout=timedelta(seconds=5))).memo()
        except RPCError as error:
            raise unreachable(error) from error
        return memo.get("intent") != intent_id

    def _context(
        self, intent: Intent, version: VersionRecord, plan: Plan, run: str, intent_id: str
    ) -> ExecutionContext:
        return ExecutionContext(
            tenant=intent.principal.tenant,
            environment=intent.environment,
            principal=intent.principal,
            solution=plan.solution,
            version=version.version,
            plan=version.plan_digest,
            workflow=run,
            intent=intent_id,
            name=intent.name if intent.name != START else "",
            trace=intent.trace,
            depth=intent.depth,
            issued=int(time.time()),
        )

    def admits(self, plan: Plan, intent: Intent) -> None:
        """Refused as `submit` refuses an intent whose payload is not what the solution wants."""
        _admit(plan, intent)

    def search(self, intent: Intent, version: str, plan: Plan) -> TypedSearchAttributes:
        """The attributes under which the run of `intent` is found."""
        if not self._attributes:
            return TypedSearchAttributes.empty
        known = {
            TENANT: intent.principal.tenant,
            SOLUTION: plan.solution,
            VERSION: version,
            ENVIRONMENT: intent.environment,
            CUSTOMER: searchable(customer_of(plan, intent)),
        }
        return TypedSearchAttributes(
            [SearchAttributePair(key, value) for key, value in known.items() if value is not None]
        )


def _admit(plan: Plan, intent: Intent) -> str | None:
    """The business key of `intent`, if its payload is what the solution asks for."""
    wanted = plan.intents.get(intent.name)
    starts = {START: None} if not any(one.starts for one in plan.intents.values()) else {}
    if wanted is None and intent.name not in starts:
        names = ", ".join(sorted({*plan.intents, *starts})) or "none"
        raise Refused(
            "intent.unknown", f"{plan.solution!r} has no intent {intent.name!r}; it has: {names}"
        )
    whole = plan.input.schema_ if plan.input and (wanted is None or wanted.starts) else None
    for schema in (wanted.input if wanted else None, whole):
        for wrong in mismatches(schema, intent.payload) if schema else ():
            raise Refused("intent.input", f"the input: {wrong.message}", pointer=wrong.pointer)
    if wanted is None or wanted.key is None:
        return None
    return key_of(wanted.key, intent.payload)


def _about(intent: Intent) -> dict[str, str | None]:
    return {
        names.TENANT: intent.principal.tenant,
        names.ENVIRONMENT: intent.environment,
        names.SOLUTION: intent.solution,
        names.INTENT: intent.name,
        names.ROOM: "intake",
    }


def unreachable(error: RPCError) -> Unavailable | Refused:
    """What Temporal answered, for whoever asked us."""
    if error.status == RPCStatusCode.INVALID_ARGUMENT:
        return Refused("intent.input", f"Temporal does not take this intent: {error.message}")
    return Unavailable(
        "run.temporal-unreachable",
        "the runtime did not answer; the same request with the same Idempotency-Key is safe",
        retry_after=timedelta(seconds=2),
    )
