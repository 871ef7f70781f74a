"""Keys, secrets and blobs in the home folder."""

import json
import pickle
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import serialization

from public_works import Settings
from public_works.blobs import Blobs, Folder
from public_works.keyfiles import pepper, public_key_pems, signing_key_pem
from public_works.secrets import resolve
from symphainy.errors import Refused

PEPPER = "import sys, pathlib; from public_works.keyfiles import pepper; "
PEPPER += "print(pepper(pathlib.Path(sys.argv[1])).hex())"


def test_a_key_is_made_once_and_its_owners_only(tmp_path: Path):
    made = signing_key_pem(tmp_path, "context")
    assert signing_key_pem(tmp_path, "context") == made
    assert signing_key_pem(tmp_path, "grant") != made
    assert len(pepper(tmp_path)) == 32
    modes = {one.name: one.stat().st_mode & 0o777 for one in (tmp_path / "keys").iterdir()}
    assert modes == {"context.pem": 0o600, "grant.pem": 0o600, "pepper": 0o600}


def test_public_keys_verify_what_the_private_ones_sign(tmp_path: Path):
    private = serialization.load_pem_private_key(signing_key_pem(tmp_path, "context"), None)
    pepper(tmp_path)
    pems = public_key_pems(tmp_path)
    assert list(pems) == ["context"]
    public = serialization.load_pem_public_key(pems["context"])
    assert public.verify(private.sign(b"said"), b"said") is None


def test_all_who_start_at_once_get_the_same_key(tmp_path: Path):
    command = [sys.executable, "-c", PEPPER, str(tmp_path)]
    processes = [subprocess.Popen(command, stdout=subprocess.PIPE) for _ in range(4)]
    with ThreadPoolExecutor(20) as threads:
        made = set(threads.map(lambda _: signing_key_pem(tmp_path, "context"), range(20)))
    peppers = {one.communicate(timeout=60)[0].decode().strip() for one in processes}
    assert (len(made), peppers) == (1, {pepper(tmp_path).hex()})
    assert sorted(one.name for one in (tmp_path / "keys").iterdir()) == ["context.pem", "pepper"]


@pytest.mark.parametrize("name", ["../x", "a/b", "", "a.b"])
def test_a_key_name_is_no_path(tmp_path: Path, name: str):
    with pytest.raises(ValueError, match="cannot name a key file"):
        signing_key_pem(tmp_path, name)


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    (tmp_path / "home" / "secrets" / "mail").mkdir(parents=True)
    (tmp_path / "home" / "secrets" / "mail" / "password").write_text("s3cret\n")
    (tmp_path / "outside").write_text("outside")
    (tmp_path / "home" / "secrets" / "link").symlink_to(tmp_path / "outside")
    return Settings(home=tmp_path / "home")


def test_secrets_come_from_variables_and_files(settings: Settings, monkeypatch):
    monkeypatch.setenv("CRM_TOKEN", "t0ken")
    monkeypatch.setenv("SYMPHAINY_SECRET_CRM", "t1ken")
    references = ["env:CRM_TOKEN", "env:SYMPHAINY_SECRET_CRM", "file:mail/password"]
    values = [resolve(one, settings).get_secret_value() for one in references]
    assert values == ["t0ken", "t1ken", "s3cret"]


@pytest.mark.parametrize(
    ("reference", "code"),
    [
        ("env:NOT_SET_ANYWHERE", "secret.missing"),
        ("env:SYMPHAINY_API_KEY", "secret.reference"),
        ("env:symphainy_api_key", "secret.reference"),
        ("env:A B", "secret.reference"),
        ("env:", "secret.reference"),
        ("file:", "secret.reference"),
        ("file:none", "secret.missing"),
        ("file:mail", "secret.missing"),
        ("file:mail\0", "secret.missing"),
        ("file:../../outside", "secret.reference"),
        ("file:/etc/passwd", "secret.reference"),
        ("file:link", "secret.reference"),
        ("vault:x", "secret.reference"),
        ("plain text", "secret.reference"),
    ],
)
def test_a_reference_that_names_nothing_or_leads_outside_is_refused(settings, reference, code):
    with pytest.raises(Refused) as refused:
        resolve(reference, settings)
    assert refused.value.code == code


def test_a_secret_shows_itself_to_nobody_who_does_not_ask(settings: Settings):
    secret = resolve("file:mail/password", settings)
    assert (repr(secret), len({secret})) == ("Secret('file:mail/password')", 1)
    for leak in (str, "{}".format, pickle.dumps, json.dumps, "%s".__mod__):
        with pytest.raises(TypeError):
            leak(secret)


def test_blobs_are_addressed_by_what_they_are(tmp_path: Path):
    folder: Blobs = Folder(tmp_path)
    digest = folder.put("acme", b"hello")
    assert digest == "sha256:2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824"
    assert (folder.put("acme", b"hello"), folder.get("acme", digest)) == (digest, b"hello")
    assert len([one for one in tmp_path.rglob("*") if one.is_file()]) == 1


def test_a_digest_opens_nothing_for_another_tenant(tmp_path: Path):
    folder = Folder(tmp_path)
    assert folder.get("other", folder.put("acme", b"hello")) is None


@pytest.mark.parametrize("digest", ["", "sha256:../../x", "md5:x", "sha256:" + "A" * 64])
def test_what_is_no_digest_names_no_blob(tmp_path: Path, digest: str):
    assert Folder(tmp_path).get("acme", digest) is None


@pytest.mark.parametrize("tenant", ["", "..", ".hidden", "a/b", "a\0", "x" * 200])
def test_a_tenant_that_is_no_folder_name_holds_no_blobs(tmp_path: Path, tenant: str):
    with pytest.raises(Refused, match=r"blob\.tenant"):
        Folder(tmp_path).put(tenant, b"hello")
