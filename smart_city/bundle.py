"""Bundles: the policies of platform, tenant and solution together, ready to decide."""

import hashlib
import json
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import get_args

from smart_city.cedar import Engine, Rule, Unusable, schema
from smart_city.documents import LAYERS, LayeredDocument, Policy, Problem, problem, read
from smart_city.facts import Subject
from smart_city.policies import KINDS
from smart_city.policies.kind import Forbid, Restriction
from smart_city.policies.platform import BASE
from smart_city.verdict import Obligation
from symphainy.findings import Invalid, finding
from symphainy.json import canonical

__all__ = ["Bundle", "LayeredDocument", "Policy", "Problem", "check", "compile_bundle", "explain"]

PERMIT = "platform/permit"


@dataclass(frozen=True, slots=True, eq=False)
class Bundle:
    """Policies with the engine that decides on them; two of one digest decide alike."""

    digest: str
    policies: tuple[Policy, ...]
    engine: Engine
    clocks: tuple[str, ...]
    spoken: Mapping[str, tuple[Policy, Forbid]]
    """Which forbid of which policy an id of the Cedar text stands for."""
    shared: frozenset[str]
    """Names that more than one layer uses, so that a bare name names none of them."""
    about: Callable[[Subject], tuple[Policy, ...]]
    """The policies that speak about a step, the platform's own apart."""
    trial: "Bundle | None" = None
    """The same with the policies that are in shadow and those that advise; None where none is."""
    advised: "Bundle | None" = None
    """The same with the policies that advise; None where none does."""
    written: tuple[Policy, ...] = ()
    """Every policy that was not replaced, whatever its mode."""
    replaced: tuple[tuple[Policy, Policy], ...] = ()
    """Policies that do not hold since they let themselves be replaced, each with the one that
    holds instead."""


def check(
    documents: Iterable[LayeredDocument], kinds: Mapping[str, type[Restriction]] = KINDS
) -> list[Problem]:
    """Everything wrong with `documents`, each as a problem; never raises."""
    found = _compile(documents, kinds)
    return [] if isinstance(found, Bundle) else list(found)


def compile_bundle(
    documents: Iterable[LayeredDocument], kinds: Mapping[str, type[Restriction]] = KINDS
) -> Bundle:
    """The bundle of `documents`; the same documents in any order give the same bundle.

    Invalid, with a finding for each problem, when `check` finds any.
    """
    found = _compile(documents, kinds)
    if isinstance(found, Bundle):
        return found
    raise Invalid([finding(one.code, one.message, pointer=one.place, fix=one.fix) for one in found])


def explain(bundle: Bundle) -> str:
    """The Cedar text that decides: every rule with the document it was made from."""
    return bundle.engine.text


def _compile(
    documents: Iterable[LayeredDocument], kinds: Mapping[str, type[Restriction]]
) -> Bundle | tuple[Problem, ...]:
    sources: list[bytes] = []
    for one in documents:
        try:
            sources.append(canonical([one.layer, one.name, one.document]))
        except (TypeError, ValueError, RecursionError):
            return (problem("policy.value", one, "the policy is not JSON"),)
    return _compiled(tuple(sorted(sources)), tuple(kinds.items()))


@lru_cache(maxsize=256)
def _compiled(
    sources: tuple[bytes, ...], kinds: tuple[tuple[str, type[Restriction]], ...]
) -> Bundle | tuple[Problem, ...]:
    documents = [LayeredDocument(*json.loads(one)) for one in sources]
    policies, problems = read(documents, dict(kinds))
    if problems:
        return tuple(problems)
    try:
        return _bundle(policies)
    except Unusable as error:
        return (_unusable(policies, error),)


def _unusable(policies: list[Policy], error: Unusable) -> Problem:
    blamed = error.rule.partition(".")[0]
    found = (LayeredDocument(one.layer, one.name, {}) for one in policies if one.id == blamed)
    return problem(
        "policy.not-compiled", next(found, LayeredDocument("solution", "", {})), str(error)
    )


