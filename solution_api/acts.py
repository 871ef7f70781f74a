"""Which operations the audit log has, as what; and why it has not the others that change something.

Keys are names of operations, as the OpenAPI document has them.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

__all__ = ["ACTS", "LEFT_OUT", "Deed"]


@dataclass(frozen=True, slots=True)
class Deed:
    """How an operation is recorded."""

    action: str
    about: str
    """What kind of thing it is done to."""
    subject: str = ""
    """Its id, from the parameters of the path; empty where the operation says it itself."""
    tokens: bool = False
    """Whether the id leads to a person, so that only a token of it is recorded."""


VERSION = "{name}@{version}"

ACTS: Mapping[str, Deed] = MappingProxyType(
    {
        "register_version": Deed("solution.registered", "version", VERSION),
        "deploy_version": Deed("solution.deployed", "version", VERSION),
        "retire_version": Deed("solution.retired", "version", VERSION),
        "pause_solution": Deed("solution.paused", "solution", "{name}"),
        "resume_solution": Deed("solution.resumed", "solution", "{name}"),
        "pause_run": Deed("run.paused", "run", "{run}"),
        "resume_run": Deed("run.resumed", "run", "{run}"),
        "cancel_run": Deed("run.cancelled", "run", "{run}"),
        "create_webhook": Deed("webhook.created", "webhook"),
        "delete_webhook": Deed("webhook.deleted", "webhook", "{name}"),
        "rotate_webhook": Deed("webhook.secret-rotated", "webhook", "{name}"),
        "enable_webhook": Deed("webhook.enabled", "webhook", "{name}"),
        "disable_webhook": Deed("webhook.disabled", "webhook", "{name}"),
        "set_tenant_policies": Deed("policies.changed", "policies", "tenant"),
        "set_platform_policies": Deed("policies.changed", "policies", "platform"),
        "put_issuer": Deed("issuer.trusted", "issuer", "{issuer}"),
        "delete_issuer": Deed("issuer.removed", "issuer", "{issuer}"),
        "put_customer": Deed("customer.changed", "customer", "{customer}", tokens=True),
        "put_preferences": Deed("preferences.changed", "customer", "{customer}", tokens=True),
        "add_suppression": Deed("suppression.added", "suppression"),
        "remove_suppression": Deed(
            "suppression.removed", "suppression", "{suppression}", tokens=True
        ),
        "export_audit": Deed("audit.exported", "audit", "all"),
    }
)

WORK = "It is the solution's work, which the run itself tells of."
KEEPS_NOTHING = "It changes nothing."
ITSELF = "It is recorded by what it does, whoever's page it comes from."

LEFT_OUT: Mapping[str, str] = MappingProxyType(
    {
        "check_definition": KEEPS_NOTHING,
        "language": KEEPS_NOTHING,
        "preview_template": KEEPS_NOTHING,
        "submit_intent": WORK,
        "ask_endpoint": WORK,
        "send_events": WORK,
        "submit_form": WORK,
        "write_in_session": WORK,
        "write_own_message": WORK,
        "see_own_messages": WORK,
        "act_on_message": "It plays a provider, and nothing real happens.",
        "receive_callback": "Those that are not believed are recorded as security events.",
        "issue_key": ITSELF,
        "rotate_key": ITSELF,
        "revoke_key": ITSELF,
        "approve": ITSELF,
        "reject": ITSELF,
        "decide_own_approval": ITSELF,
        "put_own_preferences": ITSELF,
        "buy_widget_token": "Tokens are counted, and the count is recorded.",
    }
)
"""Operations that are no reading and have no record of their own, and why."""
