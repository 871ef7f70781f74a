"""The Cedar schema: which entities, actions and facts a policy can speak about."""

from collections.abc import Iterable

from smart_city.cedar.text import literal
from symphainy.catalog import Effect

__all__ = ["ACTIONS", "NAMESPACE", "schema"]

NAMESPACE = "Symphainy"

ACTIONS: dict[Effect, str] = {
    "none": "perform",
    "read": "perform",
    "message": "deliver",
    "write": "write",
    "money": "pay",
}

_SCHEMA = """namespace Symphainy {{
  entity Tenant;
  entity Solution in [Tenant] = {{ environment: String }};
  entity Principal in [Tenant] = {{ tenant: Tenant, kind: String, roles: Set<String> }};
  entity Capability in [Solution] = {{ tenant: Tenant }};
  type Clock = {{ known: Bool, minute: Long, day: String }};
  type Facts = {{
    task: String, channel: String, purpose: String, topic: String, called: Set<String>,
    customerKnown: Bool, contact: String, consents: Set<String>,
    switches: Set<String>, stoppedBy: Set<String>,
    needsFresh: Bool, fresh: Bool,
    excused: Set<String>,
    approved: Set<String>, rejected: Set<String>, expired: Set<String>,
    reserved: Set<String>, exhausted: Set<String>,
    clocks: {{ {clocks} }}
  }};
  action "perform", "deliver", "write", "pay"
    appliesTo {{ principal: Principal, resource: Capability, context: Facts }};
}}
"""


def schema(clocks: Iterable[str]) -> str:
    """The schema of a bundle whose policies look at these clocks."""
    return _SCHEMA.format(clocks=", ".join(f"{literal(one)}: Clock" for one in sorted(clocks)))
