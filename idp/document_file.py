"""A definition in a file, as far as commands have to know it; the platform reads it for good."""

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

__all__ = ["DocumentFile", "read", "value"]

DEFAULT_INTENT = "start"


@dataclass(frozen=True, slots=True)
class DocumentFile:
    """A definition's text with its address."""

    path: Path
    content: bytes
    name: str | None
    """`namespace.name`, None if the document does not say."""
    version: str | None
    intent: str
    """The only intent that starts a run, or `start`."""

    @property
    def media_type(self) -> str:
        """How the text is sent."""
        return "application/json" if self.path.suffix == ".json" else "application/yaml"

    @property
    def trial(self) -> str | None:
        """The version with the text's digest as build metadata, so that a change never collides."""
        if self.version is None or "+" in self.version:
            return self.version
        return f"{self.version}+run.{self.digest.partition(':')[2][:8]}"

    @property
    def digest(self) -> str:
        """The digest of the text, as the platform has it."""
        text = self.content.decode(errors="replace")
        found = hashlib.sha256(json.dumps(text, ensure_ascii=False).encode())
        return f"sha256:{found.hexdigest()}"


def read(path: Path) -> DocumentFile:
    """The definition in `path`; OSError if it cannot be read."""
    content = path.read_bytes()
    found = _members(_parsed(content, path))
    document = _members(found.get("document"))
    address = (document.get("namespace"), document.get("name"))
    version = document.get("version")
    return DocumentFile(
        path,
        content,
        name=".".join(map(str, address)) if all(address) else None,
        version=version if isinstance(version, str) else None,
        intent=_intent(_members(found.get("intents"))),
    )


def value(given: str) -> Any:
    """The JSON or YAML value in the file `given`, or the JSON that it is; ValueError if neither."""
    try:
        if Path(given).is_file():
            path = Path(given)
            return json.loads(path.read_bytes()) if path.suffix == ".json" else _yaml(path)
    except OSError:
        pass  # Too long for a file name, so it is JSON.
    return json.loads(given)


def _intent(intents: dict[str, Any]) -> str:
    starts = [name for name, one in intents.items() if _members(one).get("starts") is True]
    return starts[0] if len(starts) == 1 else DEFAULT_INTENT


def _parsed(content: bytes, path: Path) -> Any:
    import yaml

    try:
        return json.loads(content) if path.suffix == ".json" else _loaded(content)
    except (ValueError, RecursionError, yaml.YAMLError):
        return None  # The platform says what is wrong, and where.


def _yaml(path: Path) -> Any:
    import yaml

    try:
        return _loaded(path.read_bytes())
    except yaml.YAMLError as error:
        raise ValueError(f"{path} is no YAML: {error}") from error


def _loaded(content: bytes) -> Any:
    import yaml

    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    return yaml.load(content, Loader=loader)  # noqa: S506 - a safe one


def _members(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}
