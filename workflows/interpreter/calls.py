"""Steps that leave the run: capabilities, experiences and HTTP, called by name."""

from collections.abc import Awaitable
from contextvars import ContextVar
from dataclasses import replace
from datetime import timedelta
from typing import Any, Protocol

from temporalio import workflow
from temporalio.common import RetryPolicy
from temporalio.exceptions import ActivityError, ApplicationError, is_cancelled_exception

from symphainy.delivery import addressed
from symphainy.expr import is_runtime_expression
from symphainy.invocation import Invocation
from symphainy.json import Json
from symphainy.plan import Call, Http, Plan, Remote, Task
from temporal.gate import Skipped
from temporal.suspension import Suspended
from workflows.interpreter.addresses import expand
from workflows.interpreter.classes import Classified, found_in, learned
from workflows.interpreter.faults import Fault, from_failure
from workflows.interpreter.flow import Frame, Result
from workflows.interpreter.local import Elsewhere, start_local
from workflows.interpreter.scope import Scope
from workflows.interpreter.secrets import authentication, secrets
from workflows.interpreter.waits import Waiter

__all__ = [
    "ATTEMPTS",
    "BRIEFLY",
    "Caller",
    "call",
    "conditions",
    "from_failure",
    "handled",
    "http",
    "internal",
    "invocation",
    "start",
]

ATTEMPTS = RetryPolicy(
    initial_interval=timedelta(seconds=1),
    backoff_coefficient=2.0,
    maximum_interval=timedelta(minutes=5),
    maximum_attempts=20,
)
BRIEFLY = replace(ATTEMPTS, maximum_attempts=6)
"""About half a minute, where something else can be done."""
HEARTBEAT = timedelta(seconds=10)
handled: ContextVar[bool] = ContextVar("handled", default=False)
"""Whether the task stands in a `try`."""


class Caller(Waiter, Classified, Protocol):
    """What a call needs of the run."""

    plan: Plan
    input: Json
    conditions: dict[str, bool] | None
    """What `conditions` found, once it was asked: the run's input does not change."""

    def instance(self, ref: str) -> str:
        """A new step instance of the task `ref`."""
        ...


async def call(run: Caller, task: Call, data: Json, scope: Scope, frame: Frame | None) -> Result:
    """What the capability gives.

    The frame keeps the step instance: what was held or asked before continue-as-new is the same
    step after it.
    """
    key = frame["key"] if frame is not None else run.instance(task.ref)
    asked = invocation(run, task, scope.fill(task.arguments, data), scope, key, data)
    try:
        given = await _begin(task, asked)
        learned(run, task, given)
        return Result(given)
    except Suspended:
        raise Suspended({"key": key}) from None


async def http(run: Caller, task: Http, data: Json, scope: Scope, frame: Frame | None) -> Result:
    """What the server answered, as content, raw or response."""
    key = frame["key"] if frame is not None else run.instance(task.ref)
    arguments: dict[str, Json] = {
        "method": task.method,
        "uri": _uri(task, data, scope),
        "headers": scope.fill(task.headers, data),
        "query": scope.fill(task.query, data),
        "body": scope.fill(task.body, data),
        "output": task.output_as,
        "redirect": task.redirect,
    }
    lean: dict[str, Json] = {
        name: value for name, value in arguments.items() if value not in (None, False)
    }
    asked = invocation(run, task, lean, scope, key, data)
    try:
        return Result(await start("call.http", asked, "platform", 60.0))
    except Suspended:
        raise Suspended({"key": key}) from None


def invocation(
    run: Caller,
    task: Call | Http | Remote,
    arguments: Json,
    scope: Scope,
    key: str,
    data: Json = None,
) -> Invocation:
    """What is asked for, with all that the gate needs to decide on it; `data` is what the
    expressions of the authentication and around secrets are evaluated on."""
    name = task.experience if isinstance(task, Call) else None
    bound = run.plan.experiences[name] if name else None
    return Invocation(
        step=task.ref,
        key=key,
        arguments=arguments,
        task=task.name,
        capability="call.http" if isinstance(task, Http) else task.activity,
        effect=task.effect,
        experience=name,
        channel=bound.channel if bound else None,
        purpose=bound.purpose if bound else None,
        topic=bound.topic if bound else None,
        customer=_customer(arguments) if bound else None,
        conditions=conditions(run, scope),
        classes=found_in(run, task, arguments, bound is not None),
        authentication=None if isinstance(task, Call) else authentication(task, data, scope),
        secrets=secrets(task, data, scope),
    )


def internal(run: Caller, task: Task, scope: Scope) -> Invocation:
    """A task that calls nothing, as the gate wants to see it."""
    return Invocation(
        step=task.ref,
        key=run.instance(f"{task.ref}/gate"),
        arguments=None,
        task=task.name,
        capability="",
        effect="none",
        conditions=conditions(run, scope),
    )


def conditions(run: Caller, scope: Scope) -> dict[str, bool]:
    """For each policy with a `when`: whether it holds of the run's input.

    A condition that cannot be evaluated counts as true: policies restrict, so that is the safe
    side.
    """
    if run.conditions is not None:
        return run.conditions
    held = {}
    for name, document in run.plan.policies.items():
        when = document.get("when")
        if isinstance(when, str):
            try:
                held[name] = scope.test(when, run.input)
            except Fault:
                held[name] = True
    run.conditions = held
    return held


async def _begin(task: Call, asked: Invocation) -> Json:
    if task.local:
        try:
            return await _given(start_local(task.activity, asked, task.timeout_seconds), asked)
        except Elsewhere:
            pass
    return await start(task.activity, asked, task.queue, task.timeout_seconds)


async def start(
    activity: str,
    asked: Invocation,
    queue: str,
    seconds: float,
    attempts: RetryPolicy | None = None,
) -> Json:
    """What the activity gives once the gate let it; a Fault if it fails.

    Without `attempts` it is tried for about an hour, or briefly where the definition itself says
    what is done about errors.
    """
    under_way = workflow.start_activity(
        activity,
        asked,
        task_queue=queue,
        start_to_close_timeout=timedelta(seconds=seconds),
        heartbeat_timeout=HEARTBEAT,
        retry_policy=attempts or (BRIEFLY if handled.get() else ATTEMPTS),
        summary=asked.step,
    )
    return await _given(under_way, asked)


async def _given(under_way: Awaitable[Any], asked: Invocation) -> Json:
    try:
        given = await under_way
    except (ActivityError, ApplicationError) as error:
        if is_cancelled_exception(error):
            # A run that is cancelled ends; no `try` of its own catches that.
            raise
        raise from_failure(error, asked.step) from error
    if isinstance(given, Skipped):
        return {"state": given.state, "policy": given.policy, "reason": given.reason}
    result: Json = given
    return result


def _customer(arguments: Json) -> str | None:
    """Whom policy is asked about: the same one that the delivery looks up (`Letter.customer`)."""
    to = arguments.get("to") if isinstance(arguments, dict) else None
    if isinstance(to, dict):
        to = to.get("id")
    return to if isinstance(to, str) and addressed(to) is None else None


def _uri(task: Http, data: Json, scope: Scope) -> str:
    uri = scope.fill(task.uri, data)
    if not isinstance(uri, str):
        detail = "the endpoint is not a string"
        raise Fault.of("validation", detail, instance=task.ref, code="run.bad-uri")
    # What an expression gave is data, and data is no template.
    return uri if is_runtime_expression(task.uri) else expand(uri, data, task.ref)
