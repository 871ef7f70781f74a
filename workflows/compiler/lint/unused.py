"""What `use` defines and nothing uses."""

from collections.abc import Iterator
from typing import Any

from symphainy.definition import (
    CallTask,
    EmitTask,
    ForTask,
    ListenTask,
    RaiseTask,
    RunTask,
    SetTask,
    SwitchTask,
    TryTask,
    WaitTask,
)
from workflows.compiler.context import Compilation, escaped
from workflows.compiler.nesting import roots, walk

__all__ = ["check_unused"]

REFERRING = frozenset({"call", "error", "retry", "timeout", "use", "authentication"})
"""The keys whose text may name a definition."""
KINDS: dict[str, type | tuple[type, ...]] = {
    "call": CallTask,
    "emit": EmitTask,
    "for": ForTask,
    "listen": ListenTask,
    "raise": RaiseTask,
    "run": RunTask,
    "set": SetTask,
    "switch": SwitchTask,
    "try": TryTask,
    "wait": WaitTask,
}


def check_unused(at: Compilation) -> None:
    """Find definitions that nothing names, and extensions of tasks that there are not."""
    use = at.definition.use
    if not use.model_fields_set:
        return
    named, texts = _named(at.source.data)
    catalogs = {one.rpartition("@")[2] for one in named if "@" in one}
    sections: dict[str, tuple[Any, set[str]]] = {
        "authentications": (use.authentications, named),
        "catalogs": (use.catalogs, catalogs),
        "errors": (use.errors, named),
        "functions": (use.functions, named),
        "retries": (use.retries, named),
        "timeouts": (use.timeouts, named),
    }
    for section, (defined, used) in sections.items():
        for name in defined:
            if name not in used:
                _find(at, f"/use/{section}/{escaped(name)}", f"nothing uses `use.{section}.{name}`")
    for i, name in enumerate(use.secrets):
        if name not in named and not any(name in text for text in texts):
            _find(at, f"/use/secrets/{i}", f"nothing uses the secret `{name}`")
    _check_extensions(at)


def _check_extensions(at: Compilation) -> None:
    kinds = {type(item.task) for one in roots(at.definition) for item in walk(one.items)}
    for i, named in enumerate(at.definition.use.extensions):
        for name, extension in named.items():
            wanted = KINDS.get(extension.extend)
            if wanted is not None and not any(issubclass(one, wanted) for one in kinds):
                pointer = f"/use/extensions/{i}/{escaped(name)}/extend"
                _find(at, pointer, f"`{name}` extends `{extension.extend}`, and no task is one")


def _find(at: Compilation, pointer: str, message: str) -> None:
    at.find("compile.unused", pointer, message)


def _named(data: Any) -> tuple[set[str], list[str]]:
    """What stands at the keys that refer, and every text that speaks of secrets."""
    named: set[str] = set()
    texts = []
    for key, text in _texts(data):
        if key in REFERRING:
            named.add(text)
        if "secret" in text:
            texts.append(text)
    return named, texts


def _texts(data: Any) -> Iterator[tuple[str, str]]:
    open_: list[tuple[str, Any]] = [("", data)]
    while open_:
        key, value = open_.pop()
        if isinstance(value, str):
            yield key, value
        elif isinstance(value, dict):
            open_.extend(value.items())
        elif isinstance(value, list):
            open_.extend((key, one) for one in value)
