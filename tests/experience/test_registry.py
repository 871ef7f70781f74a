"""What is installed can be used, and one broken package leaves the others alone."""

from pathlib import Path

import pytest

from experience_adapters import Registry
from experience_adapters.sandbox import ADAPTERS
from public_works.settings import Settings
from symphainy.errors import Refused


def test_the_built_in_adapters_come_in_by_entry_points() -> None:
    registry = Registry.installed()

    assert sorted(f"{one.channel} {one.name}" for one in registry.specs) == [
        "api api",
        "api sandbox",
        "chat sandbox",
        "chat slack",
        "chat web",
        "crm hubspot",
        "crm salesforce",
        "crm sandbox",
        "email sandbox",
        "email sendgrid",
        "email ses",
        "email smtp",
        "sms sandbox",
        "sms sns",
        "sms twilio",
        "ticket jira",
        "ticket sandbox",
        "ticket zendesk",
        "voice connect",
        "voice sandbox",
        "voice twilio",
        "webhook sandbox",
        "webhook webhook",
    ]
    assert registry.problems == []


def test_a_taken_name_is_refused() -> None:
    with pytest.raises(Refused) as caught:
        Registry([*ADAPTERS, *ADAPTERS])

    assert caught.value.code == "adapter.taken"


def test_an_adapter_that_is_not_there_is_refused_with_those_that_are() -> None:
    with pytest.raises(Refused, match="it has sandbox") as caught:
        Registry(ADAPTERS).make("email", "pigeon", {})

    assert caught.value.code == "adapter.unknown"


def test_an_adapter_is_made_with_the_worker_s_services() -> None:
    adapter = Registry.installed().make("email", "smtp", {Settings: Settings()})

    assert adapter.spec.name == "smtp"


def test_broken_packages_are_reported_and_the_others_work(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ours = Registry.installed().specs
    _install(tmp_path, "crashing", "raise RuntimeError('no pigeons')")
    _install(tmp_path, "greedy", "from experience_adapters.sandbox import ADAPTERS")
    monkeypatch.syspath_prepend(tmp_path)
    registry = Registry.installed()

    assert registry.specs == ours
    assert [(one.plugin, one.code) for one in registry.problems] == [
        ("crashing:ADAPTERS", "adapter.broken"),
        ("greedy:ADAPTERS", "adapter.taken"),
    ]
    assert registry.problems[0].message == "RuntimeError: no pigeons"


def _install(folder: Path, name: str, source: str) -> None:
    """A package with an entry point, as an installer would leave it."""
    (folder / f"{name}.py").write_text(source)
    info = folder / f"{name}-1.0.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0.0\n")
    (info / "entry_points.txt").write_text(f"[symphainy.adapters]\n{name} = {name}:ADAPTERS\n")
