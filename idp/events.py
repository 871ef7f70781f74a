"""`symphainy events` and `symphainy dead-letters`: what was told, and what nobody took."""

import json
import sys
from collections.abc import Iterator, Sequence
from typing import Any
from urllib.parse import urlencode

from idp.client import Platform, part

__all__ = ["each", "letters", "replay", "tail"]

COLUMNS = ("id", "way", "target", "tries", "reason")


def tail(
    platform: Platform,
    types: Sequence[str],
    cursor: str | None,
    environment: str | None,
    *,
    follow: bool,
) -> int:
    """0 once there is no more, or on Ctrl-C; each event a line."""
    asked = [("type", one) for one in types]
    given = {"cursor": cursor, "environment": environment, "follow": str(follow).lower()}
    asked += [(name, one) for name, one in given.items() if one is not None]
    try:
        for one in platform.events(f"/v1/events/stream?{urlencode(asked)}"):
            sys.stdout.write(json.dumps(one, ensure_ascii=False) + "\n")
            sys.stdout.flush()
    except KeyboardInterrupt:
        return 0
    return 0


def replay(platform: Platform, webhook: str, since: str | None, cursor: str | None) -> int:
    """0; how many events are on their way again."""
    wanted = {"since": since} if since is not None else {"cursor": cursor}
    told = platform.post(f"/v1/webhooks/{part(webhook)}/replay", wanted).body
    sys.stdout.write(f"{told['events']} events are on their way to {webhook} again\n")
    return 0


def letters(platform: Platform, *, as_json: bool) -> int:
    """0; a line for each letter."""
    found = [*_letters(platform)]
    if as_json:
        sys.stdout.write(json.dumps(found, indent=2, ensure_ascii=False) + "\n")
        return 0
    for one in found:
        sys.stdout.write("\t".join(str(one[name]) for name in COLUMNS) + "\n")
    return 0


def each(platform: Platform, act: str, wanted: Sequence[str]) -> int:
    """0 once `act` was done with these letters, or with all there are."""
    for id in wanted or [str(one["id"]) for one in _letters(platform)]:
        told = platform.post(f"/v1/dead-letters/{part(id)}/{act}").body
        sys.stdout.write(f"{told['id']}\t{act}\n")
    return 0


def _letters(platform: Platform) -> Iterator[dict[str, Any]]:
    cursor = ""
    while True:
        page = platform.get(f"/v1/dead-letters?limit=200{cursor}")
        yield from page["items"]
        if page["cursor"] is None:
            return
        cursor = f"&cursor={page['cursor']}"
