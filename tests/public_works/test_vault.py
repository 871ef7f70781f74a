"""Secrets of tenants: where they are kept, and whose they are."""

from pathlib import Path

import pytest

from public_works import Settings
from public_works.mask import Mask, filled
from public_works.secrets import Vault, variable_of
from symphainy.errors import Refused
from symphainy.plan import SecretPart


def vault(home: Path, **files: str) -> Vault:
    """A vault with these files, by `tenant__name`."""
    for key, text in files.items():
        tenant, _, name = key.partition("__")
        (home / "secrets" / tenant).mkdir(parents=True, exist_ok=True)
        (home / "secrets" / tenant / name).write_text(text)
    return Vault(Settings(home=home))


def part(secret: str, *path: str) -> SecretPart:
    return SecretPart(secret=secret, path=path)


def test_a_secret_is_the_text_of_its_file_or_the_object_that_is_there(tmp_path: Path) -> None:
    kept = vault(tmp_path, acme__text="abc\n", acme__number="123", acme__object='{"a": {"b": 1}}')

    assert kept.read("acme", part("text")) == "abc"
    assert kept.read("acme", part("number")) == "123"
    assert kept.read("acme", part("object", "a", "b")) == 1


def test_a_secret_is_read_anew_each_time(tmp_path: Path) -> None:
    kept = vault(tmp_path, acme__key="old")
    before = kept.read("acme", part("key"))
    vault(tmp_path, acme__key="new")

    assert (before, kept.read("acme", part("key"))) == ("old", "new")


def test_a_secret_can_be_an_environment_variable(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SYMPHAINY_SECRET_BIG_CO__API_KEY", '{"token": "t"}')

    assert vault(tmp_path).read("big-co", part("api-key", "token")) == "t"


@pytest.mark.parametrize("tenant", ["Acme", "big_co", "big--co", "-a", "a-", "big__co", "ä"])
def test_tenants_whose_names_could_be_mistaken_have_no_variables(tenant: str) -> None:
    assert variable_of(tenant, "key") is None


def test_no_two_tenants_share_a_variable() -> None:
    tenants = ["a", "a-b", "a-b-c", "ab", "a1"]
    names = ["c", "b", "_c", "b__c", "-b", "b-c"]
    pairs = {(tenant, variable_of(tenant, name)) for tenant in tenants for name in names}

    assert len({variable for _, variable in pairs}) == len(pairs)


@pytest.mark.parametrize(
    ("tenant", "name"),
    [
        ("acme", "../other/key"),
        ("acme", ".."),
        ("acme", "/etc/passwd"),
        ("..", "acme"),
        ("acme/../other", "key"),
        ("acme", "$authorization"),
        ("acme", ""),
        ("acme", "a\x00b"),
    ],
)
def test_a_name_that_leads_elsewhere_is_refused(tmp_path: Path, tenant: str, name: str) -> None:
    kept = vault(tmp_path, other__key="theirs")

    with pytest.raises(Refused, match=r"secret\.reference"):
        kept.read(tenant, part(name))


def test_a_link_out_of_the_folder_is_not_followed(tmp_path: Path) -> None:
    kept = vault(tmp_path, acme__own="x")
    (tmp_path / "outside").write_text("outside")
    (tmp_path / "secrets" / "acme" / "link").symlink_to(tmp_path / "outside")

    with pytest.raises(Refused, match=r"secret\.reference"):
        kept.read("acme", part("link"))


@pytest.mark.parametrize(
    ("tenant", "wanted"),
    [("other", part("key")), ("Acme", part("key")), ("acme", part("key", "member"))],
)
def test_what_another_tenant_has_is_missing(
    tmp_path: Path, tenant: str, wanted: SecretPart
) -> None:
    kept = vault(tmp_path, acme__key="ours")

    with pytest.raises(Refused, match=r"secret\.missing") as refused:
        kept.read(tenant, wanted)
    assert "ours" not in refused.value.message


def test_secrets_go_where_the_plan_says_and_are_hidden_afterwards(tmp_path: Path) -> None:
    kept = vault(tmp_path, acme__key="a-secret/text", acme__login='{"username": "administrator"}')
    wire = {
        "with": {"list": [None, 1], "a/b": None, "login": None},
        "secrets": {
            "/with/list/0": ["Bearer ", {"secret": "key", "path": []}],
            "/with/a~1b": [{"secret": "key", "path": []}],
            "/with/login": [{"secret": "login", "path": []}],
        },
    }

    whole, mask = filled(wire, "acme", kept)

    assert whole == {
        "with": {
            "list": ["Bearer a-secret/text", 1],
            "a/b": "a-secret/text",
            "login": {"username": "administrator"},
        }
    }
    assert wire["with"] == {"list": [None, 1], "a/b": None, "login": None}
    assert mask.value([whole["with"], "?q=a-secret%2Ftext", {"a-secret/text": 1}]) == [
        {"list": ["Bearer ***", 1], "a/b": "***", "login": {"username": "administrator"}},
        "?q=***",
        {"***": 1},
    ]


def test_a_mask_hides_the_longest_first_and_nothing_short() -> None:
    mask = Mask(["secret", "secret-and-more", "abc"])

    assert mask.text("secret-and-more secret abc") == "*** *** abc"
