"""The ledger knows of every attempt before it is on the wire, and never guesses."""

from datetime import UTC, datetime, timedelta
from itertools import product

import pytest

from public_works import Stores
from public_works.ledger import OPEN, STATES, TRANSITIONS, allowed
from symphainy.delivery import SendResult
from symphainy.errors import Refused
from tests.public_works.rows import CLAIM, DELIVERY, NOON

ACCEPTED = SendResult(outcome="accepted", provider_id="m1")
REJECTED = SendResult(outcome="rejected", code="550", detail="no such mailbox")
RETRYABLE = SendResult(outcome="retryable", code="421")
UNKNOWN = SendResult(outcome="unknown", detail="connection lost after the data")
PAST = datetime(2020, 1, 1, tzinfo=UTC)


@pytest.fixture
def ledger(stores: Stores):
    """A ledger with the delivery `d` planned."""
    stores.ledger.plan("acme", id="d", **DELIVERY)
    return stores.ledger


def claim(ledger) -> tuple[str, int, str]:
    claimed = ledger.claim("acme", "d", **CLAIM)
    return claimed.kind, claimed.attempt, claimed.record.state


def test_every_state_has_its_transitions_and_ends_have_none():
    assert set(TRANSITIONS) == set(STATES)
    ends = {one for one in STATES if not TRANSITIONS[one]}
    assert ends == {"rejected", "suppressed", "expired", "canceled", "digested"}
    assert ends & OPEN == set()


def test_only_a_claimable_state_leads_in_flight_and_nothing_leads_back_before_it():
    into = {one for one in STATES if allowed(one, "in_flight")}
    assert into == {"planned", "reserved", "held", "retryable"}
    unsure = {"in_flight", "unknown", "reconciling", "unresolved", "accepted", "delivered"}
    before = {"planned", "reserved", "held", "in_flight", "suppressed", "expired"}
    assert [pair for pair in product(unsure, before) if allowed(*pair)] == []


def test_planning_again_changes_nothing(ledger):
    first = ledger.get("acme", "d")
    again = ledger.plan("acme", id="d", **DELIVERY | {"binding": "other"})
    assert (again, first.state, first.attempt) == (first, "planned", 0)


def test_a_claim_is_committed_before_it_is_answered(ledger):
    claimed = ledger.claim("acme", "d", **CLAIM)
    [attempt] = ledger.attempts("acme", "d")
    assert (claimed.kind, claimed.record) == ("send", ledger.get("acme", "d"))
    assert (claimed.record.state, claimed.record.provider) == ("in_flight", "smtp")
    assert (attempt.n, attempt.binding, attempt.provider, attempt.ended, attempt.outcome) == (
        1,
        "email",
        "smtp",
        None,
        None,
    )


@pytest.mark.parametrize(
    ("result", "state"),
    [
        (ACCEPTED, "accepted"),
        (REJECTED, "rejected"),
        (RETRYABLE, "retryable"),
        (UNKNOWN, "unknown"),
    ],
)
def test_an_attempt_ends_in_one_of_four_ways(ledger, result, state):
    claim(ledger)
    record = ledger.settle("acme", "d", 1, result)
    [attempt] = ledger.attempts("acme", "d")
    assert (record.state, record.provider_id) == (state, result.provider_id)
    assert (attempt.outcome, attempt.code, attempt.detail) == (
        result.outcome,
        result.code,
        result.detail,
    )
    assert attempt.ended >= attempt.started


@pytest.mark.parametrize(
    ("result", "then"),
    [
        (ACCEPTED, ("done", 1, "accepted")),
        (REJECTED, ("done", 1, "rejected")),
        (RETRYABLE, ("send", 2, "in_flight")),
        (UNKNOWN, ("unsure", 1, "unknown")),
    ],
)
def test_what_a_second_claim_must_do_follows_from_how_the_first_ended(ledger, result, then):
    claim(ledger)
    ledger.settle("acme", "d", 1, result)
    assert claim(ledger) == then


def test_a_claim_that_finds_an_attempt_without_end_must_reconcile(ledger):
    claim(ledger)
    assert [claim(ledger), claim(ledger)] == [("unsure", 1, "unknown")] * 2


def test_the_late_answer_of_the_attempt_itself_settles_what_others_found_unknown(ledger):
    claim(ledger)
    claim(ledger)
    assert ledger.settle("acme", "d", 1, ACCEPTED).state == "accepted"
    assert claim(ledger) == ("done", 1, "accepted")


