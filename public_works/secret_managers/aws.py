"""AWS Secrets Manager, through boto3 and whatever proves who this process is there."""

import json
import logging
from functools import cached_property
from typing import Any

import boto3
from botocore.config import Config
from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    NoCredentialsError,
    NoRegionError,
    ParamValidationError,
)

from public_works.settings import Settings
from symphainy.errors import Refused, Unavailable
from symphainy.json import Json

__all__ = ["CONFIG", "AwsSecrets"]

# At debug level they log bodies and signatures.
for _library in ("boto3", "botocore"):
    logging.getLogger(_library).setLevel(logging.WARNING)

CONFIG = Config(
    connect_timeout=3,
    read_timeout=5,
    # It may be asked again: nothing is changed by reading, sealing or opening.
    retries={"total_max_attempts": 2, "mode": "standard"},
    max_pool_connections=32,
)
MISSING = frozenset({"ResourceNotFoundException", "InvalidRequestException"})
"""Also for one that is marked as deleted."""
LATER = frozenset(
    {
        "ThrottlingException",
        "TooManyRequestsException",
        "InternalServiceError",
        "InternalServiceErrorException",
        "ServiceUnavailable",
        "RequestTimeout",
    }
)


class AwsSecrets:
    """Secrets `{prefix}/{tenant}/{name}` of one account and region."""

    name = "aws"

    def __init__(self, settings: Settings) -> None:
        self._prefix = (settings.secrets_aws_prefix or "").strip("/")
        self._region = settings.secrets_aws_region
        self._endpoint = settings.secrets_aws_endpoint

    def read(self, tenant: str, name: str, version: str | None) -> Json:
        """See Manager."""
        asked = {"SecretId": f"{self._prefix}/{tenant}/{name}"}
        if version is not None:
            # Stages are words such as AWSPREVIOUS, versions are UUIDs.
            asked["VersionStage" if version.isalpha() else "VersionId"] = version
        try:
            answer = self._client.get_secret_value(**asked)
        except ClientError as error:
            return _judged(error, name)
        except ParamValidationError:
            # What cannot be a name or a version there is none.
            return None
        except (NoCredentialsError, NoRegionError) as error:
            raise Refused("secret.refused", f"AWS Secrets Manager: {error}.") from None
        except BotoCoreError as error:
            raise _silent(type(error).__name__) from None
        return _value(answer, name)

    def check(self) -> str:
        """See Manager."""
        self.read("doctor", "none", None)
        return f"{self._client.meta.endpoint_url}, {self._prefix}/…"

    @cached_property
    def _client(self) -> Any:
        try:
            return boto3.session.Session().client(
                "secretsmanager",
                region_name=self._region,
                endpoint_url=self._endpoint,
                config=CONFIG,
            )
        except BotoCoreError as error:
            raise Refused("secret.refused", f"AWS Secrets Manager: {error}.") from None


def _judged(error: ClientError, name: str) -> Json:
    """None where there is no such secret; else how it ended."""
    code = error.response.get("Error", {}).get("Code", "")
    status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
    if code in MISSING:
        return None
    if code in LATER or status >= 500:
        raise _silent(code or str(status)) from None
    raise Refused("secret.refused", f"AWS Secrets Manager does not give {name}: {code}.") from None


def _silent(why: str) -> Unavailable:
    return Unavailable("secret.unavailable", f"AWS Secrets Manager does not answer: {why}.")


def _value(answer: dict[str, Any], name: str) -> Json:
    text = answer.get("SecretString")
    if not isinstance(text, str):
        raise Refused("secret.refused", f"The secret {name} in AWS Secrets Manager is no text.")
    try:
        found: Json = json.loads(text)
    except ValueError:
        return text
    return found if isinstance(found, dict) else text
