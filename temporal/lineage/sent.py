"""The part of a run's lineage that left the platform: deliveries, writes and receipts."""

from public_works.ledger import AttemptRecord, DeliveryRecord
from symphainy.invocation import WAY
from symphainy.json import digest
from symphainy.lineage import Weaver
from temporal.gate.request import delivery_of
from temporal.lineage.loom import Loom, Sources

__all__ = ["weave_deliveries"]


def weave_deliveries(loom: Loom) -> None:
    """Add what the ledger has of the run."""
    weaver, sources, context = loom.weaver, loom.sources, loom.context
    keys = {delivery_of(context, key): key for key in sources.keys} if context else {}
    for one in sources.kept.deliveries:
        key = keys.get(one.id)
        if key is None and not sources.gone:
            # Of an earlier run of the same business key.
            continue
        node = _delivery(weaver, sources, one)
        instance = (key or one.step).partition(WAY)[0]
        weaver.edge(loom.step(instance, one.created), "sent", node)
        for attempt in sources.kept.attempts:
            if attempt.delivery == one.id:
                _write(weaver, one, attempt, node)
        for told in sources.kept.receipts:
            if told.delivery == one.id:
                name = digest([one.id, told.event, told.at.isoformat(), told.provider_id])
                receipt = weaver.node(
                    "receipt", name, told.at, told.recorded, event=told.event, source=told.source
                )
                weaver.edge(node, "told", receipt)
                weaver.happened(told.at, told.event, receipt)


def _delivery(weaver: Weaver, sources: Sources, one: DeliveryRecord) -> str:
    node = weaver.node(
        "delivery",
        one.id,
        one.created,
        state=one.state,
        event=one.event,
        channel=one.channel,
        solution=one.solution,
        experience=one.binding,
        adapter=one.provider,
        attempts=one.attempt,
        providerId=one.provider_id,
        content=one.content_hash,
        purpose=one.purpose,
        run=one.run,
    )
    weaver.happened(one.created, "planned", node)
    weaver.happened(one.updated, one.state, node)
    if one.instead_of is not None:
        weaver.edge(weaver.node("delivery", one.instead_of), "replaced", node)
    then = sources.then(one.created)
    plan = then.plan if then else None
    bound = plan.experiences.get(one.binding) if plan else None
    version = plan.version if plan else "?"
    experience = weaver.node(
        "experience",
        f"{one.solution}@{version}/{one.binding}",
        channel=one.channel,
        adapter=bound.adapter if bound else None,
        version=version if plan else None,
        definition=plan.definition if plan else None,
    )
    weaver.edge(experience, "performed", node)
    return node


def _write(weaver: Weaver, one: DeliveryRecord, attempt: AttemptRecord, delivery: str) -> None:
    version = attempt.version
    at = f"@{version}" if version else ""
    adapter = weaver.node("adapter", f"{one.channel}/{attempt.provider}{at}", version=version)
    write = weaver.node(
        "write",
        f"{one.id}/{attempt.n}",
        attempt.started,
        attempt.ended,
        outcome=attempt.outcome,
        code=attempt.code,
        providerId=attempt.provider_id,
        adapter=attempt.provider,
        version=version,
    )
    weaver.edge(delivery, "wrote", write)
    weaver.edge(adapter, "performed", write)
    weaver.happened(attempt.started, "began to write", write)
    weaver.happened(attempt.ended, attempt.outcome or "ended", write)
