"""Of what a run tells the world: `document.metadata.lifecycle`."""

from workflows.compiler.context import Compilation, plain

__all__ = ["lifecycle"]

LEVELS = ("workflow", "task")


def lifecycle(at: Compilation) -> tuple[str, ...]:
    """The levels whose lifecycle events are published; none unless they are asked for.

    Publishing costs a write for each event, so a definition says that somebody listens.
    """
    written = plain(at.definition.document.metadata).get("lifecycle")
    if written is None:
        return ()
    levels = [written] if isinstance(written, str) else written
    pointer = "/document/metadata/lifecycle"
    if not isinstance(levels, list) or not all(one in LEVELS for one in levels):
        at.find("compile.lifecycle", pointer, "`workflow`, `task` or a list of both is expected")
        return ()
    return tuple(one for one in LEVELS if one in levels)
