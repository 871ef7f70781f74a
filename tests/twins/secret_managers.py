"""AWS Secrets Manager and HashiCorp Vault, as far as reading takes them."""

import json
from dataclasses import dataclass, field
from typing import Any, ClassVar

from tests.twins.provider import Provider
from tests.twins.ses import verified
from tests.twins.web import Answer, Asked

__all__ = ["AwsSecretsTwin", "VaultTwin"]

TARGET = "secretsmanager.GetSecretValue"


@dataclass
class AwsSecretsTwin(Provider):
    """Gives what is asked for with a right signature."""

    secrets: dict[str, dict[str, str]] = field(default_factory=dict)
    """By name: versions and stages, each with its text."""
    denies: frozenset[str] = frozenset()
    reads: int = 0

    sends: ClassVar[str] = "/"

    def take(self, asked: Asked) -> Answer:
        self.reads += 1
        if not verified(asked, "eu-central-1", "secretsmanager"):
            return _error("UnrecognizedClientException")
        if asked.headers.get("x-amz-target") != TARGET:
            return _error("UnknownOperationException")
        given = json.loads(asked.body)
        name = given["SecretId"]
        if name in self.denies:
            return _error("AccessDeniedException")
        version = given.get("VersionId") or given.get("VersionStage") or "AWSCURRENT"
        text = self.secrets.get(name, {}).get(version)
        if text is None:
            return _error("ResourceNotFoundException")
        return Answer(200, {"Name": name, "SecretString": text, "VersionStages": [version]})

    def failing(self, status: int) -> Answer:
        return _error("ThrottlingException" if status == 429 else "InternalServiceError", status)


def _error(name: str, status: int = 400) -> Answer:
    return Answer(status, {"__type": name, "message": name})


@dataclass
class VaultTwin(Provider):
    """The key-value engine below `secret`, and an AppRole that gives tokens."""

    secrets: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    """By path: its versions, first to last."""
    tokens: set[str] = field(default_factory=lambda: {"root-token"})
    role: tuple[str, str] = ("role-id", "secret-id")
    lease: int = 3600
    logins: int = 0
    reads: int = 0

    sends: ClassVar[str] = "/v1/auth/approle/login"

    def brings_a_message(self, asked: Asked) -> bool:
        return True

    def take(self, asked: Asked) -> Answer:
        if asked.path == self.sends:
            return self._login(json.loads(asked.body))
        self.reads += 1
        if asked.headers.get("x-vault-token") not in self.tokens:
            return Answer(403, {"errors": ["permission denied"]})
        if asked.path == "/v1/auth/token/lookup-self":
            return Answer(200, {"data": {"policies": ["symphainy"]}})
        versions = self.secrets.get(asked.path.removeprefix("/v1/secret/data/"), [])
        n = int(asked.query.get("version", ["0"])[0]) or len(versions)
        if not 0 < n <= len(versions):
            return Answer(404, {"errors": []})
        return Answer(200, {"data": {"data": versions[n - 1], "metadata": {"version": n}}})

    def failing(self, status: int) -> Answer:
        return Answer(status, {"errors": ["Vault is sealed"]})

    def _login(self, given: dict[str, str]) -> Answer:
        if (given["role_id"], given["secret_id"]) != self.role:
            return Answer(400, {"errors": ["invalid role or secret ID"]})
        self.logins += 1
        token = f"token-{self.logins}"
        self.tokens.add(token)
        return Answer(200, {"auth": {"client_token": token, "lease_duration": self.lease}})
