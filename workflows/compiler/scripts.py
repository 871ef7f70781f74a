"""Scripts of calls in a step: their templates, what does not fit together, and whether the adapters
that may place the call can do what they ask for."""

from collections.abc import Iterator

from symphainy import expr, template
from symphainy.catalog import AdapterSpec
from symphainy.delivery.written import needs, quarrels, texts
from symphainy.json import Json
from symphainy.plan import Experience
from symphainy.template import TemplateError
from workflows.compiler.context import Compilation

__all__ = ["check_script"]

SAID = {
    "gather": "ask questions",
    "machine": "tell machines from people",
    "play": "play recordings",
    "questions": "ask more than one question in a call",
    "speech": "understand what is said",
    "transfer": "hand a call over",
}
"""What the features of the channel are."""
HANDLING = ("hang up", "leave message")


def check_script(at: Compilation, name: str, written: Json, pointer: str) -> None:
    """Find what is wrong in a call, as far as it is written out."""
    arguments = written if isinstance(written, dict) else {}
    for part in ("script", "message"):
        _check_texts(at, arguments.get(part), f"{pointer}/{part}")
        for place, wrong in quarrels(arguments.get(part), f"{pointer}/{part}"):
            at.find("compile.arguments", place, f"{name}: {wrong}")
    asked = [*_asked(arguments, pointer)]
    bound = at.experiences[name]
    for way in (name, *bound.fallback):
        if way in at.experiences:
            _check_features(at, way, at.experiences[way], asked)


def _check_texts(at: Compilation, written: Json, pointer: str) -> None:
    for place, source in texts(written, pointer):
        if expr.is_runtime_expression(source):
            continue
        try:
            template.compile(source)
        except TemplateError as error:
            at.find(error.code, place, error.message)


def _asked(arguments: dict[str, Json], pointer: str) -> Iterator[tuple[str, str]]:
    for part in ("script", "message"):
        yield from needs(arguments.get(part), f"{pointer}/{part}")
    if arguments.get("machine") in HANDLING:
        yield f"{pointer}/machine", "machine"
    elif "message" in arguments and "machine" not in arguments:
        yield f"{pointer}/message", "machine"


def _check_features(
    at: Compilation, way: str, bound: Experience, asked: list[tuple[str, str]]
) -> None:
    spec = at.catalog.adapter(bound.channel, bound.adapter)
    if spec is None or bound.channel != "voice":
        # Another channel says the call's text instead.
        return
    told = set[str]()
    for place, feature in asked:
        if feature in spec.features or feature in told:
            continue
        told.add(feature)
        others = {one.name for one in at.catalog.adapters if _can(one, bound.channel, feature)}
        can = f"{', '.join(sorted(others))} can" if others else "no adapter can"
        message = f"`{way}`: the adapter {spec.name} cannot {SAID[feature]}; {can}"
        at.find("compile.feature", place, message)


def _can(spec: AdapterSpec, channel: str, feature: str) -> bool:
    return spec.channel == channel and feature in spec.features
