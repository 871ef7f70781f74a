"""What is installed can be called, and two of one name cannot both be."""

import pytest

from activities import Registry
from activities.content import CAPABILITIES
from symphainy.errors import Refused


def test_a_taken_address_is_refused() -> None:
    with pytest.raises(Refused) as caught:
        Registry([*CAPABILITIES, *CAPABILITIES])

    assert caught.value.code == "capability.taken"


def test_a_capability_is_found_by_its_address() -> None:
    assert Registry(CAPABILITIES).get("content.render:1") is CAPABILITIES[0]


def test_one_that_is_not_there_is_refused_with_those_that_are() -> None:
    with pytest.raises(Refused, match=r"content\.render:1") as caught:
        Registry(CAPABILITIES).get("content.render:2")

    assert caught.value.code == "capability.unknown"
