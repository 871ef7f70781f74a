"""Reviews and deployments as they are kept: at once, twice, too late, and by many."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta

import pytest

from public_works import Stores
from public_works.deployments import Back, Wanted
from public_works.record import now
from public_works.tables import ReviewRow
from smart_city.lifecycle import Evidence, Given, Rules
from symphainy.errors import Refused
from symphainy.identity import Principal
from symphainy.json import digest
from tests.public_works.rows import VERSION

NAME = "acme.dunning"
RULES = Rules()
LONG_AGO = timedelta(days=1)


def person(id: str) -> Principal:
    return Principal(tenant="acme", id=id, kind="user")


ADA, BEN, OPAL = person("ada"), person("ben"), person("opal")


def evidence(plan: str) -> Evidence:
    return Evidence(plan=plan, definition="sha256:d", findings="sha256:f", policies="sha256:b")


def registered(stores: Stores, version: str) -> str:
    """A version of ada's."""
    plan = {"title": version}
    own = {"plan": plan, "plan_digest": digest(plan), "digest": f"sha256:{version}"}
    stores.definitions.register("acme", NAME, version, **{**VERSION, **own})
    return version


def submitted(stores: Stores, version: str, rules: Rules = RULES) -> None:
    stores.reviews.submit("acme", NAME, version, ADA, evidence=evidence(version), rules=rules)


def approve(stores: Stores, version: str, by: Principal, rules: Rules = RULES) -> str:
    """What the approval of `by` is worth."""
    own = {"given": Given(), "policies": "sha256:b", "rules": rules}
    return stores.reviews.approve("acme", NAME, version, by, **own)[1]


def approved(stores: Stores, version: str) -> str:
    submitted(stores, registered(stores, version))
    assert approve(stores, version, BEN) == "last"
    return version


def deploy(stores: Stores, version: str, rules: Rules = RULES) -> str:
    """What production runs, or the code of the refusal."""
    wanted = Wanted(NAME, version, "production")
    try:
        return stores.deployments.deploy("acme", wanted, OPAL, rules).version
    except Refused as error:
        return error.code


def at_once(times: int, work: Callable[[int], str]) -> list[str]:
    with ThreadPoolExecutor(times) as threads:
        return sorted(threads.map(work, range(times)))


def expire(stores: Stores, version: str) -> None:
    """Let the approval of a version be too old."""
    review = stores.reviews.newest("acme", NAME, version)
    assert review is not None
    with stores.database.session() as session:
        row = session.get_one(ReviewRow, {"tenant": "acme", "id": review.id})
        row.expires = now() - LONG_AGO
        session.add(row)


def test_of_many_approvals_at_once_as_many_count_as_it_takes(stores: Stores):
    rules = replace(RULES, needed=3)
    submitted(stores, registered(stores, "1.0.0"), rules)
    told = at_once(8, lambda n: approve(stores, "1.0.0", person(f"p{n}"), rules))
    assert told == [*["again"] * 5, *["counted"] * 2, "last"]
    review = stores.reviews.newest("acme", NAME, "1.0.0")
    assert (review.state, len(review.approvals)) == ("approved", 3)


def test_the_same_approval_at_once_is_one(stores: Stores):
    rules = replace(RULES, needed=2)
    submitted(stores, registered(stores, "1.0.0"), rules)
    told = at_once(6, lambda _: approve(stores, "1.0.0", BEN, rules))
    assert told == [*["again"] * 5, "counted"]


def test_submitted_at_once_it_is_one_review(stores: Stores):
    registered(stores, "1.0.0")

    def submit(_: int) -> str:
        submitted(stores, "1.0.0")
        return str(stores.reviews.newest("acme", NAME, "1.0.0").n)

    assert at_once(6, submit) == ["1"] * 6


def test_the_same_rollback_at_once_goes_back_once(stores: Stores):
    for version in ("1.0.0", "1.1.0", "1.2.0"):
        deploy(stores, approved(stores, version))
    back = Back(NAME, "production", request="once")
    told = at_once(6, lambda _: stores.deployments.rollback("acme", back, OPAL).version)
    assert told == ["1.1.0"] * 6
    assert len(stores.deployments.history("acme", NAME)) == 4


