"""Calls of operations that AsyncAPI documents describe."""

from collections.abc import Mapping
from typing import Any

from symphainy import expr
from symphainy.definition import AsyncApiCall, TaskItem
from symphainy.definition.calls import AsyncApiArguments
from symphainy.definition.subscription import Subscription
from symphainy.json import Json
from symphainy.plan import Remote, Task
from workflows.compiler.context import Compilation, escaped, nearest, plain
from workflows.compiler.events import each
from workflows.compiler.protocols.asyncapi_document import (
    PARAMETER,
    Document,
    Found,
    Missing,
    Unspoken,
    Unusable,
)
from workflows.compiler.protocols.credentials import credentials
from workflows.compiler.protocols.http import authorized
from workflows.compiler.resources import parsed
from workflows.compiler.secrets import Secured, secured
from workflows.compiler.timeouts import duration

__all__ = ["asyncapi"]

LONGEST = 86_400.0
"""Seconds a subscription lasts where nothing says for how long."""
MARGIN = 30.0
SCHEMES = {
    "http": ("basic", "bearer", "oauth2", "oidc"),
    "mqtt": ("basic",),
    "mqtt5": ("basic",),
    "nats": ("basic", "bearer", "oauth2", "oidc"),
}
WILDCARDS = {"mqtt": "+", "mqtt5": "+", "nats": "*"}


def asyncapi(
    at: Compilation,
    item: TaskItem,
    task: AsyncApiCall,
    given: dict[str, Any],
    variables: frozenset[str],
) -> Task | None:
    """The call as the plan has it, or None with findings that say why not."""
    wanted, pointer = task.with_, f"{item.pointer}/with"
    found = _found(at, wanted, pointer)
    if found is None:
        return None
    policy = credentials(
        at, wanted.authentication, f"{pointer}/authentication", variables, SCHEMES[found.protocol]
    )
    arguments: dict[str, Json] = {
        "protocol": found.protocol,
        "url": found.url,
        "address": found.address,
        "variables": _variables(at, wanted, found, pointer, variables),
    }
    if found.tls:
        arguments["tls"] = True
    options = _options(found)
    if options:
        arguments["options"] = options
    if wanted.message is not None:
        taken = _message(at, wanted, found, pointer, variables)
        arguments["message"] = taken.value
        arguments["parameters"] = _located(at, found, pointer)
        return Remote(
            **given,
            **authorized(policy, taken),
            activity="call.asyncapi",
            arguments=arguments,
            effect="write",
        )
    assert wanted.subscription is not None  # noqa: S101 - exactly one of the two
    arguments["parameters"] = _wild(at, found, pointer)
    where = f"{pointer}/subscription"
    subscribing = _subscription(at, wanted.subscription, where, variables, arguments)
    return Remote(
        **given,
        **authorized(policy),
        **subscribing,
        activity="call.asyncapi",
        arguments=arguments,
        effect="read",
    )


def _found(at: Compilation, wanted: AsyncApiArguments, pointer: str) -> Found | None:
    place = f"{pointer}/document/endpoint"
    content = at.resource(wanted.document.endpoint, place)
    document = parsed(at, content, place) if content is not None else None
    if document is None:
        return None
    try:
        return Document(document).find(
            operation=wanted.operation,
            channel=wanted.channel,
            publishes=wanted.message is not None,
            server=wanted.server.name if wanted.server else None,
            protocol=wanted.protocol,
        )
    except Unspoken as unspoken:
        at.find("compile.protocol", f"{pointer}/{unspoken.member}", str(unspoken))
    except Missing as missing:
        at.find("compile.unknown-operation", f"{pointer}/{missing.member}", str(missing))
    except Unusable as unusable:
        at.find("compile.contract", place, f"the document cannot be used: {unusable}")
    return None


def _variables(
    at: Compilation,
    wanted: AsyncApiArguments,
    found: Found,
    pointer: str,
    variables: frozenset[str],
) -> Json:
    """What stands in the server's address, by name."""
    place = f"{pointer}/server/variables"
    written = plain(wanted.server.variables) if wanted.server else {}
    needed = PARAMETER.findall(found.url)
    for name in written:
        if name not in needed:
            message = f"the server has no variable {name!r}; {nearest(name, needed)}"
            at.find("compile.unknown-operation", f"{place}/{escaped(name)}", message)
    given: dict[str, Json] = {}
    for name in needed:
        value = at.value(written.get(name), f"{place}/{escaped(name)}", variables)
        if value is None:
            value = found.variables.get(name)
        if value is None:
            at.find("compile.arguments", f"{pointer}/server", f"the server needs `{name}`")
        allowed = found.choices.get(name, ())
        computed = isinstance(value, str) and expr.is_runtime_expression(value)
        if allowed and not computed and value is not None and value not in allowed:
            message = f"`{name}` cannot be {value!r}; {nearest(str(value), allowed)}"
            at.find("compile.arguments", f"{place}/{escaped(name)}", message)
        given[name] = value
    return given


