"""Log lines: for people in a terminal, as JSON for collectors; with ids, without secrets."""

import json
import logging
import re
import sys
import traceback
from datetime import UTC, datetime
from typing import IO, TYPE_CHECKING, Any

from opentelemetry import trace
from pydantic import SecretStr

from public_works.hiding import HIDDEN, READ, forms, leaves
from public_works.telemetry import names

if TYPE_CHECKING:
    from public_works.settings import Settings

__all__ = ["Blank", "JsonLines", "TextLines", "set_up"]

KNOWN = {
    "tenant": names.TENANT,
    "solution": names.SOLUTION,
    "run": names.RUN,
    "step": names.STEP,
    "delivery": names.DELIVERY,
}
"""Members of a line, and the attributes of spans that they come from."""
EXTRA = (
    *("tenant", "solution", "run", "step", "delivery", "code"),
    *("task", "phase", "error", "by", "status"),
)
"""What a line may say besides its text, through `extra`; anything else may be anything."""


UNSAID = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]")
"""What would end a line, move a terminal's cursor or turn the text around."""


class Blank(logging.Filter):
    """Hides values that are known to be secret, wherever in a line they stand."""

    def __init__(self, settings: "Settings") -> None:
        super().__init__()
        self._given = _secrets(settings)
        self._changes = -1
        self._forms: list[str] = []

    def text(self, text: str) -> str:
        """`text` without them, and without all that was read since."""
        changes = READ.changes
        if self._changes != changes:
            self._forms = sorted(forms([*self._given, *READ.texts()]), key=len, reverse=True)
            # Only now: another thread that writes meanwhile waits for no forms of before.
            self._changes = changes
        for one in self._forms:
            text = text.replace(one, HIDDEN)
        return text


class JsonLines(logging.Formatter):
    """One JSON object a line."""

    def __init__(self, blank: Blank) -> None:
        super().__init__()
        self._blank = blank

    def format(self, record: logging.LogRecord) -> str:
        """See base class."""
        said: dict[str, Any] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
            **_whose(record),
        }
        if record.exc_info and record.exc_info[1] is not None:
            # Where it happened, and which kind it is; what it says may be anybody's data.
            error = record.exc_info[1]
            frames = traceback.extract_tb(error.__traceback__)
            said["exception"] = type(error).__name__
            said["where"] = [f"{one.filename}:{one.lineno} {one.name}" for one in frames[-12:]]
        return _plain(self._blank.text(json.dumps(said, ensure_ascii=False, default=str)))


class TextLines(logging.Formatter):
    """Lines for people: one of each record, and those of a traceback behind it, indented."""

    def __init__(self, blank: Blank) -> None:
        super().__init__("%(asctime)s %(levelname)s %(name)s: %(message)s")
        self._blank = blank

    def format(self, record: logging.LogRecord) -> str:
        """See base class."""
        record.message, record.asctime = record.getMessage(), self.formatTime(record)
        whose = _whose(record)
        about = " ".join(
            f"{name}={whose[name]}" for name in ("run", "step", "code", "by") if name in whose
        )
        line = self.formatMessage(record) + (f" [{about}]" if about else "")
        trouble = self.formatException(record.exc_info) if record.exc_info else ""
        behind = "\n".join(filter(None, (trouble, record.stack_info)))
        more = self._blank.text(behind).split("\n") if behind else []
        return "\n  ".join(map(_plain, (self._blank.text(line), *more)))


def set_up(settings: "Settings", *, launched: bool, stream: IO[str] | None = None) -> None:
    """Have this process write its log to `stream`, by default standard error, as the settings
    want it; `launched` is whether people read it in the log of `symphainy up`."""
    out, blank = stream or sys.stderr, Blank(settings)
    form = settings.log_format
    if form == "auto":
        form = "text" if launched or out.isatty() else "json"
    handler = logging.StreamHandler(out)
    handler.setFormatter(TextLines(blank) if form == "text" else JsonLines(blank))
    root = logging.getLogger()
    for old in root.handlers[:]:
        root.removeHandler(old)
    root.addHandler(handler)
    root.setLevel(settings.log_level.upper())
    quiet = form == "text" if settings.access_log == "auto" else settings.access_log == "off"
    for name in ("access", "audit.records", "audit.checkpoints"):
        level = logging.WARNING if quiet else logging.NOTSET
        logging.getLogger(f"symphainy.{name}").setLevel(level)
    # What the exporters cannot do is not worth a line each time.
    logging.getLogger("opentelemetry").setLevel(logging.ERROR)


def _plain(text: str) -> str:
    """`text` on one line, with nothing in it that a terminal obeys."""
    return UNSAID.sub(lambda found: f"\\u{ord(found[0]):04x}", text)


def _whose(record: logging.LogRecord) -> dict[str, Any]:
    span = trace.get_current_span()
    place, found = span.get_span_context(), getattr(span, "attributes", None) or {}
    said: dict[str, Any] = {}
    if place.is_valid:
        said = {"trace_id": f"{place.trace_id:032x}", "span_id": f"{place.span_id:016x}"}
    said |= {name: found[key] for name, key in KNOWN.items() if key in found}
    workflow = getattr(record, "temporal_workflow", None)
    if isinstance(workflow, dict) and "run" not in said:
        tenant, _, rest = str(workflow.get("workflow_id", "")).partition("/")
        said |= {"tenant": tenant, "run": rest.replace("/", ":", 1)}
    for name in EXTRA:
        value = getattr(record, name, None)
        if isinstance(value, str | int):
            said[name] = value
    return said


def _secrets(settings: "Settings") -> list[str]:
    given = [getattr(settings, name) for name in type(settings).model_fields]
    plain = [one.get_secret_value() for one in given if isinstance(one, SecretStr)]
    if settings.database_url and "@" in settings.database_url:
        plain.append(settings.database_url.partition("://")[2].partition("@")[0].partition(":")[2])
    folder = settings.home / "secrets"
    files = sorted(folder.rglob("*"))[:1000] if folder.is_dir() else []
    for file in files:
        plain += _values(file.read_text("utf-8", "replace")) if file.is_file() else []
    return plain


def _values(text: str) -> list[str]:
    """The texts of a secret: of a JSON object its members, else itself."""
    try:
        found = json.loads(text)
    except ValueError:
        return [text.strip()]
    return [*leaves(found)] if isinstance(found, dict) else [text.strip()]
