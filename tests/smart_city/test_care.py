"""What people want, weighed; who may be reached outside production."""

from dataclasses import dataclass
from datetime import timedelta

import pytest

from smart_city.care import admits, every, objection, scope_of


@dataclass
class Entry:
    reason: str
    scope: str = ""


def against(*entries: Entry, purpose: str = "marketing", topic: str | None = "news") -> str | None:
    return objection(entries, purpose=purpose, topic=topic, wanted=None, consented=None)


def test_the_first_entry_that_is_about_the_message_says_why() -> None:
    other, first = Entry("manual", "topic:offers"), Entry("complained", "purpose:marketing")
    assert against(other, first, Entry("opted_out")) == "complained"
    assert against(other) is None
    assert against(Entry("opted_out", "topic:"), topic=None) is None


@pytest.mark.parametrize(
    ("wanted", "consented", "purpose", "why"),
    [
        (None, None, "marketing", None),
        (True, True, "marketing", None),
        (False, True, "marketing", "opted_out"),
        (True, False, "marketing", "opted_out"),
        (False, False, "security", None),
    ],
)
def test_what_customers_said_counts_but_for_security(
    wanted: bool | None, consented: bool | None, purpose: str, why: str | None
) -> None:
    found = objection([], purpose=purpose, topic="news", wanted=wanted, consented=consented)
    assert found == why


@pytest.mark.parametrize(
    ("allowed", "address", "reached"),
    [
        (["ada@acme.example"], "Ada@ACME.example", True),
        (["ada@acme.example"], "bea@acme.example", False),
        (["acme.example"], "bea@acme.example", True),
        (["@acme.example"], "bea@acme.example", True),
        (["acme.example"], "bea@notacme.example", False),
        (["acme.example"], "bea@mail.acme.example", False),
        (["example"], "bea@example", False),
        (["+43660*"], "+43660123", True),
        (["+43660*"], "+43661123", False),
        (["+43660"], "+43660123", False),
        (["crm.acme.example"], "https://crm.acme.example:8443/hook", True),
        (["acme.example"], "https://crm.acme.example/hook", False),
        (["*"], "anybody@else.example", True),
        ([], "anybody@else.example", False),
    ],
)
def test_an_allow_list_names_addresses_domains_and_beginnings_of_numbers(
    allowed: list[str], address: str, reached: bool
) -> None:
    assert admits(allowed, address) is reached


def test_rates_and_scopes() -> None:
    assert [every(one) for one in ("10/s", "6/min", "1/h")] == [
        timedelta(milliseconds=100),
        timedelta(seconds=10),
        timedelta(hours=1),
    ]
    assert scope_of("marketing", "news") == "topic:news"
    assert scope_of("marketing", None) == "purpose:marketing"