def _message(
    at: Compilation,
    wanted: AsyncApiArguments,
    found: Found,
    pointer: str,
    variables: frozenset[str],
) -> Secured:
    assert wanted.message is not None  # noqa: S101 - asked before
    if wanted.message.headers and found.protocol == "mqtt":
        message = "MQTT 3.1.1 has no headers; a server of the protocol `mqtt5` has"
        at.find("compile.protocol", f"{pointer}/message/headers", message)
    written = {
        name: plain(one)
        for name in ("payload", "headers")
        if (one := getattr(wanted.message, name)) is not None
    }
    return secured(at, written, f"{pointer}/message", variables, "/with/message")


def _located(at: Compilation, found: Found, pointer: str) -> Json:
    """For each parameter of the address what it is, or where in the message it stands."""
    given: dict[str, Json] = {}
    for name in PARAMETER.findall(found.address):
        if name not in found.parameters:
            message = f"the address has a parameter `{name}` with neither default nor location"
            at.find("compile.contract", f"{pointer}/document/endpoint", message)
        given[name] = found.parameters.get(name)
    return given


def _wild(at: Compilation, found: Found, pointer: str) -> Json:
    """For each parameter of the address what matches it: everything, where that can be said."""
    given: dict[str, Json] = {}
    for name in PARAMETER.findall(found.address):
        default = found.parameters.get(name)
        known = default if default is not None and not default.startswith("$message") else None
        given[name] = known or WILDCARDS.get(found.protocol)
        if given[name] is None:
            message = f"the address has a parameter `{name}` without a default"
            at.find("compile.contract", f"{pointer}/document/endpoint", message)
    return given


def _options(found: Found) -> dict[str, Json]:
    names = {"http": ("method",), "nats": ("queue",)}.get(found.protocol, ("qos", "retain"))
    given: dict[str, Json] = {
        name: found.bindings[name]
        for name in names
        if isinstance(found.bindings.get(name), str | int | bool)
    }
    if found.content_type != "application/json":
        given["contentType"] = found.content_type
    return given


def _subscription(
    at: Compilation,
    wanted: Subscription,
    pointer: str,
    variables: frozenset[str],
    arguments: dict[str, Json],
) -> dict[str, Any]:
    """What the node has of it; `arguments` gets what the activity needs."""
    consume, place = wanted.consume, f"{pointer}/consume"
    seconds, node = LONGEST, dict[str, Any]()
    if consume.for_ is not None:
        length = duration(at, consume.for_, f"{place}/for", variables)
        if isinstance(length, str):
            node["limit"] = length
        else:
            seconds = min(length / 1000, LONGEST)
    taking: dict[str, Json] = {"seconds": seconds}
    if consume.amount is not None:
        taking["amount"] = consume.amount
        if consume.amount < 1:
            at.find("compile.arguments", f"{place}/amount", "`amount` has to be 1 or more")
    node["timeout_seconds"] = seconds + MARGIN
    conditions = {"filter": (wanted.filter, f"{pointer}/filter")}
    ends = {"while": consume.while_, "until": consume.until}
    if wanted.foreach is not None:
        node["each"] = each(at, wanted.foreach, f"{pointer}/foreach", variables)
        # What the tasks of one message export may decide about the next.
        for name, member in (("while", "while_"), ("until", "until")):
            if ends[name] is not None:
                node[member] = at.expression(ends[name], f"{place}/{name}", variables)
    else:
        conditions |= {name: (one, f"{place}/{name}") for name, one in ends.items()}
    _conditions(at, conditions, variables, taking)
    arguments["subscription"] = taking
    return node


def _conditions(
    at: Compilation,
    conditions: Mapping[str, tuple[str | None, str]],
    variables: frozenset[str],
    taking: dict[str, Json],
) -> None:
    """Conditions for the activity: what they are, and the variables that they mention."""
    mentioned: set[str] = set()
    for name, (written, pointer) in conditions.items():
        if written is None:
            continue
        at.expression(written, pointer, variables)
        taking[name] = expr.strip(written)
        if pointer in at.programs:
            mentioned |= at.programs[pointer].variables
    if mentioned:
        taking["variables"] = {name: f"${{ ${name} }}" for name in sorted(mentioned)}
