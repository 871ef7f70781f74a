"""Dates, amounts and numbers as people write them where they are."""

import pytest

from symphainy.template import TemplateError, compile
from symphainy.template.locales import best, setting

DATA = {"at": "2026-03-01T23:30:00Z", "day": "2026-03-01", "wall": "2026-03-01T23:30:00"}


def said(source: str, locale: str | None = None, zone: str | None = None) -> str:
    """What a reader gets, with every space the common one."""
    text = compile(source).render(DATA, setting(locale, zone))
    return text.replace("\xa0", " ").replace("\u202f", " ")


@pytest.mark.parametrize(
    ("expression", "texts"),
    [
        (
            "1234.5 | money: 'EUR'",
            ["EUR 1,234.50", "1.234,50 €", "€ 1.234,50", "€1,234.50", "1 234,50 €"],
        ),
        (
            "1234.5 | money: 'JPY'",
            ["JPY 1,235", "1.235 ¥", "¥ 1.235", "¥1,235", "1 235 JPY"],
        ),
        ("1234.5 | money", ["1,234.50", "1.234,50", "1.234,50", "1,234.50", "1 234,50"]),
        (
            "1234567.891 | number",
            ["1,234,567.891", *["1.234.567,891"] * 2, "1,234,567.891", "1 234 567,891"],
        ),
        ("2.345 | number: 2", ["2.35", "2,35", "2,35", "2.35", "2,35"]),
        ("0.195 | percent", ["20%", "20 %", "20 %", "20%", "20 %"]),
        ("0.195 | percent: 1", ["19.5%", "19,5 %", "19,5 %", "19.5%", "19,5 %"]),
        (
            "day | date: 'long'",
            ["1 March 2026", "1. März 2026", "1. März 2026", "March 1, 2026", "1 mars 2026"],
        ),
        (
            "day | date: 'EEEE, d MMMM'",
            ["Sunday, 1 March", *["Sonntag, 1 März"] * 2, "Sunday, 1 March", "dimanche, 1 mars"],
        ),
        ("day | date: '%d.%m.%Y'", ["01.03.2026"] * 5),
        ("day | date", ["2026-03-01"] * 5),
    ],
)
def test_every_reader_reads_it_in_the_way_of_their_place(expression: str, texts: list[str]) -> None:
    locales = [None, "de", "de-AT", "en-US", "fr"]

    assert [said(f"{{{{ {expression} }}}}", one) for one in locales] == texts


@pytest.mark.parametrize(
    ("zone", "text"),
    [
        (None, "2026-03-01: 1. März 2026, 23:30"),
        ("Europe/Vienna", "2026-03-01: 2. März 2026, 00:30"),
        ("America/New_York", "2026-03-01: 1. März 2026, 18:30"),
        ("No/Where", "2026-03-01: 1. März 2026, 23:30"),
    ],
)
def test_a_moment_is_told_on_the_readers_clock(zone: str | None, text: str) -> None:
    source = "{{ at | date: '%F' }}: {{ at | date: 'long' }}, {{ at | time }}"

    assert said(source, "de", zone) == text


@pytest.mark.parametrize("locale", ["de", "fr", "ar", "he", "fa", "en", "hi", "pl"])
def test_a_subject_can_have_amounts_and_dates_of_every_language(locale: str) -> None:
    source = "{{ 1234.5 | money: 'EUR' }} {{ at | datetime: 'full' }} {{ -0.5 | percent }}"

    assert compile(source).render_line(DATA, setting(locale)).isprintable()


def test_a_day_is_the_same_day_everywhere() -> None:
    source = "{{ day | date: 'short' }} {{ day | datetime: 'short' }} {{ wall | time }}"

    assert said(source, "de", "Pacific/Auckland") == "01.03.26 01.03.26, 00:00 23:30"


def test_a_template_may_say_another_place_than_the_readers() -> None:
    source = "{{ at | datetime: 'short', locale: 'de', zone: 'Asia/Tokyo' }}"

    assert said(source, "fr", "Europe/Paris") == "02.03.26, 08:30"


