"""Each kind of task with what performs it."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from symphainy.json import Json
from workflows.interpreter.attempts import try_
from workflows.interpreter.calls import http
from workflows.interpreter.children import child
from workflows.interpreter.deliveries import deliver
from workflows.interpreter.emit import emit
from workflows.interpreter.flow import Frame, Result
from workflows.interpreter.forks import fork
from workflows.interpreter.listen import listen
from workflows.interpreter.remote import remote
from workflows.interpreter.scope import Scope
from workflows.interpreter.simple import do, for_each, raise_, set_, switch
from workflows.interpreter.waits import wait

__all__ = ["DURABLE", "INLINE"]

INLINE: Mapping[str, Callable[[Any, Json, Scope], Result]] = {
    "set": set_,
    "switch": switch,
    "raise": raise_,
}
"""Done at once, within the activation."""

DURABLE: Mapping[str, Callable[[Any, Any, Json, Scope, Frame | None], Awaitable[Result]]] = {
    "do": do,
    "for": for_each,
    "fork": fork,
    "try": try_,
    "wait": wait,
    "call": deliver,
    "http": http,
    "remote": remote,
    "emit": emit,
    "listen": listen,
    "run": child,
}
"""May wait, and so may be left and taken up again at a frame."""
