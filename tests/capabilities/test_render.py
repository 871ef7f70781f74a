"""content.render, as a definition would use it."""

import pytest

from activities.content.render import Asked, Parts, Rendered, render
from symphainy.capability import Call
from symphainy.errors import Refused
from symphainy.template import TemplateError

DATA = {"name": "Ada", "total": 12}


async def test_a_text_is_filled_in(call: Call) -> None:
    rendered = await render(call, Asked(template="{{ name }}: {{ total | money }}", data=DATA))

    assert rendered == Rendered(text="Ada: 12.00")
    assert rendered.model_dump(mode="json") == {"text": "Ada: 12.00"}


async def test_html_is_escaped_and_the_subject_is_one_line(call: Call) -> None:
    parts = Parts(subject="\n{{ name }}\n", text="{{ name }}", html="<b>{{ name }}</b>")
    rendered = await render(call, Asked(template=parts, data={"name": "A<B"}))

    assert rendered == Rendered(subject="A<B", text="A<B", html="<b>A&lt;B</b>")


@pytest.mark.parametrize(
    ("template", "code", "pointer"),
    [
        ("{{ nam }}", "template.undefined", "/template"),
        ("{{ name", "template.syntax", "/template"),
        (Parts(text="{{ name | shout }}"), "template.filter", "/template/text"),
        (Parts(text="", subject="{{ lines }}"), "template.header", "/template/subject"),
        (Parts(text="", html="{{ 'now' | date }}"), "template.clock", "/template/html"),
    ],
)
async def test_what_cannot_be_rendered_is_refused_where_it_is(
    call: Call, template: str | Parts, code: str, pointer: str
) -> None:
    with pytest.raises(Refused) as caught:
        await render(call, Asked(template=template, data={"name": "Ada", "lines": "a\nb"}))

    assert (caught.value.code, caught.value.pointer) == (code, pointer)


@pytest.mark.parametrize(
    ("place", "code"),
    [({"locale": "xx-yy"}, "template.locale"), ({"zone": "No/Where"}, "template.zone")],
)
async def test_a_reader_who_is_nowhere_is_refused(
    call: Call, place: dict[str, str], code: str
) -> None:
    with pytest.raises(TemplateError) as caught:
        await render(call, Asked.model_validate({"template": "Hello", **place}))

    assert (caught.value.code, caught.value.pointer) == (code, f"/{next(iter(place))}")
