"""The workflow of a session. Between messages it waits for updates alone, so that a worker which
has let go of it has nothing to do for it."""

from datetime import timedelta
from typing import Any

from temporalio import workflow
from temporalio.common import RetryPolicy, VersioningBehavior
from temporalio.exceptions import ApplicationError, ApplicationErrorCategory

from symphainy.json import Json
from symphainy.session import LONGEST, WORKFLOW, Address, Surface
from workflows.session.standing import Said, Seen, Standing

__all__ = ["Session"]

ENOUGH = 100
"""Messages and receipts after which a session goes on in a new history."""
STEP = timedelta(seconds=60)
PATIENCE = RetryPolicy(maximum_interval=timedelta(seconds=30))
SOON, LATE = timedelta(seconds=2), timedelta(minutes=5)
"""The first and the longest pause before a solution that could not be told is told again."""


@workflow.defn(name=WORKFLOW, versioning_behavior=VersioningBehavior.AUTO_UPGRADE)
class Session:
    """Gives every message its place, then has it kept in the transcript and heard."""

    def __init__(self) -> None:
        self._at: Standing | None = None
        self._taken = 0
        self._pause = SOON
        self._again = False
        """Whether the solution could not be told of something, and is to be told later."""

    @workflow.run
    async def run(self, carried: dict[str, Any] | None = None) -> None:
        """Never ends by itself; `carried` is what the history before knew."""
        if workflow.info().workflow_id.split("/")[1:2] != ["session"]:
            _refuse("session.unknown", f"a solution cannot be called {WORKFLOW!r}: rename it")
        at = self._at = await self._begin(carried)
        while not self._enough():
            await workflow.wait_condition(lambda: at.busy or self._enough())
            if at.busy:
                await self._turn(at)
        await workflow.wait_condition(workflow.all_handlers_finished)
        workflow.continue_as_new(at.model_dump(mode="json"))

    @workflow.update
    async def receive(self, said: dict[str, Any]) -> dict[str, Json]:
        """Take a message of the customer; its place."""
        return await self._take(said, "in")

    @receive.validator
    def _receivable(self, said: dict[str, Any]) -> None:
        self._check(said)

    @workflow.update
    async def say(self, said: dict[str, Any]) -> dict[str, Json]:
        """Take a message to the customer; its place."""
        return await self._take(said, "out")

    @say.validator
    def _sayable(self, said: dict[str, Any]) -> None:
        self._check(said)

    @workflow.signal(unfinished_policy=workflow.HandlerUnfinishedPolicy.ABANDON)
    async def seen(self, seen: dict[str, Any]) -> None:
        """Take in what the customer's device has shown."""
        at = await self._ready()
        at.see(Seen.model_validate(seen))
        self._taken += 1

    @workflow.query
    def state(self) -> dict[str, Json]:
        """How the session stands, as a surface."""
        return self._surface()

    async def _begin(self, carried: dict[str, Any] | None) -> Standing:
        if carried is not None:
            return Standing.model_validate(carried)
        found = await workflow.execute_activity(
            "gate.session.begin",
            start_to_close_timeout=STEP,
            retry_policy=PATIENCE,
            summary="what is known of this session",
        )
        if not found:
            return Standing()
        return Standing.restored(Surface.model_validate(found["surface"]), found["known"])

    async def _turn(self, at: Standing) -> None:
        """Have everything kept and heard that came up to now."""
        messages, unheard, seen = [*at.unkept], [*at.unheard], at.seen
        asked = {
            "surface": self._surface(),
            "messages": [one.model_dump(mode="json") for one in messages],
            "unheard": [one.model_dump(mode="json") for one in unheard],
            "seen": seen.model_dump() if seen else None,
        }
        told = await workflow.execute_activity(
            "gate.session.turn",
            asked,
            start_to_close_timeout=STEP,
            retry_policy=PATIENCE,
            summary=f"keep {len(messages)}, tell {len(unheard)}",
        )
        if messages:
            at.kept(messages[-1].seq)
        if at.seen == seen:
            at.seen = None
        at.heard(told["heard"])
        at.problem = told["problem"]
        if told["later"]:
            await self._rest(at)
        else:
            self._pause = SOON

    async def _rest(self, at: Standing) -> None:
        """Wait before what could not be told is told again; something new ends the wait."""
        taken = self._taken
        try:
            await workflow.wait_condition(lambda: self._taken > taken, timeout=self._pause)
        except TimeoutError:
            self._pause = min(self._pause * 2, LATE)

    async def _take(self, wire: dict[str, Any], direction: Any) -> dict[str, Json]:
        at = await self._ready()
        said = Said.model_validate(wire)
        message = at.take(said, direction, workflow.now())
        if message is None:
            return {"seq": at.known[said.id], "new": False}
        self._taken += 1
        return {"seq": message.seq, "new": True}

    async def _ready(self) -> Standing:
        # An update may come with the very first activation, before `run` has begun.
        await workflow.wait_condition(lambda: self._at is not None)
        assert self._at is not None  # noqa: S101 - just waited for
        return self._at

    def _check(self, wire: dict[str, Any]) -> None:
        """Refuse what the session cannot take, before it is in the history."""
        said = Said.model_validate(wire)
        if not said.text.strip() or len(said.text) > LONGEST:
            _refuse("session.text", f"a message has 1 to {LONGEST:,} characters")
        if self._at is not None and self._at.full and said.id not in self._at.known:
            _refuse("session.busy", "too many messages wait to be read in this session")

    def _enough(self) -> bool:
        return self._taken >= ENOUGH or workflow.info().is_continue_as_new_suggested()

    def _surface(self) -> dict[str, Json]:
        session = Address.of_workflow(workflow.info().workflow_id).id
        return (self._at or Standing()).surface(session).model_dump(mode="json")


def _refuse(code: str, message: str) -> None:
    raise ApplicationError(
        message,
        {"code": code, "ending": "refused"},
        type=code,
        non_retryable=True,
        category=ApplicationErrorCategory.BENIGN,
    )
