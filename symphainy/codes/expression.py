"""Codes of expressions, at check and at run time."""

from symphainy.codes.code import Code

__all__ = ["CODES"]

CODES: tuple[Code, ...] = (
    Code(
        "expression.syntax",
        "An expression is not jq",
        "Correct it at the place the message names; `${ .customer.name }` is the usual form.",
    ),
    Code(
        "expression.forbidden",
        "An expression uses something that has no place in a definition",
        "Use another function: `docs/expressions.md` says what is refused, and why. What an "
        "expression needs of the world is given to it as data.",
    ),
    Code(
        "expression.embedded",
        "A text has `${` in it and is not an expression",
        "Make the whole value one expression, and put data into the text with `\\(...)`: "
        '`${ "Hello \\(.name)" }`.',
        severity="warning",
    ),
    Code(
        "expression.variable",
        "An expression uses a variable that is not there",
        "Use a variable that is granted at this place, such as $context, $input, $task, $workflow.",
    ),
    Code(
        "expression.too-large",
        "An expression, or a value it makes, is too large",
        "Make it smaller, or split the work over several tasks.",
    ),
    Code(
        "expression.type",
        "An expression met a value of a type it cannot work on",
        "Check what the task before gives; `?` and `//` tell what to do without it.",
    ),
    Code(
        "expression.budget",
        "An expression took more steps than one evaluation may",
        "Work on less data at a time, or let `data.transform` do the work.",
    ),
    Code(
        "expression.error",
        "An expression ended in an error",
        "Read the message: it is what the expression itself said.",
    ),
)
