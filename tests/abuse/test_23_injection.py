"""A template, or a name, carries code: for the renderer, the reader or the mail."""

import json

import httpx2
import pytest

from tests.abuse.post import MAIL
from tests.api.world import problem
from tests.runtime.platform import Platform

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
NAMES = ["<script>alert(1)</script>", "x\r\nBcc: all@evil.example", '"><img src=x onerror=y>']


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
    platform: Platform, name: str
) -> None:
    platform.stores.customers.upsert("acme", "named", name=name, email="named@customer.example")
    html = MAIL.replace(
        "subject: Hello,",
        'subject: "Hello {{ customer.name }}", html: "<p>{{ customer.name }}</p>",',
    )
    solution = platform.deploy(html.replace("NAME", "named-{{n}}", 1))
    run = await platform.submit(solution, {"customer": "named"})
    finished = await platform.finish(run.run)

    if finished.status == "completed":
        assert isinstance(finished.output, dict)
        kept = platform.stores.outbox.find("acme", str(finished.output["delivery"]))
        assert kept is not None
        assert "\n" not in (kept.subject or "")
        assert "<script" not in (kept.html or "")
        assert "<img" not in (kept.html or "")
