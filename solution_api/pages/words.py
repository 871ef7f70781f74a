"""What pages for end customers say, in each language they speak."""

from collections.abc import Mapping
from typing import Any

__all__ = ["LANGUAGES", "spoken", "words"]

_EN: dict[str, Any] = {
    "channels": {"email": "Email", "sms": "Text message", "voice": "Phone call"},
    "marketing": "Offers and news",
    "preferences": "What you hear from us",
    "intro": "Tick what you want to receive. Messages you need, such as receipts and security "
    "codes, always reach you.",
    "save": "Save",
    "nothing": "None of these",
    "saved": "Saved. This is how we will write to you from now on.",
    "nothing_yet": "There is nothing to choose at the moment.",
    "unsubscribe": "Unsubscribe?",
    "no_more": "You will no longer receive this:",
    "confirm": "Unsubscribe",
    "left": "You are unsubscribed",
    "left_from": "You will no longer receive this:",
    "choose": "Choose what else you hear from us",
    "gone": "This link does not work",
    "gone_why": "It is not complete, or what it was about is no longer there. Copy the whole link "
    "from the message.",
}
_DE: dict[str, Any] = {
    "channels": {"email": "E-Mail", "sms": "SMS", "voice": "Anruf"},
    "marketing": "Angebote und Neuigkeiten",
    "preferences": "Was Sie von uns hören",
    "intro": "Wählen Sie, was Sie erhalten möchten. Nachrichten, die Sie brauchen, etwa "
    "Rechnungen und Sicherheitscodes, erreichen Sie immer.",
    "save": "Speichern",
    "nothing": "Nichts davon",
    "saved": "Gespeichert. So schreiben wir Ihnen ab jetzt.",
    "nothing_yet": "Zurzeit gibt es nichts zu wählen.",
    "unsubscribe": "Abmelden?",
    "no_more": "Das erhalten Sie dann nicht mehr:",
    "confirm": "Abmelden",
    "left": "Sie sind abgemeldet",
    "left_from": "Das erhalten Sie nicht mehr:",
    "choose": "Wählen, was Sie sonst von uns hören",
    "gone": "Dieser Link funktioniert nicht",
    "gone_why": "Er ist nicht vollständig, oder es gibt nicht mehr, worum es ging. Kopieren Sie "
    "den ganzen Link aus der Nachricht.",
}
LANGUAGES: Mapping[str, Mapping[str, Any]] = {"en": _EN, "de": _DE}


def spoken(*wanted: str | None) -> str:
    """The first of these languages or locales that pages speak, else English."""
    tags = ((one or "").strip().partition(";")[0] for one in wanted)
    found = (tag.replace("_", "-").partition("-")[0].lower() for tag in tags)
    return next((one for one in found if one in LANGUAGES), "en")


def words(language: str) -> Mapping[str, Any]:
    """Everything that pages say in a language."""
    return LANGUAGES.get(language, _EN)
