"""SVG and MathML in HTML of others: nothing of them is left, and nothing they hide works."""

import re

import pytest

from symphainy.template import compile

HOSTILE = (
    "<svg onload=alert(1)></svg>",
    "<svg><script>alert(1)</script></svg>",
    '<svg><a href="javascript:alert(1)"><text>x</text></a></svg>',
    '<svg><use href="data:image/svg+xml;base64,PHN2Zy8+#x"/></svg>',
    "<svg><foreignObject><iframe src=https://evil.example></iframe></foreignObject></svg>",
    "<svg><animate attributeName=href values=javascript:alert(1) /></svg>",
    '<svg><style>@import "https://evil.example/x.css";</style></svg>',
    "<svg><![CDATA[<img src=x onerror=alert(1)>]]></svg>",
    "<svg></p><style><a title='</style><img src onerror=alert(1)>'></svg>",
    "<math><mtext><table><mglyph><style><!--</style><img title='--><img src onerror=alert(1)>'>",
    "<math href='javascript:alert(1)'><mi>x</mi></math>",
    "<image href='https://evil.example/p.svg'>",
    "<img src='https://evil.example/p.svg'>",
    "<object data='p.svg'></object><embed src='p.svg'><p style='background:url(p.svg)'>x</p>",
)
LEFT = ("<svg", "<math", "<style", "<script", "<img", "<image", "<iframe", "<use", "<animate")
WORKING = ("javascript:", " on", "style=", "href", "src", "data")


@pytest.mark.parametrize("html", HOSTILE)
def test_nothing_of_a_picture_that_is_code_is_left(html: str) -> None:
    shown = compile("{{ body | clean_html }}", html=True).render({"body": html}).lower()

    assert [one for one in LEFT if one in shown] == []
    elements = " ".join(re.findall(r"<[^>]*>", shown))
    assert [one for one in WORKING if one in elements] == []


def test_what_is_harmless_around_it_stays() -> None:
    html = "<p>Dear <b>Ada</b><svg onload=alert(1)><circle r=1 /></svg>, hello.</p>"

    shown = compile("{{ body | clean_html }}", html=True).render({"body": html})

    assert shown == "<p>Dear <b>Ada</b>, hello.</p>"
