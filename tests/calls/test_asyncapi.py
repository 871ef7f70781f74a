"""`call: asyncapi` over HTTP, MQTT and NATS, against brokers on real sockets."""

import asyncio
import json
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any, ClassVar

import pytest

from symphainy.json import Json
from symphainy.plan import Remote
from tests.runtime.platform import Platform
from tests.twins.files import Files
from tests.twins.mqtt import PASSWORD as MQTT_PASSWORD
from tests.twins.mqtt import MqttTwin, mqtt_twin
from tests.twins.nats import PASSWORD as NATS_PASSWORD
from tests.twins.nats import NatsTwin, Sent

HEAD = """
document: {dsl: 1.0.3, namespace: test, name: asyncapi-{{n}}, version: 1.0.0}
"""
SOURCE = "/do/0/ask/with/document/endpoint"


class Board(BaseHTTPRequestHandler):
    """Takes messages, and streams those it has in three ways."""

    got: ClassVar[list[tuple[str, dict[str, str], Json]]] = []
    EVENTS = 'data: {"n": 1}\n\n: nothing\n\ndata: {"n":\ndata: 2}\n\n'

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["content-length"]))
        self.got.append((self.path, dict(self.headers), json.loads(body)))
        self._answer(503 if self.path.endswith("/full") else 202, "", "text/plain")

    def do_GET(self) -> None:
        if self.path.endswith("/events"):
            self._answer(200, self.EVENTS, "text/event-stream")
        elif self.path.endswith("/lines"):
            self._answer(200, '{"n": 1}\n{"n": 2}\n', "application/x-ndjson")
        else:
            self._answer(200, '[{"n": 1}, {"n": 2}]', "application/json")

    def _answer(self, status: int, body: str, kind: str) -> None:
        self.send_response(status)
        self.send_header("content-type", kind)
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body.encode())

    def log_message(self, *args: object) -> None:
        """Keep quiet."""


@dataclass
class Brokers:
    """All of them, and the document that describes their channels."""

    files: Files
    nats: NatsTwin
    mqtt: MqttTwin
    web: int

    def document(self) -> dict[str, Any]:
        """Version 3, for all of them."""
        servers = {
            "web": {"host": f"127.0.0.1:{self.web}", "protocol": "http", "pathname": "/{stage}"},
            "bus": {"host": f"{{where}}:{self.nats.port}", "protocol": "nats"},
            "things": {"host": f"127.0.0.1:{self.mqtt.port}", "protocol": "mqtt"},
            "guarded": {"host": f"127.0.0.1:{self.mqtt.closed}", "protocol": "mqtt"},
            "log": {"host": "127.0.0.1:9092", "protocol": "kafka"},
        }
        servers["web"]["variables"] = {"stage": {"default": "test", "enum": ["test", "live"]}}
        servers["bus"]["variables"] = {"where": {"default": "127.0.0.1"}}
        channels = {
            "board": _channel("board", "web"),
            "full": _channel("full", "web"),
            "events": _channel("events", "web"),
            "lines": _channel("lines", "web"),
            "list": _channel("list", "web"),
            "chat": _channel("chat.{room}", "bus"),
            "lobby": _channel("chat.lobby", "bus"),
            "secret": _channel("forbidden.chat", "bus"),
            "lamps": _channel("lamps/{id}", "things", "guarded"),
            "door": _channel("guarded/door", "guarded"),
            "orders": _channel("orders", "log"),
        }
        channels["chat"]["parameters"] = {"room": {"location": "$message.payload#/room"}}
        channels["lamps"]["parameters"] = {"id": {"location": "$message.payload#/id"}}
        operations = {
            name: {"action": "send", "channel": {"$ref": f"#/channels/{name}"}} for name in channels
        }
        return {
            "asyncapi": "3.0.0",
            "info": {"title": "All of it", "version": "1.0.0"},
            "servers": servers,
            "channels": channels,
            "operations": operations,
        }

    def calling(self, rest: str, *, document: Json = None, before: str = "") -> str:
        """A definition of one call."""
        text = json.dumps(document or self.document())
        endpoint = self.files.put(f"/{abs(hash(text))}.json", text)
        return (
            HEAD
            + before
            + f"""
do:
  - ask:
      call: asyncapi
      with: {{document: {{endpoint: "{endpoint}"}}, {rest}}}
"""
        )


