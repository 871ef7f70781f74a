"""Dates, all in UTC."""

import math

from symphainy.expr import calendar, timeformat
from symphainy.expr.arithmetic import minus, plus
from symphainy.expr.builtins.registry import function
from symphainy.expr.errors import failure, mismatch
from symphainy.expr.meter import Meter
from symphainy.expr.values import Value, is_number

_ISO = "%Y-%m-%dT%H:%M:%SZ"
# beyond this the year no longer fits what C's struct tm holds
_FARTHEST = 67_767_976_233_532_799


@function("gmtime")
def broken_down(meter: Meter, value: Value) -> Value:
    if not is_number(value):
        raise mismatch("gmtime() requires numeric inputs")
    if value != value or abs(value) > _FARTHEST:
        raise failure("error converting number of seconds since epoch to datetime")
    whole = math.floor(value)
    found: list[int | float] = [*_fields(whole)]
    found[5] += value - whole
    return found


def _moment(value: Value, complaint: str) -> list[int]:
    """The whole numbers of a broken-down time, brought into range; absent ones are zero."""
    if type(value) is not list:
        raise mismatch(complaint)
    if not all(is_number(x) and x == x for x in value[:8]):
        raise mismatch(complaint)
    found = [int(max(-(2**31), min(2**31 - 1, x))) for x in value[:6]]
    found += [1900, 0, 0, 0, 0, 0][len(found) :]
    return _fields(timeformat.epoch(found))


def _fields(whole: int) -> list[int]:
    days, seconds = divmod(whole, 86400)
    year, month, day = calendar.date_of(days)
    return [
        year, month, day, seconds // 3600, seconds // 60 % 60, seconds % 60,
        calendar.weekday(days), calendar.year_day(year, month, day),
    ]  # fmt: skip


@function("mktime")
def seconds(meter: Meter, value: Value) -> Value:
    if type(value) is not list:
        raise mismatch("mktime requires array inputs")
    return timeformat.epoch(_moment(value, "mktime requires parsed datetime inputs"))


@function("strftime", 1)
def shown(meter: Meter, value: Value, shape: Value) -> Value:
    if is_number(value):
        value = broken_down(meter, value)
    elif type(value) is not list:
        raise mismatch("strftime/1 requires parsed datetime inputs")
    if type(shape) is not str:
        raise mismatch("strftime/1 requires a string format")
    meter.charge(len(shape) >> 2)
    meter.text(len(shape) * 12)
    moment = _moment(value, "strftime/1 requires parsed datetime inputs")
    return timeformat.show(moment, shape)


@function("strptime", 1)
def parsed(meter: Meter, value: Value, shape: Value) -> Value:
    if type(value) is not str or type(shape) is not str:
        raise mismatch("strptime/1 requires string inputs and arguments")
    meter.charge((len(shape) + len(value)) >> 2)
    meter.text(len(shape) + len(value))
    found = timeformat.read(value, shape)
    if found is None or (found[1] and found[1][0] not in timeformat.SPACE):
        raise failure(f'date "{value[:100]}" does not match format "{shape[:100]}"')
    return [*found[0], *([found[1]] if found[1] else [])]


def _written(meter: Meter, value: Value) -> Value:
    return shown(meter, value, _ISO)


def _read(meter: Meter, value: Value) -> Value:
    return seconds(meter, parsed(meter, value, _ISO)[:8])


for _name in ("todate", "todateiso8601", "date"):
    function(_name)(_written)
for _name in ("fromdate", "fromdateiso8601"):
    function(_name)(_read)


@function("dateadd", 2)
def later(meter: Meter, value: Value, unit: Value, amount: Value) -> Value:
    return plus(meter, value, amount)


@function("datesub", 2)
def earlier(meter: Meter, value: Value, unit: Value, amount: Value) -> Value:
    return minus(meter, value, amount)
