"""What the source says about the fields of a class: the strings under them."""

import ast
import inspect
import textwrap

__all__ = ["notes"]


def notes(model: type) -> dict[str, str]:
    """By name of the attribute, of the class and of those it comes from."""
    found: dict[str, str] = {}
    for one in reversed(model.__mro__):
        if one.__module__.split(".")[0] == "smart_city":
            found |= _own(one)
    return found


def _own(model: type) -> dict[str, str]:
    body = ast.parse(textwrap.dedent(inspect.getsource(model))).body[0]
    assert isinstance(body, ast.ClassDef)  # noqa: S101 - it is the source of a class
    found = {}
    for field, text in zip(body.body, body.body[1:], strict=False):
        if not isinstance(field, ast.AnnAssign) or not isinstance(field.target, ast.Name):
            continue
        if isinstance(text, ast.Expr) and isinstance(text.value, ast.Constant):
            found[field.target.id] = " ".join(str(text.value.value).split())
    return found
