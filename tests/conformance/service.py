"""The service that our own scenarios call: it repeats, refuses, moves on and fails on request."""

import json
from collections import Counter
from collections.abc import Callable

from tests.twins.grpc import PROTO
from tests.twins.web import Answer, Asked, Site

__all__ = ["service"]


PICTURE = b"\x89PNG\r\n\x1a\n"
CHANNELS = {"tell": "echo", "hear": "numbers", "full": "status/503"}
ASYNCAPI = {
    "asyncapi": "3.0.0",
    "info": {"title": "The service's channels", "version": "1.0.0"},
    "servers": {"web": {"host": "service.example", "protocol": "https"}},
    "channels": {name: {"address": address} for name, address in CHANNELS.items()},
    "operations": {
        name: {
            "action": "receive" if name == "hear" else "send",
            "channel": {"$ref": f"#/channels/{name}"},
        }
        for name in CHANNELS
    },
}


def service() -> Site:
    """A service that remembers how often each of its flaky places was asked."""
    asked_for: Counter[str] = Counter()

    def flaky(asked: Asked, times: str) -> Answer:
        asked_for[asked.path] += 1
        failing = asked_for[asked.path] <= int(times)
        return Answer(503 if failing else 200, {"attempt": asked_for[asked.path]})

    places: dict[str, Callable[..., Answer]] = {
        "asyncapi.json": lambda _: Answer(body=ASYNCAPI),
        "echo": lambda asked, *_: Answer(body=_told(asked)),
        "functions": lambda asked, *_: _function(asked),
        "empty": lambda _: Answer(204),
        "flaky": lambda asked, _name, times: flaky(asked, times),
        "measure": lambda asked: Answer(body=_measured(asked)),
        "moved": lambda asked: Answer(302, headers={"location": "/echo/moved"}),
        "numbers": lambda _: Answer(body=[{"n": 1}, {"n": 2}, {"n": 3}]),
        "pets.proto": lambda _: Answer(body=PROTO.encode()),
        "picture": lambda _: Answer(body=PICTURE, headers={"content-type": "image/png"}),
        "schema.json": lambda _: Answer(body={"properties": {"n": {"type": "integer"}}}),
        "status": lambda asked, status: Answer(int(status), {"status": int(status)}),
        "text": lambda asked: Answer(body=b"plain text", headers={"content-type": "text/plain"}),
    }

    def answer(asked: Asked) -> Answer:
        _, place, *rest = asked.path.split("/")
        return places[place](asked, *rest) if place in places else Answer(404)

    return answer


def _function(asked: Asked) -> Answer:
    """A catalog of one function."""
    found = asked.path == "/functions/twice/1.0.0/function.yaml"
    return Answer(body=b"set: {n: '${ .n * 2 }'}") if found else Answer(404)


def _measured(asked: Asked) -> dict[str, int]:
    """How long each text is that was sent: proof of a secret that tells nothing of it."""
    return {name: len(text) for name, text in json.loads(asked.body).items()}


def _told(asked: Asked) -> dict[str, object]:
    return {
        "method": asked.method,
        "path": asked.path,
        "query": {name: ",".join(values) for name, values in asked.query.items()},
        "headers": dict(asked.headers),
        "body": json.loads(asked.body) if asked.body else None,
    }
