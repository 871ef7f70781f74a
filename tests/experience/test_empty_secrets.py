"""A secret that is there and says nothing proves nothing: anybody could sign with it."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from experience_adapters.hubspot import HubSpotCrm
from experience_adapters.jira import JiraTickets
from experience_adapters.sendgrid.adapter import SendGridEmail
from experience_adapters.slack.adapter import SlackChat
from experience_adapters.twilio import TwilioSms
from experience_adapters.zendesk import ZendeskTickets
from public_works.egress import Egress
from public_works.secrets import Vault
from public_works.settings import Settings
from symphainy.catalog import Channel
from symphainy.delivery import Asking, Callback
from symphainy.errors import Refused

CASES: list[tuple[Any, Channel, str, Any]] = [
    (HubSpotCrm, "crm", "hubspot", {"clientSecret": ""}),
    (JiraTickets, "ticket", "jira", {"webhookSecret": ""}),
    (ZendeskTickets, "ticket", "zendesk", {"signingSecret": ""}),
    (SlackChat, "chat", "slack", {"signingSecret": ""}),
    (TwilioSms, "sms", "twilio", {"authToken": "", "webhookKey": {"": ""}}),
    (SendGridEmail, "email", "sendgrid-webhook", {"events": ""}),
]


@pytest.mark.parametrize(("kind", "channel", "name", "secret"), CASES)
async def test_nothing_is_believed_by_an_empty_secret(
    tmp_path: Path, kind: Any, channel: Channel, name: str, secret: Any
) -> None:
    folder = tmp_path / "secrets" / "acme"
    folder.mkdir(parents=True)
    (folder / name).write_text(json.dumps(secret))
    settings = Settings(home=tmp_path)
    adapter = kind(settings, Egress(), Vault(settings))
    url = "https://hooks.acme.example/v1/hooks/x/y"
    callback = Callback(method="POST", url=url, headers={}, body=b"{}", at=datetime.now(UTC))

    with pytest.raises(Refused) as refused:
        await adapter.verify(callback, Asking(tenant="acme", channel=channel, binding="y"))

    assert refused.value.code == "secret.missing"