def _channel(address: str, *servers: str) -> dict[str, Any]:
    return {"address": address, "servers": [{"$ref": f"#/servers/{one}"} for one in servers]}


@pytest.fixture(scope="module")
def board() -> Iterator[int]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Board)
    Thread(target=server.serve_forever, daemon=True).start()
    yield server.server_port
    server.shutdown()
    server.server_close()


@pytest.fixture(scope="module")
async def brokers(board: int) -> AsyncIterator[Brokers]:
    with Files().serving() as files:
        async with NatsTwin().serving() as nats, mqtt_twin() as mqtt:
            yield Brokers(files, nats, mqtt, board)


async def output(platform: Platform, text: str, payload: Json = None) -> Json:
    run = await platform.submit(await platform.fetched(text), payload)
    finished = await platform.finish(run.run)
    assert finished.status == "completed", finished.problem
    return finished.output


async def problem(platform: Platform, text: str, payload: Json = None) -> dict[str, Json]:
    run = await platform.submit(await platform.fetched(text), payload)
    finished = await platform.finish(run.run)
    assert finished.problem is not None, finished.output
    return finished.problem


async def findings(platform: Platform, text: str) -> list[tuple[str, str]]:
    compiled = await platform.compiled(text.replace("{{n}}", "1"))
    return [(one.code, one.pointer) for one in compiled.findings]


def payloads(messages: Json) -> list[Json]:
    assert isinstance(messages, list)
    return [one["payload"] for one in messages if isinstance(one, dict)]


def tell(brokers: Brokers, subject: str, *payload: Json) -> None:
    """Have the bus send these to the next subscriber."""
    brokers.nats.waiting[subject] = [Sent(subject, json.dumps(one).encode()) for one in payload]


# HTTP


async def test_over_http_a_message_is_posted_with_its_headers(
    platform: Platform, brokers: Brokers
) -> None:
    Board.got.clear()

    given = await output(
        platform,
        brokers.calling(
            'operation: board, server: {name: web, variables: {stage: "${ .stage }"}}, '
            'message: {payload: {text: "${ .text }"}, headers: {x-team: blue}}'
        ),
        {"stage": "live", "text": "hello"},
    )

    assert given == {"payload": {"text": "hello"}, "headers": {"x-team": "blue"}}
    ((path, headers, body),) = Board.got
    assert (path, headers["x-team"], body) == ("/live/board", "blue", {"text": "hello"})


async def test_over_http_an_error_keeps_its_status(platform: Platform, brokers: Brokers) -> None:
    found = await problem(platform, brokers.calling("operation: full, message: {payload: {}}"))

    assert (found["code"], found["status"]) == ("http.status", 503)


@pytest.mark.parametrize("operation", ["events", "lines", "list"])
async def test_over_http_streams_and_lists_are_consumed(
    platform: Platform, brokers: Brokers, operation: str
) -> None:
    given = await output(
        platform,
        brokers.calling(f"operation: {operation}, subscription: {{consume: {{amount: 2}}}}"),
    )

    assert given == [{"payload": {"n": 1}, "headers": {}}, {"payload": {"n": 2}, "headers": {}}]


# NATS


async def test_over_nats_a_message_goes_to_the_subject_that_its_payload_names(
    platform: Platform, brokers: Brokers
) -> None:
    brokers.nats.sent.clear()

    await output(
        platform,
        brokers.calling(
            "operation: chat, message: {payload: {room: blue, text: hi}, headers: {lang: en}}"
        ),
    )

    (sent,) = brokers.nats.sent
    assert (sent.subject, json.loads(sent.payload)) == ("chat.blue", {"room": "blue", "text": "hi"})
    assert sent.headers.pop("Nats-Msg-Id")
    assert sent.headers == {"lang": "en"}