def test_the_first_end_of_an_attempt_stands(ledger):
    claim(ledger)
    ledger.settle("acme", "d", 1, ACCEPTED)
    assert ledger.settle("acme", "d", 1, RETRYABLE).state == "accepted"
    assert ledger.attempts("acme", "d")[0].outcome == "accepted"


def test_the_late_answer_of_an_earlier_attempt_is_kept_and_decides_nothing(ledger):
    claim(ledger)
    claim(ledger)
    ledger.reconciled("acme", "d", RETRYABLE)
    claim(ledger)
    assert ledger.settle("acme", "d", 1, REJECTED).state == "in_flight"
    assert [one.outcome for one in ledger.attempts("acme", "d")] == ["rejected", None]


@pytest.mark.parametrize(
    ("result", "state", "then"),
    [
        (ACCEPTED, "accepted", "done"),
        (REJECTED, "rejected", "done"),
        (RETRYABLE, "retryable", "send"),
        (UNKNOWN, "reconciling", "unsure"),
        (None, "unresolved", "done"),
    ],
)
def test_asking_the_provider_decides_what_is_unknown(ledger, result, state, then):
    claim(ledger)
    ledger.settle("acme", "d", 1, UNKNOWN)
    assert ledger.reconciled("acme", "d", result).state == state
    assert claim(ledger)[0] == then


def test_a_provider_that_cannot_tell_yet_is_asked_again(ledger):
    claim(ledger)
    ledger.settle("acme", "d", 1, UNKNOWN)
    states = [ledger.reconciled("acme", "d", one).state for one in (UNKNOWN, UNKNOWN, ACCEPTED)]
    assert states == ["reconciling", "reconciling", "accepted"]


@pytest.mark.parametrize("result", [RETRYABLE, None])
def test_asking_about_what_is_already_known_changes_nothing(ledger, result):
    claim(ledger)
    settled = ledger.settle("acme", "d", 1, ACCEPTED)
    assert ledger.reconciled("acme", "d", result) == settled


@pytest.mark.parametrize("state", ["accepted", "rejected", "retryable", "canceled"])
def test_a_person_decides_what_nobody_else_can(ledger, state):
    claim(ledger)
    ledger.settle("acme", "d", 1, UNKNOWN)
    ledger.reconciled("acme", "d", None)
    record = ledger.resolve("acme", "d", state, "ada")
    assert (record.state, record.reason) == (state, "resolved by ada")


def test_a_person_does_not_overrule_what_is_known(ledger):
    claim(ledger)
    ledger.settle("acme", "d", 1, ACCEPTED)
    with pytest.raises(Refused, match=r"ledger\.transition"):
        ledger.resolve("acme", "d", "retryable", "ada")


@pytest.mark.parametrize("state", ["reserved", "held"])
def test_what_was_held_may_be_sent_later(ledger, state):
    later = NOON + timedelta(hours=8)
    moved = ledger.move("acme", "d", state, reason="quiet hours", not_before=later)
    assert (moved.state, moved.reason, moved.not_before) == (state, "quiet hours", later)
    assert claim(ledger) == ("send", 1, "in_flight")


@pytest.mark.parametrize("state", ["suppressed", "canceled", "expired"])
def test_what_was_stopped_is_never_sent(ledger, state):
    ledger.move("acme", "d", state, reason="consent withdrawn")
    assert claim(ledger) == ("done", 0, state)
    with pytest.raises(Refused, match=r"ledger\.transition"):
        ledger.move("acme", "d", "planned")


def test_what_is_in_flight_can_no_longer_be_stopped(ledger):
    claim(ledger)
    for state in ("canceled", "suppressed", "held", "in_flight"):
        with pytest.raises(Refused, match=r"ledger\.transition"):
            ledger.move("acme", "d", state)
    assert ledger.get("acme", "d").state == "in_flight"


def test_a_delivery_past_its_time_expires_instead_of_being_sent(stores: Stores):
    stores.ledger.plan("acme", id="d", **DELIVERY, expires=PAST)
    assert claim(stores.ledger) == ("done", 0, "expired")


def receipt(ledger, event: str, minute: int = 0, provider_id: str = "m1") -> bool:
    at = NOON + timedelta(minutes=minute)
    return ledger.record_event(
        "acme", "d", binding="email", provider_id=provider_id, event=event, at=at
    )


