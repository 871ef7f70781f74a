"""What doctor says of messages that people may have enough of."""

from pathlib import Path

import pytest

from idp.doctor import Finding, leaving, master
from public_works import Settings, Stores
from symphainy.json import digest
from tests.compiler.finding import CATALOG
from workflows.compiler import compile

TEXT = """
document: {dsl: 1.0.3, namespace: acme, name: news, version: 1.0.0}
experiences:
  email: {adapter: sandbox, channel: email, purpose: <PURPOSE>}
do:
  - tell: {call: email, with: {to: ada@example.com, subject: Hello, text: Hello}}
"""
TOLD = "no SYMPHAINY_PUBLIC_BASE_URL: messages carry no links"


def deployed(settings: Settings, purpose: str) -> None:
    """A solution that sends messages of that purpose."""
    text = TEXT.replace("<PURPOSE>", purpose)
    plan = compile(text, CATALOG).plan
    assert plan is not None
    stores = Stores.open(settings)
    stores.definitions.register(
        settings.tenant,
        plan.solution,
        plan.version,
        digest=digest(text),
        text=text,
        media_type="application/yaml",
        plan=plan.dump(),
        plan_digest=plan.digest,
        author="owner",
    )
    stores.definitions.deploy(
        settings.tenant, plan.solution, plan.version, settings.environment, "owner"
    )
    stores.close()


@pytest.mark.parametrize(
    ("purpose", "missing"),
    [("transactional", None), ("marketing", "Set it: acme.news sends marketing.")],
)
def test_marketing_needs_a_way_to_unsubscribe(
    tmp_path: Path, purpose: str, missing: str | None
) -> None:
    settings = Settings(home=tmp_path)
    assert list(leaving(settings)) == [Finding("unsubscribing", TOLD)]
    deployed(settings, purpose)
    assert list(leaving(settings)) == [Finding("unsubscribing", TOLD, missing)]
    reached = settings.model_copy(update={"public_base_url": "https://acme.example"})
    assert list(leaving(reached)) == [
        Finding("unsubscribing", "links begin with https://acme.example")
    ]


@pytest.mark.parametrize(
    ("key", "missing"),
    [
        ("A" * 43 + "=", None),
        ("short", "The master key env:MASTER is not base64."),
        (None, "The environment variable MASTER is not set."),
    ],
)
def test_a_master_key_that_is_named_is_tried(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, key: str | None, missing: str | None
) -> None:
    monkeypatch.delenv("MASTER", raising=False)
    if key is not None:
        monkeypatch.setenv("MASTER", key)
    (found,) = master(Settings(home=tmp_path, master_key="env:MASTER"))

    assert (found.what, found.missing) == ("master key", missing)
    assert [*master(Settings(home=tmp_path))] == []
    assert not (tmp_path / "keys").exists()
