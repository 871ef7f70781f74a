"""What runs and steps write into the log of their worker."""

import logging

import pytest

from tests.runtime.platform import Platform

TEXT = """
document: {dsl: 1.0.3, namespace: test, name: logged-{{n}}, version: 1.0.0}
intents: {begin: {starts: true, key: "${ .key }"}}
do:
  - say: {set: {said: "${ .key }"}}
"""


async def test_a_key_with_a_percent_sign_disturbs_no_log_line(
    platform: Platform, caplog: pytest.LogCaptureFixture
) -> None:
    solution = platform.deploy(TEXT)

    with caplog.at_level(logging.DEBUG, logger="temporalio.workflow"):
        run = await platform.submit(solution, {"key": "A/1 %s é"}, intent="begin")
        finished = await platform.finish(run.run)

    assert finished.output == {"said": "A/1 %s é"}
    assert "task /do/0/say begins" in [record.getMessage() for record in caplog.records]
