"""Turn large documents into others."""

from datetime import timedelta

from pydantic import BaseModel, ConfigDict, Field

from activities.data import process, program
from symphainy.capability import Call, capability
from symphainy.catalog import Example
from symphainy.json import Json

__all__ = ["Asked", "Transformed", "transform"]

BOUNDS = process.Bounds(seconds=20, memory=512 << 20, result=8 << 20)


class Asked(BaseModel):
    """A program and what it works on."""

    model_config = ConfigDict(extra="forbid")

    program: str = Field(max_length=65_536, description="jq 1.8; what it yields is the result.")
    data: Json = Field(None, description="The input of the program, `.`.")
    variables: dict[str, Json] = Field(
        default_factory=dict, description="What the program reads as `$name`."
    )


class Transformed(BaseModel):
    """Everything the program yielded, in order."""

    values: list[Json]


@capability(
    "data.transform",
    effect="none",
    timeout=timedelta(minutes=5),
    examples=(
        Example(
            title="Totals by customer",
            takes={
                "program": "group_by(.name)[] | {name: .[0].name, sum: (map(.sum) | add)}",
                "data": [
                    {"name": "ada", "sum": 1},
                    {"name": "bob", "sum": 5},
                    {"name": "ada", "sum": 2},
                ],
            },
            gives={"values": [{"name": "ada", "sum": 3}, {"name": "bob", "sum": 5}]},
        ),
        Example(
            title="What is above a limit",
            takes={
                "program": "map(select(. > $limit))",
                "data": [3, 7, 9],
                "variables": {"limit": 5},
            },
            gives={"values": [[7, 9]]},
        ),
    ),
)
async def transform(call: Call, asked: Asked) -> Transformed:
    """Run a jq program over data that is too large for an expression.

    The program runs in the C jq, in a process of its own that is gone afterwards: 20 seconds,
    512 MB, no environment, no files, no other input. Functions that would reach
    beyond the data (`env`, `input`, `debug`, `import`, ...) are refused as they are in
    expressions. The result may be 8 MB of JSON.
    """
    program.check(asked.program)
    return Transformed(values=await process.run(asked.program, asked.data, asked.variables, BOUNDS))
