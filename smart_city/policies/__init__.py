"""The kinds of policy that ship with the platform, offered by the same entry point as any other."""

from collections.abc import Mapping
from types import MappingProxyType

from smart_city.policies.agent_tools import AgentTools
from smart_city.policies.approval import NeedsApproval
from smart_city.policies.budget import Budget
from smart_city.policies.consent import Consent
from smart_city.policies.data_class import DataClass, Mask
from smart_city.policies.frequency_cap import FrequencyCap
from smart_city.policies.kill_switch import Stop
from smart_city.policies.kind import Forbid, Hold, Ref, Restriction
from smart_city.policies.lists import AllowList, DenyList
from smart_city.policies.quiet_hours import QuietHours
from smart_city.policies.rate_limit import RateLimit
from smart_city.policies.raw import Raw
from smart_city.policies.residency import Residency
from smart_city.policies.retention import Retention

__all__ = [
    "KINDS",
    "AgentTools",
    "AllowList",
    "Budget",
    "Consent",
    "DataClass",
    "DenyList",
    "Forbid",
    "FrequencyCap",
    "Hold",
    "Mask",
    "NeedsApproval",
    "QuietHours",
    "RateLimit",
    "Raw",
    "Ref",
    "Residency",
    "Restriction",
    "Retention",
    "Stop",
]

KINDS: Mapping[str, type[Restriction]] = MappingProxyType(
    {
        "agentTools": AgentTools,
        "allowList": AllowList,
        "approval": NeedsApproval,
        "budget": Budget,
        "cedar": Raw,
        "consent": Consent,
        "dataClass": DataClass,
        "denyList": DenyList,
        "frequencyCap": FrequencyCap,
        "killSwitch": Stop,
        "mask": Mask,
        "quietHours": QuietHours,
        "rateLimit": RateLimit,
        "residency": Residency,
        "retention": Retention,
    }
)
"""The model of each kind by its name: what an entry point of `symphainy.policies` offers."""
