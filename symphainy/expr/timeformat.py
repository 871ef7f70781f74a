"""strftime and strptime in the C locale and UTC."""

import re
from collections.abc import Callable, Sequence

from symphainy.expr import calendar

# year, month from 0, day, hour, minute, second, weekday from Sunday, day of the year from 0
Moment = Sequence[int]

_DIRECTIVE = re.compile(r"%([-_0^#]?)([EO]?)([a-zA-Z%+])", re.DOTALL)
_NESTED = {
    "c": "%a %b %e %H:%M:%S %Y",
    "D": "%m/%d/%y",
    "F": "%Y-%m-%d",
    "h": "%b",
    "r": "%I:%M:%S %p",
    "R": "%H:%M",
    "T": "%H:%M:%S",
    "x": "%m/%d/%y",
    "X": "%H:%M:%S",
}


def epoch(m: Moment) -> int:
    return calendar.days_before(m[0], m[1], m[2]) * 86400 + m[3] * 3600 + m[4] * 60 + m[5]


def _hour12(m: Moment) -> int:
    return (m[3] + 11) % 12 + 1


_NUMBERS: dict[str, tuple[Callable[[Moment], int], int, str]] = {
    "C": (lambda m: m[0] // 100, 2, "0"),
    "d": (lambda m: m[2], 2, "0"),
    "e": (lambda m: m[2], 2, " "),
    "g": (lambda m: calendar.iso_week(m[0], m[7], m[6])[0] % 100, 2, "0"),
    "G": (lambda m: calendar.iso_week(m[0], m[7], m[6])[0], 1, "0"),
    "H": (lambda m: m[3], 2, "0"),
    "I": (_hour12, 2, "0"),
    "j": (lambda m: m[7] + 1, 3, "0"),
    "k": (lambda m: m[3], 2, " "),
    "l": (_hour12, 2, " "),
    "m": (lambda m: m[1] + 1, 2, "0"),
    "M": (lambda m: m[4], 2, "0"),
    "s": (epoch, 1, "0"),
    "S": (lambda m: m[5], 2, "0"),
    "u": (lambda m: m[6] or 7, 1, "0"),
    "U": (lambda m: (m[7] + 7 - m[6]) // 7, 2, "0"),
    "V": (lambda m: calendar.iso_week(m[0], m[7], m[6])[1], 2, "0"),
    "w": (lambda m: m[6], 1, "0"),
    "W": (lambda m: (m[7] + 7 - (m[6] + 6) % 7) // 7, 2, "0"),
    "y": (lambda m: m[0] % 100, 2, "0"),
    "Y": (lambda m: m[0], 1, "0"),
}
_WORDS: dict[str, Callable[[Moment], str]] = {
    "a": lambda m: calendar.DAYS[m[6] % 7][:3],
    "A": lambda m: calendar.DAYS[m[6] % 7],
    "b": lambda m: calendar.MONTHS[m[1] % 12][:3],
    "B": lambda m: calendar.MONTHS[m[1] % 12],
    "n": lambda m: "\n",
    "p": lambda m: "AM" if m[3] < 12 else "PM",
    "P": lambda m: "am" if m[3] < 12 else "pm",
    "t": lambda m: "\t",
    "z": lambda m: "+0000",
    "Z": lambda m: "GMT",
    "%": lambda m: "%",
}


def show(moment: Moment, shape: str) -> str:
    """The moment written as the format says."""

    def one(match: re.Match[str]) -> str:
        flag, _, name = match.groups()
        if name in _NESTED:
            text = show(moment, _NESTED[name])
        elif name in _NUMBERS:
            read, width, fill = _NUMBERS[name]
            fill = {"-": "", "_": " ", "0": "0"}.get(flag, fill)
            value = read(moment)
            text = str(value).rjust(width, fill) if fill else str(value)
        elif name in _WORDS:
            text = _WORDS[name](moment)
        else:
            return match[0]
        return text.upper() if flag == "^" else text

    return _DIRECTIVE.sub(one, shape)


_DIGITS = {
    "C": 2, "d": 2, "e": 2, "H": 2, "I": 2, "j": 3, "k": 2, "l": 2, "m": 2, "M": 2, "S": 2,
    "u": 1, "U": 2, "V": 2, "w": 1, "W": 2, "y": 2, "Y": 4, "s": 20,
}  # fmt: skip
_RANGES = {
    "d": (1, 31), "e": (1, 31), "H": (0, 23), "k": (0, 23), "I": (1, 12), "l": (1, 12),
    "j": (1, 366), "m": (1, 12), "M": (0, 59), "S": (0, 61), "u": (1, 7), "w": (0, 6),
}  # fmt: skip
_NUMBER = re.compile(r"[ \t\n\v\f\r]*([+-]?[0-9]+)")
_OFFSET = re.compile(r"[ \t\n\v\f\r]*(?:Z|([+-])([0-9]{2}):?([0-9]{2})?)")
_ZONE = re.compile(r"[ \t\n\v\f\r]*[A-Za-z]+")
SPACE = " \t\n\v\f\r"
_SPACES = re.compile(r"[ \t\n\v\f\r]*")


class _Mismatch(Exception):
    pass


def read(text: str, shape: str) -> tuple[Moment, str] | None:
    """The moment the text writes and what is left of the text; None when it does not fit."""
    found: dict[str, int] = {}
    try:
        at = _read(text, 0, shape, found)
    except _Mismatch:
        return None
    return _moment(found), text[at:]


def _read(text: str, at: int, shape: str, found: dict[str, int]) -> int:
    position = 0
    while position < len(shape):
        match = _DIRECTIVE.match(shape, position)
        if match is not None:
            position = match.end()
            at = _directive(text, at, match[3], found)
            continue
        char = shape[position]
        position += 1
        if char in SPACE:
            spaces = _SPACES.match(text, at)
            at = spaces.end() if spaces else at
        elif text[at : at + 1] == char:
            at += 1
        else:
            raise _Mismatch
    return at


def _directive(text: str, at: int, name: str, found: dict[str, int]) -> int:
    if name in _NESTED and name != "h":
        return _read(text, at, _NESTED[name], found)
    if name in _DIGITS:
        return _number(text, at, name, found)
    if name in "aA":
        return _word(text, at, calendar.DAYS, "w", found)
    if name in "bBh":
        return _word(text, at, calendar.MONTHS, "B", found)
    if name in "pP":
        return _word(text, at, ("AM", "PM"), "p", found)
    if name in "nt":
        spaces = _SPACES.match(text, at)
        return spaces.end() if spaces else at
    if name in "zZ":
        pattern = _OFFSET if name == "z" else _ZONE
        match = pattern.match(text, at)
        if match is None:
            raise _Mismatch
        return match.end()
    if name == "%" and text[at : at + 1] == "%":
        return at + 1
    raise _Mismatch


def _number(text: str, at: int, name: str, found: dict[str, int]) -> int:
    match = _NUMBER.match(text, at)
    if match is None:
        raise _Mismatch
    shown = match[1]
    signed = shown[0] in "+-"
    shown = shown[: _DIGITS[name] + signed]
    value = int(shown)
    low, high = _RANGES.get(name, (value, value))
    if not low <= value <= high:
        raise _Mismatch
    found[name] = value
    return match.start(1) + len(shown)


def _word(text: str, at: int, words: Sequence[str], key: str, found: dict[str, int]) -> int:
    rest = text[at : at + 10].lower()
    for number, word in enumerate(words):
        for shown in (word.lower(), word[:3].lower()):
            if rest.startswith(shown):
                found[key] = number
                return at + len(shown)
    raise _Mismatch


def _moment(found: dict[str, int]) -> Moment:
    if "s" in found:
        days, seconds = divmod(found["s"], 86400)
        year, month, day = calendar.date_of(days)
        hour, minute, second = seconds // 3600, seconds // 60 % 60, seconds % 60
    else:
        year, month, day = _date(found)
        hour = found.get("H", found.get("k", 0))
        half = found.get("I", found.get("l"))
        if half is not None:
            hour = half % 12 + 12 * found.get("p", 0)
        minute, second = found.get("M", 0), found.get("S", 0)
    days = calendar.days_before(year, month, day)
    return (
        year, month, day, hour, minute, second,
        calendar.weekday(days), calendar.year_day(year, month, day),
    )  # fmt: skip


def _date(found: dict[str, int]) -> tuple[int, int, int]:
    year = found.get("Y", 1900)
    if "y" in found:
        short = found["y"]
        century = found["C"] * 100 if "C" in found else 1900 if short >= 69 else 2000
        year = century + short
    if "j" in found and "m" not in found and "B" not in found:
        return calendar.date_of(calendar.days_before(year, 0, 1) + found["j"] - 1)
    month = found["m"] - 1 if "m" in found else found.get("B", 0)
    return year, month, found.get("d", found.get("e", 0))
