"""`symphainy preview`: what a template says to a reader, and nothing sent."""

import json
import sys
from pathlib import Path
from typing import Any

from idp import told
from idp.check import compiled
from idp.client import Platform, Problem, Unreachable
from idp.document_file import value
from symphainy.errors import Refused

__all__ = ["asked_of", "preview"]


def asked_of(**given: str | None) -> dict[str, Any]:
    """What the command line asks for; `data` and `customer` are files or JSON.

    ValueError if one of them is neither.
    """
    asked: dict[str, Any] = {name: one for name, one in given.items() if one is not None}
    return {
        name: value(one) if name in ("data", "customer") else one for name, one in asked.items()
    }


def preview(file: Path, asked: dict[str, Any], *, html: Path | None, as_json: bool) -> int:
    """0 with the message printed; 2 if definition and data do not give one."""
    try:
        shown = _shown(file, asked)
    except Problem as problem:
        told.refusal(file, problem)
        return 2
    if html is not None:
        html.write_text(shown["html"] or "", encoding="utf-8")
    if as_json:
        sys.stdout.write(json.dumps(shown, indent=2, ensure_ascii=False) + "\n")
    else:
        _print(shown)
    return 0


def _shown(file: Path, asked: dict[str, Any]) -> dict[str, Any]:
    content = file.read_bytes()
    platform = Platform.here()
    if platform is not None and platform.key is not None:
        try:
            body = {**asked, "definition": content.decode(errors="replace")}
            found: dict[str, Any] = platform.post("/v1/templates/preview", body).body
            return found
        except Unreachable as error:
            sys.stderr.write(f"{error}; made by what is installed here\n")
    return _installed(file, content, asked)


def _installed(file: Path, content: bytes, asked: dict[str, Any]) -> dict[str, Any]:
    """The same by the adapters of this environment."""
    from symphainy.template.choice import chosen
    from symphainy.template.preview import preview as filled

    found = compiled(file, content)
    if found.plan is None:
        findings = [one.model_dump(mode="json") for one in found.findings]
        raise Problem(422, {"findings": findings})
    try:
        template, bound = chosen(found.plan, asked["template"], asked.get("experience"))
        shown = filled(
            template,
            channel=asked.get("channel") or bound.channel,
            data=asked.get("data"),
            customer=asked.get("customer"),
            locale=asked.get("locale"),
            zone=asked.get("zone") or bound.zone,
            fallback=bound.locale,
        )
    except Refused as error:
        raise Problem(422, {"code": error.code, "detail": error.message}) from error
    return shown.model_dump(mode="json")


def _print(shown: dict[str, Any]) -> None:
    about = {
        "subject": shown["subject"],
        "locale": shown["locale"] or "the default",
        "formats": shown["formats"],
        "zone": shown["zone"],
        "html": f"{shown['size']['html']:,} bytes" if shown["html"] else None,
        "sms": _sms(shown["sms"]) if shown["sms"] else None,
    }
    for name, said in about.items():
        if said is not None:
            sys.stdout.write(f"{name:>8}: {said}\n")
    for one in shown["warnings"]:
        sys.stdout.write(f" warning: {one['code']} {one['message']}\n")
    sys.stdout.write(f"\n{shown['text'] or ''}\n")


def _sms(sms: dict[str, Any]) -> str:
    told_ = f"{sms['segments']} segments, {sms['characters']} characters, {sms['encoding']}"
    return f"{told_} because of {' '.join(sms['outside'])}" if sms["outside"] else told_
