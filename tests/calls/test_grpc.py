"""`call: grpc`, against a server that is generated from the proto file that calls name."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass

import pytest

from symphainy.definition.error_types import error_type
from symphainy.json import Json
from symphainy.plan import Remote
from tests.runtime.platform import Platform, free_port
from tests.twins.files import Files
from tests.twins.grpc import PROTO, GrpcTwin

HEAD = """
document: {dsl: 1.0.3, namespace: test, name: grpc-{{n}}, version: 1.0.0}
"""


@dataclass
class Shop:
    """The server, its proto file, and how definitions call it."""

    twin: GrpcTwin
    files: Files

    def calling(
        self,
        method: str,
        arguments: str = "{}",
        *,
        service: str = "pets.v1.Shop",
        proto: str = PROTO,
        host: str = "127.0.0.1",
        port: int | None = None,
    ) -> str:
        """A definition of one call."""
        endpoint = self.files.put(f"/{abs(hash(proto))}.proto", proto)
        return (
            HEAD
            + f"""
do:
  - ask:
      call: grpc
      with:
        proto: {{endpoint: "{endpoint}"}}
        service: {{name: {service}, host: {host}, port: {port or self.twin.port}}}
        method: {method}
        arguments: {arguments}
"""
        )


@pytest.fixture(scope="module")
def files() -> Iterator[Files]:
    with Files().serving() as found:
        yield found


@pytest.fixture(scope="module")
async def shop(files: Files) -> AsyncIterator[Shop]:
    async with GrpcTwin().serving() as twin:
        yield Shop(twin, files)


async def output(platform: Platform, text: str, payload: Json = None) -> Json:
    run = await platform.submit(await platform.fetched(text), payload)
    finished = await platform.finish(run.run)
    assert finished.status == "completed", finished.problem
    return finished.output


async def problem(platform: Platform, text: str) -> dict[str, Json]:
    run = await platform.submit(await platform.fetched(text))
    finished = await platform.finish(run.run)
    assert finished.problem is not None, finished.output
    return finished.problem


async def findings(platform: Platform, text: str) -> list[tuple[str, str]]:
    compiled = await platform.compiled(text.replace("{{n}}", "1"))
    return [(one.code, one.pointer) for one in compiled.findings]


async def tried_again(platform: Platform, run: str) -> None:
    """Wait for the second attempt of the step that is under way."""
    async with asyncio.timeout(30):
        while True:
            told = await platform.runs.handle("acme", run).describe()
            if [one for one in told.raw_description.pending_activities if one.attempt > 1]:
                return
            await asyncio.sleep(0.05)


async def test_a_message_is_sent_and_its_answer_is_json(platform: Platform, shop: Shop) -> None:
    given = await output(
        platform, shop.calling("Buy", '{name: "${ .pet }", legs: 4}'), {"pet": "Rex"}
    )

    assert given == {"name": "Rex", "legs": 4, "tags": [], "chipNumber": "1099511627776"}


async def test_the_package_of_a_service_may_be_left_out(platform: Platform, shop: Shop) -> None:
    given = await output(platform, shop.calling("Buy", "{name: Rex}", service="Shop"))

    assert isinstance(given, dict)
    assert given["legs"] == 0


async def test_well_known_types_are_known(platform: Platform, shop: Shop) -> None:
    given = await output(platform, shop.calling("Birth", '{at: "2026-01-02T03:04:05Z"}'))

    assert given == {"at": "2026-01-02T03:04:05Z"}


async def test_an_answer_that_has_no_json_is_an_error_at_once(
    platform: Platform, shop: Shop
) -> None:
    problem = await platform.problem(shop.calling("Birth", '{at: "1969-01-02T03:04:05Z"}'))

    assert (problem["code"], problem["type"]) == ("grpc.status", error_type("runtime"))


async def test_a_stream_of_answers_is_an_array(platform: Platform, shop: Shop) -> None:
    given = await output(platform, shop.calling("Browse", "{name: Rex, legs: 3}"))

    assert isinstance(given, list)
    assert [one["legs"] for one in given if isinstance(one, dict)] == [0, 1, 2]


async def test_attempts_of_one_step_carry_one_key(platform: Platform, shop: Shop) -> None:
    shop.twin.metadata.clear()
    solution = await platform.fetched(shop.calling("Buy", "{name: Rex}"))
    for key in ("a", "b"):
        await platform.finish((await platform.submit(solution, key=key)).run)

    keys = [one["idempotency-key"] for one in shop.twin.metadata]
    assert len(set(keys)) == 2


@pytest.mark.parametrize(
    ("name", "kind", "status"),
    [
        ("NOT_FOUND", "communication", 404),
        ("UNAVAILABLE", "communication", 503),
        ("UNAUTHENTICATED", "authentication", 401),
        ("PERMISSION_DENIED", "authorization", 403),
        ("DEADLINE_EXCEEDED", "timeout", 408),
    ],
)
async def test_a_status_becomes_the_error_that_it_means(
    platform: Platform, shop: Shop, name: str, kind: str, status: int
) -> None:
    found = await problem(platform, shop.calling("Find", f"{{name: {name}}}"))

    assert found == {
        "type": f"https://open-workflow-specification.org/spec/1.0.0/errors/{kind}",
        "status": status,
        "title": f"{kind.capitalize()} error",
        "detail": f"{name} it is",
        "code": "grpc.status",
        "grpc": name,
        "instance": "/do/0/ask",
    }


async def test_arguments_that_do_not_fit_the_message_are_a_validation_error(
    platform: Platform, shop: Shop
) -> None:
    found = await problem(platform, shop.calling("Buy", "{name: Rex, wings: 2}"))

    assert (found["code"], found["status"]) == ("grpc.arguments", 400)
    assert "wings" in str(found["detail"])


async def test_a_proto_file_that_does_not_compile_says_why(platform: Platform, shop: Shop) -> None:
    broken = PROTO.replace("returns (Pet);", "returns (Cat);", 1)

    found = await problem(platform, shop.calling("Buy", "{name: Rex}", proto=broken))

    assert (found["code"], found["status"]) == ("grpc.contract", 400)
    assert '"Cat" is not defined' in str(found["detail"])


async def test_a_place_a_definition_may_not_reach_is_refused(
    platform: Platform, shop: Shop
) -> None:
    found = await problem(platform, shop.calling("Buy", "{name: Rex}", host="169.254.169.254"))

    assert (found["code"], found["status"]) == ("egress.forbidden", 403)


async def test_a_server_that_is_not_there_yet_is_called_when_it_is(
    platform: Platform, shop: Shop
) -> None:
    late = GrpcTwin()
    port = free_port()
    solution = await platform.fetched(shop.calling("Buy", "{name: Rex}", port=port))
    run = (await platform.submit(solution)).run
    await tried_again(platform, run)

    async with late.serving(port):
        finished = await platform.finish(run)

    assert finished.status == "completed"
    assert len(late.metadata) == 1


async def test_what_has_no_side_effects_reads_and_all_else_writes(
    platform: Platform, shop: Shop
) -> None:
    effects = {}
    for method in ("Find", "Buy"):
        plan = (await platform.compiled(shop.calling(method).replace("{{n}}", "1"))).plan
        assert plan is not None
        (task,) = plan.tasks
        assert isinstance(task, Remote)
        effects[method] = task.effect

    assert effects == {"Find": "read", "Buy": "write"}


@pytest.mark.parametrize(
    ("method", "more", "code", "member"),
    [
        ("By", {}, "compile.unknown-operation", "method"),
        ("Buy", {"service": "pets.v2.Shop"}, "compile.unknown-operation", "service/name"),
        ("Deliver", {}, "compile.protocol", "method"),
        (
            "Buy",
            {"proto": 'import "other/file.proto";' + PROTO},
            "compile.contract",
            "proto/endpoint",
        ),
    ],
)
async def test_what_cannot_be_called_is_found_before_it_runs(
    platform: Platform, shop: Shop, method: str, more: dict[str, str], code: str, member: str
) -> None:
    text = shop.calling(method, service=more.get("service", "Shop"), proto=more.get("proto", PROTO))

    assert await findings(platform, text) == [(code, f"/do/0/ask/with/{member}")]


async def test_the_nearest_name_is_told(platform: Platform, shop: Shop) -> None:
    compiled = await platform.compiled(shop.calling("Browze").replace("{{n}}", "1"))

    (one,) = compiled.findings
    assert one.message == "pets.v1.Shop has no method 'Browze'; did you mean `Browse`?"


async def test_a_secret_reaches_the_server_and_not_the_run(platform: Platform, shop: Shop) -> None:
    kept = platform.settings.home / "secrets" / "acme"
    kept.mkdir(parents=True, exist_ok=True)
    (kept / "shop").write_text("canary-of-grpc-4411")
    text = (
        shop.calling("Buy", '{name: "${ $secrets.shop }"}')
        .replace(
            "service: {", "service: {authentication: {bearer: {token: '${ $secrets.shop }'}}, "
        )
        .replace("do:", "use: {secrets: [shop]}\ndo:")
    )
    shop.twin.metadata.clear()

    given = await output(platform, text)

    assert shop.twin.metadata[0]["authorization"] == "Bearer canary-of-grpc-4411"
    assert given == {"name": "***", "legs": 0, "tags": [], "chipNumber": "1099511627776"}
