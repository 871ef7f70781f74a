"""The part of a run's lineage that says who and what allowed it: decisions, policies, approvals."""

from datetime import datetime
from typing import get_args

from public_works.approvals import ApprovalRecord
from public_works.decisions import DecisionRecord
from smart_city.verdict import Layer
from symphainy.invocation import WAY
from symphainy.json import Json, digest
from temporal.gate.request import need_id
from temporal.lineage.account import Decided
from temporal.lineage.loom import Loom, details

__all__ = ["Governed"]

LAYERS = frozenset(get_args(Layer))
"""What the id of a policy begins with; a question about a delivery begins otherwise."""
STATUS = {"skip": "skipped", "deny": "denied", "defer": "held", "approve": "asked"}
"""How a step stands that was not begun."""


class Governed:
    """Weaves what was decided, by which policies, and what people answered."""

    def __init__(self, loom: Loom) -> None:
        self._loom = loom
        self._s, self._weaver, self._context = loom.sources, loom.weaver, loom.context
        self._account, self._kept = loom.sources.account, loom.sources.kept
        self._allowed: dict[str, list[tuple[datetime, str]]] = {}
        self._asked: dict[str, str] = {}

    def allowing(self, key: str, at: datetime) -> str | None:
        """The decision by which the step instance was allowed last, then."""
        known = [node for moment, node in self._allowed.get(key, ()) if moment <= at]
        return known[-1] if known else None

    def decisions(self) -> None:
        """Each decision, of the register and of the history."""
        began = self._account.began
        left = [one for one in self._kept.decisions if began is None or one.at >= began.at]
        for told in self._account.decisions:
            record = next((one for one in left if _same(told, one)), None)
            if record is not None:
                left.remove(record)
            self._decision(told, record)
        for record in left:
            self._decision(None, record)

    def _decision(self, told: Decided | None, record: DecisionRecord | None) -> None:
        weaver, at = self._weaver, told.at if told else record.at if record else None
        outcome = told.outcome if told else record.outcome if record else ""
        ref = told.step if told else record.step if record else ""
        said = details(record) if record else {}
        determining = said.get("determining")
        node = weaver.node(
            "decision",
            record.id if record else told.id if told else "",
            at,
            at,
            outcome=outcome,
            point=record.point if record else None,
            code=told.code or None if told else None,
            reason=(record.reason if record else told.reason if told else None) or None,
            until=told.until if told else None,
            bundle=record.bundle if record else None,
            facts=record.facts_digest if record else None,
            determining=determining,
            history=told.id if told else None,
            aside=True if told and told.aside else None,
        )
        weaver.happened(at, f"decided: {outcome}", node)
        policy, layer = (record.policy, record.layer) if record else (None, None)
        if told is not None and record is None:
            policy, layer = told.policy, told.layer
        first = [f"{layer}/{policy}"] if policy and layer else []
        spoke = [str(one) for one in determining] if isinstance(determining, list) else first
        for one in dict.fromkeys((*first, *spoke)):
            weaver.edge(self._policy(one, at), "determined", node)
        key = said.get("key")
        if isinstance(key, str) and outcome == "allow" and at is not None:
            self._allowed.setdefault(key, []).append((at, node))
        if isinstance(key, str) and outcome == "approve":
            self._asked[f"{key.partition(WAY)[0]} {policy and f'{layer}/{policy}'}"] = node
        step = self._loom.step(key.partition(WAY)[0] if isinstance(key, str) else ref, at)
        self._weaver.edge(node, "decided", step)
        self._weaver.node("step", step.partition(":")[2], status=STATUS.get(outcome))

    def _policy(self, id: str, at: datetime | None) -> str:
        """A policy with where it is written."""
        layer, _, rest = id.partition("/")
        name = rest.partition(".")[0]
        source: dict[str, Json] | None = None
        then = self._s.then(at)
        plan = then.plan if then else None
        if layer == "solution" and plan is not None and name in plan.policies:
            source = {
                "definition": plan.definition,
                "pointer": f"/policies/{name}",
                "digest": digest(plan.policies[name]),
            }
            return self._weaver.node(
                "policy",
                f"{layer}/{name}@{plan.digest}",
                layer=layer,
                name=name,
                kind=plan.policies[name].get("kind"),
                source=source,
            )
        held = [one for one in self._s.policies.get(layer, ()) if at is None or one.at <= at]
        written = held[0] if held else None
        if written is not None and name in written.written.get("policies", {}):
            source = {"version": written.version, "digest": written.digest, "by": written.by}
            id = f"{layer}/{name}@{written.version}"
            return self._weaver.node("policy", id, layer=layer, name=name, source=source)
        return self._weaver.node("policy", f"{layer}/{name}", layer=layer, name=name)

    def approvals(self) -> None:
        """Each approval that the run asked for."""
        ids = self._instances()
        for one in self._kept.approvals:
            key = ids.get(one.id)
            if key is None and not self._s.gone:
                # Of an earlier run of the same business key.
                continue
            self._approval(one, key or one.step)

    def _instances(self) -> dict[str, str]:
        """By approval: the step instance that it was asked for."""
        policies = {one.policy for one in self._kept.approvals}
        # After it went over to another version, a run asks anew.
        return {
            need_id(one.context, key, policy): key.partition(WAY)[0]
            for one in self._s.followed
            for policy in policies
            for key in self._s.keys
        }

    def _approval(self, one: ApprovalRecord, key: str) -> None:
        node = self._weaver.node(
            "approval",
            one.id,
            one.created,
            one.decided,
            state=one.state,
            policy=one.policy,
            role=one.role,
            noted=True if one.note else None,
        )
        self._weaver.happened(one.created, "asked", node)
        self._weaver.happened(one.decided, one.state, node)
        self._weaver.edge(node, "answered", self._loom.step(key, one.created))
        asked = self._asked.get(f"{key} {one.policy}")
        if asked is not None:
            self._weaver.edge(asked, "asked", node)
        if one.policy.partition("/")[0] in LAYERS:
            self._weaver.edge(self._policy(one.policy, one.created), "asked", node)
        if one.by is not None:
            self._weaver.edge(self._weaver.node("principal", one.by), "answered", node)


def _same(told: Decided, record: DecisionRecord) -> bool:
    known = (record.step, record.outcome, record.policy)
    return (told.step, told.outcome, told.policy) == known
