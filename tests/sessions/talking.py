"""What tests of sessions share: solutions that talk, and a customer who writes."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

from symphainy.errors import Unavailable, Unsure
from symphainy.session import Address, Kept, Message
from temporal.sessions import Sessions
from tests.runtime.platform import Platform

GREETER = """
document: {dsl: 1.0.3, namespace: test, name: greeter-{{n}}, version: 1.0.0}
experiences: {talk: {channel: chat, adapter: web, purpose: transactional}}
intents:
  chat: {starts: true, event: com.symphainy.session.message.v1}
do:
  - greet:
      call: talk
      with:
        to: {chat: "${ .session }", id: "${ .customer }"}
        text: "You said: {{ said }}"
        data: {said: "${ .text }"}
"""
"""Answers each message with one of its own."""

ORDERS = """
document: {dsl: 1.0.3, namespace: test, name: orders-{{n}}, version: 1.0.0}
experiences: {talk: {channel: chat, adapter: web, purpose: transactional}}
intents:
  chat: {starts: true, event: com.symphainy.session.message.v1}
do:
  - note: {set: {session: "${ .session }", customer: "${ .customer }"}, export: {as: "${ . }"}}
  - ask:
      call: talk
      with:
        to: {chat: "${ $context.session }", id: "${ $context.customer }"}
        text: Which colour?
        choices: [Red, {title: Blue, value: b}]
  - answer:
      listen:
        to:
          one:
            with: {type: com.symphainy.session.message.v1}
            correlate: {session: {from: .data.session, expect: "${ $context.session }"}}
  - confirm:
      call: talk
      with:
        to: {chat: "${ $context.session }", id: "${ $context.customer }"}
        text: "{{ colour }} it is."
        data: {colour: "${ .[0].text }"}
"""
"""Asks something, and waits for the answer."""


@dataclass
class Customer:
    """Someone who writes to a solution."""

    sessions: Sessions
    platform: Platform
    address: Address
    count: int = field(default=0)

    async def writes(self, text: str, *, id: str | None = None, channel: str = "web") -> Kept:
        """Write, and again with the same id while nobody answers, as people's devices do."""
        self.count += 1
        id = id or f"m-{self.count}"
        async with asyncio.timeout(120):
            while True:
                with suppress(Unavailable, Unsure):
                    return await self.sessions.receive(
                        "acme", self.address, id=id, text=text, channel=channel
                    )

    def transcript(self) -> list[Message]:
        return self.platform.stores.transcripts.messages("acme", self.address.id)

    async def reads(self, texts: int) -> list[tuple[str, str]]:
        """Who said what, as soon as that much was said."""
        await until(lambda: len(self.transcript()) >= texts)
        return [(one.direction, one.text) for one in self.transcript()]


def customer(
    platform: Platform, solution: str, id: str | None = None, *, environment: str = "production"
) -> Customer:
    """A customer of that solution, whom nobody knew."""
    sessions = Sessions(platform.client, platform.stores, platform.intake.key)
    address = Address(solution, environment, customer=id or f"c-{uuid4().hex[:8]}")
    return Customer(sessions, platform, address)


async def until(true: Callable[[], Any], seconds: float = 60) -> Any:
    """What is true at last."""
    async with asyncio.timeout(seconds):
        while not (found := await asyncio.to_thread(true)):
            await asyncio.sleep(0.02)
    return found


async def eventually(true: Callable[[], Awaitable[Any]], seconds: float = 60) -> Any:
    """What is true at last, where finding out takes waiting."""
    async with asyncio.timeout(seconds):
        while not (found := await true()):
            await asyncio.sleep(0.02)
    return found
