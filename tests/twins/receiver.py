"""A server of somebody else's that takes events of Standard Webhooks, each once."""

import json
from dataclasses import dataclass, field
from typing import Any

from standardwebhooks import Webhook
from standardwebhooks.webhooks import WebhookVerificationError

from tests.twins.provider import Kept, Provider
from tests.twins.web import Answer, Asked

__all__ = ["PATH", "SECRET", "ReceiverTwin"]

PATH = "/hooks/symphainy"
SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"


@dataclass
class ReceiverTwin(Provider):
    """Believes what one of its `secrets` signed; knows again what it has taken."""

    secrets: tuple[str, ...] = (SECRET,)
    says: Answer | None = None
    """What it answers instead of its fault, if anything."""
    refused: list[str] = field(default_factory=list)
    """Why it did not believe something."""

    sends = PATH

    def brings_a_message(self, asked: Asked) -> bool:
        return asked.method == "POST"

    def take(self, asked: Asked) -> Answer:
        if self.says is not None:
            return self.says
        event = self._believed(asked)
        if event is None:
            return Answer(401, {"error": self.refused[-1]})
        delivery = asked.headers["webhook-id"]
        if not self.of(delivery):
            self.keep(delivery, event, asked)
        return Answer(204, None)

    def failing(self, status: int) -> Answer:
        headers = {"retry-after": "7"} if status == 429 else {}
        return Answer(status, {"error": f"status {status}"}, headers)

    def events(self) -> list[Kept]:
        """What it took, first to last."""
        return self.kept

    def _believed(self, asked: Asked) -> Any:
        for secret in self.secrets:
            try:
                Webhook(secret).verify(asked.body, dict(asked.headers))
            except (WebhookVerificationError, ValueError) as error:
                self.refused.append(str(error))
            else:
                return json.loads(asked.body)
        return None
