"""The public test suite of SCIM servers, against the API."""

import httpx2
from scim2_client.engines.httpx2 import SyncSCIMClient
from scim2_tester import check_server

__all__ = ["conformance"]


def conformance(url: str, authorization: str) -> list[tuple[str, str, str]]:
    """What each check found: its title, how it came out, and why."""
    headers = {"Authorization": authorization}
    with httpx2.Client(base_url=f"{url}/scim/v2", headers=headers, timeout=60) as client:
        scim = SyncSCIMClient(client)
        return [(str(one.title), one.status.name, str(one.reason)) for one in check_server(scim)]
