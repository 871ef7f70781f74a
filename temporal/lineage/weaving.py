"""Joins the account of a run with what the stores keep of it."""

from collections.abc import Iterator

from symphainy.event import identity
from symphainy.identity import Principal
from symphainy.invocation import WAY
from symphainy.json import Json, digest
from symphainy.lineage import Lineage
from symphainy.plan import Listen
from temporal.addresses import run_of
from temporal.children import own_key
from temporal.lineage.account import Attempted, Child, Heard
from temporal.lineage.governed import Governed
from temporal.lineage.loom import Followed, Loom, Sources
from temporal.lineage.sent import weave_deliveries

__all__ = ["weave"]


def weave(sources: Sources) -> Lineage:
    """The lineage of the run."""
    woven = _Weaving(sources)
    return woven.all()


class _Weaving:
    def __init__(self, sources: Sources) -> None:
        self._loom = loom = Loom(sources)
        self._s, self._weaver, self._context, self._run = (
            sources,
            loom.weaver,
            loom.context,
            loom.run,
        )
        self._account, self._kept = sources.account, sources.kept
        self._governed = Governed(loom)

    def all(self) -> Lineage:
        s, context, governed = self._s, self._context, self._governed
        now = s.then(None)
        for part in (
            self._began,
            self._ran,
            governed.decisions,
            self._attempts,
            governed.approvals,
            self._children,
            self._heard,
            self._commands,
        ):
            part()
        weave_deliveries(self._loom)
        environment = context.environment if context else None
        return self._weaver.woven(
            tenant=s.tenant,
            environment=environment,
            run=s.run,
            solution=s.solution,
            version=now.context.version if now else None,
            trace=context.trace if context else None,
            missing=s.missing,
        )

    def _began(self) -> None:
        began, context, weaver = self._account.began, self._context, self._weaver
        if began is not None and began.parent is not None:
            weaver.edge(weaver.node("run", run_of(began.parent)), "started", self._run)
        if context is None:
            return
        keyed = {digest([one.tenant, one.key]): one for one in self._kept.intents}
        claim = keyed.get(context.intent)
        intent = weaver.node(
            "intent",
            context.intent,
            began.at if began else None,
            name=context.name or "start",
            keyDigest=context.intent if claim else None,
            environment=context.environment,
            trace=context.trace,
            issued=context.issued,
            verified=True,
            kid=context.kid,
            input=began.input if began else None,
        )
        weaver.edge(self._loom.principal(context.principal), "wanted", intent)
        weaver.edge(intent, "started", self._run)
        for id in keyed.keys() - {context.intent}:
            # The same business key was wanted again, or the run was told something.
            weaver.edge(
                weaver.node("intent", id, keyed[id].created, keyDigest=id), "wanted", intent
            )
        if began is not None and (began.schedule or began.chain):
            name = began.schedule or f"{context.solution} after {began.chain}"
            weaver.edge(weaver.node("schedule", name), "wanted", intent)
        parts = claim.key.split("|") if claim else []
        if parts[:1] == ["event"] and len(parts) > 2:
            weaver.edge(self._loom.event(parts[1], None), "started", self._run)

    def _ran(self) -> None:
        s, account, weaver, context = self._s, self._account, self._weaver, self._context
        now = s.then(None)
        began = account.began
        weaver.node(
            "run",
            s.run,
            began.at if began else None,
            account.ended,
            solution=s.solution,
            version=now.context.version if now else None,
            environment=context.environment if context else None,
            status=s.status,
            executions=[*s.execution],
            continued=account.continued,
            resets=[one.isoformat() for one in account.resets],
            code=account.code,
        )
        if began is not None:
            weaver.happened(began.at, "began", self._run)
        for reset in account.resets:
            weaver.happened(reset, "was reset", self._run)
        weaver.happened(account.ended, s.status or "ended", self._run)
        self._loom.gave(self._run, account.output, account.ended)
        if s.next is not None:
            weaver.edge(self._run, "started", weaver.node("run", s.next))
        for one in s.followed:
            self._followed(one)

    def _followed(self, one: Followed) -> None:
        weaver, solution, version = self._weaver, self._s.solution, one.context.version
        plan = weaver.node("plan", one.context.plan, solution=solution, version=version)
        weaver.edge(plan, "followed", self._run)
        if one is not self._s.followed[0]:
            weaver.happened(one.since, f"went over to {version}", self._run)
        if one.version is not None:
            definition = weaver.node(
                "definition",
                one.version.digest,
                one.version.created,
                solution=solution,
                version=one.version.version,
                author=one.version.author,
            )
            weaver.edge(definition, "compiled", plan)

    def _attempts(self) -> None:
        last: dict[str, Attempted] = {}
        for one in self._account.attempts:
            step = self._loom.step(one.key.partition(WAY)[0], one.at)
            self._attempt(one, step)
            if not one.aside:
                last[step] = one
        for step, one in last.items():
            name = step.partition(":")[2]
            self._weaver.node("step", name, one.at, one.ended, status=one.status, code=one.code)

    def _attempt(self, one: Attempted, step: str) -> None:
        weaver = self._weaver
        node = weaver.node(
            "attempt",
            one.id,
            one.started or one.at,
            one.ended,
            activity=one.activity,
            key=one.key,
            status=one.status,
            tries=one.tries,
            code=one.code,
            arguments=one.arguments,
            build=one.build,
            local=True if one.local else None,
            counted=True if one.counted else None,
            aside=True if one.aside else None,
        )
        weaver.edge(step, "attempted", node)
        weaver.happened(one.started or one.at, f"began `{one.activity}`", node)
        weaver.happened(one.ended, one.status, node)
        if not one.activity.startswith("experience."):
            then = self._s.then(one.at)
            plan = then.plan if then else None
            version = plan.capabilities.get(one.activity) if plan else None
            done_by = weaver.node("capability", _versioned(one.activity, version), version=version)
            weaver.edge(done_by, "performed", step)
        if one.grant is not None:
            grant = weaver.node(
                "grant",
                one.id,
                one.grant.at,
                form=one.grant.form,
                verified=one.grant.verified,
                bundle=one.grant.bundle,
                kid=one.grant.kid,
                approved=[*one.grant.approved] or None,
            )
            weaver.edge(grant, "admitted", node)
            weaver.happened(one.grant.at, "granted", grant)
            allowing = self._governed.allowing(one.key, one.at)
            if allowing is not None:
                weaver.edge(allowing, "granted", grant)
        self._loom.gave(step, one.output, one.ended)
        if one.event is not None and self._context is not None:
            name = identity(self._context.environment, one.event)
            weaver.edge(step, "emitted", self._loom.event(name, one.event))

    def _children(self) -> None:
        context = self._context
        own = {own_key(context, key): key for key in self._s.keys} if context else {}
        for one in self._account.children:
            self._child(one, own.get(one.intent or ""))

    def _child(self, one: Child, key: str | None) -> None:
        weaver, step = self._weaver, self._loom.step(key or one.step or "", one.at)
        name = step.partition(":")[2]
        weaver.node("step", name, one.at, one.ended, status=one.status, code=one.code)
        child = weaver.node(
            "run",
            run_of(one.workflow),
            one.at,
            one.ended,
            solution=run_of(one.workflow).partition(":")[0],
            status=one.status,
            execution=one.run_id,
        )
        weaver.edge(step, "started", child)
        weaver.happened(one.at, "began", child)
        weaver.happened(one.ended, one.status, child)
        self._loom.gave(child, one.output, one.ended)

    def _heard(self) -> None:
        for one in self._account.heard:
            environment = self._context.environment if self._context else ""
            known = {"source", "id"} <= one.event.keys()
            name = identity(environment, one.event) if known else str(one.seq)
            node = self._loom.event(name, one.event, one.seq)
            if one.by is not None:
                self._weaver.edge(self._loom.principal(one.by), "told", node)
            for ref in self._listeners(one):
                self._weaver.edge(node, "heard", self._loom.step(ref, one.at))
            self._weaver.happened(one.at, "handed over", node)

    def _listeners(self, heard: Heard) -> Iterator[str]:
        """The tasks that listened then, as far as the type of the event tells them apart."""
        if heard.step is not None:
            yield heard.step
            return
        for ref in dict.fromkeys(ref for at, ref in self._account.listening if at <= heard.at):
            task = self._s.task(ref, heard.at)
            if not isinstance(task, Listen) or _may_mean(task, heard.event.get("type")):
                yield ref

    def _commands(self) -> None:
        for one in self._account.commands:
            if one.what == "answer":
                # The approval has it, with who gave the answer.
                if one.by is not None and one.approval is not None:
                    self._answered(one.by, one.approval)
                continue
            node = self._weaver.node("command", one.id, one.at, one.at, what=one.what)
            self._weaver.edge(node, "commanded", self._run)
            self._weaver.happened(one.at, one.what, node)
            if one.by is not None:
                self._weaver.edge(self._loom.principal(one.by), "wanted", node)

    def _answered(self, by: Principal, approval: str) -> None:
        if any(one.id == approval for one in self._kept.approvals):
            self._loom.principal(by)
            self._weaver.node("approval", approval, verified=True)


def _versioned(name: str, version: str | None) -> str:
    return f"{name}@{version}" if version else name


def _may_mean(task: Listen, type_: Json) -> bool:
    wanted = [one.with_.get("type") for one in task.filters]
    return not wanted or any(one is None or one == type_ or "${" in str(one) for one in wanted)
