"""The words of one reader: their language, and the forms of their place."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from symphainy.delivery.segments import encoding, outside, segments
from symphainy.plan import Parts, Template
from symphainy.template import TemplateError, compile
from symphainy.template.preview import preview, variables
from symphainy.template.wording import wording

REMINDER = Template(
    locale="en",
    subject="Invoice {{ id }}",
    text="Dear {{ customer.name }}, {{ total | money: 'EUR' }} is due on {{ day | date: 'long' }}.",
    html="<p>{{ total | money: 'EUR' }}</p>",
    locales={
        "de": Parts(
            subject="Rechnung {{ id }}",
            text="{{ total | money: 'EUR' }} bis {{ day | date: 'long' }}.",
        ),
        "de-AT": Parts(subject="Rechnung Nr. {{ id }}"),
        "fr": Parts(html="<p>{{ total | money: 'EUR' }}, <b>merci</b></p>"),
    },
    sample={"id": 7, "total": 1234.5, "day": "2026-03-01"},
)
DATA = {"id": 7, "total": 1234.5, "day": "2026-03-01", "customer": {"name": "Ada"}}


@pytest.mark.parametrize(
    ("locale", "fallback", "tag", "subject", "text"),
    [
        (None, None, None, "Invoice 7", "Dear Ada, €1,234.50 is due on March 1, 2026."),
        ("en-GB", None, None, "Invoice 7", "Dear Ada, €1,234.50 is due on 1 March 2026."),
        ("de", None, "de", "Rechnung 7", "1.234,50 € bis 1. März 2026."),
        ("de-LI", None, "de", "Rechnung 7", "€ 1\u2019234.50 bis 1. März 2026."),
        ("de-AT", None, "de-AT", "Rechnung Nr. 7", "€ 1.234,50 bis 1. März 2026."),
        ("fr", None, "fr", "Invoice 7", "1 234,50 €, merci"),
        ("it", None, None, "Invoice 7", "Dear Ada, €1,234.50 is due on March 1, 2026."),
        (None, "de", "de", "Rechnung 7", "1.234,50 € bis 1. März 2026."),
        ("en", "de", None, "Invoice 7", "Dear Ada, €1,234.50 is due on March 1, 2026."),
    ],
)
def test_a_reader_gets_the_variant_of_their_language_in_the_forms_of_their_place(
    locale: str | None, fallback: str | None, tag: str | None, subject: str, text: str
) -> None:
    words = wording(REMINDER, locale=locale, fallback=fallback)
    said = words.render("text", DATA) or ""

    assert words.locale == tag
    assert words.render("subject", DATA) == subject
    assert said.replace("\xa0", " ").replace("\u202f", " ") == text


def test_what_a_step_writes_stands_in_place_of_the_template() -> None:
    words = wording(REMINDER, {"subject": "Now"}, locale="de")

    assert words.render("subject", DATA) == "Now"
    assert words.render("html", DATA) is not None


def test_a_message_without_a_template_is_written_for_its_reader_too() -> None:
    words = wording(None, {"text": "{{ total | money: 'EUR' }}"}, locale="de-AT")

    assert words.render("text", DATA) == "€\xa01.234,50"
    assert words.render("html", DATA) is None


def test_an_error_knows_its_part() -> None:
    with pytest.raises(TemplateError) as caught:
        wording(Template(html="<p>{{ nobody }}</p>")).render("text", {})

    assert (caught.value.code, caught.value.part) == ("template.undefined", "html")


def test_a_preview_tells_what_there_is_to_know_about_a_mail() -> None:
    shown = preview(REMINDER, locale="fr-CA", zone="America/Toronto", customer={"name": "Zoé"})

    assert shown.model_dump(exclude={"text"}) == {
        "subject": "Invoice 7",
        "html": "<p>1\xa0234,50\xa0€, <b>merci</b></p>",
        "locale": "fr",
        "formats": "fr-CA",
        "zone": "America/Toronto",
        "made": ["text"],
        "size": {"subject": 9, "text": 19, "html": 35},
        "sms": None,
        "warnings": [],
    }


def test_a_preview_tells_what_a_text_message_costs() -> None:
    shown = preview(REMINDER, channel="sms", locale="fr")

    assert (shown.subject, shown.html) == (None, None)
    assert shown.text == "1 234,50 €, merci"
    assert shown.sms is not None
    assert shown.sms.model_dump() == {
        "encoding": "GSM-7",
        "segments": 1,
        "characters": 17,
        "outside": [],
    }


def test_a_preview_warns_of_what_will_hurt() -> None:
    large = Template(text="x", html="<p>" + "x" * 110_000)

    assert [one.code for one in preview(large).warnings] == [
        "template.clipped",
        "delivery.arguments",
    ]
    assert [one.code for one in preview(Template(text="ж" * 700), channel="sms").warnings] == [
        "delivery.length"
    ]
    assert [one.code for one in preview(Template(text=" "), channel="chat").warnings] == [
        "delivery.text"
    ]


def test_a_preview_refuses_what_sending_would() -> None:
    held = Template(text="Hi", data={"required": ["id"]})

    with pytest.raises(TemplateError) as caught:
        preview(held, data={})

    assert (caught.value.code, caught.value.pointer) == ("template.data", "/data")


def test_what_all_variants_read_is_told() -> None:
    assert variables(REMINDER) == ["customer.name", "day", "id", "total"]


def test_a_character_that_networks_do_not_have_makes_a_text_dear() -> None:
    assert (encoding("1.234 €"), segments("a" * 160)) == ("GSM-7", 1)
    assert (encoding("Zoë, ж"), outside("Zoë, жж")) == ("UCS-2", ["ë", "ж"])


HARMFUL = (
    "<p onclick='x()'>Hi <b>you</b><script>x()</script><img src=//evil/pixel>"
    "<a href='javascript:x()'>a</a><a href='https://good.example'>b</a><style>p{}</style>"
)


def test_html_of_others_is_harmless_where_a_template_asks_for_it() -> None:
    html = compile("{{ note | clean_html }}", html=True).render({"note": HARMFUL})

    assert html == (
        '<p>Hi <b>you</b><a rel="noopener noreferrer">a</a>'
        '<a href="https://good.example" rel="noopener noreferrer">b</a></p>'
    )


def test_in_a_text_it_is_the_text_of_it() -> None:
    text = compile("{{ note | clean_html }}").render({"note": "<p>Hi <b>you</b></p><p>Bye</p>"})

    assert text == "Hi you\n\nBye"


@settings(max_examples=300)
@given(st.text(alphabet="<>/=\"' abpimgsrconeljvt:&;%3C!-", max_size=60))
def test_no_html_of_others_runs_anything(value: str) -> None:
    source = "{{ v | clean_html }}{{ v | clean_html | upcase }}{{ v | clean_html | append: v }}"
    html = compile(source, html=True).render({"v": value}).lower()

    assert "<script" not in html
    assert "<img" not in html
    assert '="javascript' not in html


@pytest.mark.parametrize(
    "value", ["<a " + " ".join(f"a{i}=1" for i in range(20_000)), "<b>" * 90_000]
)
def test_html_of_others_is_cleaned_within_limits(value: str) -> None:
    with pytest.raises(TemplateError) as caught:
        compile("{{ v | clean_html }}", html=True).render({"v": value})

    assert caught.value.code == "template.limit"


SHARED = Template(
    locale="en",
    subject="{{ words.due }}",
    html='<html lang="und"><p>{{ words.due }}</p><b>{{ words.thanks }}</b></html>',
    words={"due": "{{ total | money: 'EUR' }} is due, {{ name }}", "thanks": "Thanks"},
    locales={"de": Parts(words={"due": "{{ total | money: 'EUR' }} & mehr sind fällig"})},
)


@pytest.mark.parametrize(
    ("locale", "subject", "html"),
    [
        (
            "en",
            "€5.00 is due, <Ada>",
            '<html lang="en"><p>€5.00 is due, &lt;Ada&gt;</p><b>Thanks</b></html>',
        ),
        (
            "de",
            "5,00 € & mehr sind fällig",
            '<html lang="de"><p>5,00\xa0€ &amp; mehr sind fällig</p><b>Thanks</b></html>',
        ),
    ],
)
def test_languages_share_a_layout_by_its_words(locale: str, subject: str, html: str) -> None:
    words, data = wording(SHARED, locale=locale), {"total": 5, "name": "<Ada>"}

    assert words.render("subject", data) == subject
    assert words.render("html", data) == html


def test_only_words_that_a_part_reads_are_made() -> None:
    template = Template(text="{{ words.a }}", words={"a": "Hi", "b": "{{ nobody }}"})

    assert wording(template).render("text", {}) == "Hi"
    assert variables(template) == ["nobody"]


def test_words_of_the_data_are_data_where_a_template_has_none() -> None:
    template = Template(text="{{ words.a }}")

    assert wording(template).render("text", {"words": {"a": "mine"}}) == "mine"
    assert preview(template, data={"words": {"a": "mine"}}).text == "mine"


def test_words_may_do_together_what_one_part_may() -> None:
    heavy = "{% for i in (1..9999) %}{{ '' }}{{ '' }}{{ '' }}{{ '' }}{% endfor %}"
    words = {f"w{number}": heavy for number in range(40)}

    assert wording(Template(text="{{ words.w1 }}", words=words)).render("text", {}) == ""
    with pytest.raises(TemplateError) as caught:
        wording(Template(text="{{ words[x] }}", words=words)).render("text", {"x": "w1"})
    assert caught.value.code == "template.limit"
