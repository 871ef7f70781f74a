"""HashiCorp Vault: the key-value engine of version 2, by token or by AppRole."""

import time
from collections.abc import Callable
from threading import Lock
from typing import Any, TypeVar

import hvac
import requests
from hvac import exceptions

from public_works.secret_managers.contract import Resolve
from public_works.settings import Settings
from symphainy.errors import Refused, Unavailable
from symphainy.json import Json

__all__ = ["HashicorpVault"]

T = TypeVar("T")
PATIENCE = (3, 5)
"""Seconds to connect, and to answer."""
EARLY = 0.8
"""Of its lease after which a login is done anew."""
LATER = (
    exceptions.VaultDown,
    exceptions.InternalServerError,
    exceptions.BadGateway,
    exceptions.RateLimitExceeded,
    exceptions.VaultNotInitialized,
    exceptions.UnsupportedOperation,
)


class HashicorpVault:
    """Secrets `{prefix}/{tenant}/{name}` below one mount."""

    name = "vault"

    def __init__(self, settings: Settings, resolve: Resolve) -> None:
        self._settings = settings
        self._resolve = resolve
        self._lock = Lock()
        self._until = 0.0
        # Proxies and credentials of the surroundings are nobody's who asked for a secret.
        session = requests.Session()
        session.trust_env = False
        self._client = hvac.Client(
            url=settings.vault_address,
            namespace=settings.vault_namespace,
            timeout=PATIENCE,
            allow_redirects=False,
            session=session,
        )

    def read(self, tenant: str, name: str, version: str | None) -> Json:
        """See Manager."""
        if version is not None and not version.isdecimal():
            raise Refused("secret.reference", f"A version of Vault is a number, not {version!r}.")
        path = f"{self._settings.vault_prefix.strip('/')}/{tenant}/{name}".lstrip("/")

        def asked() -> Any:
            return self._client.secrets.kv.v2.read_secret_version(
                path=path,
                mount_point=self._settings.vault_mount,
                version=int(version) if version is not None else None,
                raise_on_deleted_version=True,
            )

        try:
            answer = self._authorized(asked, name)
        except exceptions.InvalidPath:
            return None
        data: dict[str, Json] = answer["data"]["data"]
        # A secret that is one text has nowhere else to be in a store of objects.
        return data["value"] if set(data) == {"value"} else data

    def check(self) -> str:
        """See Manager."""
        self._authorized(self._client.auth.token.lookup_self, "its own token")
        return f"{self._settings.vault_address}, {self._settings.vault_mount}"

    def _authorized(self, ask: Callable[[], T], name: str) -> T:
        """What is answered; who is let in no more asks once more with a new login."""
        for fresh in (False, True):
            try:
                self._login(fresh=fresh)
                return ask()
            except exceptions.Forbidden:
                if fresh:
                    raise Refused("secret.refused", f"Vault does not give {name}.") from None
            except exceptions.InvalidPath:
                raise
            except LATER as error:
                raise _silent(error) from None
            except exceptions.VaultError as error:
                message = f"Vault does not give {name}: {type(error).__name__}."
                raise Refused("secret.refused", message) from None
            except requests.RequestException as error:
                raise _silent(error) from None
        raise AssertionError("unreachable")

    def _login(self, *, fresh: bool) -> None:
        settings = self._settings
        with self._lock:
            if time.monotonic() < self._until and not fresh:
                return
            if settings.vault_token is not None:
                # Read anew each time: who replaces the token replaces the file.
                self._client.token = self._resolve(settings.vault_token)
                return
            if settings.vault_role_id is None or settings.vault_secret_id is None:
                message = "Set SYMPHAINY_VAULT_TOKEN, or both VAULT_ROLE_ID and VAULT_SECRET_ID."
                raise Refused("secret.refused", message)
            self._client.token = None
            told = self._client.auth.approle.login(
                role_id=self._resolve(settings.vault_role_id),
                secret_id=self._resolve(settings.vault_secret_id),
                mount_point=settings.vault_approle_mount,
            )
            lease = float(told["auth"].get("lease_duration") or 3600)
            self._until = time.monotonic() + EARLY * lease


def _silent(error: Exception) -> Unavailable:
    why = type(error).__name__
    return Unavailable("secret.unavailable", f"Vault does not answer: {why}.")
