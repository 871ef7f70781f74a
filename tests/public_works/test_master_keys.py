"""Master keys: in AWS KMS, on a real socket, and where the folder that they lie in is broken."""

import asyncio
import base64
import secrets
import shutil
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any, TypeVar

import pytest
from temporalio.api.common.v1 import Payload

from public_works import Settings, Stores
from public_works.data_keys import DataKeys
from public_works.master_keys import About, MasterKeys
from symphainy.errors import Refused, Unavailable
from temporal.codec import TenantCodec
from tests.twins.kms import KmsTwin
from tests.twins.ses import SECRET

T = TypeVar("T")
ARN = "arn:aws:kms:eu-central-1:111122223333:key/canary"
OTHER = "arn:aws:kms:eu-central-1:111122223333:key/other"
ABOUT = About("acme", "k1")


@pytest.fixture
async def kms(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[KmsTwin]:
    """KMS with two keys, where this process has a name."""
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", SECRET["accessKeyId"])
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", SECRET["secretAccessKey"])
    async with KmsTwin() as twin:
        twin.add(ARN)
        twin.add(OTHER)
        yield twin


def settings(home: Path, twin: KmsTwin | None = None, **more: Any) -> Settings:
    if twin is not None:
        named = {"master_key_aws_region": "eu-central-1", "master_key_aws_endpoint": twin.url}
        more = {"master_key": f"aws-kms:{ARN}", **named, **more}
    return Settings(home=home, **more)


async def aside(call: Callable[..., T], *args: Any) -> T:
    return await asyncio.to_thread(call, *args)


def keys(stores: Stores, given: Settings) -> DataKeys:
    """What another process of that installation has open: nothing."""
    return DataKeys(stores.database, lambda: MasterKeys.of(given))


async def test_a_key_of_kms_seals_data_keys_each_for_its_tenant(
    tmp_path: Path, kms: KmsTwin
) -> None:
    given = settings(tmp_path, kms)
    stores = await aside(Stores.open, given)
    made = await aside(stores.data_keys.current, "acme")
    for _ in range(3):
        await aside(stores.data_keys.current, "acme")
    once = list(kms.calls)
    found = await aside(keys(stores, given).find, made.id)
    (record,) = stores.data_keys.list("acme")
    stores.close()

    assert found is not None
    assert (found.tenant, found.id) == ("acme", made.id)
    assert once == ["Encrypt", "Decrypt"]
    assert kms.contexts == [{"symphainy": "data-key", "tenant": "acme", "key": made.id}] * 3
    assert ARN not in record.master
    assert not (tmp_path / "keys" / "master").exists()


async def test_what_kms_sealed_for_one_tenant_opens_for_no_other(
    tmp_path: Path, kms: KmsTwin
) -> None:
    master = MasterKeys.of(settings(tmp_path, kms)).current
    sealed = await aside(master.seal, b"0" * 32, ABOUT)

    assert await aside(master.open, sealed, ABOUT) == b"0" * 32
    for about in (About("evil", "k1"), About("acme", "k2")):
        with pytest.raises(Unavailable, match="InvalidCiphertextException"):
            await aside(master.open, sealed, about)


@pytest.mark.parametrize(
    ("breaks", "told"),
    [
        ({"denies": frozenset({"Decrypt"})}, "AccessDeniedException.*kms:Decrypt"),
        ({"keys": {}}, "NotFoundException"),
        ({"fault": "500"}, "KMSInternalException"),
        ({"fault": "429"}, "ThrottlingException"),
        ({"fault": "drop"}, "ConnectionClosedError"),
    ],
)
async def test_while_kms_opens_nothing_what_needs_it_waits(
    tmp_path: Path, kms: KmsTwin, breaks: dict[str, Any], told: str
) -> None:
    given = settings(tmp_path, kms)
    stores = await aside(Stores.open, given)
    codec = TenantCodec(stores.data_keys, "default", workflow="acme/s/1")
    sealed = await codec.encode([Payload(data=b"x")])
    before = {name: getattr(kms, name) for name in breaks}
    for name, value in breaks.items():
        setattr(kms, name, value)
    lacking = TenantCodec(keys(stores, given), "default", workflow="acme/s/1")
    with pytest.raises(Unavailable, match=told) as caught:
        await lacking.decode(sealed)
    still = await codec.decode(sealed)
    for name, value in before.items():
        setattr(kms, name, value)
    again = await lacking.decode(sealed)
    stores.close()

    assert caught.value.code == "codec.key"
    assert SECRET["secretAccessKey"] not in str(caught.value)
    assert [still[0].data, again[0].data] == [b"x", b"x"]


async def test_data_keys_go_over_from_a_file_to_kms_and_to_another_key_there(
    tmp_path: Path, kms: KmsTwin, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MASTER", base64.b64encode(secrets.token_bytes(32)).decode())
    steps: list[dict[str, Any]] = [
        {"master_key": "env:MASTER"},
        {"master_keys_before": "env:MASTER"},
        {"master_key": f"aws-kms:{OTHER}", "master_keys_before": f"aws-kms:{ARN}"},
        {"master_key": f"aws-kms:{OTHER}"},
    ]
    stores = await aside(Stores.open, settings(tmp_path, kms, **steps[0]))
    made = await aside(stores.data_keys.current, "acme")
    done = []
    for step in steps[1:]:
        process = keys(stores, settings(tmp_path, kms, **step))
        done.append(await aside(process.rewrap, "acme"))
        assert await aside(process.find, made.id) is not None
    stores.close()

    assert done == [1, 1, 0]


def broken(home: Path, how: str) -> None:
    """Do that to the folder of master keys."""
    folder = home / "keys" / "master"
    if how == "gone":
        shutil.rmtree(folder)
    elif how == "a file":
        shutil.rmtree(folder)
        folder.write_text("")
    elif how == "cut short":
        (folder / "0001").write_bytes(b"x")
    else:
        (folder / "0001").unlink()
        (folder / "0001").mkdir()


@pytest.mark.parametrize("how", ["gone", "a file", "cut short", "a folder"])
async def test_a_broken_folder_of_keys_has_everything_wait(tmp_path: Path, how: str) -> None:
    stores = await aside(Stores.open, settings(tmp_path))
    made = await aside(stores.data_keys.current, "acme")
    broken(tmp_path, how)
    process = keys(stores, settings(tmp_path))
    for ask, about in ((process.find, made.id), (process.current, "new"), (process.rotate, "acme")):
        with pytest.raises(Unavailable, match=r"codec\.key"):
            await aside(ask, about)
    tenants = stores.data_keys.tenants()
    stores.close()

    assert tenants == ["acme"]


async def test_a_secret_that_is_gone_has_runs_wait_and_faults_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MASTER", base64.b64encode(secrets.token_bytes(32)).decode())
    given = settings(tmp_path, master_key="env:MASTER")
    stores = await aside(Stores.open, given)
    codec = TenantCodec(stores.data_keys, "default", workflow="acme/s/1")
    sealed = await codec.encode([Payload(data=b"x")])
    monkeypatch.delenv("MASTER")
    lacking = TenantCodec(keys(stores, given), "default", workflow="acme/s/1")
    with pytest.raises(Unavailable, match=r"codec\.key.*MASTER"):
        await lacking.decode(sealed)
    stores.close()


@pytest.mark.parametrize("text", ["vault:x", "aws-kms:", "arn:aws:kms:x", "env: A"])
def test_what_names_no_master_key_is_refused(tmp_path: Path, text: str) -> None:
    with pytest.raises(Refused, match="SYMPHAINY_MASTER_KEY"):
        settings(tmp_path, master_key=text)
