"""What the tests of events share: events, and runs that wait for them."""

from typing import Any
from uuid import uuid4

from symphainy.identity import Principal
from symphainy.json import Json
from temporal.hub import Taken
from tests.runtime.platform import OWNER, Platform

HEAD = """
document: {dsl: 1.0.3, namespace: test, name: hears-{{n}}, version: 1.0.0}
"""

PAID = (
    HEAD
    + """
do:
  - paid:
      listen:
        to:
          one:
            with: {type: TYPE}
            correlate: {invoice: {from: .data.invoice, expect: "${ .id }"}}
"""
)


def flow(tasks: str, type_: str = "") -> str:
    """A definition of these tasks; TYPE in them is a type of event."""
    return f"{HEAD}\ndo:\n{tasks}\n".replace("TYPE", type_)


def paid() -> tuple[str, str]:
    """A type of event that nobody else uses, and a definition that waits for one of an invoice."""
    type_ = new_type()
    return type_, PAID.replace("TYPE", type_)


def new_type() -> str:
    """A type of event that nobody else uses."""
    return f"test.t{uuid4().hex}"


def event(type_: str, data: Json = None, **more: Json) -> dict[str, Any]:
    """A CloudEvent as it comes in."""
    given = {"specversion": "1.0", "id": str(uuid4()), "source": "/test", "type": type_}
    return {**given, "data": data, **more}


async def send(
    platform: Platform, type_: str, data: Json = None, by: Principal = OWNER, **more: Json
) -> Taken:
    """Send an event in."""
    return await platform.intake.hub.accept(by, "production", event(type_, data, **more))


async def listening(platform: Platform, text: str, payload: Json = None) -> str:
    """A run of that definition once it waits for an event."""
    run = (await platform.submit(platform.deploy(text), payload)).run
    await platform.until(run, "run.listening")
    return run
