"""Both engines over one program: whether they agree, and which differences are known."""

import json
import re
from typing import Any

from symphainy import expr
from tests.expr.observe import Observed, observe, same, shown

ROOM = expr.Limits(steps=500_000)
_PATHS_OF_PATTERNS = re.compile(r"(path|del|pick|=).*\bas [\[{]|\bas [\[{].*(path|del|pick|=)")
_FOLDS = re.compile(r"\b(reduce|foreach)\b")
_PATHS = ("Invalid path expression", "Path must be", "Paths must be")


def difference(program: str, data: Any, theirs: dict[str, Any]) -> str | None:
    """None when both did the same, else the class of the difference, or `unknown: ...`."""
    ours = observe(program, data, ROOM)
    if ours.bound is not None:
        return "bound"
    if "refused" in theirs or ours.refused is not None:
        if "refused" in theirs and ours.refused is not None:
            return None
        return f"unknown: refused {ours.refused} / {theirs}"
    if _agree(ours, theirs):
        return None
    return _known(program, ours, theirs) or f"unknown: {ours} / {theirs}"


def _agree(ours: Observed, theirs: dict[str, Any]) -> bool:
    if not same(ours.values, theirs["values"]) or ours.failed != ("error" in theirs):
        return False
    return not ours.failed or _one_error(ours.error, theirs["error"])


def _one_error(ours: Any, theirs: str) -> bool:
    if isinstance(ours, str):
        return ours == theirs
    try:
        return same(ours, json.loads(theirs.removesuffix(" (not a string)")))
    except ValueError:
        return shown(ours) in theirs


def _known(program: str, ours: Observed, theirs: dict[str, Any]) -> str | None:
    """The class, as `docs/expressions.md` names and explains it."""
    if "?//" in program:
        return "what follows `?//`"
    if _PATHS_OF_PATTERNS.search(program):
        return "patterns in paths"
    if _FOLDS.search(program) and same(ours.values[: len(theirs["values"])], theirs["values"]):
        return "several starts"
    if "\ufffd" in str(theirs):
        return "malformed UTF-8"
    texts = (str(theirs.get("error", "")), shown(ours.error))
    if all(text.startswith("Regex failure") for text in texts):
        return "wording of patterns"
    if any(text.startswith(_PATHS) for text in texts):
        return "paths inside paths"
    return None