def test_an_approval_that_is_too_old_deploys_nothing_new(stores: Stores):
    approved(stores, "1.0.0")
    expire(stores, "1.0.0")
    assert stores.definitions.version("acme", NAME, "1.0.0").state == "draft"
    assert deploy(stores, "1.0.0") == "lifecycle.not-approved"
    with pytest.raises(Refused, match=r"lifecycle\.not-submitted"):
        approve(stores, "1.0.0", person("bea"))
    submitted(stores, "1.0.0")
    assert approve(stores, "1.0.0", BEN) == "last"
    assert deploy(stores, "1.0.0") == "1.0.0"


def test_what_ran_is_gone_back_to_although_its_approval_is_old_by_now(stores: Stores):
    deploy(stores, approved(stores, "1.0.0"))
    deploy(stores, approved(stores, "1.1.0"))
    expire(stores, "1.0.0")
    assert stores.deployments.rollback("acme", Back(NAME, "production"), OPAL).version == "1.0.0"


def test_a_version_that_was_sent_back_in_a_later_review_is_not_gone_back_to(stores: Stores):
    for version in ("1.0.0", "1.1.0"):
        deploy(stores, approved(stores, version))
    expire(stores, "1.0.0")
    submitted(stores, "1.0.0")
    stores.reviews.reject("acme", NAME, "1.0.0", BEN, "It was wrong.")
    with pytest.raises(Refused, match=r"lifecycle\.nothing-before"):
        stores.deployments.rollback("acme", Back(NAME, "production"), OPAL)


def test_a_version_that_was_approved_anew_is_gone_back_to_on_its_new_approval(stores: Stores):
    deploy(stores, approved(stores, "1.0.0"))
    stores.reviews.reject("acme", NAME, "1.0.0", BEN, "Not like this.")
    submitted(stores, "1.0.0")
    approve(stores, "1.0.0", BEN)
    deploy(stores, "1.0.0")
    reviews = [one.review for one in stores.deployments.history("acme", NAME)]
    assert len(set(reviews)) == 2
    deploy(stores, approved(stores, "1.1.0"))
    expire(stores, "1.0.0")
    assert stores.deployments.rollback("acme", Back(NAME, "production"), OPAL).version == "1.0.0"


def test_who_wrote_or_submitted_a_version_takes_it_back_and_nobody_else(stores: Stores):
    submitted(stores, registered(stores, "1.0.0"))
    with pytest.raises(Refused, match=r"lifecycle\.not-yours"):
        stores.reviews.withdraw("acme", NAME, "1.0.0", person("eve"))
    taken = stores.reviews.withdraw("acme", NAME, "1.0.0", ADA, "It calls at night.")
    assert (taken.state, taken.decided is None) == ("withdrawn", False)
    with pytest.raises(Refused, match=r"lifecycle\.not-submitted"):
        approve(stores, "1.0.0", BEN)
    submitted(stores, "1.0.0")
    assert stores.reviews.newest("acme", NAME, "1.0.0").n == 2


def test_approved_and_withdrawn_at_once_it_is_a_draft_that_nothing_runs(stores: Stores):
    submitted(stores, registered(stores, "1.0.0"))

    def act(n: int) -> str:
        try:
            if n % 2:
                return str(stores.reviews.withdraw("acme", NAME, "1.0.0", ADA).state)
            return approve(stores, "1.0.0", BEN)
        except Refused as error:
            return error.code

    told = at_once(4, act)
    assert told.count("withdrawn") == 1
    assert stores.reviews.newest("acme", NAME, "1.0.0").state == "withdrawn"
    assert deploy(stores, "1.0.0") == "lifecycle.not-approved"


