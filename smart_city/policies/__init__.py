"""The kinds of policy that ship with the platform, offered by the same entry point as any other."""

from collections.abc import Mapping
from types import MappingProxyType

from smart_city.policies.approval import NeedsApproval
from smart_city.policies.consent import Consent
from smart_city.policies.frequency_cap import FrequencyCap
from smart_city.policies.kill_switch import Stop
from smart_city.policies.kind import Forbid, Hold, Ref, Restriction
from smart_city.policies.lists import AllowList, DenyList
from smart_city.policies.quiet_hours import QuietHours
from smart_city.policies.rate_limit import RateLimit
from smart_city.policies.raw import Raw

__all__ = [
    "KINDS",
    "AllowList",
    "Consent",
    "DenyList",
    "Forbid",
    "FrequencyCap",
    "Hold",
    "NeedsApproval",
    "QuietHours",
    "RateLimit",
    "Raw",
    "Ref",
    "Restriction",
    "Stop",
]

KINDS: Mapping[str, type[Restriction]] = MappingProxyType(
    {
        "allowList": AllowList,
        "approval": NeedsApproval,
        "cedar": Raw,
        "consent": Consent,
        "denyList": DenyList,
        "frequencyCap": FrequencyCap,
        "killSwitch": Stop,
        "quietHours": QuietHours,
        "rateLimit": RateLimit,
    }
)
"""The model of each kind by its name: what an entry point of `symphainy.policies` offers."""
