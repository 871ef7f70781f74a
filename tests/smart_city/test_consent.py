"""Nobody is written to without having agreed to it."""

from typing import Any

import pytest

from smart_city.decide import decide
from tests.smart_city.world import CONSENT, bundle, known, mail, score


def _said(step: dict[str, Any], consents: Any, **policy: Any) -> tuple[str, str, str]:
    verdict = decide(bundle(consent={**CONSENT, **policy}), mail(**step), known(consents=consents))
    return verdict.outcome, verdict.code, verdict.reason


def test_consent_to_channel_and_purpose_lets_the_message_go() -> None:
    assert _said({}, {("email", "marketing"): True}) == ("allow", "", "")


@pytest.mark.parametrize(
    "consents",
    [
        {},
        {("email", "marketing"): False},
        {("voice", "marketing"): True},
        {("email", "transactional"): True},
    ],
)
def test_any_other_consent_does_not(consents: dict[tuple[str, str], bool]) -> None:
    assert _said({}, consents) == (
        "deny",
        "policy.no-consent",
        "no consent for marketing by email (`consent`)",
    )


def test_an_unknown_customer_gave_no_consent() -> None:
    assert _said({}, None) == (
        "deny",
        "policy.no-consent",
        "no consent for marketing by email (`consent`), the customer is unknown",
    )


@pytest.mark.parametrize("missing", [{"purpose": None}, {"channel": None}])
def test_a_message_without_purpose_or_channel_has_no_consent(missing: dict[str, None]) -> None:
    everything = {
        (c, p): True for c in ("email", "unknown", "") for p in ("marketing", "unknown", "")
    }
    assert _said(missing, everything)[0] == "deny"


def test_purposes_narrow_the_policy_but_not_for_messages_without_one() -> None:
    assert _said({"purpose": "transactional"}, {}, purposes=["marketing"])[0] == "allow"
    assert _said({"purpose": "marketing"}, {}, purposes=["marketing"])[0] == "deny"
    assert _said({"purpose": None}, {}, purposes=["marketing"])[0] == "deny"


def test_on_breach_skip_leaves_the_message_out() -> None:
    assert _said({}, {}, onBreach="skip")[0] == "skip"


def test_a_purpose_that_looks_like_another_fact_is_only_a_purpose() -> None:
    sly = {"purpose": "marketing by email", "channel": "voice"}
    assert _said(sly, {("voice", "marketing"): True})[0] == "deny"


def test_reading_needs_no_consent() -> None:
    assert decide(bundle(consent=CONSENT), score(), known(consents=None)).outcome == "allow"


def test_a_task_that_is_no_message_needs_consent_when_named() -> None:
    policy = {"kind": "consent", "before": ["score"], "purposes": ["marketing"]}
    assert decide(bundle(consent=policy), score(), known()).outcome == "deny"
