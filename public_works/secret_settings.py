"""Settings of keys, and of where secrets are kept outside of this machine."""

from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, Field
from pydantic_settings import NoDecode

__all__ = ["SecretSettings"]


class SecretSettings(BaseModel):
    """The part of the settings that is about keys and managers of secrets."""

    secrets_cache_seconds: float = Field(
        60.0,
        ge=0,
        le=3600,
        description="How long a secret of AWS Secrets Manager or Vault is used without asking "
        "again: as long after it was replaced the old one may be in use.",
    )
    secrets_aws_prefix: str | None = Field(
        None,
        min_length=1,
        max_length=200,
        description="Secrets `PREFIX/TENANT/NAME` of AWS Secrets Manager are the tenants'; the "
        "process is known there by boto3's own chain (role, profile, environment).",
    )
    secrets_aws_region: str | None = Field(
        None, description="Region of AWS Secrets Manager; by default that of the surroundings."
    )
    secrets_aws_endpoint: str | None = Field(
        None, description="Another address of AWS Secrets Manager, such as an endpoint of a VPC."
    )
    data_key_days: int = Field(
        90,
        ge=1,
        le=3650,
        description="Days that a tenant's data key seals new payloads; then another one does.",
    )
    master_key: str | None = Field(
        None,
        pattern=r"^(env|file|aws-kms):\S+$",
        description="Secret, as env:NAME or file:PATH, that holds the key data keys are sealed "
        "with: 32 bytes in base64; or aws-kms:KEY, the ARN of a symmetric key in AWS KMS. By "
        "default a file of the home folder, which all processes must then share.",
    )
    master_keys_before: Annotated[tuple[str, ...], NoDecode] = Field(
        (),
        description="Master keys used before, named alike, separated by commas or spaces, until "
        "`symphainy codec rewrap` has sealed every data key with the one in use.",
    )
    pool_keys: Path | None = Field(
        None,
        description="File that `symphainy pool keys` wrote: `symphainy worker` then serves that "
        "tenant's task queue with it, without database and without the platform's keys.",
    )
    master_key_aws_region: str | None = Field(
        None, description="Region of the master key in AWS KMS; by default the surroundings'."
    )
    master_key_aws_endpoint: str | None = Field(
        None, description="Another address of AWS KMS, such as an endpoint of a VPC."
    )
    vault_address: str | None = Field(
        None,
        pattern=r"^https?://[^\s@]+$",
        description="HashiCorp Vault, such as https://vault.acme.example:8200.",
    )
    vault_mount: str = Field("secret", description="Where Vault's key-value engine is (version 2).")
    vault_prefix: str = Field(
        "symphainy", description="Secrets `PREFIX/TENANT/NAME` of Vault are the tenants'."
    )
    vault_namespace: str | None = Field(None, description="Namespace of Vault Enterprise.")
    vault_token: str | None = Field(
        None, description="Where the token of Vault is: env:NAME or file:PATH below `secrets`."
    )
    vault_role_id: str | None = Field(
        None, description="Where the role id of Vault's AppRole is: env:NAME or file:PATH."
    )
    vault_secret_id: str | None = Field(
        None, description="Where the secret id of Vault's AppRole is: env:NAME or file:PATH."
    )
    vault_approle_mount: str = Field("approle", description="Where Vault's AppRole is.")
