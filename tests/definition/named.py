"""Stand-ins for the documents that the specification's examples name by address."""

import json
from collections.abc import Mapping

from symphainy.resource import Fetched, Resource

__all__ = ["NAMED"]

SERVED = {"responses": {"200": {"description": "Done."}}}
STATUS = {"name": "status", "in": "query", "schema": {"type": "string"}}

OPENAPI = {
    "openapi": "3.1.0",
    "info": {"title": "Stand-in", "version": "1"},
    "servers": [{"url": "https://stand-in.example/"}],
    "paths": {
        "/found": {"get": {"operationId": "findPetsByStatus", "parameters": [STATUS], **SERVED}},
        "/status": {"get": {"operationId": "findByStatus", "parameters": [STATUS], **SERVED}},
        "/readings": {"post": {"operationId": "logreading", **SERVED}},
        "/report": {"get": {"operationId": "produceReport", **SERVED}},
    },
}


def _operation(action: str, channel: str) -> dict[str, object]:
    return {"action": action, "channel": {"$ref": f"#/channels/{channel}"}}


ASYNCAPI = {
    "asyncapi": "3.0.0",
    "info": {"title": "Stand-in", "version": "1"},
    "servers": {
        "staging": {"host": "stand-in.example", "protocol": "http"},
        "sockets": {"host": "stand-in.example", "protocol": "ws"},
    },
    "channels": {"pets": {"address": "/pets"}, "notifications": {"address": "/notifications"}},
    "operations": {
        "findPetsByStatus": _operation("send", "pets"),
        "greet": _operation("send", "pets"),
        "getNotifications": _operation("receive", "notifications"),
        "chat-inbox": _operation("receive", "notifications"),
    },
}

FUNCTION = "set: {logged: true}\n"

CATALOG = "https://raw.githubusercontent.com/serverlessworkflow/catalog/main/functions"
NAMED: Mapping[str, Fetched] = {
    uri: Resource(content.encode())
    for uri, content in {
        "https://petstore.swagger.io/v2/swagger.json": json.dumps(OPENAPI),
        "http://myorg.io/ordersservices.json": json.dumps(OPENAPI),
        "https://fake.com/docs/asyncapi.json": json.dumps(ASYNCAPI),
        f"{CATALOG}/log/1.0.0/function.yaml": FUNCTION,
    }.items()
}
