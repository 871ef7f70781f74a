"""Keys that sign contexts and grants are changed while runs wait."""

from pathlib import Path

from tests.runtime.platform import platform_on, real_server
from workers.pool import Options

WAITS = """
document: {dsl: 1.0.3, namespace: test, name: waits-{{n}}, version: 1.0.0}
do:
  - rest: {wait: PT8S}
  - greet: {call: content.render, with: {template: "Hello {{ n }}", data: {n: "${ .n }"}}}
"""


async def test_a_run_goes_on_with_new_keys_and_ends_where_its_own_was_taken_away(
    tmp_path: Path,
) -> None:
    home = tmp_path / "home"
    async with real_server(tmp_path) as server:
        async with platform_on(server, home, Options()) as before:
            solution = before.deploy(WAITS)
            run = (await before.submit(solution, {"n": 1})).run
        for name in ("intake", "gate"):
            (home / "keys" / f"{name}.pem").rename(home / "keys" / f"{name}-before.pem")
        async with platform_on(server, home, Options()) as changed:
            finished = await changed.finish(run)
            another = (await changed.submit(solution, {"n": 2})).run
        for file in (home / "keys").glob("intake*.pem"):
            file.unlink()
        async with platform_on(server, home, Options()) as revoked:
            ended = await revoked.finish(another)
            fresh = await revoked.run(
                WAITS.replace("waits", "again").replace("PT8S", "PT1S"), {"n": 3}
            )

    assert (finished.status, finished.output) == ("completed", {"text": "Hello 1"})
    assert ended.status == "faulted"
    assert ended.problem is not None
    assert ended.problem["code"] == "context.forged"
    assert (fresh.status, fresh.output) == ("completed", {"text": "Hello 3"})
