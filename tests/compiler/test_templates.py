"""Templates: what is wrong with them is found, with its place, before anything is sent."""

import textwrap

import pytest

from symphainy.plan import Plan, Template
from tests.compiler.finding import CATALOG, HEAD, found
from workflows.compiler import check, compile, template

BODY = """\
experiences:
  email:
    adapter: sandbox
    templates:
      reminder:
{}
do:
  - remind: {{call: email, with: {{to: ada@example.com, template: reminder{}}}}}
"""
CONTRACT = """\
data:
  type: object
  required: [invoice]
  properties:
    invoice:
      type: object
      required: [id]
      properties:
        id: {type: string}
        lines: {type: array, items: {type: object, properties: {name: {type: string}}}}
"""
PLACE = "/experiences/email/templates/reminder"


def body(written: str, given: str = "data: {invoice: {id: '7'}}") -> str:
    return BODY.format(textwrap.indent(written, " " * 8), f", {given}" if given else "")


def places(written: str, given: str = "data: {invoice: {id: '7'}}") -> list[tuple[str, int, int]]:
    """Code, line and column in the document of all findings; the template is at line 7."""
    return [
        (one.code, one.line, one.column)
        for one in check(HEAD + body(written, given), CATALOG).findings
    ]


def only(written: str) -> Template:
    plan = compile(HEAD + body(written), CATALOG).plan
    assert plan is not None
    assert Plan.model_validate(plan.dump()) == plan
    return plan.experiences["email"].templates["reminder"]


@pytest.mark.parametrize(
    ("source", "column"),
    [
        ("{{ invoice.id }} {{ customer.name }} {{ unsubscribe_url }} {{ preferences_url }}", None),
        ("{{ invoice.lines.size }} {{ invoice.lines[0].name }}", None),
        ("{{ invoice.lines.first.name }}", None),
        ("{% for one in invoice.lines %}{{ one.name }} {{ forloop.index }}{% endfor %}", None),
        ("{% assign mine = invoice %}{{ mine.id }}", None),
        ("{{ invoice.nr }}", 4),
        ("{{ costumer.name }}", 4),
        ("{% for one in invoice.lines %}{{ one.nam }}{% endfor %}", 34),
        ("{% assign mine = invoice %}{{ mine.nr }}", 31),
        ("{{ invoice.id.first.x }}", 4),
    ],
)
def test_a_template_reads_what_its_contract_names(source: str, column: int | None) -> None:
    expected = [] if column is None else [("template.contract", 7, 14 + column + 1)]

    assert places(f'text: "{source}"\n{CONTRACT}') == expected


def test_a_finding_in_a_block_of_text_is_at_its_place_in_the_document() -> None:
    written = f"text: |\n  Dear {{{{ customer.name }}}},\n\n    {{{{ invoice.nr }}}}\n{CONTRACT}"

    assert places(written) == [("template.contract", 10, 16)]


def test_a_finding_in_mjml_is_at_its_place_in_the_document() -> None:
    written = (
        "mjml: |\n  <mjml>\n    <mj-body>\n      <mj-colum></mj-colum>\n    </mj-body>\n  </mjml>"
    )

    assert places(written) == [("template.mjml", 10, 15)]


@pytest.mark.parametrize(
    ("written", "findings"),
    [
        ("text: '{{ words.hi }}'\nwords: {hi: Hello}", []),
        ("text: '{{ words[x] }}'\nwords: {hi: Hello}", []),
        ("text: Hi\nlocales: {de: {text: '{{ words.hi }}', words: {hi: Hallo}}}", []),
        ("text: '{{ words.ho }}'\nwords: {hi: Hello}", [f"{PLACE}/text"]),
        (
            "text: Hi\nlocales: {de: {text: '{{ words.ho }}', words: {hi: x}}}",
            [f"{PLACE}/locales/de/text"],
        ),
        ("text: Hi\nwords: {hi: '{{ words.ho }}', ho: x}", [f"{PLACE}/words/hi"]),
        (f"text: Hi\nwords: {{hi: '{{{{ invoice.nr }}}}'}}\n{CONTRACT}", [f"{PLACE}/words/hi"]),
        ("text: '{{ words.of.the.data }}'", []),
        (f"text: '{{{{ words.hi }}}}'\n{CONTRACT}", [f"{PLACE}/text"]),
    ],
)
def test_a_template_says_words_that_there_are(written: str, findings: list[str]) -> None:
    assert found(body(written)) == [("template.contract", one) for one in findings]


def test_what_the_contract_lacks_comes_with_what_may_be_meant() -> None:
    [one] = check(HEAD + body(f'text: "{{{{ invoice.idd }}}}"\n{CONTRACT}'), CATALOG).findings

    assert one.message == (
        "`invoice.idd` is not in the contract: there is no `idd`; did you mean `id`?"
    )


@pytest.mark.parametrize(
    ("given", "places"),
    [
        ("data: {invoice: {id: '7'}}", []),
        ('data: "${ . }"', []),
        ('data: {invoice: "${ .invoice }"}', []),
        ('data: {invoice: {id: "${ .id }", lines: 5}}', ["/data/invoice/lines"]),
        ("data: {invoice: {id: 7}}", ["/data/invoice/id"]),
        ("data: {invoice: {}}", ["/data/invoice"]),
        ("data: {}", ["/data"]),
        ("", [""]),
    ],
)
def test_a_step_gives_what_the_contract_asks_for(given: str, places: list[str]) -> None:
    expected = [("template.data", f"/do/0/remind/with{one}") for one in places]

    assert found(body(f"text: Hello\n{CONTRACT}", given)) == expected


