"""Updates of records in a step: what does not fit together, and whether the adapters that may make
them can do what they ask for."""

from collections.abc import Iterator

from symphainy import expr, template
from symphainy.delivery.records import TOGETHER, needs, quarrels
from symphainy.json import Json
from symphainy.template import TemplateError
from workflows.compiler.context import Compilation

__all__ = ["check_update"]

SAID = {TOGETHER: "change a record and keep an activity at once"}


def check_update(at: Compilation, name: str, written: Json, pointer: str) -> None:
    """Find what is wrong in an update, as far as it is written out."""
    for place, wrong in quarrels(written):
        at.find("compile.arguments", pointer + place, f"{name}: {wrong}")
    for place, source in _texts(written):
        if not expr.is_runtime_expression(source):
            try:
                template.compile(source)
            except TemplateError as error:
                at.find(error.code, pointer + place, error.message)
    for place, feature in needs(written):
        for way in (name, *at.experiences[name].fallback):
            _check_feature(at, way, feature, pointer + place)


def _check_feature(at: Compilation, way: str, feature: str, place: str) -> None:
    bound = at.experiences.get(way)
    spec = at.catalog.adapter("crm", bound.adapter) if bound is not None else None
    if spec is None or feature in spec.features:
        return
    can = sorted(one.name for one in at.catalog.adapters if feature in one.features)
    others = f"{', '.join(can)} can" if can else "no adapter can"
    at.find(
        "compile.feature",
        place,
        f"`{way}`: the adapter {spec.name} cannot {SAID[feature]}; {others}, or make it two steps",
    )


def _texts(written: Json) -> Iterator[tuple[str, str]]:
    arguments = written if isinstance(written, dict) else {}
    activity = arguments.get("activity")
    inside = activity if isinstance(activity, dict) else {}
    for place, source in (
        ("/note", arguments.get("note")),
        ("/activity/subject", inside.get("subject")),
        ("/activity/text", inside.get("text")),
    ):
        if isinstance(source, str):
            yield place, source
