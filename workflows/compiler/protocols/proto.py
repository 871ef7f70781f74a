"""The services of a proto file, as far as a call has to know them."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

__all__ = ["Method", "Proto", "read"]

# What is never closed is matched to its end too: looking for it again from each place in it would
# take quadratic time.
COMMENTS = re.compile(
    r'("(?:[^"\\\n]|\\.)*(?:"|$|(?=\n))|\'(?:[^\'\\\n]|\\.)*(?:\'|$|(?=\n)))'
    r"|//[^\n]*|/\*.*?(?:\*/|\Z)",
    re.DOTALL,
)
PACKAGE = re.compile(r"\bpackage\s+([\w.]+)\s*;")
IMPORT = re.compile(r"\bimport\s+(?:public\s+|weak\s+)?[\"']([^\"']+)[\"']\s*;")
SERVICE = re.compile(r"\bservice\s+(\w+)\s*\{")
METHOD = re.compile(
    r"\brpc\s+(\w+)\s*\(\s*(stream\s+)?[\w.]+\s*\)\s*returns\s*\(\s*(stream\s+)?[\w.]+\s*\)"
    r"\s*(\{[^{}]*|;)"
)
HARMLESS = re.compile(r"\bidempotency_level\s*=\s*NO_SIDE_EFFECTS\b")
WELL_KNOWN = "google/protobuf/"


@dataclass(frozen=True, slots=True)
class Method:
    """A method of a service."""

    takes_many: bool
    gives_many: bool
    harmless: bool
    """Whether it says that it has no side effects."""


@dataclass(frozen=True, slots=True)
class Proto:
    """What a proto file offers."""

    services: Mapping[str, Mapping[str, Method]] = field(default_factory=dict)
    """By full name."""
    imports: tuple[str, ...] = ()
    """Other files it needs, but for those that come with protobuf."""


def read(text: str) -> Proto:
    """The services of `text`; what does not look like one is left to the real compiler."""
    text = COMMENTS.sub(lambda found: found[1] or " ", text)
    package = PACKAGE.search(text)
    prefix = f"{package[1]}." if package else ""
    starts = list(SERVICE.finditer(text))
    ends = [one.start() for one in starts[1:]] + [len(text)]
    services = {
        prefix + start[1]: {
            name: Method(bool(many), bool(gives), HARMLESS.search(options) is not None)
            for name, many, gives, options in METHOD.findall(text[start.end() : end])
        }
        for start, end in zip(starts, ends, strict=False)
    }
    needed = (one for one in IMPORT.findall(text) if not one.startswith(WELL_KNOWN))
    return Proto(services, tuple(needed))
