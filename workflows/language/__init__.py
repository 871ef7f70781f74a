"""What an editor asks while a definition is being written; the document may be half a one."""

from workflows.language.complete import Completion, Completions, complete
from workflows.language.hover import Hover, hover

__all__ = ["Completion", "Completions", "Hover", "complete", "hover"]
