"""What the platform itself forbids, whatever else is configured."""

from collections.abc import Iterator, Mapping
from types import MappingProxyType

from smart_city.facts import Facts, Step, Subject
from smart_city.policies.kind import Forbid, Hold, Ref, Restriction

__all__ = ["BASE", "switches"]


class _Everywhere(Restriction):
    fresh = False

    def default_scope(self) -> tuple[str, ...]:
        return ()

    def about(self, subject: Subject) -> bool:
        return True


class TenantWall(_Everywhere):
    """Nobody acts in another tenant."""

    def forbids(self, ref: Ref) -> Iterator[Forbid]:
        wall = ("principal.tenant == resource.tenant",)
        yield Forbid("deny", "a principal acts in its own tenant only", unless=wall)

    def hold(self, ref: Ref, part: str, step: Step, facts: Facts) -> Hold:
        return Hold("policy.tenant-wall", "the principal belongs to another tenant")


class FreshFacts(_Everywhere):
    """What must be decided on fresh facts is not decided on others."""

    def forbids(self, ref: Ref) -> Iterator[Forbid]:
        old = ('context.facts.contains("stale")',)
        yield Forbid("deny", "this is decided on fresh facts only", when=old)

    def hold(self, ref: Ref, part: str, step: Step, facts: Facts) -> Hold:
        return Hold("policy.stale-facts", "this step is decided on fresh facts only")


class KillSwitch(_Everywhere):
    """Everything that an operator has stopped stays stopped."""

    def forbids(self, ref: Ref) -> Iterator[Forbid]:
        stopped = ('context.facts.contains("stopped")',)
        yield Forbid("deny", "stopped by a kill switch", when=stopped)

    def hold(self, ref: Ref, part: str, step: Step, facts: Facts) -> Hold:
        found = sorted(facts.switches & switches(step))
        what = " and ".join(one.replace(":", " ", 1) for one in found)
        return Hold("policy.kill-switch", f"stopped by the kill switch of the {what}")


def switches(step: Step) -> frozenset[str]:
    """The kill switches that stop `step`."""
    found = {"tenant", f"solution:{step.solution}"}
    found |= {f"capability:{one}" for one in step.subject.called}
    if step.channel:
        found.add(f"channel:{step.channel}")
    return frozenset(found)


BASE: Mapping[str, Restriction] = MappingProxyType(
    {
        "tenantWall": TenantWall(kind="tenantWall"),
        "freshFacts": FreshFacts(kind="freshFacts"),
        "killSwitch": KillSwitch(kind="killSwitch"),
    }
)
