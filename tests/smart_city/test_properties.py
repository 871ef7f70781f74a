"""What holds for all policies, steps and facts."""

from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from smart_city.bundle import LayeredDocument, check, compile_bundle
from smart_city.decide import Approval, Facts, Rejection, Reserved, Step, decide
from smart_city.verdict import Layer
from tests.smart_city.world import INITIATOR, LEAD, SERVICE, known, mail

CHANNELS = ["email", "sms", "voice", "crm"]
TASKS = ["remind", "escalate", "score", "total"]
ZONES = ["Europe/Berlin", "America/New_York", "Asia/Kolkata"]
NAMES = ["a", "b", "c"]
LAYERS: list[Layer] = ["platform", "tenant", "solution"]
IDS = [*NAMES, *(f"{layer}/{name}" for layer in LAYERS for name in NAMES)]
MOMENTS = st.datetimes(datetime(2026, 1, 1), datetime(2027, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001


def _some(values: list[str]) -> st.SearchStrategy[list[str]]:
    return st.lists(st.sampled_from(values), min_size=1, max_size=2, unique=True)


def _kind(kind: str, must: dict[str, Any], may: dict[str, Any]) -> st.SearchStrategy[Any]:
    scope = {"channels": _some(CHANNELS), "before": _some(TASKS), "when": st.just("${ . }")}
    return st.fixed_dictionaries({"kind": st.just(kind), **must}, optional={**scope, **may})


BREACH = st.sampled_from(["deny", "skip", "defer"])
TIMES = st.sampled_from(["00:00", "02:30", "08:00", "21:00", "23:59"])
QUIET = _kind(
    "quietHours",
    {"from": TIMES, "to": TIMES},
    {
        "zone": st.sampled_from(["customer", *ZONES]),
        "unknownZone": st.sampled_from(ZONES),
        "days": _some(["mon", "sat", "sun"]),
        "onBreach": BREACH,
    },
).filter(lambda one: one["from"] != one["to"])
CONSENT = _kind(
    "consent",
    {},
    {
        "purposes": _some(["marketing", "transactional"]),
        "onBreach": st.sampled_from(["deny", "skip"]),
    },
)
CAP = _kind(
    "frequencyCap",
    {"max": st.integers(1, 9), "per": st.just("P7D")},
    {"scope": st.sampled_from(["customer", "run", "solution"]), "onBreach": BREACH},
)
APPROVAL = _kind(
    "approval",
    {"role": st.sampled_from(["collections-lead", "analyst"])},
    {
        "capabilities": _some(["insights.score", "insights.score:1", "experience.email"]),
        "within": st.just("P2D"),
        "onTimeout": st.sampled_from(["deny", "skip"]),
        "distinctFrom": st.sampled_from([[], ["initiator"]]),
    },
)
POLICIES = st.builds(
    LayeredDocument,
    st.sampled_from(LAYERS),
    st.sampled_from(NAMES),
    st.one_of(QUIET, CONSENT, CAP, APPROVAL),
)
BUNDLES = st.lists(POLICIES, max_size=4, unique_by=lambda one: (one.layer, one.name))
STEPS = st.builds(
    mail,
    task=st.sampled_from(TASKS),
    capability=st.sampled_from(["experience.email", "insights.score:1", ""]),
    effect=st.sampled_from(["none", "read", "write", "message", "money"]),
    channel=st.sampled_from([None, *CHANNELS]),
    purpose=st.sampled_from([None, "marketing", "transactional"]),
    customer=st.sampled_from([None, "c-1"]),
    principal=st.sampled_from([SERVICE, INITIATOR]),
    conditions=st.dictionaries(st.sampled_from(IDS), st.booleans(), max_size=2),
    tenant=st.sampled_from(["acme", "acme", "acme", "other"]),
)
FACTS = st.builds(
    Facts,
    now=MOMENTS,
    zone=st.sampled_from([None, "Nowhere", *ZONES]),
    consents=st.one_of(
        st.none(),
        st.dictionaries(
            st.tuples(st.sampled_from(CHANNELS), st.sampled_from(["marketing", "transactional"])),
            st.booleans(),
        ),
    ),
    approvals=st.dictionaries(
        st.sampled_from(IDS), st.builds(Approval, st.sampled_from([LEAD, INITIATOR]), MOMENTS)
    ),
    rejections=st.dictionaries(
        st.sampled_from(IDS),
        st.builds(Rejection, st.sampled_from([LEAD, None]), MOMENTS),
        max_size=1,
    ),
    reservations=st.dictionaries(
        st.sampled_from(IDS), st.builds(Reserved, st.booleans(), st.one_of(st.none(), MOMENTS))
    ),
    switches=st.frozensets(st.sampled_from(["channel:email", "tenant"]), max_size=1),
    fresh=st.booleans(),
)


@settings(max_examples=150, deadline=None)
@given(BUNDLES, POLICIES, STEPS, FACTS)
def test_one_more_policy_never_allows_what_was_held_or_denied(
    policies: list[LayeredDocument], more: LayeredDocument, step: Step, facts: Facts
) -> None:
    rest = [one for one in policies if (one.layer, one.name) != (more.layer, more.name)]
    before = decide(compile_bundle(rest), step, facts)
    after = decide(compile_bundle([*rest, more]), step, facts)
    assert before.outcome == "allow" or after.outcome != "allow"
    assert before.outcome != "deny" or after.outcome == "deny"
    assert before.code != "policy.engine-error"


@settings(max_examples=150, deadline=None)
@given(POLICIES, STEPS)
def test_cedar_and_the_filter_before_it_agree_on_what_a_policy_is_about(
    policy: LayeredDocument, step: Step
) -> None:
    alone = compile_bundle([policy])
    nobody = known(now=datetime(2026, 6, 6, 12, tzinfo=UTC), zone=None, consents=None)
    verdict = decide(alone, mail(**{**_fields(step), "tenant": "acme", "conditions": {}}), nobody)
    # By day a window in a zone of its own is the one policy that lets a step of its pass.
    document = alone.policies[-1].document
    open_now = policy.document["kind"] == "quietHours" and document.clocks() != ("customer",)
    if alone.about(step.subject):
        assert verdict.outcome != "allow" or open_now
    else:
        assert verdict.outcome == "allow"


def _fields(step: Step) -> dict[str, Any]:
    return {name: getattr(step, name) for name in Step.__slots__}


@settings(max_examples=100, deadline=None)
@given(BUNDLES, STEPS, FACTS)
def test_a_verdict_is_a_pure_function_and_says_what_the_caller_needs(
    policies: list[LayeredDocument], step: Step, facts: Facts
) -> None:
    bundle = compile_bundle(policies)
    verdict = decide(bundle, step, facts)
    bundle.engine.ask.cache_clear()
    assert decide(bundle, step, facts) == verdict
    assert type(verdict).model_validate_json(verdict.model_dump_json()) == verdict
    needs = (verdict.until is not None, verdict.approval is not None, bool(verdict.reserve))
    assert needs == tuple(verdict.outcome == one for one in ("defer", "approve", "reserve"))
    assert bool(verdict.code) == bool(verdict.reason) == (verdict.outcome != "allow")


@settings(max_examples=100, deadline=None)
@given(QUIET, MOMENTS, st.sampled_from(ZONES))
def test_waiting_out_quiet_hours_is_enough(
    policy: dict[str, Any], now: datetime, zone: str
) -> None:
    bundle = compile_bundle([LayeredDocument("solution", "a", {**policy, "onBreach": "defer"})])
    held = decide(bundle, mail(task="remind"), known(now=now, zone=zone))
    if held.until:
        assert now < held.until <= now + timedelta(days=4)
        after = known(now=held.until, zone=zone)
        assert decide(bundle, mail(task="remind"), after).outcome == "allow"


JSON = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text()),
    lambda inner: st.one_of(st.lists(inner), st.dictionaries(st.text(), inner)),
    max_leaves=8,
)


@settings(max_examples=200, deadline=None)
@given(
    st.one_of(JSON, st.dictionaries(st.sampled_from(["kind", "from", "to", "per", "max"]), JSON)),
    st.sampled_from(["approval", "consent", "frequencyCap", "quietHours", None]),
    st.text(max_size=8),
)
def test_checking_never_raises(document: Any, kind: str | None, name: str) -> None:
    if kind and isinstance(document, dict):
        document = {**document, "kind": kind}
    assert isinstance(check([LayeredDocument("tenant", name, document)]), list)


@settings(max_examples=150, deadline=None)
@given(st.text(min_size=1, max_size=40))
def test_any_task_name_can_be_named_by_a_policy(name: str) -> None:
    policy = {"kind": "approval", "before": [name], "role": "analyst"}
    documents = [LayeredDocument("solution", "ask", policy)]
    bundle = compile_bundle(documents)
    outcomes = [decide(bundle, mail(task=one), known()).outcome for one in (name, name + "x")]
    assert outcomes == ["approve", "allow"]
