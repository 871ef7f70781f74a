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

# Reading a context against its schema is most of the cost of a decision, by attribute; entities are
# read once. So what a definition says of a step is in its entity, only facts are in the context.
_SCHEMA = """namespace Symphainy {{
  entity Tenant;
  entity Solution in [Tenant] = {{ environment: String }};
  entity Principal in [Tenant] = {{ tenant: Tenant, kind: String, roles: Set<String> }};
  entity Step in [Solution] = {{
    tenant: Tenant, task: String, called: Set<String>,
    channel: String, purpose: String, consent: String, adapter: String
  }};
  type Clock = {{ minute: Long, day: String }};
  type Known = {{
    facts: Set<String>,
    clocks: {{ {clocks} }}
  }};
  action "perform", "deliver", "write", "pay"
    appliesTo {{ principal: Principal, resource: Step, context: Known }};
}}
"""


def schema(clocks: Iterable[str]) -> str:
    """The schema of a bundle whose policies look at these clocks."""
    return _SCHEMA.format(clocks=", ".join(f"{literal(one)}?: Clock" for one in sorted(clocks)))
