"""What a message has to say is known before a run, whatever else is computed."""

import pytest

from symphainy.catalog import AdapterSpec, Catalog
from tests.definition.writing import HEAD
from workflows.compiler import check

BODY = """
experiences: {reach: {channel: CHANNEL, adapter: here}}
do:
  - ring: {call: reach, with: {to: "+436601112223", data: "${ . }", script: [{say: Hello}]}}
"""


@pytest.mark.parametrize(
    ("channel", "said"), [("voice", []), ("sms", ["reach: it needs `template` or `text`"])]
)
def test_a_script_alone_is_for_calls(channel: str, said: list[str]) -> None:
    adapter = AdapterSpec.model_validate(
        {"name": "here", "channel": channel, "version": "1.0.0", "summary": "", "description": ""}
        | {"settings": {"type": "object"}, "promise": "at most once"}
    )
    checked = check(HEAD + BODY.replace("CHANNEL", channel), Catalog(adapters=(adapter,)))
    found = [one.message for one in checked.findings if one.code == "compile.arguments"]
    assert found == said
