"""A template, or a name, carries code: for the renderer, the reader or the mail."""

import json
import re
from html import unescape
from xml.etree import ElementTree

import httpx2
import pytest
from temporalio.api.sdk.v1 import WorkflowMetadata

from tests.abuse.names import Names
from tests.abuse.post import MAIL, letters
from tests.api.world import World, problem
from tests.runtime.platform import Platform
from tests.twins.twilio import SECRET, TwilioTwin
from workflows.compiler import Graph, Node, mermaid

INNER = [
    "{{ data.__class__.__mro__ }}",
    "{{ ''.__class__ }}",
    "{{ data | attr: '__class__' }}",
    "{{ config }}{{ self }}{{ request }}",
    "{% include '/etc/passwd' %}",
    "{% render '../secrets' %}",
]
BOMBS = [
    "{% for a in (1..100000) %}{% for b in (1..100000) %}x{% endfor %}{% endfor %}",
    "{% assign x = 'aaaaaaaa' %}" + "{% assign x = x | append: x %}" * 40 + "{{ x }}",
]
NAMES = [
    "<script>alert(1)</script>",
    "x\r\nBcc: all@evil.example",
    '"><img src=x onerror=y>',
    "<svg onload=alert(1)>",
    "{{ 7 | times: 7 }}{% assign x = 1 %}",
    "=cmd|' /C calc'!A0",
]
SPOKEN = [
    "</Say><Dial>+19005550000</Dial><Say>",
    "<break time='99s'/><audio src='https://evil.example/a.mp3'/>",
    "&lt;/Say&gt;]]><!--",
    "Ada&To=+19005550000&Body=owned",
    "Ada\r\nTo: +19005550000",
]
PHONE = '{channel: CHANNEL, adapter: twilio, from: "+15005550006", settings: {endpoint: "URL"}}'
CALLS = """\
document: {dsl: 1.0.3, namespace: acme, name: NAME, version: 1.0.0}
experiences:
  phone: PHONE
do:
  - ring:
      call: phone
      with: {to: "${ .customer }", text: "Hello {{ customer.name }}, see you on Monday."}
"""
# One that pictures, links, ends code and begins another line.
MARKED = "![x](https://evil.example/p.png)`<img src=x>`\n\n# Approved [here](https://evil.example)"
WAITS = """\
document: {dsl: 1.0.3, namespace: acme, name: marked-{{n}}, version: 1.0.0, title: TITLE}
do:
  - paid:
      listen:
        to:
          one:
            with: {type: case.paid}
            correlate: {invoice: {from: "${ .data.invoice }", expect: "${ .invoice }"}}
"""


@pytest.mark.parametrize("text", INNER)
async def test_a_template_reaches_nothing_inside(api: httpx2.AsyncClient, text: str) -> None:
    answer = await api.post("/v1/templates/preview", json={"template": {"text": text}, "data": {}})
    shown = json.dumps(answer.json())
    assert answer.status_code in (200, 422)
    assert not any(one in shown for one in ("<class", "root:", "dict_", "object at 0x"))


@pytest.mark.parametrize("text", BOMBS, ids=["loops", "doubling"])
async def test_a_template_that_explodes_is_cut(api: httpx2.AsyncClient, text: str) -> None:
    answer = await api.post("/v1/templates/preview", json={"template": {"text": text}, "data": {}})
    assert problem(answer)[0] == 422


@pytest.mark.parametrize("name", NAMES)
async def test_a_name_is_a_name_to_the_reader_and_on_the_envelope(
    platform: Platform, world: World, name: str
) -> None:
    who = world.name("named")
    platform.stores.customers.upsert("acme", who, name=name, email=f"{who}@customer.example")
    html = MAIL.replace(
        "subject: Hello,",
        'subject: "Hello {{ customer.name }}", html: "<p>{{ customer.name }}</p>",',
    )
    solution = platform.deploy(html.replace("NAME", "named-{{n}}", 1))
    run = await platform.submit(solution, {"customer": who})
    finished = await platform.finish(run.run)

    if "\n" in name:
        assert (finished.status, finished.problem and finished.problem["code"]) == REFUSED
        assert letters(platform, "acme", who) == []
        return
    assert finished.status == "completed", finished.problem
    assert isinstance(finished.output, dict)
    kept = platform.stores.outbox.find("acme", str(finished.output["delivery"]))
    assert kept is not None
    assert kept.subject == f"Hello {name}"
    assert _elements(kept.html or "") == ["p"]
    assert _words(kept.html or "") == name
    # What stands in frames is escaped once more, and runs and loads nothing.
    assert "<" not in name or name not in await _shown(world, kept.id)


