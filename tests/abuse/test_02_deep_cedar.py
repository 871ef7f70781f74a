"""Cedar so deep or long that its parser dies of it, and with it the process that asked it."""

import httpx2
import pytest

from tests.abuse.city import HEAD, alive, check
from tests.api.world import World, principal, problem
from tests.runtime.platform import Platform

NESTED = "(" * 1000 + "true" + ")" * 1000
DEEP = {
    "brackets": NESTED,
    "sets": "[" * 1000 + "]" * 1000 + " == []",
    "negations": "!(" * 1000 + "true" + ")" * 1000,
    "arms": " || ".join(f'resource.task == "{n}"' for n in range(10_000)),
    "short arms": " || ".join(["true"] * 1_500),
    "ifs": "if true then true else " * 600 + "true",
    "records": "{a: " * 1000 + "1" + "}" * 1000 + ".a == 1",
    "members": "context" + ".a" * 7_000 + " == 1",
}


@pytest.mark.parametrize("condition", DEEP.values(), ids=DEEP.keys())
async def test_cedar_that_kills_its_parser_is_refused_and_kills_nobody(
    platform: Platform, world: World, api: httpx2.AsyncClient, condition: str
) -> None:
    forbid = f'@id("tenant/a") forbid(principal, action, resource) when {{ {condition} }};'
    async with await world.client(principal("mallory", "admin", tenant="case-2")) as tenant:
        raw = {"policies": {"raw": {"kind": "cedar", "forbid": forbid}}}
        answer = await tenant.put("/v1/policies/tenant", json=raw)

        assert problem(answer)[0] == 422
        assert (await tenant.get("/v1/policies/tenant")).json()["policies"] == {}
    solution = forbid.replace("tenant/a", "solution/a")
    document = (
        f"policies:\n  raw: {{kind: cedar, forbid: '{solution}'}}\ndo: [{{a: {{set: {{}}}}}}]\n"
    )
    assert await check(api, HEAD.replace("NAME", "deep") + document)
    await alive(platform, world, api)
