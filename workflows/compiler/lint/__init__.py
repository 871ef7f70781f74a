"""What can be said of a document that would run, and still not do what its author wants."""

from workflows.compiler.context import Compilation
from workflows.compiler.flow import check_flow
from workflows.compiler.lint.conditions import check_conditions
from workflows.compiler.lint.fans import check_fans
from workflows.compiler.lint.listens import check_listens
from workflows.compiler.lint.lost import check_lost
from workflows.compiler.lint.paths import check_paths
from workflows.compiler.lint.told import check_told
from workflows.compiler.lint.unused import check_unused

__all__ = ["lint"]


def lint(at: Compilation) -> None:
    """Find all of it; every expression has to be compiled before."""
    for check in (
        check_flow,
        check_listens,
        check_told,
        check_conditions,
        check_fans,
        check_unused,
        check_lost,
        check_paths,
    ):
        check(at)
