"""`symphainy policy` beside a platform: what layers say, set, shown, explained and replayed."""

import asyncio
import json
import os
import sys
from collections.abc import AsyncIterator, Callable, Coroutine
from pathlib import Path
from typing import Any

import httpx2
import pytest

from public_works.policies import PLATFORM
from tests.api.world import World, deployed, principal

MAILING = """
document: {dsl: 1.0.3, namespace: acme, name: NAME, version: 1.0.0}
experiences:
  email: {adapter: sandbox, from: a@acme.example, templates: {hi: {subject: Hi, text: Hi}}}
do:
  - first: {set: {begun: true}}
  - greet: {call: email, with: {to: c-1, template: hi}}
"""
CAP = {"kind": "frequencyCap", "channels": ["email"], "max": 9, "per": "P7D"}
STOP = {"kind": "killSwitch", "channels": ["email"], "reason": "an incident"}
MONEY = {"kind": "budget", "limit": "1", "per": "P1D", "amount": "${ .amount }"}

Said = tuple[int | None, str, str]
Policy = Callable[..., Coroutine[Any, Any, Said]]


@pytest.fixture
async def policy(world: World, tmp_path: Path) -> AsyncIterator[Policy]:
    """Runs `symphainy policy`: exit code, stdout, stderr; a policy document is put in a file."""
    stores = world.services.stores
    key = await asyncio.to_thread(
        stores.keys.issue, principal("ada", "tenant-admin"), name="test", environment="all"
    )
    env = {**os.environ, "SYMPHAINY_URL": world.url, "SYMPHAINY_API_KEY": key}

    async def run(*arguments: Any) -> Said:
        given = []
        for one in arguments:
            if isinstance(one, dict):
                file = tmp_path / "policies.json"
                file.write_text(json.dumps({"policies": one}))
            elif str(one).startswith("\n"):
                file = tmp_path / "definition.yaml"
                file.write_text(one)
            given.append(str(one) if isinstance(one, str) and one[0] != "\n" else str(file))
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-P", "-m", "idp.cli", "policy", *given),
            env=env,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
        )
        out, err = await process.communicate()
        return process.returncode, out.decode(), err.decode()

    yield run
    for layer in ("acme", PLATFORM):
        stores.policies.put(layer, {}, by="owner")


async def test_what_a_layer_says_is_set_and_shown(policy: Policy) -> None:
    code, out, err = await policy("set", {"cap": CAP}, "--note", "why not")
    assert (code, out.split()[0], out.split()[-1], err) == (0, "tenant", "holds", "")

    shown = await policy("list")
    assert shown[0] == 0
    assert '  cap frequencyCap {"channels": ["email"], "max": 9, "per": "P7D"}\n' in shown[1]

    wrong = await policy("set", {"cap": {**CAP, "maximum": 3}})
    assert wrong[::2] == (
        2,
        "/policies/cap/maximum: policy.unknown-field `maximum` is no field of frequencyCap\n",
    )


async def test_what_a_definition_is_under_is_explained(policy: Policy) -> None:
    await policy("set", {"cap": CAP})
    text = MAILING.replace("NAME", "explained")

    code, out, _ = await policy("explain", text)
    assert (code, out.splitlines()[0]) == (0, "greet (/do/1/greet)")
    assert out.splitlines()[1].startswith("  tenant/cap frequencyCap ")
    assert await policy("explain", text, "--task", "first") == (0, "no policy is about it\n", "")


async def test_decisions_that_were_made_are_made_again(
    policy: Policy, api: httpx2.AsyncClient, world: World
) -> None:
    name = world.name("again")
    solution = await deployed(api, name, MAILING.replace("NAME", name))
    for n in range(2):
        headers = {"Prefer": "wait=60", "Idempotency-Key": f"{name}-{n}"}
        await api.post(f"/v1/solutions/{solution}/intents/start", headers=headers)

    code, out, err = await policy("replay", {"stop": STOP}, "--solution", solution)

    *changes, counted, outcomes = out.splitlines()
    stopped = "/do/1/greet allow → deny by tenant/stop: stopped by `stop`: an incident"
    assert (code, err, [one.endswith(stopped) for one in changes]) == (0, "", [True, True])
    assert (counted[:12], counted[-28:]) == ("2 decisions ", " 2 change, 0 cannot be known")
    assert outcomes == "  2 allow → deny"

    of_whom = ("--solution", solution, "--since", "P1D")
    code, out, _ = await policy("replay", {"money": MONEY}, *of_whom)
    why = "`amount` of tenant/money looks at what a step is called with, of which nothing is kept"
    assert out.splitlines()[1:] == [f"  2 cannot be known: {why}"]

    code, out, _ = await policy("replay", {"stop": STOP}, *of_whom, "--json")
    told = [json.loads(one) for one in out.splitlines()]
    assert {one["policy"] for one in told[:-1]} == {"tenant/stop"}
    assert told[-1] == {
        "decisions": 2,
        "changed": 2,
        "unknown": 0,
        "outcomes": {"allow → deny": 2},
        "reasons": {},
    }


async def test_what_cannot_be_replayed_is_said(policy: Policy) -> None:
    assert (await policy("replay", {"x": {"kind": "sleep"}}))[::2] == (
        2,
        "/policies/x/kind: policy.unknown-kind `sleep` is no kind\n",
    )
    code, _, err = await policy("replay", {"cap": CAP}, "--since", "yesterday")
    assert (code, err.partition(" ")[0]) == (2, "/since:")