@pytest.mark.parametrize(
    ("locale", "texts"),
    [
        ("en", ["0 files", "1 file", "2 files", "5 files"]),
        ("pl", ["0 plików", "1 plik", "2 pliki", "5 plików"]),
        ("ja", ["0 個", "1 個", "2 個", "5 個"]),
    ],
)
def test_a_number_of_things_takes_the_form_of_the_language(locale: str, texts: list[str]) -> None:
    forms = {
        "en": "one: '# file', other: '# files'",
        "pl": "one: '# plik', few: '# pliki', many: '# plików', other: '# pliku'",
        "ja": "other: '# 個'",
    }
    source = f"{{{{ n | plural: {forms[locale]} }}}}"

    assert [compile(source).render({"n": n}, setting(locale)) for n in (0, 1, 2, 5)] == texts


@pytest.mark.parametrize(
    ("expression", "code"),
    [
        ("1 | money: 'EURO'", "template.currency"),
        ("1 | money: 'ZZZ'", "template.currency"),
        ("1 | number: locale: 'xx-yy'", "template.locale"),
        ("1 | number: locale: '../../etc'", "template.locale"),
        ("day | date: 'long', zone: 'Mars/Base'", "template.zone"),
        ("day | date: 'long', zone: '../passwd'", "template.zone"),
    ],
)
def test_what_does_not_exist_is_found_before_anything_is_sent(expression: str, code: str) -> None:
    with pytest.raises(TemplateError) as caught:
        compile(f"text\n{{{{ {expression} }}}}")

    assert (caught.value.code, caught.value.line) == (code, 2)


@pytest.mark.parametrize(
    ("expression", "code"),
    [
        ("1 | money: code", "template.currency"),
        ("1 | number: 11", "template.value"),
        ("1 | number: -1", "template.value"),
        ("'a' | number", "template.value"),
        ("true | percent", "template.value"),
        ("'1e99' | number", "template.value"),
        ("'1e-999999' | number", "template.value"),
        ("5 | plural", "template.value"),
        ("day | date: 'jkq'", "template.value"),
        ("day | date: long", "template.value"),
        ("'now' | time", "template.clock"),
        ("'today' | datetime", "template.clock"),
        ("'0001-01-01T00:00:00Z' | date: 'long'", "template.value"),
        ("'yesterday' | time", "template.value"),
    ],
)
def test_what_cannot_be_written_is_refused(expression: str, code: str) -> None:
    data = {"day": "2026-03-01", "code": "EURO", "long": "d" * 61}

    with pytest.raises(TemplateError) as caught:
        compile(f"{{{{ {expression} }}}}").render(data, setting("de", "America/New_York"))

    assert caught.value.code == code


def test_a_locale_nobody_knows_of_never_stops_a_message() -> None:
    locales = ["de-XX", "de_AT", "xx", "", "a" * 5_000, "../../de", "de-AT-x-own"]

    assert [said("{{ 1.5 | number }}", one) for one in locales] == [
        *("1,5", "1.5", "1.5", "1.5", "1.5", "1.5", "1,5"),
    ]


@pytest.mark.parametrize(
    ("wanted", "offered", "found"),
    [
        ("de-AT", ["de", "de-AT"], ["de-AT", "de"]),
        ("de-AT", ["de", "en"], ["de"]),
        ("DE-at", ["de-AT"], ["de-AT"]),
        ("zh-TW", ["zh", "zh-Hant"], ["zh-Hant", "zh"]),
        ("zh-Hant-TW", ["zh-Hans", "zh-Hant"], ["zh-Hant"]),
        ("fr", ["de", "en"], []),
        ("de", ["de-AT"], []),
        (None, ["de"], []),
        ("de-" * 100, ["de"], []),
    ],
)
def test_a_reader_gets_the_closest_language_there_is(
    wanted: str | None, offered: list[str], found: list[str]
) -> None:
    assert best(wanted, offered) == found
