"""What attributes of spans, labels of metrics and members of log lines are called.

Where OpenTelemetry has a convention it is that; the rest begins with `symphainy.`.
"""

from opentelemetry.semconv.attributes import (
    error_attributes,
    http_attributes,
    server_attributes,
)

__all__ = [
    "ADAPTER",
    "ATTEMPT",
    "CALLBACK",
    "CAPABILITY",
    "CHANNEL",
    "DECISION",
    "DELIVERY",
    "DESTINATION",
    "ENVIRONMENT",
    "ERROR",
    "EVENT",
    "EXPERIENCE",
    "INTENT",
    "KIND",
    "LAYER",
    "LINK",
    "METHOD",
    "OPERATION",
    "OUTCOME",
    "POINT",
    "POLICY",
    "PORT",
    "QUEUE",
    "ROOM",
    "ROUTE",
    "RUN",
    "SERVER",
    "SOLUTION",
    "STATUS",
    "STEP",
    "SYSTEM",
    "TENANT",
    "VERSION",
    "WAITS",
    "WORKFLOW",
]

METHOD = http_attributes.HTTP_REQUEST_METHOD
ROUTE = http_attributes.HTTP_ROUTE
STATUS = http_attributes.HTTP_RESPONSE_STATUS_CODE
SERVER = server_attributes.SERVER_ADDRESS
PORT = server_attributes.SERVER_PORT
ERROR = error_attributes.ERROR_TYPE

# These are not stable yet, so their names stand here and are not imported.
SYSTEM = "messaging.system"
OPERATION = "messaging.operation.type"
DESTINATION = "messaging.destination.name"
WORKFLOW = "workflow.name"

TENANT = "symphainy.tenant"
ENVIRONMENT = "symphainy.environment"
SOLUTION = "symphainy.solution"
VERSION = "symphainy.version"
RUN = "symphainy.run"
STEP = "symphainy.step"
KIND = "symphainy.kind"
ATTEMPT = "symphainy.attempt"
INTENT = "symphainy.intent"
CAPABILITY = "symphainy.capability"
EXPERIENCE = "symphainy.experience"
CHANNEL = "symphainy.channel"
ADAPTER = "symphainy.adapter"
DELIVERY = "symphainy.delivery"
DECISION = "symphainy.decision"
OUTCOME = "symphainy.outcome"
POLICY = "symphainy.policy"
LAYER = "symphainy.layer"
POINT = "symphainy.point"
EVENT = "symphainy.event"
CALLBACK = "symphainy.callback"
QUEUE = "symphainy.queue"
WAITS = "symphainy.waits"
ROOM = "symphainy.room"
LINK = "symphainy.link"
