"""Files made of the templates beside this module, put into a folder of their own."""

import re
import sys
from collections.abc import Iterator, Mapping
from dataclasses import asdict
from pathlib import Path

from liquid import Environment, FileSystemLoader, StrictUndefined

from idp.new.channels import CHANNELS

__all__ = ["Unwritable", "adapter", "capability", "solution", "written"]

HERE = Path(__file__).parent
NAME = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")
LONGEST = 40
SPOKEN = ("Asking", "Callback", "Heard", "SendResult", "Sending")
TESTED = ("Asking", "Callback", "DeliveryEvent")
"""What every adapter needs of `symphainy.delivery`, and what its tests do."""
# Braces are Python's, YAML's and Liquid's own.
ENVIRONMENT = Environment(
    loader=FileSystemLoader(HERE),
    undefined=StrictUndefined,
    statement_start_string="<<",
    statement_end_string=">>",
    tag_start_string="<%",
    tag_end_string="%>",
)


class Unwritable(Exception):
    """Nothing was written, and why."""


def adapter(name: str, channel: str, into: Path) -> list[Path]:
    """The files of a package with an adapter, its twin and its tests, written."""
    if channel not in CHANNELS:
        raise Unwritable(f"there is no channel {channel!r}; there are: {', '.join(CHANNELS)}")
    kind = asdict(CHANNELS[channel])
    package = f"symphainy_{_named(name).replace('-', '_')}"
    about = {
        "name": name,
        "channel": channel,
        "package": package,
        "kind": kind,
        "imports": sorted({*SPOKEN, kind["message"]}, key=str.lower),
        "tested": sorted({*TESTED, kind["message"], *kind["names"]}, key=str.lower),
        **_cases(name),
    }
    return written("adapter", into / f"symphainy-{name}", about)


def capability(name: str, into: Path) -> list[Path]:
    """The files of a package with a capability `realm.capability` and its tests, written."""
    realm, dot, short = name.partition(".")
    if not dot:
        raise Unwritable(f"{name!r} has to be `realm.capability`, such as `billing.score`")
    _named(realm), _named(short)
    package = f"symphainy_{realm.replace('-', '_')}"
    about = {
        "name": name,
        "realm": realm,
        "package": package,
        "module": short.replace("-", "_"),
        **_cases(short),
    }
    return written("capability", into / f"symphainy-{realm}", about)


def solution(name: str, into: Path) -> list[Path]:
    """A definition to begin with, and an input for it, written."""
    namespace, _, short = name.rpartition(".")
    namespace = namespace or "acme"
    about = {"namespace": _named(namespace), "name": _named(short), **_cases(short)}
    return written("solution", into, about)


def written(kind: str, into: Path, about: Mapping[str, object]) -> list[Path]:
    """The files of a kind, with `about` filled in. Raises Unwritable if one is there already."""
    made = {
        into / _path(one.relative_to(HERE / kind), about): _filled(one, about)
        for one in sorted(_templates(HERE / kind))
    }
    there = next((one for one in made if one.exists()), None)
    if there is not None:
        raise Unwritable(f"{there} is there already; nothing was written")
    for path, text in made.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return [*made]


def _templates(folder: Path) -> Iterator[Path]:
    yield from folder.rglob("*.template")


def _path(template: Path, about: Mapping[str, object]) -> Path:
    parts = (str(about.get(one, one)) for one in template.with_suffix("").parts)
    path = Path(*parts)
    stem = path.name.partition(".")[0]
    return path.with_name(path.name.replace(stem, str(about.get(stem, stem)), 1))


def _filled(template: Path, about: Mapping[str, object]) -> str:
    return ENVIRONMENT.get_template(template.relative_to(HERE).as_posix()).render(**about)


def _named(name: str) -> str:
    if not NAME.fullmatch(name) or len(name) > LONGEST:
        raise Unwritable(f"{name[:60]!r} is no name: small letters, digits and single hyphens")
    return name


def _cases(name: str) -> dict[str, str]:
    words = name.split("-")
    return {
        "Class": "".join(one.capitalize() for one in words),
        "title": " ".join(words).capitalize(),
        "python": f"{sys.version_info.major}.{sys.version_info.minor}",
    }