def _bundle(found: list[Policy]) -> Bundle:
    replaced = _replaced(found)
    gone = {one.id for one, _ in replaced}
    held = [one for one in found if one.id not in gone]
    enforced = [one for one in held if one.document.mode not in ("shadow", "advise")]
    heard = [one for one in held if one.document.mode != "shadow"]
    trial = _of(held, ()) if len(enforced) < len(held) else None
    advised = _of(heard, ()) if len(enforced) < len(heard) else None
    return replace(_of(enforced, replaced), trial=trial, advised=advised, written=tuple(held))


def _of(found: list[Policy], replaced: tuple[tuple[Policy, Policy], ...]) -> Bundle:
    own = sorted(found, key=lambda one: (LAYERS.index(one.layer), one.name))
    policies = (*_base(), *own)
    spoken = _spoken(policies)
    clocks = tuple(sorted({clock for policy in own for clock in policy.document.clocks()}))
    rules = [_permit(), *(_rule(one, *spoken[one]) for one in spoken)]
    engine = Engine(rules, schema(clocks))
    times = Counter(policy.name for policy in policies)
    return Bundle(
        digest=_digest(engine),
        policies=policies,
        engine=engine,
        clocks=clocks,
        spoken=spoken,
        shared=frozenset(name for name, count in times.items() if count > 1),
        about=_about(tuple(own)),
        replaced=replaced,
    )


def _replaced(found: Iterable[Policy]) -> tuple[tuple[Policy, Policy], ...]:
    specific = sorted(found, key=lambda one: LAYERS.index(one.layer), reverse=True)
    # Found by name and kind: the first is of the most specific layer.
    best: dict[tuple[str, str], Policy] = {}
    for one in specific:
        best.setdefault((one.name, one.kind), one)
    pairs = ((one, best[one.name, one.kind]) for one in specific if one.document.overridable)
    return tuple(
        sorted(((one, by) for one, by in pairs if by.id != one.id), key=lambda pair: pair[0].id)
    )


def _base() -> tuple[Policy, ...]:
    return tuple(
        Policy(name=name, kind=name, layer="platform", document=document)
        for name, document in BASE.items()
    )


def _spoken(policies: Iterable[Policy]) -> dict[str, tuple[Policy, Forbid]]:
    found: dict[str, tuple[Policy, Forbid]] = {}
    for policy in policies:
        for forbid in _forbids(policy):
            name = _id(policy, forbid)
            if name in found or forbid.obligation not in get_args(Obligation):
                raise Unusable(name, "a rule is there twice, or its obligation is unknown")
            found[name] = (policy, forbid)
    return found


def _forbids(policy: Policy) -> list[Forbid]:
    try:
        return list(policy.document.forbids(policy.ref))
    except Exception as error:
        raise Unusable(policy.id, f"{type(error).__name__}: {error}") from error


def _id(policy: Policy, forbid: Forbid) -> str:
    return f"{policy.id}.{forbid.part}" if forbid.part else policy.id


def _permit() -> Rule:
    annotations = {"id": PERMIT, "layer": "platform", "reason": "what nothing forbids is allowed"}
    return Rule(annotations, effect="permit")


def _rule(name: str, policy: Policy, forbid: Forbid) -> Rule:
    document = policy.document
    annotations = {
        "id": name,
        "layer": policy.layer,
        "kind": policy.kind,
        "obligation": forbid.obligation,
        "reason": forbid.reason,
    }
    note = (
        ""
        if forbid.part
        else json.dumps(document.model_dump(by_alias=True, exclude_none=True, mode="json"))
    )
    if forbid.body:
        return Rule(annotations, body=forbid.body)
    return Rule(
        annotations,
        when=(*document.scope(), *forbid.when),
        unless=(*document.excuse(policy.ref), *forbid.unless),
        note=note,
    )


def _digest(engine: Engine) -> str:
    text = f"{engine.schema}\n{engine.text}"
    return "sha256:" + hashlib.sha256(text.encode()).hexdigest()


def _about(policies: tuple[Policy, ...]) -> Callable[[Subject], tuple[Policy, ...]]:
    @lru_cache(maxsize=1024)
    def about(subject: Subject) -> tuple[Policy, ...]:
        return tuple(one for one in policies if one.document.about(subject))

    return about