def test_an_approval_of_one_evidence_never_counts_for_another_at_the_same_moment(stores: Stores):
    submitted(stores, registered(stores, "1.0.0"))
    old, new = evidence("1.0.0"), evidence("1.0.0").model_copy(update={"findings": "sha256:g"})

    def act(n: int) -> str:
        try:
            if n == 0:
                more = {"evidence": new, "rules": RULES}
                return str(stores.reviews.submit("acme", NAME, "1.0.0", ADA, **more).n)
            more = {"given": Given(evidence=old.digest), "policies": "sha256:b", "rules": RULES}
            return stores.reviews.approve("acme", NAME, "1.0.0", person(f"p{n}"), **more)[1]
        except Refused as error:
            return error.code

    told = at_once(5, act)
    review = stores.reviews.newest("acme", NAME, "1.0.0")
    if "last" in told:
        assert (review.state, review.digest, review.n) == ("approved", old.digest, 1)
    else:
        assert told == ["2", *["lifecycle.other-digest"] * 4]
        assert (review.state, review.digest, review.approvals) == ("open", new.digest, ())


def test_retired_and_deployed_at_once_a_version_never_runs(stores: Stores):
    approved(stores, "1.0.0")

    def act(n: int) -> str:
        if n:
            return deploy(stores, "1.0.0")
        return stores.definitions.retire("acme", NAME, "1.0.0").state

    assert "retired" in at_once(4, act)
    assert stores.deployments.current("acme", NAME) == []
    assert deploy(stores, "1.0.0") == "solution.version-retired"


def test_of_two_who_deploy_at_once_the_history_ends_with_what_runs(stores: Stores):
    versions = [approved(stores, f"1.{n}.0") for n in range(4)]
    at_once(4, lambda n: deploy(stores, versions[n]))
    history = stores.deployments.history("acme", NAME)
    assert sorted(one.n for one in history) == [1, 2, 3, 4]
    [runs] = stores.deployments.current("acme", NAME)
    assert runs.version == max(history, key=lambda one: one.n).version


def test_what_is_resumed_is_what_runs_by_now_and_not_what_ran_before(stores: Stores):
    for version in ("1.0.0", "1.1.0"):
        deploy(stores, approved(stores, version))
    before = stores.definitions.deployment("acme", NAME, "production")
    stores.deployments.rollback("acme", Back(NAME, "production"), OPAL)
    again = stores.definitions.restart("acme", NAME, "production", "opal")
    assert (again.version, again.at > before.at) == ("1.0.0", True)
    assert stores.definitions.restart("acme", NAME, "staging", "opal") is None


def test_what_is_deployed_again_has_one_entry_in_the_history(stores: Stores):
    approved(stores, "1.0.0")
    assert [deploy(stores, "1.0.0") for _ in range(3)] == ["1.0.0"] * 3
    assert [one.n for one in stores.deployments.history("acme", NAME)] == [1]


def test_glass_that_was_upheld_may_be_gone_back_to_and_objected_may_not(stores: Stores):
    for verdict in (True, False):
        version = registered(stores, f"1.{int(verdict)}.0")
        wanted = Wanted(NAME, version, "production", glass="it burns")
        done = stores.deployments.deploy("acme", wanted, OPAL, RULES)
        stores.glass.review("acme", done.glass, BEN, upheld=verdict)
    deploy(stores, approved(stores, "2.0.0"))
    assert stores.deployments.rollback("acme", Back(NAME, "production"), OPAL).version == "1.1.0"


def test_an_approval_that_came_afterwards_ends_what_was_missing(stores: Stores):
    version = registered(stores, "1.0.0")
    urgent = Wanted(NAME, version, "production", glass="it burns")
    stores.deployments.deploy("acme", urgent, OPAL, RULES)
    submitted(stores, version)
    assert approve(stores, version, BEN) == "last"
    deploy(stores, version)
    grounds = [one.ground for one in stores.deployments.history("acme", NAME)]
    assert grounds == ["approved", "broken-glass"]
    # Somebody still has to look at how it came there.
    assert [one.version for one in stores.glass.list("acme")] == ["1.0.0"]


def test_what_ran_before_there_were_approvals_may_be_gone_back_to(stores: Stores):
    registered(stores, "1.0.0")
    stores.definitions.deploy("acme", NAME, "1.0.0", "production", "ada")
    deploy(stores, approved(stores, "1.1.0"))
    assert stores.deployments.rollback("acme", Back(NAME, "production"), OPAL).version == "1.0.0"
