"""Versions never change, plans are addressed by content, environments point at versions."""

import pytest

from public_works import Stores
from public_works.definitions import SolutionRecord, VersionRecord
from symphainy.errors import Refused
from symphainy.json import digest
from tests.public_works.rows import PLAN, VERSION

NAME = "acme.dunning"


def register(stores: Stores, version: str, **changes):
    return stores.definitions.register("acme", NAME, version, **{**VERSION, **changes})


def plan(title: str):
    made = {"title": title, "half": 0.5, "big": 2**53, "z": 1, "a": [None, True, "ü\0"]}
    return {"plan": made, "plan_digest": digest(made), "digest": f"sha256:{title}"}


def test_a_version_is_kept_as_it_was_given(stores: Stores):
    registered = register(stores, "1.0.0")
    assert registered.created
    assert stores.definitions.version("acme", NAME, "1.0.0") == registered.record
    assert registered.record == VersionRecord(
        tenant="acme",
        solution=NAME,
        version="1.0.0",
        title="Dunning",
        state="draft",
        environments=(),
        created=registered.record.created,
        **{name: value for name, value in VERSION.items() if name != "plan"},
    )


def test_the_same_digest_again_changes_nothing(stores: Stores):
    first = register(stores, "1.0.0")
    again = register(stores, "1.0.0", author="eve", text="other")
    assert (again.created, again.record) == (False, first.record)


def test_other_content_of_the_same_version_is_refused(stores: Stores):
    first = register(stores, "1.0.0")
    with pytest.raises(Refused, match=r"solution\.version-taken"):
        register(stores, "1.0.0", digest="sha256:other")
    assert stores.definitions.versions("acme", NAME) == [first.record]


def test_a_plan_comes_back_by_its_digest_as_it_was(stores: Stores):
    made = plan("one")
    register(stores, "1.0.0", **made)
    found = stores.definitions.plan(made["plan_digest"])
    assert (found, list(found)) == (made["plan"], list(made["plan"]))
    assert stores.definitions.plan("sha256:none") is None


def test_a_plan_digest_belongs_to_one_plan(stores: Stores):
    register(stores, "1.0.0")
    with pytest.raises(Refused, match=r"solution\.plan-taken"):
        register(stores, "2.0.0", plan=PLAN | {"title": "forged"}, digest="sha256:d2")
    assert [one.version for one in stores.definitions.versions("acme", NAME)] == ["1.0.0"]


def test_an_environment_runs_the_version_deployed_last(stores: Stores):
    register(stores, "1.0.0")
    register(stores, "1.1.0", **plan("two"))
    stores.definitions.deploy("acme", NAME, "1.0.0", "production", "ada")
    stores.definitions.deploy("acme", NAME, "1.0.0", "staging", "ada")
    deployment = stores.definitions.deploy("acme", NAME, "1.1.0", "production", "bob")
    assert (deployment.version, deployment.by) == ("1.1.0", "bob")
    assert stores.definitions.deployed("acme", NAME, "production").version == "1.1.0"
    assert stores.definitions.deployed("acme", NAME, "sandbox") is None
    assert {
        one.version: (one.state, one.environments)
        for one in stores.definitions.versions("acme", NAME)
    } == {"1.0.0": ("deployed", ("staging",)), "1.1.0": ("deployed", ("production",))}


def test_plans_are_those_deployed_newest_first_each_once(stores: Stores):
    for version, title in (("1", "one"), ("2", "two"), ("3", "three")):
        register(stores, version, **plan(title))
    stores.definitions.deploy("acme", NAME, "1", "production", "ada")
    stores.definitions.deploy("acme", NAME, "2", "staging", "ada")
    stores.definitions.deploy("acme", NAME, "1", "sandbox", "ada")
    titles = [made["title"] for _, made in stores.definitions.plans(10)]
    assert (titles, len(stores.definitions.plans(1))) == (["one", "two"], 1)


def test_a_retired_version_runs_nowhere_and_is_not_deployed_again(stores: Stores):
    register(stores, "1.0.0")
    stores.definitions.deploy("acme", NAME, "1.0.0", "production", "ada")
    assert stores.definitions.retire("acme", NAME, "1.0.0").state == "retired"
    assert stores.definitions.deployed("acme", NAME, "production") is None
    with pytest.raises(Refused, match=r"solution\.version-retired"):
        stores.definitions.deploy("acme", NAME, "1.0.0", "production", "ada")


def test_what_is_not_registered_cannot_be_deployed_retired_or_paused(stores: Stores):
    definitions = stores.definitions
    with pytest.raises(Refused, match=r"solution\.version-missing"):
        definitions.deploy("acme", NAME, "1.0.0", "production", "ada")
    with pytest.raises(Refused, match=r"solution\.version-missing"):
        definitions.retire("acme", NAME, "1.0.0")
    with pytest.raises(Refused, match=r"solution\.missing"):
        definitions.set_paused("acme", NAME, True)


def test_a_solution_tells_its_latest_title_and_version_and_what_runs(stores: Stores):
    register(stores, "1.0.0")
    register(stores, "1.1.0", **plan("Better"))
    stores.definitions.deploy("acme", NAME, "1.0.0", "production", "ada")
    stores.definitions.set_paused("acme", NAME, True)
    [found] = stores.definitions.solutions("acme")
    assert found == SolutionRecord(
        tenant="acme",
        name=NAME,
        title="Better",
        latest="1.1.0",
        deployed={"production": "1.0.0"},
        paused=True,
        created=found.created,
    )
    assert stores.definitions.solution("acme", NAME) == found
    assert stores.definitions.paused("acme", NAME)
    stores.definitions.set_paused("acme", NAME, False)
    assert not stores.definitions.paused("acme", NAME)


def test_solutions_come_in_pages_by_name(stores: Stores):
    for name in ("acme.c", "acme.a", "acme.b"):
        stores.definitions.register("acme", name, "1.0.0", **VERSION)
    names = [one.name for one in stores.definitions.solutions("acme", None, 2)]
    rest = [one.name for one in stores.definitions.solutions("acme", names[-1], 2)]
    assert (names, rest) == (["acme.a", "acme.b"], ["acme.c"])
