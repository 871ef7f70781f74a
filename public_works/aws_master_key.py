"""A master key in AWS KMS: it never leaves there, and data keys are sealed and opened by asking."""

import hashlib
from functools import cache
from typing import Any, NoReturn

import boto3
from botocore.exceptions import BotoCoreError, ClientError

from public_works.master_keys import About
from public_works.secret_managers.aws import CONFIG
from symphainy.errors import Unavailable

__all__ = ["AwsMasterKey"]

DENIED = frozenset({"AccessDeniedException", "UnrecognizedClientException", "AccessDenied"})


class AwsMasterKey:
    """The symmetric key of that ARN, id or alias; each call says whose data key it is about."""

    def __init__(self, name: str, region: str | None = None, endpoint: str | None = None) -> None:
        self._name = name
        self._where = region, endpoint
        self._id = hashlib.sha256(b"symphainy.master-key.aws-kms\0" + name.encode()).hexdigest()

    @property
    def id(self) -> str:
        """See MasterKey."""
        return self._id[:16]

    def seal(self, key: bytes, about: About) -> bytes:
        """See MasterKey."""
        told = self._asked("encrypt", Plaintext=key, EncryptionContext=about.named)
        return bytes(told["CiphertextBlob"])

    def open(self, sealed: bytes, about: About) -> bytes:
        """See MasterKey."""
        told = self._asked("decrypt", CiphertextBlob=sealed, EncryptionContext=about.named)
        return bytes(told["Plaintext"])

    def _asked(self, operation: str, **said: Any) -> dict[str, Any]:
        try:
            told: dict[str, Any] = getattr(_client(*self._where), operation)(
                KeyId=self._name, **said
            )
        except ClientError as error:
            self._failed(operation, error.response.get("Error", {}).get("Code", "?"))
        except BotoCoreError as error:
            # Without the name of anything that was found in the surroundings.
            raise Unavailable("codec.key", f"AWS KMS: {type(error).__name__}.") from None
        return told

    def _failed(self, operation: str, code: str) -> NoReturn:
        """What KMS answers. Never final: permissions come back, and a run would not."""
        message = f"AWS KMS does not {operation} with {self._name}: {code}."
        if code in DENIED:
            message += f" Let this process have kms:{operation.capitalize()} on it."
        raise Unavailable("codec.key", message)


@cache
def _client(region: str | None, endpoint: str | None) -> Any:
    return boto3.session.Session().client(
        "kms", region_name=region, endpoint_url=endpoint, config=CONFIG
    )
