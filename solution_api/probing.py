"""Cedar that people wrote, checked in a process that may die of it."""

import asyncio
import json
import sys
from collections.abc import Mapping
from typing import Any

from smart_city.verdict import Layer
from symphainy.findings import Finding, finding

__all__ = ["probed"]

SECONDS = 20.0
# With no environment, so that nothing of ours is in its memory.
CHILD = """
import json, sys
from smart_city.layers import problems
problems(*json.load(sys.stdin))
"""


async def probed(layer: Layer, policies: Mapping[str, Any]) -> list[Finding]:
    """What is wrong with the Cedar in `policies` if the check of it does not even end; of what
    is wrong otherwise the check here says more. Nothing is parsed here before."""
    raw = {name: one for name, one in policies.items() if _is_raw(one)}
    if not raw or await _ends(json.dumps([layer, raw]).encode()):
        return []
    message = "the check of this Cedar does not end well: write it simpler"
    return [finding("policy.value", message, pointer="/policies")]


def _is_raw(document: object) -> bool:
    return isinstance(document, Mapping) and document.get("kind") == "cedar"


async def _ends(given: bytes) -> bool:
    child = await asyncio.create_subprocess_exec(
        sys.executable,
        "-c",
        CHILD,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.DEVNULL,
        env={},
    )
    try:
        async with asyncio.timeout(SECONDS):
            await child.communicate(given)
    except TimeoutError:
        child.kill()
        await child.wait()
    return child.returncode == 0
