"""Compiling again and again until every document that a definition names is there."""

from collections.abc import Awaitable, Callable, Mapping

from symphainy.resource import Fetch, Fetched, Unreachable
from workflows.compiler.compile import Compiled

__all__ = ["complete"]

MAX_RESOURCES = 32
MAX_ROUNDS = 5


async def complete(
    compile: Callable[[Mapping[str, Fetched]], Awaitable[Compiled]], fetch: Fetch
) -> Compiled:
    """What `compile` gives once it has all documents that the definition names.

    They may name others in turn: 32 documents in five rounds, then the rest counts as
    unreachable.
    """
    known: dict[str, Fetched] = {}
    compiled = await compile(known)
    for _ in range(MAX_ROUNDS):
        missing = list({one.uri: one for one in compiled.wanted}.values())
        if not missing:
            return compiled
        room = MAX_RESOURCES - len(known)
        known.update(await fetch(missing[:room]))
        excess = Unreachable(f"a definition may name {MAX_RESOURCES} documents")
        known.update({one.uri: excess for one in missing[room:]})
        compiled = await compile(known)
    for one in compiled.wanted:
        known[one.uri] = Unreachable(f"documents may name documents {MAX_ROUNDS} levels deep")
    return await compile(known) if compiled.wanted else compiled
