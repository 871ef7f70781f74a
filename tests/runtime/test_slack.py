"""Messages in Slack: found there when their answer is lost, and answered by a button."""

import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime

import pytest

from experience_adapters.slack.adapter import SlackChat
from public_works.egress import Egress
from public_works.secrets import Vault
from symphainy.delivery import Asking
from tests.runtime.platform import Platform
from tests.twins.slack import SIGNING, TOKEN, SlackTwin, choices, pressed

ASKING = """\
    document: {dsl: 1.0.3, namespace: acme, name: asking-{{n}}, version: 1.0.0}
    experiences:
      team:
        channel: chat
        adapter: slack
        settings: {endpoint: "URL/api", channel: C0ACME}
    do:
      - ask:
          call: team
          with:
            to: ada
            text: "Shall we ship order {{ id }}?"
            data: "${ {id: .id} }"
            choices: [{title: "Yes", value: ship}, "No"]
"""


@pytest.fixture
async def slack(reaching: Platform) -> AsyncIterator[SlackTwin]:
    folder = reaching.settings.home / "secrets" / "acme"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "slack").write_text(json.dumps({"token": TOKEN, "signingSecret": SIGNING}))
    async with SlackTwin() as twin:
        yield twin


async def test_a_message_whose_answer_was_lost_is_found_and_not_written_again(
    reaching: Platform, slack: SlackTwin
) -> None:
    slack.fault, slack.times = "kept drop", 1
    text = ASKING.replace("URL", slack.url)
    output = await reaching.output(text, {"id": 7})

    (kept,) = slack.kept
    assert isinstance(output, dict)
    assert (output["state"], output["providerId"]) == ("accepted", f"C0ACME:{kept.id}")
    assert kept.document["text"] == "Shall we ship order 7?"
    assert choices(kept) == [["Yes", "ship"], ["No", "No"]]


async def test_a_pressed_button_names_the_delivery_it_answers(
    reaching: Platform, slack: SlackTwin
) -> None:
    output = await reaching.output(ASKING.replace("URL", slack.url), {"id": 8})
    adapter = SlackChat(reaching.settings, Egress(), Vault(reaching.settings))
    about = Asking(tenant="acme", channel="chat", binding="team")
    callback = pressed(slack.kept[0], "ship", at=datetime.now(UTC))
    distrust = await adapter.verify(callback, about)
    (receipt,) = adapter.parse(callback, about).receipts

    assert isinstance(output, dict)
    assert distrust is None
    assert (receipt.event, receipt.delivery, receipt.data["value"]) == (
        "replied",
        output["delivery"],
        "ship",
    )
