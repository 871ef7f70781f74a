"""rateLimit: not faster than so many in so long; what is too fast waits."""

from typing import Annotated, Literal

from pydantic import Field

from smart_city.policies.calling import Calling
from smart_city.policies.frequency_cap import Counted
from smart_city.policies.kind import Breach
from smart_city.verdict import Scope

__all__ = ["RateLimit"]


class RateLimit(Calling, Counted):
    """At most `max` steps within any `per`, counted by solution, channel or tenant; the others
    wait for their turn."""

    kind: Literal["rateLimit"]
    scope_: Annotated[Scope, Field(alias="scope")] = "solution"
    on_breach: Annotated[Breach, Field(alias="onBreach")] = "defer"
