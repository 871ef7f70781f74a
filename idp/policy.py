"""`symphainy policy`: what layers say, and what would come of it."""

import json
import sys
from collections import Counter
from pathlib import Path
from typing import Any, cast

from idp import told
from idp.client import Platform, Problem, Unreachable, media_type
from smart_city.verdict import Layer
from symphainy.errors import Refused

__all__ = ["explained", "put", "replayed", "shown", "tested"]


def shown(*, as_json: bool) -> int:
    """0; what platform and tenant say on stdout."""
    platform = _platform()
    layers = [platform.get(f"/v1/policies/{layer}") for layer in ("platform", "tenant")]
    if as_json:
        return _print(layers)
    for one in layers:
        sys.stdout.write(f"{one['layer']}, version {one['version']}\n")
        for name, document in one["policies"].items():
            sys.stdout.write(f"  {_line(name, document)}\n")
    return 0


def put(file: Path, layer: str, note: str) -> int:
    """0 once it holds, 2 with findings on stderr if it cannot."""
    body = json.dumps({"policies": _policies(file), "note": note}).encode()
    headers = {"Content-Type": "application/json"}
    try:
        kept = _platform().ask("PUT", f"/v1/policies/{layer}", body, headers).body
    except Problem as refused:
        return _refused(refused)
    sys.stdout.write(f"{layer} version {kept['version']} holds\n")
    return 0


def tested(file: Path, facts: Path, layer: str, *, as_json: bool) -> int:
    """0 if every case came out as it says, 1 if one did not, 2 if something is no policy or no
    case."""
    from pydantic import TypeAdapter, ValidationError

    from smart_city.layers import effective, problems
    from smart_city.rehearsal import Case, rehearsed

    policies, whose = _policies(file), cast(Layer, layer)
    for wrong in problems(whose, policies):
        sys.stderr.write(f"{wrong.place}: {wrong.code} {wrong.message}\n")
        return 2
    given = _read(facts)
    try:
        cases = TypeAdapter(list[Case]).validate_python(
            given if isinstance(given, list) else [given]
        )
    except ValidationError as error:
        sys.stderr.write(f"{facts}: {error}\n")
        return 2
    bundle = effective({whose: policies})
    found = [(case, rehearsed(bundle, case)) for case in cases]
    if as_json:
        _print([verdict.model_dump(mode="json") for _, verdict in found])
    else:
        for n, (case, verdict) in enumerate(found, 1):
            _say(case.name or str(n), verdict, case.expect)
    return int(any(case.expect not in (None, verdict.outcome) for case, verdict in found))


def replayed(file: Path, since: str, layer: str, solution: str | None, *, as_json: bool) -> int:
    """0; each decision that would change on stdout, and at the end how many. 2 with findings on
    stderr if the file is no policy."""
    asked = {"layer": layer, "policies": _policies(file), "since": since, "solution": solution}
    headers, cursor = {"Content-Type": "application/json"}, None
    platform, seen = _platform(), Counter[str]()
    counts, reasons = Counter[str](), Counter[str]()
    while True:
        body = json.dumps({**asked, "cursor": cursor}).encode()
        try:
            found = platform.ask("POST", "/v1/policies/replay", body, headers).body
        except Problem as refused:
            return _refused(refused)
        for one in found["changes"]:
            sys.stdout.write(json.dumps(one) + "\n" if as_json else _changed(one))
        counts.update(found["outcomes"])
        reasons.update(found["reasons"])
        seen.update({name: found[name] for name in ("decisions", "changed", "unknown")})
        if (cursor := found["cursor"]) is None:
            break
    if as_json:
        sys.stdout.write(json.dumps({**seen, "outcomes": counts, "reasons": reasons}) + "\n")
        return 0
    sys.stdout.write(f"{seen['decisions']} decisions since {found['since']}, ")
    sys.stdout.write(f"{seen['changed']} change, {seen['unknown']} cannot be known\n")
    for change, times in counts.most_common():
        sys.stdout.write(f"  {times} {change}\n")
    for why, times in reasons.most_common():
        sys.stdout.write(f"  {times} cannot be known: {why}\n")
    return 0


def _changed(one: dict[str, Any]) -> str:
    by = f" by {one['policy']}" if one["policy"] else ""
    why = f": {one['reason']}" if one["reason"] else ""
    what = f"{one['before']} → {one['after']}"
    return f"{one['at']} {one['run']} {one['step']} {what}{by}{why}\n"


def _refused(refused: Problem) -> int:
    if not refused.document.get("findings"):
        raise refused
    for one in refused.document["findings"]:
        sys.stderr.write(f"{one['pointer']}: {one['code']} {one['message']}\n")
    return 2


def explained(file: Path, task: str | None, *, as_json: bool) -> int:
    """0; by task the policies that are about it on stdout. 2 if the definition cannot run."""
    headers = {"Content-Type": media_type(file)}
    body = _platform().ask("POST", "/v1/definitions/check", file.read_bytes(), headers).body
    if not body["valid"]:
        told.findings(file, body["problems"], sys.stderr)
        return 2
    nodes = {one["id"]: one["name"] for one in body["graph"]["nodes"]}
    about = {ref: some for ref, some in body["policies"].items() if task in (None, nodes.get(ref))}
    if as_json:
        return _print(about)
    for ref, some in about.items():
        sys.stdout.write(f"{nodes.get(ref, ref)} ({ref})\n")
        for one in some:
            sys.stdout.write(f"  {_line(one['id'], one['document'])}\n")
    if not about:
        sys.stdout.write("no policy is about it\n")
    return 0


def _say(name: str, verdict: Any, expected: str | None) -> None:
    who = f" by {verdict.layer}/{verdict.policy}" if verdict.policy else ""
    why = f": {verdict.reason}" if verdict.reason else ""
    other = f" (expected {expected})" if expected not in (None, verdict.outcome) else ""
    sys.stdout.write(f"{name}: {verdict.outcome}{who}{why}{other}\n")
    if verdict.masks:
        sys.stdout.write(f"  masked: {', '.join(verdict.masks)}\n")
    if (one := verdict.advice) is not None:
        said = f"{one.outcome} by {one.layer}/{one.policy}: {one.reason}"
        sys.stdout.write(f"  advised: {said}\n")


def _line(name: str, document: dict[str, Any]) -> str:
    said = {field: value for field, value in document.items() if field != "kind"}
    return f"{name} {document['kind']} {json.dumps(said, ensure_ascii=False)}"


def _policies(file: Path) -> dict[str, Any]:
    read = _read(file)
    found = read.get("policies") if isinstance(read, dict) else None
    if not isinstance(found, dict):
        raise Refused("policy.missing-field", f"{file} has no section `policies`")
    return found


def _read(file: Path) -> Any:
    from symphainy.document import load

    return load(file.read_bytes(), media_type(file)).data


def _print(value: Any) -> int:
    sys.stdout.write(json.dumps(value, indent=2, ensure_ascii=False) + "\n")
    return 0


def _platform() -> Platform:
    found = Platform.here()
    if found is None:
        raise Unreachable("no platform is up in this folder: `symphainy up`, or set SYMPHAINY_URL")
    return found
