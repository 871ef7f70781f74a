"""The histories of a run: those it went through, and those that a reset set aside."""

from dataclasses import dataclass, field
from datetime import timedelta

from temporalio.api.enums.v1 import EventType
from temporalio.api.history.v1 import HistoryEvent
from temporalio.client import Client

__all__ = ["MOST", "Histories", "History", "histories"]

MOST = 50_000
"""Events of a run that are read."""
PATIENCE = timedelta(seconds=10)


@dataclass
class History:
    """One history; before `after`, it repeats the one that it was reset from."""

    run_id: str
    events: list[HistoryEvent]
    after: int = 0
    aside: list["History"] = field(default_factory=list)
    """Those that resets set aside: from where they were reset, what they did counts no more, and
    was done all the same."""


@dataclass
class Histories:
    """The histories of a run in order; `cut` if the first ones were not read any more."""

    chain: list[History]
    cut: bool = False

    @property
    def execution(self) -> list[str]:
        """Temporal's ids of them."""
        return [one.run_id for one in self.chain]


async def histories(client: Client, workflow: str, run_id: str) -> Histories:
    """From the first history of the run to the one of `run_id`, its latest."""
    found, left = Histories([]), MOST
    while run_id:
        if left <= 0:
            found.cut = True
            break
        one = await _read(client, workflow, run_id, 0, left)
        found.cut = found.cut or len(one.events) >= left
        left -= sum(len(each.events) for each in (one, *one.aside))
        found.chain.insert(0, one)
        begun = one.events[0].workflow_execution_started_event_attributes
        run_id = begun.continued_execution_run_id
    return found


async def _read(client: Client, workflow: str, run_id: str, after: int, most: int) -> History:
    handle = client.get_workflow_handle(workflow, run_id=run_id)
    events: list[HistoryEvent] = []
    async for event in handle.fetch_history_events(rpc_timeout=PATIENCE):
        events.append(event)
        if len(events) >= most:
            break
    one = History(run_id, events, after)
    for event in events:
        base = _reset_from(event)
        if base and event.event_id >= after and base != run_id:
            aside = await _read(client, workflow, base, event.event_id, most)
            one.aside.extend((*aside.aside, aside))
            aside.aside = []
    return one


def _reset_from(event: HistoryEvent) -> str | None:
    """The history that was set aside at this event, if it is where a reset begins."""
    if event.event_type != EventType.EVENT_TYPE_WORKFLOW_TASK_FAILED:
        return None
    failed = event.workflow_task_failed_event_attributes
    return failed.base_run_id or None
