"""Settings come from SYMPHAINY_ variables; a wrong one is named."""

from pathlib import Path

import pytest

from public_works import Settings, Stores
from public_works.keyfiles import signing_key_pem
from symphainy.errors import Refused


@pytest.fixture(autouse=True)
def _clean(monkeypatch: pytest.MonkeyPatch):
    for name in Settings.model_fields:
        monkeypatch.delenv(f"SYMPHAINY_{name.upper()}", raising=False)


def test_everything_has_a_default_that_works():
    settings = Settings()
    assert (settings.home, settings.tenant, settings.egress_allow) == (
        Path(".symphainy"),
        "local",
        (),
    )
    assert settings.database == f"sqlite:///{Path.cwd() / '.symphainy' / 'symphainy.db'}"


def test_every_setting_is_described():
    assert [name for name, one in Settings.model_fields.items() if not one.description] == []


def test_variables_are_read(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("SYMPHAINY_DATABASE_URL", "postgresql://h/x")
    monkeypatch.setenv("SYMPHAINY_EGRESS_ALLOW", "127.0.0.1:8080, crm.internal\n[::1]:90,")
    monkeypatch.setenv("SYMPHAINY_SMTP_PASSWORD", "hidden")
    monkeypatch.setenv("SYMPHAINY_LOG_LEVEL", "DEBUG")
    settings = Settings()
    assert settings.database == "postgresql://h/x"
    assert settings.egress_allow == ("127.0.0.1:8080", "crm.internal", "[::1]:90")
    assert (settings.smtp_password.get_secret_value(), settings.log_level) == ("hidden", "debug")
    assert "hidden" not in repr(settings)


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("SYMPHAINY_API_PORT", "eighty"),
        ("SYMPHAINY_API_PORT", "70000"),
        ("SYMPHAINY_EGRESS_ALLOW", "http://127.0.0.1"),
        ("SYMPHAINY_EGRESS_ALLOW", "127.0.0.1:99x"),
        ("SYMPHAINY_SMTP_TLS", "maybe"),
        ("SYMPHAINY_SMTP_TIMEOUT", "0"),
        ("SYMPHAINY_TENANT", "../etc"),
        ("SYMPHAINY_ALLOW_REMOTE", "perhaps"),
        ("SYMPHAINY_DELIVERY_RECONCILE_SECONDS", "-1"),
    ],
)
def test_a_wrong_variable_is_named(monkeypatch: pytest.MonkeyPatch, variable: str, value: str):
    monkeypatch.setenv(variable, value)
    with pytest.raises(Refused, match=variable) as refused:
        Settings()
    assert refused.value.code == "settings.invalid"


def test_a_wrong_secret_is_not_repeated(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("SYMPHAINY_SMTP_PASSWORD", "canary")
    monkeypatch.setenv("SYMPHAINY_SMTP_PORT", "canary-port")
    with pytest.raises(Refused) as refused:
        Settings()
    assert "canary" not in str(refused.value)


def test_the_stores_of_a_new_folder_open_close_and_open_again(tmp_path: Path):
    settings = Settings(home=tmp_path / "new" / "home")
    stores = Stores.open(settings)
    stores.customers.upsert("acme", "anna")
    digest = stores.blobs.put("acme", b"x")
    stores.close()
    again = Stores.open(settings)
    assert (again.customers.get("acme", "anna").id, again.blobs.get("acme", digest)) == (
        "anna",
        b"x",
    )
    again.close()
    signing_key_pem(settings.home, "context")
    assert sorted(one.name for one in settings.home.iterdir()) == ["blobs", "keys", "symphainy.db"]