async def test_over_nats_messages_are_filtered_by_what_the_run_knows(
    platform: Platform, brokers: Brokers
) -> None:
    tell(brokers, "chat.*", {"to": "bea", "n": 1}, {"to": "ada", "n": 2}, {"to": "ada", "n": 3})

    given = await output(
        platform,
        brokers.calling(
            "operation: chat, subscription: {filter: '${ .payload.to == $workflow.input.who }', "
            "consume: {amount: 2}}"
        ),
        {"who": "ada"},
    )

    assert payloads(given) == [{"to": "ada", "n": 2}, {"to": "ada", "n": 3}]


async def test_a_correlation_id_is_told_apart(platform: Platform, brokers: Brokers) -> None:
    headers = {"correlationId": "c-1", "lang": "en"}
    brokers.nats.waiting["chat.lobby"] = [Sent("chat.lobby", b"plain text", headers)]

    given = await output(
        platform, brokers.calling("operation: lobby, subscription: {consume: {amount: 1}}")
    )

    assert given == [{"payload": "plain text", "headers": headers, "correlationId": "c-1"}]


@pytest.mark.parametrize(
    "until",
    [
        "until: '${ .[-1].payload.last }'",
        "while: '${ .[-1].payload.last | not }'",
        "until: '${ length == 2 }'",
    ],
)
async def test_a_condition_ends_the_consuming(
    platform: Platform, brokers: Brokers, until: str
) -> None:
    tell(brokers, "chat.lobby", {"n": 1}, {"n": 2, "last": True}, {"n": 3})

    given = await output(
        platform, brokers.calling(f"operation: lobby, subscription: {{consume: {{{until}}}}}")
    )

    assert payloads(given) == [{"n": 1}, {"n": 2, "last": True}]


@pytest.mark.parametrize("length", ["{milliseconds: 300}", "'${ \"PT0.3S\" }'"])
async def test_time_ends_the_consuming_with_what_came(
    platform: Platform, brokers: Brokers, length: str
) -> None:
    tell(brokers, "chat.lobby", {"n": 1})

    given = await output(
        platform,
        brokers.calling(
            f"operation: lobby, subscription: {{consume: {{amount: 5, for: {length}}}}}"
        ),
    )

    assert payloads(given) == [{"n": 1}]


async def test_tasks_are_done_for_each_message(platform: Platform, brokers: Brokers) -> None:
    tell(brokers, "chat.lobby", {"n": 1}, {"n": 2})

    given = await output(
        platform,
        brokers.calling(
            "operation: lobby, subscription: {consume: {amount: 2}, foreach: {item: message, "
            "at: place, do: [{double: {set: {n: '${ $message.payload.n * 2 }', "
            "at: '${ $place }'}}}], output: {as: '${ .n + .at }'}}}"
        ),
    )

    assert given == [2, 5]


async def test_what_the_tasks_export_decides_about_the_next_message(
    platform: Platform, brokers: Brokers
) -> None:
    tell(brokers, "chat.lobby", {"n": 1}, {"n": 2}, {"n": 3})
    brokers.nats.at_once = 1
    brokers.nats.subscribed.clear()
    try:
        given = await output(
            platform,
            brokers.calling(
                "operation: lobby, subscription: {consume: {until: '${ $context.sum >= 3 }'}, "
                "foreach: {do: [{more: {set: {n: '${ $item.payload.n }'}}}], "
                "export: {as: '${ {sum: (($context.sum // 0) + .n)} }'}}}"
            ),
        )
    finally:
        brokers.nats.at_once = 1_000

    assert given == [{"n": 1}, {"n": 2}]
    assert brokers.nats.subscribed == ["chat.lobby", "chat.lobby"]


async def test_a_subject_that_is_not_allowed_is_an_authorization_error(
    platform: Platform, brokers: Brokers
) -> None:
    found = await problem(platform, brokers.calling("operation: secret, message: {payload: {}}"))

    assert (found["code"], found["status"]) == ("asyncapi.error", 403)