def test_receipts_come_twice_late_and_in_any_order(ledger):
    claim(ledger)
    ledger.settle("acme", "d", 1, ACCEPTED)
    new = [receipt(ledger, "opened", 5), receipt(ledger, "delivered", 3)]
    new += [receipt(ledger, "delivered", 3), receipt(ledger, "sent", 1)]
    assert new == [True, True, False, True]
    assert ledger.get("acme", "d").state == "delivered"
    assert [one.event for one in ledger.events("acme", "d")] == ["sent", "delivered", "opened"]


def test_the_same_receipt_of_a_reused_provider_id_at_another_time_is_new(ledger):
    claim(ledger)
    assert [receipt(ledger, "delivered", 1), receipt(ledger, "delivered", 2)] == [True, True]


def test_a_receipt_proves_what_was_unknown(ledger):
    claim(ledger)
    ledger.settle("acme", "d", 1, UNKNOWN)
    receipt(ledger, "delivered")
    record = ledger.get("acme", "d")
    assert (record.state, record.provider_id) == ("delivered", "m1")
    assert claim(ledger)[0] == "done"


def test_a_bounce_after_acceptance_rejects(ledger):
    claim(ledger)
    ledger.settle("acme", "d", 1, ACCEPTED)
    receipt(ledger, "bounced_hard")
    assert ledger.get("acme", "d").state == "rejected"


def test_an_answer_that_comes_after_its_receipt_does_not_lower_it(ledger):
    claim(ledger)
    receipt(ledger, "delivered")
    assert ledger.settle("acme", "d", 1, ACCEPTED).state == "delivered"


def test_an_event_nobody_knows_is_kept_and_proves_nothing(ledger):
    assert receipt(ledger, "blinked")
    assert ledger.get("acme", "d").state == "planned"


def test_deliveries_are_found_by_run_state_and_customer_newest_first(stores: Stores):
    for n in range(5):
        changes = {"run": f"r{n % 2}", "customer": "anna" if n else "bob"}
        stores.ledger.plan("acme", id=f"d{n}", **DELIVERY | changes)
    stores.ledger.move("acme", "d4", "canceled")

    def ids(**wanted):
        return [one.id for one in stores.ledger.list("acme", **wanted)]

    assert ids() == ["d4", "d3", "d2", "d1", "d0"]
    assert ids(run="r0") == ["d4", "d2", "d0"]
    assert ids(state="planned", customer="anna") == ["d3", "d2", "d1"]
    assert (ids(limit=2), ids(after="d3", limit=2), ids(after="d0")) == (
        ["d4", "d3"],
        ["d2", "d1"],
        [],
    )


def test_of_all_who_begin_one_delivery_one_is_told_to_send(stores: Stores):
    begun = [stores.ledger.begin("a", id="b1", provider="smtp", **DELIVERY) for _ in range(3)]

    assert [(one.kind, one.attempt) for one in begun] == [("send", 1), ("unsure", 1), ("unsure", 1)]
    assert begun[0].record.state == "in_flight"
    assert [one.n for one in stores.ledger.attempts("a", "b1")] == [1]


def test_what_was_begun_settles_as_what_was_planned_and_claimed(stores: Stores):
    stores.ledger.begin("a", id="b1", provider="smtp", content_hash="sha256:c", **DELIVERY)
    stores.ledger.plan("a", id="b2", **DELIVERY)
    stores.ledger.claim("a", "b2", binding="email", provider="smtp", content_hash="sha256:c")

    sent = SendResult(outcome="accepted", provider_id="m1", detail="250 fine")
    one, other = (stores.ledger.settle("a", id, 1, sent) for id in ("b1", "b2"))

    same = {"id", "created", "updated"}
    assert one.model_dump(exclude=same) == other.model_dump(exclude=same)
    assert stores.ledger.get("a", "b1") == one
    (attempt,) = stores.ledger.attempts("a", "b1")
    assert (attempt.outcome, attempt.provider_id, attempt.detail) == ("accepted", "m1", "250 fine")


def test_giving_up_closes_what_was_not_sent_and_no_attempt_begins_any_more(ledger):
    ledger.claim("acme", "d", **CLAIM)
    ledger.settle("acme", "d", 1, RETRYABLE)

    assert ledger.give_up("acme", "d", "sent another way").state == "canceled"
    assert ledger.give_up("acme", "d", "once more").reason == "sent another way"
    assert claim(ledger) == ("done", 1, "canceled")


