"""What Cedar would let through, or crash on, stays shut."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any, Literal, cast

import pytest

from smart_city.bundle import check, compile_bundle
from smart_city.cedar import Engine, Place, Question, Rule, Unusable, literal, schema, screen
from smart_city.decide import Facts, Step, Verdict, decide
from smart_city.policies import KINDS, Forbid, Hold, Ref, Restriction
from smart_city.verdict import Obligation
from tests.smart_city.world import APPROVAL, NIGHT, bundle, known, layered, mail

OVERFLOW = 'context.clocks["customer"].minute + 9223372036854775807 > 0'
PERMIT = Rule({"id": "platform/permit", "layer": "platform"}, effect="permit")
PLACE = Place(mail().principal, mail().subject, "s", "production", "acme")


class Custom(Restriction):
    """A kind of somebody else, which puts `condition` into Cedar as it is."""

    kind: Literal["custom"]
    condition: str
    obligation: str = "deny"
    mode: str = ""

    def clocks(self) -> tuple[str, ...]:
        return ("customer",)

    def forbids(self, ref: Ref) -> Iterator[Forbid]:
        if self.mode == "broken":
            raise RuntimeError("no forbids today")
        yield Forbid(cast(Obligation, self.obligation), "custom", when=(self.condition,))
        if self.mode == "twice":
            yield Forbid("deny", "custom")

    def hold(self, ref: Ref, part: str, step: Step, facts: Facts) -> Hold:
        if self.mode == "mute":
            raise RuntimeError("no reason today")
        return Hold("policy.value", "custom")


PLUGGED: Mapping[str, type[Restriction]] = {**KINDS, "custom": Custom}


def _custom(**document: str) -> Verdict:
    policies = layered({"mine": {"kind": "custom", **document}})
    return decide(compile_bundle(policies, PLUGGED), mail(), known())


def _problems(**document: str) -> list[tuple[str, str]]:
    policies = layered({"mine": {"kind": "custom", **document}})
    return [(one.code, one.name) for one in check(policies, PLUGGED)]


def _rule(*when: str, layer: str = "tenant", effect: str = "forbid") -> Rule:
    return Rule({"id": f"{layer}/mine", "layer": layer}, when=when, effect=effect)


def test_a_kind_of_somebody_else_decides_like_ours() -> None:
    assert _custom(condition='resource.task == "remind"').outcome == "deny"
    assert _custom(condition='resource.task == "other"').outcome == "allow"


def test_trap_1_a_forbid_that_fails_to_evaluate_denies() -> None:
    verdict = _custom(condition=f'context.clocks has "customer" && {OVERFLOW}')
    assert (verdict.outcome, verdict.code) == ("deny", "policy.engine-error")


def test_trap_1_a_chain_longer_than_the_evaluator_likes_is_no_policy() -> None:
    chain = " || ".join(f'resource.task == "{n}"' for n in range(300))
    assert _problems(condition=chain) == [("policy.not-compiled", "mine")]


def test_trap_1_long_lists_are_sets_and_need_no_recursion() -> None:
    names = [f"task-{n}" for n in range(100)]
    policy = bundle(ask={**APPROVAL, "before": names})
    outcomes = [decide(policy, mail(task=one), known()).outcome for one in (*names, "other")]
    assert outcomes == ["approve"] * 100 + ["allow"]


@pytest.mark.parametrize(
    "context", ["{}", "[]", "", '{"facts": 3, "clocks": {}}', '{"x": "\ud800"}']
)
def test_trap_2_a_question_that_does_not_fit_the_schema_is_not_allowed(context: str) -> None:
    engine = Engine([PERMIT], schema([]))
    fitting = engine.ask(Question(PLACE, '{"facts": [], "clocks": {}}'))
    answer = engine.ask(Question(PLACE, context))
    assert (fitting.allowed, fitting.error) == (True, None)
    assert (answer.allowed, answer.error is not None) == (False, True)


def test_trap_2_a_step_that_cannot_be_asked_about_is_denied() -> None:
    verdict = decide(bundle(), mail(task="\ud800"), known())
    assert (verdict.outcome, verdict.code) == ("deny", "policy.engine-error")


@pytest.mark.parametrize("opening", ["(", "[", "{a:", "!(", "if ("])
def test_trap_3_deep_nesting_never_reaches_the_parser(opening: str) -> None:
    assert _problems(condition=opening * 1000 + "true") == [("policy.not-compiled", "mine")]


@pytest.mark.parametrize(
    "condition",
    [
        "if true then true else " * 400 + "true",
        "1" + "+1" * 5000 + " == 1",
        "resource has a" + ".a" * 5000,
        "resource" + '["a"]' * 2000 + " == 1",
        "!" * 5000 + "true",
    ],
)
def test_trap_3_chains_that_nest_without_brackets_never_reach_the_parser(condition: str) -> None:
    assert _problems(condition=condition) == [("policy.not-compiled", "mine")]


def test_trap_3_brackets_in_strings_and_comments_do_not_count() -> None:
    assert screen('"' + "(" * 1000 + '\\"(" // ' + "(" * 1000) is None
    assert screen('"\\\\"' + "(" * 33) == "brackets nested deeper than 32"
    assert screen("// ))))\n" + "(" * 33) == "brackets nested deeper than 32"
    assert screen("// x\r" + "(" * 33) == "brackets nested deeper than 32"
    assert screen('")))"' + "(" * 33) == "brackets nested deeper than 32"
    assert screen(")") == "a closing bracket too many"


def test_trap_3_more_text_than_a_policy_needs_is_refused() -> None:
    assert screen("x" * 16385) == "more than 16 KiB of Cedar"


def test_trap_4_an_overflow_in_any_policy_denies_though_others_are_fine() -> None:
    rules = [PERMIT, _rule('context.clocks has "customer"', OVERFLOW)]
    engine = Engine(rules, schema(["customer"]))
    clock = '{"customer": {"minute": 1, "day": "mon"}}'
    answer = engine.ask(Question(PLACE, f'{{"facts": [], "clocks": {clock}}}'))
    assert (answer.allowed, "overflow" in str(answer.error)) == (False, True)


@pytest.mark.parametrize(
    "condition",
    [
        "true }; permit (principal, action, resource) when { true",
        'false }; @id("platform/x") forbid (principal, action, resource) when { true',
    ],
)
def test_trap_5_a_condition_cannot_bring_a_rule_of_its_own(condition: str) -> None:
    assert _problems(condition=condition) == [("policy.not-compiled", "")]


def test_trap_5_only_the_platform_permits() -> None:
    with pytest.raises(Unusable, match="only the platform permits"):
        Engine([PERMIT, _rule(layer="tenant", effect="permit")], schema([]))


def test_trap_5_nothing_but_the_platforms_base_permits_in_a_full_bundle() -> None:
    policy = bundle(night=NIGHT, ask=APPROVAL)
    assert policy.engine.text.count("permit (") == 1
    alone = Engine([_rule("false")], schema([]))
    assert not alone.ask(Question(PLACE, '{"facts": [], "clocks": {}}')).allowed


@pytest.mark.parametrize(
    "document",
    [
        {"condition": "true", "obligation": "hide"},
        {"condition": "true", "mode": "twice"},
        {"condition": "true", "mode": "broken"},
        {"condition": 'resource.chanel == "email"'},
        {"condition": "context.facts == 3"},
        {"condition": "principal.name"},
    ],
)
def test_a_kind_that_makes_no_sound_rule_is_a_problem(document: dict[str, str]) -> None:
    assert [code for code, _ in _problems(**document)] == ["policy.not-compiled"]


@pytest.mark.parametrize("obligation", ["defer", "approve", "reserve"])
def test_an_obligation_nobody_can_discharge_denies(obligation: str) -> None:
    assert _custom(condition="true", obligation=obligation).outcome == "deny"


def test_a_kind_that_cannot_explain_itself_still_forbids() -> None:
    verdict = _custom(condition="true", mode="mute")
    assert (verdict.outcome, verdict.code) == ("deny", "policy.engine-error")


def test_a_rule_that_the_bundle_does_not_know_denies() -> None:
    verdict = decide(replace(bundle(), spoken={}), mail(tenant="other"), known())
    assert (verdict.outcome, verdict.code) == ("deny", "policy.engine-error")


def test_a_permit_that_is_missing_denies() -> None:
    mute = Engine([_rule("false")], bundle().engine.schema)
    verdict = decide(replace(bundle(), engine=mute), mail(), known())
    assert (verdict.outcome, verdict.code) == ("deny", "policy.engine-error")


def test_text_in_cedar_is_written_so_that_it_stays_text() -> None:
    hostile: list[Any] = ['"', "\\", '\\"', "\n", "\0", "\u2028", "é", "😀", '"]); //', "*"]
    policy = bundle(ask={**APPROVAL, "before": hostile})
    outcomes = [decide(policy, mail(task=one), known()).outcome for one in hostile]
    assert outcomes == ["approve"] * len(hostile)
    assert literal('a"\n') == '"a\\"\\u{a}"'