REFUSED = ("faulted", "template.header")


@pytest.mark.parametrize("name", SPOKEN)
async def test_a_name_is_a_name_to_the_phone(
    platform: Platform, world: World, dns: Names, name: str
) -> None:
    secrets = platform.settings.home / "secrets" / "acme"
    secrets.mkdir(parents=True, exist_ok=True)
    (secrets / "twilio").write_text(json.dumps(SECRET))
    dns.answers = {"partner.example": ["127.0.0.1"]}
    who = world.name("rung")
    platform.stores.customers.upsert("acme", who, name=name, phone="+4366012345678")
    said = f"Hello {name}, see you on Monday."
    async with TwilioTwin() as twin:
        url = f"http://partner.example:{twin.port}"
        for channel in ("sms", "voice"):
            bound = PHONE.replace("CHANNEL", channel).replace("URL", url)
            text = CALLS.replace("PHONE", bound).replace("NAME", f"{channel}-{{{{n}}}}", 1)
            run = await platform.submit(platform.deploy(text), {"customer": who})
            finished = await platform.finish(run.run)
            assert finished.status == "completed", finished.problem
        written, called = twin.kept
    assert written.document["To"] == called.document["To"] == "+4366012345678"
    assert " ".join(written.document["Body"].split()) == " ".join(said.split())
    spoken = ElementTree.fromstring(called.document["Twiml"])
    assert [one.tag for one in spoken.iter()] == ["Response", "Say"]
    assert " ".join("".join(spoken.itertext()).split()) == " ".join(said.split())


async def test_no_title_and_no_value_is_markdown_in_temporals_ui(platform: Platform) -> None:
    solution = platform.deploy(WAITS.replace("TITLE", json.dumps(MARKED)))
    run = await platform.submit(solution, {"invoice": MARKED})
    await platform.until(run.run, "run.listening")
    handle = platform.runs.handle("acme", run.run)
    metadata = await handle.query("__temporal_workflow_metadata", result_type=WorkflowMetadata)
    summary = await (await handle.describe()).static_summary()
    await platform.runs.cancel("acme", run.run)

    title, blank, line = metadata.current_details.splitlines()
    assert (title[:2], blank, line.count("Approved")) == ("**", "", 1)
    assert _alive(title) == _alive(summary or "") == []
    assert _alive(line.replace("`/do/0/paid`", "").replace("`case.paid`", "")) == []


def _alive(markdown: str) -> list[str]:
    """What begins a link, a picture, code or HTML there."""
    return re.findall(r"(?<!\\)[\[`<]", markdown.replace("\\\\", ""))


def test_what_a_document_is_called_stays_in_its_box_of_the_graph() -> None:
    name = MARKED + '"]; click n0 "javascript:alert(1)"; %%{init: {}}%% end'
    nodes = (Node(id="0", name=name, kind="call", label=name, parent=None),)
    (_, line) = mermaid(Graph(nodes=nodes, edges=())).splitlines()

    assert re.fullmatch(r'  n0\["[^"<>`|]+"\]', line)


def _elements(html: str) -> list[str]:
    return re.findall(r"<([a-zA-Z]+)", html)


def _words(html: str) -> str:
    return unescape(re.sub(r"</?[a-zA-Z][^>]*>", "", html))


async def _shown(world: World, message: str) -> str:
    base = {"base_url": world.url, "follow_redirects": True, "timeout": 60}
    async with httpx2.AsyncClient(**base) as browser:
        ticket = world.services.tickets.issue("acme")
        assert (await browser.get("/outbox", params={"token": ticket})).status_code == 200
        page = await browser.get(f"/outbox/{message}")
    assert page.status_code == 200
    return re.sub(r'srcdoc="[^"]*"', "", page.text)
