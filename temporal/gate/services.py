"""What the gate needs of the process it stands in."""

from dataclasses import dataclass, field

from public_works.telemetry import Telemetry
from smart_city.signing import Keyring, SigningKey
from temporal.gate.contexts import Contexts
from temporal.gate.decider import Decider
from temporal.gate.handed import Handed
from temporal.plans import Plans

__all__ = ["GateServices"]


@dataclass(frozen=True)
class GateServices:
    """Keys, plans and the decision point of one process.

    `key` signs grants and is held only by platform workers that interpret; a pool of a client's
    own has `keys` alone, and neither key nor decider.
    """

    keys: Keyring
    plans: Plans
    key: SigningKey | None = None
    decider: Decider | None = None
    attributes: bool = True
    handed: Handed = field(default_factory=Handed)
    telemetry: Telemetry = field(default_factory=Telemetry)
    tenant: str | None = None
    """Whose grants alone are admitted; None for everybody's."""
    contexts: Contexts = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "contexts", Contexts(self.keys))
