"""Bodies that do not arrive whole."""

from typing import Any

import pytest
from fastapi import Request

from solution_api.bodies import raw
from symphainy.errors import Refused


async def test_who_goes_away_while_sending_is_no_failure_of_the_platform() -> None:
    came: list[dict[str, Any]] = [
        {"type": "http.request", "body": b'{"text": ', "more_body": True},
        {"type": "http.disconnect"},
    ]

    async def receive() -> dict[str, Any]:
        return came.pop(0)

    request = Request({"type": "http", "method": "POST", "headers": []}, receive)
    with pytest.raises(Refused, match="broke off") as refused:
        await raw(request)
    assert refused.value.code == "api.bad-request"