@pytest.mark.parametrize("result", [ACCEPTED, REJECTED, UNKNOWN])
def test_giving_up_changes_nothing_about_what_was_sent_or_may_have_been(ledger, result):
    ledger.claim("acme", "d", **CLAIM)
    known = ledger.settle("acme", "d", 1, result)

    assert ledger.give_up("acme", "d", "sent another way") == known


def test_giving_up_waits_for_nothing_that_is_on_the_wire(ledger):
    ledger.claim("acme", "d", **CLAIM)

    assert ledger.give_up("acme", "d", "sent another way").state == "in_flight"


ADDRESS = {"address_hash": "sha256:ada"}


def begun(ledger, id: str, result: SendResult, **more: object) -> None:
    plan = {**DELIVERY, **ADDRESS, "provider": "twilio", **more}
    claimed = ledger.begin("acme", id=id, **plan)
    ledger.settle("acme", id, claimed.attempt, result)


def test_the_others_to_an_address_are_told_by_what_their_provider_calls_them(ledger):
    begun(ledger, "a", ACCEPTED)
    begun(ledger, "b", UNKNOWN)
    begun(ledger, "c", ACCEPTED.model_copy(update={"provider_id": "m2"}), address_hash="sha256:bea")
    assert ledger.others("acme", "b") == {"m1"}
    assert ledger.others("acme", "a") == frozenset()
    assert ledger.others("acme", "nobody") == frozenset()
    assert ledger.others("other", "b") == frozenset()


def test_what_one_delivery_was_found_to_be_is_no_other(ledger):
    for id in ("a", "b"):
        begun(ledger, id, UNKNOWN)
    assert ledger.reconciled("acme", "a", ACCEPTED).state == "accepted"
    again = ledger.reconciled("acme", "b", ACCEPTED)
    assert (again.state, again.provider_id) == ("reconciling", None)
    assert again.reason == "what the provider has may be another delivery"
    assert ledger.reconciled("acme", "b", RETRYABLE).state == "retryable"


def test_what_was_found_by_a_key_may_be_one_record_of_several_deliveries(ledger):
    for id in ("a", "b"):
        begun(ledger, id, UNKNOWN)
        found = ledger.reconciled("acme", id, ACCEPTED, exact=True)
        assert (found.state, found.provider_id) == ("accepted", "m1")


def test_a_delivery_on_the_wire_may_be_what_was_found_for_one_that_says_the_same(ledger):
    same = {**DELIVERY, **ADDRESS, "provider": "twilio", "content_hash": "sha256:hello"}
    begun(ledger, "a", UNKNOWN, content_hash="sha256:hello")
    under_way = ledger.begin("acme", id="b", **same)
    assert ledger.reconciled("acme", "a", ACCEPTED).state == "reconciling"
    ledger.settle("acme", "b", under_way.attempt, ACCEPTED)
    assert ledger.reconciled("acme", "a", RETRYABLE).state == "retryable"


def test_ids_of_different_providers_may_be_the_same(ledger):
    begun(ledger, "a", ACCEPTED)
    begun(ledger, "b", UNKNOWN, provider="another")
    assert ledger.reconciled("acme", "b", ACCEPTED).state == "accepted"


@pytest.mark.parametrize("outcome", [None, UNKNOWN])
def test_what_its_provider_knows_by_its_key_is_sent_again_instead_of_doubted(ledger, outcome):
    claim(ledger)
    if outcome is not None:
        ledger.settle("acme", "d", 1, outcome)
    again = ledger.claim("acme", "d", **CLAIM, keyed=True)

    assert (again.kind, again.attempt, again.record.state) == ("send", 2, "in_flight")
    assert [one.outcome for one in ledger.attempts("acme", "d")] == [outcome and "unknown", None]


@pytest.mark.parametrize("outcome", [None, UNKNOWN])
def test_what_may_have_arrived_is_never_said_to_have_been_too_late(ledger, outcome):
    """Its key does not help: nobody would want it now, and whether it came is as open as before."""
    first = ledger.begin("acme", id="late", **DELIVERY | CLAIM, expires=PAST)
    if outcome is not None:
        ledger.settle("acme", "late", first.attempt, outcome)
    late = ledger.claim("acme", "late", **CLAIM, keyed=True)

    assert (late.kind, late.attempt, late.record.state) == ("unsure", 1, "unknown")


def test_a_key_sends_nothing_again_that_has_come_to_its_end(ledger):
    claim(ledger)
    ledger.settle("acme", "d", 1, ACCEPTED)

    assert ledger.claim("acme", "d", **CLAIM, keyed=True).kind == "done"
