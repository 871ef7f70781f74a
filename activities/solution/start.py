"""Start another solution of the same tenant."""

from pydantic import BaseModel, ConfigDict, Field, JsonValue

from symphainy.capability import Call, capability
from symphainy.intent import Intent
from temporal.gate.activity import granted
from temporal.intake import Intake

__all__ = ["Start", "Started", "start"]


class Start(BaseModel):
    """Which solution, and what it is to begin with."""

    model_config = ConfigDict(extra="forbid")

    solution: str = Field(description="`namespace.name` of the solution.")
    intent: str = Field(default="start", description="The intent that starts it.")
    input: JsonValue = Field(default=None, description="The intent's payload.")


class Started(BaseModel):
    """The run that is there now."""

    run: str
    solution: str
    version: str
    existing: bool = Field(description="Whether the run was there before this step.")


@capability("solution.start", effect="write")
async def start(call: Call, takes: Start) -> Started:
    """Start another solution and go on without waiting for it.

    The step's own key is the idempotency key: however often the step is attempted, one run
    comes of it. The new run acts for the same principal as the one that starts it.
    """
    submission = await call.service(Intake).submit(
        Intent(
            principal=granted.get().principal,
            solution=takes.solution,
            name=takes.intent,
            payload=takes.input,
            idempotency_key=f"step|{call.key}",
            environment=call.environment,
        )
    )
    return Started(**submission.model_dump())
