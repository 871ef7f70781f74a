"""What alarms are raised by, as the stores and Temporal know it now."""

import asyncio
from datetime import UTC, datetime, timedelta

from temporalio.api.enums.v1 import TaskQueueType
from temporalio.api.taskqueue.v1 import TaskQueue
from temporalio.api.workflowservice.v1 import DescribeTaskQueueRequest, DescribeTaskQueueResponse
from temporalio.client import Client
from temporalio.service import RPCError

from public_works import Settings, Stores
from public_works.ledger import State
from public_works.record import now
from smart_city.alarms import Facts, Limits, Queue, Unattended, Waiting
from temporal.addresses import run_of

__all__ = ["gather", "limits_of", "standing", "tenants"]

PLATFORM = "platform"
FAILING = "TemporalReportedProblems IS NOT NULL AND ExecutionStatus = 'Running'"
MOST = 200
HOUR = timedelta(hours=1)
ALIVE = timedelta(seconds=75)
"""A worker asks again after a minute at the latest."""
PATIENCE = timedelta(seconds=5)
TYPES = (
    TaskQueueType.TASK_QUEUE_TYPE_WORKFLOW,
    TaskQueueType.TASK_QUEUE_TYPE_ACTIVITY,
)
DOUBTS: tuple[State, ...] = ("unknown", "reconciling", "unresolved")


def limits_of(settings: Settings) -> Limits:
    """From when on something is an alarm here."""
    return Limits(
        stuck=settings.alarm_run_problems,
        approval=timedelta(hours=settings.alarm_approval_hours),
        poll=timedelta(minutes=settings.alarm_poll_minutes),
        unknown=settings.alarm_unknown,
        letters=settings.alarm_dead_letters,
        review=timedelta(hours=settings.alarm_review_hours),
        checkpoint=timedelta(minutes=settings.alarm_checkpoint_minutes),
    )


async def gather(client: Client, stores: Stores, settings: Settings) -> dict[str, Facts]:
    """What is known of each tenant; task queues are the affair of the installation's own."""
    stuck, queues = await asyncio.gather(_stuck(client), _queues(client, stores))
    everybody = await asyncio.to_thread(tenants, stores, settings)
    found: dict[str, Facts] = {}
    for tenant in sorted({*everybody, *stuck}):
        known = await asyncio.to_thread(standing, stores, tenant)
        more = {"stuck": tuple(stuck.get(tenant, ()))}
        mine = {"queues": tuple(queues)} if tenant == settings.tenant else {}
        found[tenant] = known.model_copy(update={**more, **mine})
    return found


def standing(stores: Stores, tenant: str) -> Facts:
    """What the stores know of a tenant."""
    moment = now()
    pending = stores.approvals.pending(tenant, limit=MOST)
    doubts = [
        one for state in DOUBTS for one in stores.ledger.list(tenant, state=state, limit=MOST)
    ]
    return Facts(
        now=moment,
        approvals=Waiting(many=len(pending), oldest=pending[0].created if pending else None),
        unknown=sum(one.updated > moment - HOUR for one in doubts),
        letters=sum(
            (one.given_up or one.created) > moment - HOUR
            for one in stores.letters.list(tenant, limit=MOST)
        ),
        unreviewed=tuple(
            Unattended(id=one.id, at=one.at) for one in stores.glass.list(tenant, limit=MOST)
        ),
        unsealed=_unsealed(stores, tenant),
    )


def tenants(stores: Stores, settings: Settings) -> set[str]:
    """Whoever anything is known of."""
    return {settings.tenant, *stores.audit.tenants(), *stores.alarms.tenants()}


def _unsealed(stores: Stores, tenant: str) -> datetime | None:
    """Since when records wait for a checkpoint."""
    head, sealed = stores.audit.head(tenant), stores.audit.checkpoints(tenant)
    behind = sealed[-1].seq if sealed else 0
    if head is None or head.seq <= behind:
        return None
    (first,) = stores.audit.list(tenant, after=behind + 2, limit=1) or (None,)
    return first.at if first else None


async def _stuck(client: Client) -> dict[str, list[str]]:
    """Runs whose workflow tasks fail, by tenant."""
    found: dict[str, list[str]] = {}
    try:
        async for one in client.list_workflows(FAILING, limit=MOST):
            found.setdefault(one.id.partition("/")[0], []).append(run_of(one.id))
    except RPCError:
        # Not every server knows the attribute, and one that is away has an alarm of its own.
        return {}
    return found


async def _queues(client: Client, stores: Stores) -> list[Queue]:
    pools = await asyncio.to_thread(stores.catalogs.pools)
    found: list[Queue] = []
    for name in sorted({PLATFORM, *(name for name, _ in pools)}):
        try:
            found.append(await _queue(client, name))
        except RPCError:
            continue
    return found


async def _queue(client: Client, name: str) -> Queue:
    pollers = waiting = 0
    oldest = timedelta()
    for kind in TYPES:
        told = await _described(client, name, kind)
        seen = datetime.now(UTC) - ALIVE
        pollers += sum(one.last_access_time.ToDatetime(tzinfo=UTC) > seen for one in told.pollers)
        waiting += told.stats.approximate_backlog_count
        oldest = max(oldest, told.stats.approximate_backlog_age.ToTimedelta())
    return Queue(name=name, pollers=pollers, waiting=waiting, oldest=oldest)


async def _described(
    client: Client, name: str, kind: "TaskQueueType.ValueType"
) -> DescribeTaskQueueResponse:
    request = DescribeTaskQueueRequest(
        namespace=client.namespace,
        task_queue=TaskQueue(name=name),
        task_queue_type=kind,
        report_stats=True,
    )
    return await client.workflow_service.describe_task_queue(request, timeout=PATIENCE)
