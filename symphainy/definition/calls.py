"""Arguments of the calls that the specification builds in."""

from typing import Annotated, ClassVar, Literal

from pydantic import AfterValidator, Field, StringConstraints
from pydantic_core import PydanticCustomError

from symphainy.definition.authentication import Authentication
from symphainy.definition.checks import exactly_one
from symphainy.definition.data import Endpoint, ExternalResource
from symphainy.definition.duration import Duration, is_expression
from symphainy.definition.model import Data, Maybe, Model, Names, Object, OrText, Values
from symphainy.definition.subscription import Subscription

__all__ = [
    "A2aArguments",
    "AsyncApiArguments",
    "GrpcArguments",
    "HttpArguments",
    "McpArguments",
    "McpTransport",
    "OpenApiArguments",
]

OutputFormat = Literal["raw", "content", "response"]


def _or_expression(value: object) -> object:
    if isinstance(value, str) and not is_expression(value):
        raise PydanticCustomError("schema.value", "is neither an object nor one ${{ ... }}")
    return value


class HttpArguments(Model):
    """`call: http`."""

    method: str
    endpoint: Endpoint
    headers: Maybe[Annotated[OrText[Values[str]], AfterValidator(_or_expression)]] = None
    body: Data = None
    query: Maybe[Annotated[OrText[Object], AfterValidator(_or_expression)]] = None
    """Values of any type: the reference says so, the schema only knows strings."""
    output: OutputFormat = "content"
    redirect: bool = False


class OpenApiArguments(Model):
    """`call: openapi`."""

    document: ExternalResource
    operation_id: str
    parameters: Object = Field(default_factory=dict)
    authentication: Maybe[Authentication] = None
    output: OutputFormat = "content"
    redirect: bool = False


class GrpcService(Model):
    name: str
    host: Annotated[
        str, StringConstraints(pattern=r"^[a-zA-Z0-9](?:[a-zA-Z0-9.-]{0,61}[a-zA-Z0-9])?$")
    ]
    port: Maybe[Annotated[int, Field(ge=0, le=65535)]] = None
    authentication: Maybe[Authentication] = None


class GrpcArguments(Model):
    """`call: grpc`."""

    proto: ExternalResource
    service: GrpcService
    method: str
    arguments: Object = Field(default_factory=dict)


class AsyncApiServer(Model):
    name: str
    variables: Object = Field(default_factory=dict)


class AsyncApiMessage(Model):
    payload: Maybe[Object] = None
    headers: Maybe[Object] = None


class AsyncApiArguments(Model):
    """`call: asyncapi`: publishes with `message`, consumes with `subscription`."""

    document: ExternalResource
    channel: Maybe[str] = None
    operation: Maybe[str] = None
    server: Maybe[AsyncApiServer] = None
    protocol: Maybe[
        Literal[
            "amqp", "amqp1", "anypointmq", "googlepubsub", "http", "ibmmq", "jms", "kafka",
            "mercure", "mqtt", "mqtt5", "nats", "pulsar", "redis", "sns", "solace", "sqs",
            "stomp", "ws",
        ]
    ] = None  # fmt: skip
    message: Maybe[AsyncApiMessage] = None
    subscription: Maybe[Subscription] = None
    authentication: Maybe[Authentication] = None


class A2aArguments(Model):
    """`call: a2a`."""

    method: Literal[
        "message/send",
        "message/stream",
        "tasks/get",
        "tasks/list",
        "tasks/cancel",
        "tasks/resubscribe",
        "tasks/pushNotificationConfig/set",
        "tasks/pushNotificationConfig/get",
        "tasks/pushNotificationConfig/list",
        "tasks/pushNotificationConfig/delete",
        "agent/getAuthenticatedExtendedCard",
    ]
    agent_card: Maybe[ExternalResource] = None
    server: Maybe[Endpoint] = None
    parameters: Maybe[OrText[Annotated[Object, Field(min_length=1)]]] = None


def _agent(arguments: A2aArguments) -> A2aArguments:
    if arguments.agent_card is None and arguments.server is None:
        raise PydanticCustomError("schema.required", "needs `agentCard` or `server`")
    return arguments


class McpHttp(Model):
    lenient: ClassVar[bool] = True

    endpoint: Endpoint
    headers: Values[str] = Field(default_factory=dict)


class McpStdio(Model):
    lenient: ClassVar[bool] = True

    command: str
    arguments: Names = ()
    environment: Values[str] = Field(default_factory=dict)


class McpTransport(Model):
    """Exactly one transport."""

    lenient: ClassVar[bool] = True

    http: Maybe[McpHttp] = None
    stdio: Maybe[McpStdio] = None
    options: Values[str] = Field(default_factory=dict)


class McpClient(Model):
    lenient: ClassVar[bool] = True

    name: str
    version: str


class McpArguments(Model):
    """`call: mcp`."""

    lenient: ClassVar[bool] = True

    protocol_version: str = "2025-06-18"
    method: Literal[
        "tools/list",
        "tools/call",
        "prompts/list",
        "prompts/get",
        "resources/list",
        "resources/read",
        "resources/templates/list",
    ]
    parameters: Maybe[OrText[Object]] = None
    timeout: Maybe[Duration] = None
    transport: Annotated[McpTransport, AfterValidator(exactly_one("http", "stdio"))]
    client: Maybe[McpClient] = None


AsyncApi = Annotated[
    AsyncApiArguments,
    AfterValidator(exactly_one("operation", "channel")),
    AfterValidator(exactly_one("message", "subscription")),
]
A2a = Annotated[A2aArguments, AfterValidator(_agent)]
