"""Whose runs may go on by this version: `document.metadata.migrates`."""

import re

from workflows.compiler.context import Compilation, plain

__all__ = ["migrates"]

VERSIONS = re.compile(r"\*|\d+\.(\*|\d+\.(\*|\d+(-[0-9A-Za-z.-]+)?))", re.ASCII)


def migrates(at: Compilation) -> tuple[str, ...]:
    """The versions that are named; none unless the definition says that it is safe."""
    written = plain(at.definition.document.metadata).get("migrates")
    if written is None:
        return ()
    named = [written] if isinstance(written, str) else written
    pointer = "/document/metadata/migrates"
    if not isinstance(named, list) or not all(_is_version(one) for one in named):
        message = "versions are expected, such as `1.0.0`, `1.0.*`, `1.*` or `*`"
        at.find("compile.migrates", pointer, message)
        return ()
    own = at.definition.document.version
    if own in named:
        at.find("compile.migrates", pointer, f"{own} is this version itself")
        return ()
    return tuple(dict.fromkeys(named))


def _is_version(one: object) -> bool:
    return isinstance(one, str) and VERSIONS.fullmatch(one) is not None
