"""Every builtin, loaded."""

from symphainy.expr import prelude
from symphainy.expr.builtins import (
    arrays,
    basics,
    counting,
    dates,
    failing,
    loops,
    mathematics,
    objects,
    places,
    quantifiers,
    regex,
    strings,
    walking,
)

MODULES = (
    arrays, basics, counting, dates, failing, loops, mathematics, objects, places, quantifiers,
    regex, strings, walking, prelude,
)  # fmt: skip
