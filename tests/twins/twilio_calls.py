"""Calls as Twilio's API shows them."""

from collections.abc import Mapping
from typing import Any
from xml.etree import ElementTree

__all__ = ["lacking", "resource"]

LONGEST = 4_000


def lacking(given: Mapping[str, str]) -> tuple[int, str] | None:
    """What Twilio says of a call that it does not place."""
    if not given.get("From"):
        return 21213, "No 'From' number is specified"
    if given.get("Url"):
        return None
    document = given.get("Twiml", "")
    if not document:
        return 21205, "Url or Twiml is required"
    if len(document) > LONGEST:
        return 21218, "Twiml is longer than 4000 characters"
    return None if _readable(document) else (12100, "Document parse failure")


def resource(account: str, id: str, given: Mapping[str, str], state: str) -> dict[str, Any]:
    """The call, as an answer has it."""
    return {
        "sid": id,
        "account_sid": account,
        "api_version": "2010-04-01",
        "answered_by": None,
        "caller_name": None,
        "date_created": given["created"],
        "date_updated": given["created"],
        "direction": "outbound-api",
        "duration": None,
        "end_time": None,
        "forwarded_from": None,
        "from": given["From"],
        "from_formatted": given["From"],
        "group_sid": None,
        "parent_call_sid": None,
        "phone_number_sid": "PN" + "2" * 32,
        "price": None,
        "price_unit": "USD",
        "queue_time": "0",
        "start_time": None,
        "status": state,
        "subresource_uris": {},
        "to": given["To"],
        "to_formatted": given["To"],
        "trunk_sid": None,
        "uri": f"/2010-04-01/Accounts/{account}/Calls/{id}.json",
    }


def _readable(document: str) -> bool:
    try:
        return ElementTree.fromstring(document).tag == "Response"
    except ElementTree.ParseError:
        return False
