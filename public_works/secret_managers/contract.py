"""What every manager of secrets can do, and which ones the settings name."""

from collections.abc import Callable
from typing import Protocol

from public_works.settings import Settings
from symphainy.json import Json

__all__ = ["Manager", "Resolve", "managers"]

Resolve = Callable[[str], str]
"""The text that a reference (`env:NAME`, `file:PATH`) names, as it is now."""


class Manager(Protocol):
    """Secrets of tenants, each below a path of its tenant; asked in threads, within seconds."""

    name: str

    def read(self, tenant: str, name: str, version: str | None) -> Json:
        """The secret; None if there is none of that name and version.

        Raises Refused (`secret.refused`), Unavailable (`secret.unavailable`): nothing happened.
        """

    def check(self) -> str:
        """Where it is, once it has answered; raises like `read`."""


def managers(settings: Settings, resolve: Resolve) -> tuple[Manager, ...]:
    """The managers of these settings, in the order in which they are asked."""
    found: list[Manager] = []
    # Imported where they are used: boto3 takes 1.7 s, and most installations have neither.
    if settings.secrets_aws_prefix is not None:
        from public_works.secret_managers.aws import AwsSecrets

        found.append(AwsSecrets(settings))
    if settings.vault_address is not None:
        from public_works.secret_managers.hashicorp import HashicorpVault

        found.append(HashicorpVault(settings, resolve))
    return tuple(found)