async def test_over_nats_user_and_password_are_secrets(
    platform: Platform, brokers: Brokers
) -> None:
    _keep(platform, "bus", NATS_PASSWORD)
    login = "authentication: {basic: {username: ada, password: '${ $secrets.bus }'}}, "
    calling = "operation: lobby, message: {payload: {text: '${ $secrets.bus }'}}"
    brokers.nats.closed = True
    brokers.nats.sent.clear()
    try:
        refused = await problem(
            platform, brokers.calling("operation: lobby, message: {payload: {}}")
        )
        given = await output(
            platform, brokers.calling(login + calling, before="use: {secrets: [bus]}")
        )
    finally:
        brokers.nats.closed = False

    assert (refused["code"], refused["status"]) == ("asyncapi.error", 401)
    assert [json.loads(one.payload) for one in brokers.nats.sent] == [{"text": NATS_PASSWORD}]
    assert given == {"payload": {"text": "***"}}


# MQTT


async def test_over_mqtt_a_message_is_published(platform: Platform, brokers: Brokers) -> None:
    async with brokers.mqtt.hearing("lamps/+") as heard:
        await output(
            platform,
            brokers.calling(
                "operation: lamps, server: {name: things}, message: {payload: {id: l-1, on: true}}"
            ),
        )

        async with asyncio.timeout(30):
            assert json.loads(await heard.get()) == {"id": "l-1", "on": True}


async def test_over_mqtt_messages_of_every_lamp_are_consumed(
    platform: Platform, brokers: Brokers
) -> None:
    await brokers.mqtt.retain("lamps/one", '{"on": true}')
    await brokers.mqtt.retain("lamps/two", '{"on": true}')

    given = await output(
        platform,
        brokers.calling("operation: lamps, protocol: mqtt, subscription: {consume: {amount: 2}}"),
    )

    assert given == [{"payload": {"on": True}, "headers": {}}] * 2


async def test_over_mqtt_user_and_password_are_secrets(
    platform: Platform, brokers: Brokers
) -> None:
    _keep(platform, "lamp", MQTT_PASSWORD)
    login = "authentication: {basic: {username: ada, password: '${ $secrets.lamp }'}}, "
    calling = "operation: door, message: {payload: {open: true}}"

    refused = await problem(platform, brokers.calling(calling))
    given = await output(
        platform, brokers.calling(login + calling, before="use: {secrets: [lamp]}")
    )

    assert (refused["code"], refused["status"]) == ("asyncapi.error", 401)
    assert given == {"payload": {"open": True}}


# what is found before anything runs


def version_2(brokers: Brokers) -> dict[str, Any]:
    """The lobby, as version 2 describes it."""
    return {
        "asyncapi": "2.6.0",
        "servers": {
            "bus": {"url": f"nats://127.0.0.1:{brokers.nats.port}", "protocol": "nats"},
        },
        "channels": {"chat.lobby": {"publish": {"message": {}}, "servers": ["bus"]}},
    }


async def test_documents_of_version_2_are_read(platform: Platform, brokers: Brokers) -> None:
    brokers.nats.sent.clear()

    await output(
        platform,
        brokers.calling(
            "channel: chat.lobby, message: {payload: {n: 1}}", document=version_2(brokers)
        ),
    )

    assert [(one.subject, one.payload) for one in brokers.nats.sent] == [
        ("chat.lobby", b'{"n": 1}')
    ]


@pytest.mark.parametrize(
    ("rest", "code", "pointer"),
    [
        ("operation: loby", "compile.unknown-operation", "/do/0/ask/with/operation"),
        ("channel: lobby", "compile.unknown-operation", "/do/0/ask/with/channel"),
        (
            "operation: lobby, server: {name: web}",
            "compile.unknown-operation",
            "/do/0/ask/with/server/name",
        ),
        (
            "operation: lobby, protocol: mqtt",
            "compile.unknown-operation",
            "/do/0/ask/with/protocol",
        ),
        ("operation: orders, protocol: kafka", "compile.protocol", "/do/0/ask/with/protocol"),
        (
            "operation: board, server: {name: web, variables: {stage: prod}}",
            "compile.arguments",
            "/do/0/ask/with/server/variables/stage",
        ),
        (
            "operation: board, server: {name: web, variables: {stag: live}}",
            "compile.unknown-operation",
            "/do/0/ask/with/server/variables/stag",
        ),
        (
            "operation: door, authentication: {bearer: {token: '${ .token }'}}",
            "compile.protocol",
            "/do/0/ask/with/authentication",
        ),
    ],
)
async def test_what_cannot_be_called_is_found_before_it_runs(
    platform: Platform, brokers: Brokers, rest: str, code: str, pointer: str
) -> None:
    text = brokers.calling(f"{rest}, message: {{payload: {{}}}}")

    assert await findings(platform, text) == [(code, pointer)]


