"""Codes of the area `audit`: the log of what was done."""

from symphainy.codes.code import Code

__all__ = ["CODES"]

CODES: tuple[Code, ...] = (
    Code(
        "audit.key",
        "There is no key to sign a checkpoint with",
        "Make checkpoints with `symphainy audit checkpoint`, where the installation's home is.",
        503,
    ),
    Code(
        "audit.file",
        "The file is no export of an audit log",
        "Give the file that `GET /v1/audit/export` answered, unchanged.",
    ),
)
