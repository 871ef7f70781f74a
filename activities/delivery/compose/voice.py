"""Phone calls."""

from typing import Any

from babel.core import get_global

from activities.delivery.compose.letter import Letter, about, recipient, rendered, worded
from public_works.customers import Customer
from symphainy import template
from symphainy.delivery import Step, VoiceCall
from symphainy.delivery.written import quarrels, steps
from symphainy.errors import Refused
from symphainy.json import Json
from symphainy.plan import Experience

__all__ = ["compose"]


def compose(letter: Letter, person: Customer | None, bound: Experience, sender: str) -> VoiceCall:
    """The letter as a call: its script, or its text as the only thing said."""
    asked = letter.arguments
    script, message = asked.get("script"), _steps(letter, person, asked.get("message"))
    given: dict[str, Any] = {
        "machine": asked.get("machine") or ("leave message" if message else None),
        "ring_seconds": asked.get("ringSeconds"),
    }
    said = rendered(letter, person, "text") if script is None else None
    language = asked.get("language") or _language_of(letter, person)
    return VoiceCall(
        to=recipient(letter, person, "phone", "phone number"),
        sender=bound.sender or sender,
        script=_steps(letter, person, script if script is not None else []) or _said(said),
        message=message,
        language=_spoken(language),
        **{name: value for name, value in given.items() if value is not None},
    )


def _said(text: str | None) -> tuple[Step, ...]:
    return steps((text or "").strip(), str)


def _steps(letter: Letter, person: Customer | None, written: Json) -> tuple[Step, ...]:
    """The script with its texts rendered. Refused("delivery.arguments") if it is none."""
    data = {**letter.data, "customer": about(letter, person)}
    setting = worded(letter, person).setting
    for place, wrong in quarrels(written):
        raise Refused("delivery.arguments", f"script{place}: {wrong}")
    try:
        return steps(
            written if written is not None else [],
            lambda source: template.compile(source).render(data, setting).strip(),
        )
    except (ValueError, RecursionError) as error:
        raise Refused("delivery.arguments", f"the script cannot be read: {error}") from error


def _language_of(letter: Letter, person: Customer | None) -> str | None:
    """What the words are in, as far as anybody says; else what the customer reads."""
    template = letter.template
    written = worded(letter, person).locale or (template.locale if template else None)
    return written or letter.locale or (person.locale if person else None)


def _spoken(locale: Json) -> str:
    """The locale as vendors of voices name languages: with its region, the likely one if it says
    none."""
    if not isinstance(locale, str):
        return "en-US"
    language = locale.replace("_", "-")
    likely = get_global("likely_subtags").get(language.lower()) if "-" not in language else None
    return f"{language.lower()}-{likely.split('_')[-1]}" if likely else language
