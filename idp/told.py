"""Findings and problems as commands print them."""

import json
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import IO, Any

from idp.client import Problem

__all__ = ["findings", "problem", "refusal", "refused", "summary"]

WIDTH = 100
COLOURS = {"error": "31;1", "warning": "33;1", "fix": "36"}


def findings(file: object, found: Iterable[Mapping[str, Any]], out: IO[str]) -> bool:
    """Print each finding with the line it is about, as compilers do; whether any is an error."""
    lines = _lines(file)
    broken = False
    for one in found:
        severity = str(one["severity"])
        broken = broken or severity == "error"
        place = f"{file}:{one['line']}:{one['column']}"
        kind = _coloured(severity, severity, out)
        out.write(f"{place}: {kind} {one['code']} {one['message']}\n")
        out.write(_shown(lines, int(one["line"]), int(one["column"])))
        out.write(f"  {_coloured('fix:', 'fix', out)} {one['fix']}\n")
        out.write(f"  {_coloured('docs:', 'fix', out)} docs/codes/{one['code']}.md\n")
    return broken


def summary(found: Iterable[Mapping[str, Any]]) -> str:
    """How many of what were found, or that all is well."""
    severities = [one["severity"] for one in found]
    errors, warnings = (_count(severities.count(one), one) for one in ("error", "warning"))
    if "error" not in severities:
        return f"ok, {warnings}" if warnings else "ok"
    return f"{errors}, {warnings}" if warnings else errors


def _count(number: int, what: str) -> str:
    return f"{number} {what}{'s' if number > 1 else ''}" if number else ""


def _lines(file: object) -> list[str]:
    try:
        return Path(str(file)).read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return []


def _shown(lines: list[str], line: int, column: int) -> str:
    """A line of the document with a mark under the column; the part around it if it is long."""
    if not 0 < line <= len(lines):
        return ""
    text = "".join(one if one.isprintable() else " " for one in lines[line - 1])
    start = max(0, column - WIDTH // 2) if len(text) > WIDTH else 0
    return (
        f"  {line:>5} | {text[start : start + WIDTH]}\n  {'':>5} | {' ' * (column - 1 - start)}^\n"
    )


def refusal(file: object, error: Problem) -> None:
    """Print why the platform does not take the definition."""
    if error.findings:
        findings(file, error.findings, sys.stderr)
    else:
        problem(error.document)


def refused(error: Problem) -> None:
    """Print why the platform does not do it, and what to do about it."""
    said = error.document
    sys.stderr.write(f"{said.get('code', error.status)}: {said.get('detail') or error}\n")
    if said.get("fix"):
        sys.stderr.write(f"fix: {said['fix']}\n")


def problem(document: Mapping[str, Any]) -> None:
    """Print a problem document on stderr."""
    sys.stderr.write(json.dumps(document, indent=2, ensure_ascii=False) + "\n")


def _coloured(text: str, kind: str, out: IO[str]) -> str:
    return f"\033[{COLOURS[kind]}m{text}\033[0m" if out.isatty() else text
