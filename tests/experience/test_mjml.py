"""MJML becomes HTML that mail programs show, its Liquid untouched, and nothing passes silently."""

import pytest

from symphainy.template import TemplateError, compile
from symphainy.template.mjml import flaws, html_of
from symphainy.template.plain import text_of
from symphainy.template.styles import styled

LETTER = """\
<mjml>
  <mj-head>
    <mj-title>Invoice {{ id }}</mj-title>
    <mj-preview>{{ total | money: "EUR" }} is due{% if late %} for long{% endif %}</mj-preview>
    <mj-attributes><mj-table font-size="13px" /></mj-attributes>
    <mj-style>
      .big { color: red } .big:hover { color: blue }
      @media (max-width:400px) { .big { color: green } }
    </mj-style>
  </mj-head>
  <mj-body>
    <mj-section>
      <mj-column>
        <mj-text css-class="big">Dear {{ name }},{% if total > 9 and total < 99 %} please{% endif %}
          pay.</mj-text>
        <mj-table>
          {% for line in lines %}<tr><td>{{ line }}</td></tr>{% endfor %}
        </mj-table>
        {% if link %}<mj-button href="{{ link | append: "?a=1&b=2" }}">Pay</mj-button>{% endif %}
      </mj-column>
    </mj-section>
  </mj-body>
</mjml>
"""
DATA = {
    "id": 7,
    "total": 12,
    "late": False,
    "name": "A & <B>",
    "lines": ["one", "two"],
    "link": "https://pay.example/7",
}


def body(inner: str) -> str:
    return f"<mjml><mj-body><mj-section>\n{inner}</mj-section></mj-body></mjml>"


def rendered(**changed: object) -> str:
    return compile(html_of(LETTER), html=True).render({**DATA, **changed})


def test_liquid_goes_through_as_it_is_and_data_is_escaped() -> None:
    html = rendered()

    assert "<title>Invoice 7</title>" in html
    assert "EUR 12.00 is due<" in html
    assert "Dear A &amp; &lt;B&gt;, please" in html
    assert "<tr><td>one</td></tr><tr><td>two</td></tr></tbody>" in html
    assert 'href="https://pay.example/7?a=1&b=2"' in html


def test_a_condition_decides_about_elements() -> None:
    assert "Pay</a>" in rendered()
    assert "Pay</a>" not in rendered(link=None)
    assert "please" not in rendered(total=100)


def test_styles_are_in_the_elements_and_the_head_keeps_what_cannot_be() -> None:
    html = rendered()

    assert '<td class="big" align="left" style="color: red;' in html
    assert ".big { color: red }" not in html
    assert ".big:hover" in html
    assert "@media (max-width:400px)" in html


def test_nothing_is_loaded_from_elsewhere_that_the_author_did_not_name() -> None:
    plain = html_of(body("<mj-column><mj-text>Hello</mj-text></mj-column>"))

    assert "<link" not in plain
    assert "@import" not in plain


@pytest.mark.parametrize(
    ("source", "line", "column", "message"),
    [
        (body("<mj-colum></mj-colum>"), 2, 1, "there is no <mj-colum>; did you mean <mj-column>?"),
        (body("<mj-text>x</mj-text>"), 2, 1, "<mj-text> cannot stand in <mj-section>"),
        (body("<mj-column><mj-text>x</mj-column>"), 2, 22, "</mj-column> closes nothing"),
        (body("<mj-column><mj-text><p>x</mj-text></mj-column>"), 2, 25, "open is <p>"),
        (body("<mj-column><p>x</p></mj-column>"), 2, 12, "<p> is HTML"),
        (body("<mj-column>{{ a }}<mj-text>b < c</mj-text></mj-column>"), 2, 30, "no element"),
        (body("<mj-column><mj-text a=b'>x</mj-text></mj-column>"), 2, 12, "no element"),
        (body("<mj-column><mj-text><![CDATA[x]]></mj-text></mj-column>"), 2, 21, "no element"),
        (body("<mj-include path='/etc/passwd'/>"), 2, 1, "there is no <mj-include>"),
        ("<mjml><mj-head/></mjml>", 1, 1, "this has none"),
        ("<p>Hello</p>", 1, 1, "<p> is HTML"),
        ("", 1, 1, "this has none"),
        (
            body("<mj-column><mj-image src='x' width='{{ w }}'/></mj-column>"),
            *(2, 37, "MJML leaves out '{{ w }}'"),
        ),
    ],
)
def test_what_the_library_would_drop_without_a_word_is_refused(
    source: str, line: int, column: int, message: str
) -> None:
    with pytest.raises(TemplateError) as caught:
        html_of(source)

    found = caught.value
    assert (found.code, found.line, found.column) == ("template.mjml", line, column)
    assert message in found.message


