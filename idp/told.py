"""Findings and problems as commands print them."""

import json
import sys
from collections.abc import Iterable, Mapping
from typing import IO, Any

from idp.client import Problem

__all__ = ["findings", "problem", "refusal"]

COLOURS = {"error": "31;1", "warning": "33;1", "fix": "36"}


def findings(file: object, found: Iterable[Mapping[str, Any]], out: IO[str]) -> bool:
    """Print each finding as compilers do; whether any of them is an error."""
    broken = False
    for one in found:
        severity = str(one["severity"])
        broken = broken or severity == "error"
        place = f"{file}:{one['line']}:{one['column']}"
        kind = _coloured(severity, severity, out)
        out.write(f"{place}: {kind} {one['code']} {one['message']}\n")
        out.write(f"  {_coloured('fix:', 'fix', out)} {one['fix']}\n")
    return broken


def refusal(file: object, error: Problem) -> None:
    """Print why the platform does not take the definition."""
    if error.findings:
        findings(file, error.findings, sys.stderr)
    else:
        problem(error.document)


def problem(document: Mapping[str, Any]) -> None:
    """Print a problem document on stderr."""
    sys.stderr.write(json.dumps(document, indent=2, ensure_ascii=False) + "\n")


def _coloured(text: str, kind: str, out: IO[str]) -> str:
    return f"\033[{COLOURS[kind]}m{text}\033[0m" if out.isatty() else text
