"""Secrets kept by AWS Secrets Manager and HashiCorp Vault, on real sockets."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from public_works import Settings
from public_works.secret_managers import Remembered
from public_works.secrets import Vault
from public_works.telemetry.logs import Blank
from symphainy.errors import Refused, Unavailable
from symphainy.json import Json
from symphainy.plan import SecretPart
from tests.twins.provider import Fault
from tests.twins.secret_managers import AwsSecretsTwin, VaultTwin
from tests.twins.ses import SECRET


@pytest.fixture
async def aws(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[AwsSecretsTwin]:
    """AWS, where this process has a name."""
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", SECRET["accessKeyId"])
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", SECRET["secretAccessKey"])
    kept = {"AWSCURRENT": '{"key": "new"}', "AWSPREVIOUS": '{"key": "old"}'}
    secrets = {"sym/acme/crm": kept, "sym/evil/crm": {"AWSCURRENT": "theirs"}}
    async with AwsSecretsTwin(secrets=secrets) as twin:
        yield twin


@pytest.fixture
async def hashicorp() -> AsyncIterator[VaultTwin]:
    """A Vault with secrets of two tenants."""
    secrets: dict[str, list[dict[str, Any]]] = {
        "symphainy/acme/crm": [{"key": "old"}, {"key": "new"}],
        "symphainy/acme/word": [{"value": "open sesame"}],
        "symphainy/evil/crm": [{"value": "theirs"}],
    }
    async with VaultTwin(secrets=secrets) as twin:
        yield twin


def of_aws(home: Path, twin: AwsSecretsTwin, **more: Any) -> Vault:
    return Vault(
        Settings(
            home=home,
            secrets_aws_prefix="sym",
            secrets_aws_region="eu-central-1",
            secrets_aws_endpoint=twin.url,
            **more,
        )
    )


def of_vault(home: Path, twin: VaultTwin, **more: Any) -> Vault:
    folder = home / "secrets"
    folder.mkdir(exist_ok=True)
    (folder / "token").write_text("root-token\n")
    (folder / "role").write_text("role-id")
    (folder / "proof").write_text("secret-id")
    given = {"vault_token": "file:token"} | more
    return Vault(Settings(home=home, vault_address=twin.url, **given))


APPROLE = {"vault_token": None, "vault_role_id": "file:role", "vault_secret_id": "file:proof"}


async def read(vault: Vault, tenant: str, secret: str, *path: str) -> Json:
    return await asyncio.to_thread(vault.read, tenant, SecretPart(secret=secret, path=path))


async def test_aws_gives_the_secret_of_the_tenant(tmp_path: Path, aws: AwsSecretsTwin) -> None:
    vault = of_aws(tmp_path, aws)

    assert await read(vault, "acme", "crm", "key") == "new"
    assert await read(vault, "acme", "crm@AWSPREVIOUS", "key") == "old"
    assert await read(vault, "evil", "crm") == "theirs"


async def test_vault_gives_the_secret_of_the_tenant(tmp_path: Path, hashicorp: VaultTwin) -> None:
    vault = of_vault(tmp_path, hashicorp)

    assert await read(vault, "acme", "crm", "key") == "new"
    assert await read(vault, "acme", "crm@1", "key") == "old"
    assert await read(vault, "acme", "word") == "open sesame"


async def test_logs_do_not_say_what_a_manager_gave(
    tmp_path: Path, hashicorp: VaultTwin, aws: AwsSecretsTwin
) -> None:
    aws.secrets["sym/acme/crm"] = {"AWSCURRENT": '{"username": "robot", "keys": ["canary-aws"]}'}
    hashicorp.secrets["symphainy/acme/crm"] = [{"key": "canary-vault", "other": "canary-more"}]
    blank = Blank(Settings(home=tmp_path / "other"))
    said = "robot canary-aws canary-vault canary-more"
    before = blank.text(said)
    await read(of_aws(tmp_path, aws), "acme", "crm", "keys")
    await read(of_vault(tmp_path, hashicorp), "acme", "crm", "key")

    assert before == said
    assert blank.text(said) == "robot *** *** ***"


@pytest.mark.parametrize("name", ["../evil/crm", "..%2fevil%2fcrm", "a/../../evil/crm", "crm@../1"])
async def test_no_name_leads_to_another_tenant(
    tmp_path: Path, hashicorp: VaultTwin, aws: AwsSecretsTwin, name: str
) -> None:
    for vault in (of_vault(tmp_path, hashicorp), of_aws(tmp_path, aws)):
        with pytest.raises(Refused, match=r"secret\.reference"):
            await read(vault, "acme", name)
        with pytest.raises(Refused, match=r"secret\.reference"):
            await read(vault, "acme/../evil", "crm")
    assert (hashicorp.reads, aws.reads) == (0, 0)


async def test_a_file_of_this_machine_comes_first(tmp_path: Path, hashicorp: VaultTwin) -> None:
    vault = of_vault(tmp_path, hashicorp)
    (tmp_path / "secrets" / "acme").mkdir()
    (tmp_path / "secrets" / "acme" / "crm").write_text("here")

    assert await read(vault, "acme", "crm") == "here"
    assert hashicorp.reads == 0


async def test_a_role_logs_in_once_and_anew_when_its_token_is_good_no_more(
    tmp_path: Path, hashicorp: VaultTwin
) -> None:
    vault = of_vault(tmp_path, hashicorp, **APPROLE, secrets_cache_seconds=0)
    await read(vault, "acme", "crm")
    await read(vault, "acme", "crm")
    once = hashicorp.logins
    hashicorp.tokens.clear()
    await read(vault, "acme", "crm")

    assert (once, hashicorp.logins) == (1, 2)


async def test_a_token_that_was_replaced_is_used_without_a_restart(
    tmp_path: Path, hashicorp: VaultTwin
) -> None:
    vault = of_vault(tmp_path, hashicorp, secrets_cache_seconds=0)
    await read(vault, "acme", "crm")
    hashicorp.tokens = {"another"}
    (tmp_path / "secrets" / "token").write_text("another")

    assert await read(vault, "acme", "crm", "key") == "new"


async def test_many_that_want_a_secret_at_once_ask_once(
    tmp_path: Path, hashicorp: VaultTwin
) -> None:
    vault = of_vault(tmp_path, hashicorp)

    found = await asyncio.gather(*[read(vault, "acme", "crm", "key") for _ in range(20)])

    assert found == ["new"] * 20
    assert hashicorp.reads == 1


def test_what_is_remembered_has_an_end() -> None:
    clock = [0.0]
    remembered = Remembered(60, lambda: clock[0])
    answers: list[Json] = ["old", "new"]
    told = []
    for moment in (0.0, 59.9, 60.0):
        clock[0] = moment
        told.append(remembered.of("acme", "crm", lambda: answers.pop(0)))

    assert told == ["old", "old", "new"]
    # Of another tenant nothing is remembered.
    assert remembered.of("evil", "crm", lambda: "theirs") == "theirs"


@pytest.mark.parametrize("fault", ["503", "500", "429", "drop"])
async def test_a_manager_that_does_not_answer_is_tried_again_later(
    tmp_path: Path, hashicorp: VaultTwin, aws: AwsSecretsTwin, fault: Fault
) -> None:
    hashicorp.fault = aws.fault = fault
    for vault in (of_vault(tmp_path, hashicorp), of_aws(tmp_path, aws)):
        with pytest.raises(Unavailable, match=r"secret\.unavailable"):
            await read(vault, "acme", "crm")


async def test_a_manager_that_is_not_there_is_tried_again_later(
    tmp_path: Path, hashicorp: VaultTwin, aws: AwsSecretsTwin
) -> None:
    await hashicorp.stop()
    await aws.stop()
    for vault in (of_vault(tmp_path, hashicorp), of_aws(tmp_path, aws)):
        with pytest.raises(Unavailable, match=r"secret\.unavailable"):
            await read(vault, "acme", "crm")


async def test_a_manager_that_does_not_know_this_platform_refuses(
    tmp_path: Path, hashicorp: VaultTwin, aws: AwsSecretsTwin
) -> None:
    hashicorp.tokens = {"another"}
    aws.denies = frozenset({"sym/acme/crm"})
    for vault in (of_vault(tmp_path, hashicorp), of_aws(tmp_path, aws)):
        with pytest.raises(Refused, match=r"secret\.refused") as refused:
            await read(vault, "acme", "crm")
        assert "root-token" not in str(refused.value)


async def test_a_wrong_role_is_refused(tmp_path: Path, hashicorp: VaultTwin) -> None:
    hashicorp.role = ("another", "role")
    with pytest.raises(Refused, match=r"secret\.refused"):
        await read(of_vault(tmp_path, hashicorp, **APPROLE), "acme", "crm")


async def test_what_no_manager_has_is_missing(
    tmp_path: Path, hashicorp: VaultTwin, aws: AwsSecretsTwin
) -> None:
    for vault in (of_vault(tmp_path, hashicorp), of_aws(tmp_path, aws)):
        for name in ("none", "crm@9", "none@1"):
            with pytest.raises(Refused, match=r"secret\.missing"):
                await read(vault, "acme", name)


async def test_managers_say_where_they_are_once_they_answer(
    tmp_path: Path, hashicorp: VaultTwin, aws: AwsSecretsTwin
) -> None:
    for vault in (of_vault(tmp_path, hashicorp), of_aws(tmp_path, aws)):
        (manager,) = vault.managers
        assert "127.0.0.1" in await asyncio.to_thread(manager.check)