def test_all_flaws_are_told_at_once() -> None:
    source = body("<mj-colum></mj-colum><mj-txt></mj-txt>")

    assert [one.message.partition(";")[0] for one in flaws(source)] == [
        "there is no <mj-colum>",
        "there is no <mj-txt>",
    ]


NESTED = "<mj-column><mj-text>{}</mj-text></mj-column>"
BOMBS = {
    "sections in each other": "<mjml><mj-body>" + "<mj-section>" * 9_000,
    "sections that end in a comment": body("<mj-section><!--></mj-section>-->" * 3_000),
    "sections that end in data": body("<mj-section><![CDATA[</mj-section>]]>" * 2_500),
    "sections with a bracket": body("<mj-section a='<'>" * 6_000),
    "deep HTML": body(NESTED.format("<div>" * 20_000)),
    "many elements": body(NESTED.format("<br>" * 20_000)),
    "open quotes": "<mjml '" * 15_000,
    "open comments": "<!--" * 30_000,
    "open tags": "<a " * 40_000,
    "defaults that are copied": "<mjml><mj-head><mj-attributes><mj-all a='"
    + "x" * 60_000
    + "'/></mj-attributes></mj-head><mj-body>"
    + "<mj-raw>x</mj-raw>" * 1_500
    + "</mj-body></mjml>",
    "styles that are copied": "<mjml><mj-head><mj-style>p{color:"
    + "x" * 60_000
    + "}</mj-style></mj-head><mj-body><mj-section><mj-column><mj-text>"
    + "<p></p>" * 1_900
    + "</mj-text></mj-column></mj-section></mj-body></mjml>",
}


@pytest.mark.parametrize("bomb", BOMBS)
def test_a_bomb_of_elements_is_defused(bomb: str) -> None:
    with pytest.raises(TemplateError) as caught:
        html_of(BOMBS[bomb])

    assert caught.value.code in ("template.limit", "template.mjml")


def test_html_gets_its_styles_into_its_elements_too() -> None:
    source = (
        "<style>.a{color:{{ c }}} .a:hover{color:red}</style>"
        '<table>{% for x in y %}<tr class="a"><td>{{ x }}</td></tr>{% endfor %}</table>'
    )
    html = compile(styled(source), html=True).render({"c": "blue", "y": [1, 2]})

    assert html.count('<tr class="a" style="color: blue;">') == 2
    assert ".a:hover { color: red; }" in html


@pytest.mark.parametrize("inner", ["<div/>", "<div>", "<!--><div>", "<div a='<'>", "<b><p></b>"])
def test_html_that_parsers_could_not_survive_stays_as_it_is(inner: str) -> None:
    source = "<style>p{color:red}</style>" + inner * 9_000

    assert styled(source) == source


def test_html_without_styles_stays_as_it_is() -> None:
    assert styled("<p>Hello {{ name }}") == "<p>Hello {{ name }}"


def test_a_text_says_what_the_mail_says() -> None:
    assert text_of(rendered(late=True)) == (
        "Dear A & <B>, please pay.\none\ntwo\n\nPay: https://pay.example/7?a=1&b=2"
    )


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("", ""),
        ("<p>Hello</p><p>World</p>", "Hello\n\nWorld"),
        ("<ul><li>one</li><li>two</li></ul>", "* one\n  * two"),
        ("a &amp; b &nbsp;<br>c", "a & b\nc"),
        ("<a href='https://a.example'>https://a.example</a>", "https://a.example"),
        ("<script>x()</script><style>p{}</style><!-- no -->yes", "yes"),
        ("<!-- open", ""),
        ("<p>x</p><script>", "x"),
        ("<div>" * 50_000 + "deep", "deep"),
        ("<td>" * 60_000 + "wide", "wide"),
    ],
)
def test_whatever_html_it_is_there_is_a_text_of_it(html: str, text: str) -> None:
    assert text_of(html) == text
