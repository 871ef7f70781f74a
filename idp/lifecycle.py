"""`symphainy reviews` and what is done with versions: approved, promoted, taken back, compared."""

import json
import sys
from typing import Any
from urllib.parse import urlencode

from idp import told
from idp.client import Platform, Problem, part

__all__ = [
    "approve",
    "comment",
    "diff",
    "drift",
    "promote",
    "reject",
    "reviews",
    "rollback",
    "withdraw",
]


def reviews(platform: Platform, *, as_json: bool) -> int:
    """0; what waits for approval, and what was deployed past it."""
    waiting = platform.get("/v1/reviews?limit=200")["items"]
    broken = platform.get("/v1/break-glass?limit=200")["items"]
    if as_json:
        _json({"waiting": waiting, "broken": broken})
        return 0
    for one in waiting:
        sys.stdout.write(f"{one['solution']} {one['version']}\tsubmitted by {one['by']}")
        sys.stdout.write(f"\t{one['at'][:16]}\t{one['note']}\n".replace("\t\n", "\n"))
    for one in broken:
        sys.stdout.write(f"{one['solution']} {one['version']}\tin {one['environment']} ")
        sys.stdout.write(f"without approval, by {one['by']}\t{one['at'][:16]}\t{one['reason']}\n")
    return 0


def approve(platform: Platform, name: str, version: str, note: str) -> int:
    """0 if the approval counts; exactly what is shown before is approved. 2 if it is refused."""
    address = _version(name, version)
    try:
        seen = platform.get(f"{address}/review")
        _show(seen)
        review = seen["review"] or {}
        given = {"plan": seen["plan"], "evidence": review.get("digest"), "note": note}
        body = {key: one for key, one in given.items() if one is not None}
        done = platform.post(f"{address}/approve", body).body
    except Problem as error:
        told.refused(error)
        return 2
    given_so_far = len(done["review"]["approvals"])
    sys.stdout.write(f"{name} {version} is {done['stage']}; ")
    sys.stdout.write(f"{given_so_far} of {done['needed']} approvals\n")
    return 0


def reject(platform: Platform, name: str, version: str, reason: str) -> int:
    """0 if it is a draft again, 2 if that is refused."""
    done = _posted(platform, f"{_version(name, version)}/reject", {"reason": reason})
    if done is None:
        return 2
    sys.stdout.write(f"{name} {version} is a draft again\n")
    return 0


def withdraw(platform: Platform, name: str, version: str, reason: str) -> int:
    """0 if it is a draft again, 2 if that is refused."""
    done = _posted(platform, f"{_version(name, version)}/withdraw", {"reason": reason})
    if done is None:
        return 2
    sys.stdout.write(f"{name} {version} is a draft again\n")
    return 0


def comment(platform: Platform, name: str, version: str, text: str, task: str | None) -> int:
    """0 if it is kept, 2 if it is refused."""
    said = {"text": text, **({"task": task} if task else {})}
    return 2 if _posted(platform, f"{_version(name, version)}/comments", said) is None else 0


def promote(
    platform: Platform, name: str, version: str, source: str | None, target: str | None, why: str
) -> int:
    """0 if the later environment runs it, 2 if it may not."""
    asked = {"from": source, "to": target, "why": why or None}
    body = {key: one for key, one in asked.items() if one is not None}
    done = _posted(platform, f"{_version(name, version)}/promote", body)
    if done is None:
        return 2
    sys.stdout.write(f"{name} {version} runs in {done['environment']}, ")
    sys.stdout.write(f"as it did in {done['source']}\n")
    return 0


def rollback(
    platform: Platform, name: str, environment: str | None, version: str | None, why: str
) -> int:
    """0 if the environment runs what it ran before, 2 if there is nothing that may."""
    asked = {"environment": environment, "version": version, "why": why or None}
    body = {key: one for key, one in asked.items() if one is not None}
    done = _posted(platform, f"/v1/solutions/{part(name)}/rollback", body)
    if done is None:
        return 2
    sys.stdout.write(f"{name} {done['version']} runs in {done['environment']} again\n")
    return 0


def drift(
    platform: Platform, name: str, source: str | None, target: str | None, *, as_json: bool
) -> int:
    """0 if environments do the same, 1 if they do not."""
    asked = {key: one for key, one in (("from", source), ("to", target)) if one is not None}
    query = f"?{urlencode(asked)}" if asked else ""
    found = platform.get(f"/v1/solutions/{part(name)}/drift{query}")
    if as_json:
        _json(found)
    else:
        for one in found["environments"]:
            sys.stdout.write(f"{one['environment']}\t{one['version']}\t{one['ground'] or ''}\n")
        for one in found["drift"]:
            same = "the same" if one["same"] else _count(len(one["changes"]))
            sys.stdout.write(f"\n{one['from']} to {one['to']}: {same}\n")
            _changes(one["changes"])
    return 0 if all(one["same"] for one in found["drift"]) else 1


def diff(platform: Platform, name: str, before: str, after: str, *, as_json: bool) -> int:
    """0 if the versions do the same, 1 if they do not."""
    found = platform.get(f"{_version(name, before)}/diff/{part(after)}")
    if as_json:
        _json(found)
    elif found["same"]:
        sys.stdout.write(f"{before} and {after} do the same\n")
    else:
        _changes(found["changes"])
    return 0 if found["same"] else 1


def _count(number: int) -> str:
    return "1 difference" if number == 1 else f"{number} differences"


def _changes(changes: list[dict[str, Any]]) -> None:
    signs = {"added": "+", "removed": "-", "changed": "~", "moved": ">"}
    for one in changes:
        sys.stdout.write(f"{signs[one['how']]} {one['what']} {one['name']}\n")
        if one["how"] == "changed":
            for sign, side in (("-", one["before"]), ("+", one["after"])):
                text = json.dumps(side, ensure_ascii=False, sort_keys=True)
                sys.stdout.write(f"    {sign} {text}\n")


def _show(seen: dict[str, Any]) -> None:
    """What lies before whoever approves."""
    sys.stdout.write(f"plan      {seen['plan']}\n")
    review = seen["review"]
    if review is None:
        return
    sys.stdout.write(f"evidence  {review['digest']}\n")
    moved = " (changed since)" if seen["policies"] != review["evidence"]["policies"] else ""
    sys.stdout.write(f"policies  {seen['policies']}{moved}\n")
    sys.stdout.write(f"author    {seen['author']}, submitted by {review['by']}\n")
    for one in review["evidence"]["rehearsed"]:
        sys.stdout.write(f"rehearsed {one['run']} in {one['environment']}: {one['status']} ")
        sys.stdout.write(f"{one['timeline']}\n")
    for one in review["evidence"]["attached"]:
        sys.stdout.write(f"attached  {one['kind']} {one['digest']} {one['about']}\n")
    for one in seen["findings"]:
        sys.stdout.write(f"finding   {one['code']} {one['message']}\n")
    for one in seen["remarks"]:
        at = f" at {one['task']}" if one["task"] else ""
        sys.stdout.write(f"{one['act']:<9} {one['by']}{at}: {one['text']}\n")


def _version(name: str, version: str) -> str:
    return f"/v1/solutions/{part(name)}/versions/{part(version)}"


def _posted(platform: Platform, address: str, body: dict[str, Any]) -> dict[str, Any] | None:
    try:
        found: dict[str, Any] = platform.post(address, body).body
    except Problem as error:
        told.refused(error)
        return None
    return found


def _json(found: Any) -> None:
    sys.stdout.write(json.dumps(found, indent=2, ensure_ascii=False) + "\n")