async def test_headers_that_the_protocol_does_not_have_are_found(
    platform: Platform, brokers: Brokers
) -> None:
    text = brokers.calling("operation: lamps, message: {payload: {id: one}, headers: {lang: en}}")

    assert await findings(platform, text) == [
        ("compile.protocol", "/do/0/ask/with/message/headers")
    ]


@pytest.mark.parametrize(
    "document",
    [
        {"asyncapi": "1.2.0"},
        {"openapi": "3.1.0"},
        {"asyncapi": "3.0.0", "operations": {"lobby": {"channel": {"$ref": "#/channels/none"}}}},
        {"asyncapi": "3.0.0", "operations": {"lobby": {"channel": {"$ref": "other.json#/a"}}}},
        {"asyncapi": "3.0.0", "operations": {"lobby": {"channel": {"address": "a"}}}},
        {"asyncapi": "3.0.0", "operations": {"lobby": {"channel": 7}}},
    ],
)
async def test_a_document_that_cannot_be_used_says_why(
    platform: Platform, brokers: Brokers, document: Json
) -> None:
    text = brokers.calling("operation: lobby, message: {payload: {}}", document=document)

    assert await findings(platform, text) == [("compile.contract", SOURCE)]


async def test_the_nearest_name_and_the_spoken_protocols_are_told(
    platform: Platform, brokers: Brokers
) -> None:
    told = []
    for rest in ("operation: loby", "operation: orders"):
        text = brokers.calling(f"{rest}, message: {{payload: {{}}}}").replace("{{n}}", "1")
        (one,) = (await platform.compiled(text)).findings
        told.append(one.message)

    assert told == [
        "the document has no operation 'loby'; did you mean `lobby`?",
        "'kafka' is not spoken here; http, https, mqtt, mqtts, secure-mqtt, mqtt5, nats, tls are",
    ]


async def test_publishing_writes_and_consuming_reads(platform: Platform, brokers: Brokers) -> None:
    effects = []
    for rest in ("message: {payload: {}}", "subscription: {consume: {amount: 1}}"):
        text = brokers.calling(f"operation: lobby, {rest}").replace("{{n}}", "1")
        plan = (await platform.compiled(text)).plan
        assert plan is not None
        (task,) = plan.tasks
        assert isinstance(task, Remote)
        effects.append(task.effect)

    assert effects == ["write", "read"]


async def test_a_message_that_names_no_place_is_a_validation_error(
    platform: Platform, brokers: Brokers
) -> None:
    found = await problem(
        platform,
        brokers.calling("operation: chat, message: {payload: {room: '${ .room }'}}"),
        {"room": "a b"},
    )

    assert (found["code"], found["status"]) == ("asyncapi.address", 400)


def _keep(platform: Platform, name: str, value: str) -> None:
    folder = platform.settings.home / "secrets" / "acme"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / name).write_text(value)


async def test_a_list_of_destinations_looks_at_the_server_that_a_template_turns_out_to_be(
    platform: Platform, brokers: Brokers
) -> None:
    Board.got.clear()
    document = brokers.document()
    document["servers"]["web"] = {
        "host": f"{{where}}.acme.example:{brokers.web}",
        "protocol": "http",
        "variables": {"where": {"default": "eu"}},
    }
    listed = "policies: {ours: {kind: allowList, destinations: ['*.acme.example']}}\n"
    where = f"127.0.0.1:{brokers.web}/"
    found = await problem(
        platform,
        brokers.calling(
            "operation: board, server: {name: web, variables: {where: '${ .where }'}}, "
            "message: {payload: {n: 1}}",
            document=document,
            before=listed,
        ),
        {"where": where},
    )
    assert (found["code"], Board.got) == ("policy.destination", [])