@pytest.mark.parametrize(
    ("written", "findings"),
    [
        (f"text: Hi\nsample: {{invoice: {{id: '7'}}}}\n{CONTRACT}", []),
        (
            f"text: Hi\nsample: {{invoice: {{id: 7}}}}\n{CONTRACT}",
            [("template.data", f"{PLACE}/sample/invoice/id")],
        ),
        (
            "text: '{{ invoice.id }}{{ customer.name }}'\nsample: {}",
            [("template.undefined", f"{PLACE}/text")],
        ),
        (
            "text: '{{ customer.tier }}'\nsample: {customer: {tier: gold}}",
            [],
        ),
        (
            "text: Hi\nlocales: {de: {text: '{{ x | money: y }}'}}\nsample: {x: 1, y: EURO}",
            [("template.currency", f"{PLACE}/locales/de/text")],
        ),
        (
            "text: Hi\nhtml: '{% for i in (1..9000) %}{{ x }}{% endfor %}'\n"
            "sample: {x: abcdefghijkl}",
            [("template.clipped", PLACE)],
        ),
        (
            "mjml: <mjml><mj-body><mj-raw>{{ x }}</mj-raw></mj-body></mjml>\nsample: {}",
            [("template.undefined", f"{PLACE}/mjml")],
        ),
    ],
)
def test_a_sample_is_rendered_before_anything_is_deployed(
    written: str, findings: list[tuple[str, str]]
) -> None:
    assert found(body(written)) == findings


def test_all_samples_together_may_do_what_one_message_may() -> None:
    heavy = "text: '{% for i in (1..9999) %}" + "{{ x }}" * 8 + "{% endfor %}'\n"
    variants = ", ".join(f"{tag}: {{subject: Hi}}" for tag in ("de", "fr", "it", "es", "pt", "pl"))
    findings = found(body(f"{heavy}sample: {{x: y}}\nlocales: {{{variants}}}"))

    assert [code for code, _ in findings] == ["template.limit"]


@pytest.mark.parametrize(
    ("written", "findings"),
    [
        ("subject: Hi", [("schema.required", PLACE)]),
        ("text: Hi\nhtml: <p>\nmjml: <mjml/>", [("schema.exclusive", PLACE)]),
        (
            "text: Hi\nlocales: {de: {html: <p>, mjml: <mjml/>}}",
            [("schema.exclusive", f"{PLACE}/locales/de")],
        ),
        ("text: Hi\nlocale: english", [("template.locale", f"{PLACE}/locale")]),
        ("text: Hi\nlocales: {xx-yy: {text: x}}", [("template.locale", f"{PLACE}/locales/xx-yy")]),
        ("text: Hi\ndata: {type: 5}", [("compile.schema", f"{PLACE}/data")]),
        (
            "text: Hi\ndata: {properties: {customer: {}}}",
            [("template.contract", f"{PLACE}/data/properties/customer")],
        ),
        (
            "text: Hi\nlocales: {de: {text: '{{ x'}}",
            [("template.syntax", f"{PLACE}/locales/de/text")],
        ),
    ],
)
def test_what_is_no_template_is_refused_at_its_place(
    written: str, findings: list[tuple[str, str]]
) -> None:
    assert found(body(written)) == findings


def test_an_experience_says_what_is_assumed_of_readers_nobody_knows() -> None:
    wrong = (
        "experiences:\n  email: {adapter: sandbox, locale: LOCALE, zone: ZONE}\n"
        "do:\n  - a: {set: {b: 1}}\n"
    )

    assert found(wrong.replace("LOCALE", "xx-yy").replace("ZONE", "Mars/Base")) == [
        ("template.locale", "/experiences/email/locale"),
        ("compile.zone", "/experiences/email/zone"),
    ]
    plan = compile(HEAD + wrong.replace("LOCALE", "de").replace("ZONE", "Europe/Vienna"), CATALOG)
    assert plan.plan is not None
    assert plan.plan.experiences["email"].locale == "de"
    assert plan.plan.experiences["email"].zone == "Europe/Vienna"


def test_a_plan_has_html_where_its_author_wrote_mjml() -> None:
    written = (
        "locale: en\nmjml: <mjml><mj-body><mj-raw>{{ invoice.id }}</mj-raw></mj-body></mjml>\n"
    )
    kept = only(written)

    assert kept.html is not None
    assert kept.html.startswith('<!DOCTYPE html><html lang="und"')
    assert "{{ invoice.id }}" in kept.html
    assert kept.sources == {"html": kept.html}


def test_a_template_can_be_looked_at_before_it_is_in_a_definition() -> None:
    compiled, none = template({"text": "Hello {{ name }}", "sample": {"name": "Ada"}})
    broken, findings = template({"text": "Hello {{ name", "html": 5})

    assert (compiled, none) == (Template(text="Hello {{ name }}", sample={"name": "Ada"}), [])
    assert broken is None
    assert [(one.code, one.pointer) for one in findings] == [("schema.type", "/html")]
