"""The words that one reader gets of a template, in their language and in the forms of their place.

Sending and preview both come here, so that what was looked at is what is sent.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from symphainy.plan import Template
from symphainy.template.compiled import Template as Compiled
from symphainy.template.compiled import compile
from symphainy.template.contract import WORDS
from symphainy.template.errors import TemplateError
from symphainy.template.locales import Setting, best, language, setting
from symphainy.template.mjml import UNTOLD
from symphainy.template.plain import text_of
from symphainy.template.reads import ANY
from symphainy.template.work import Purse

__all__ = ["PARTS", "Part", "Wording", "wording"]

Part = Literal["subject", "text", "html"]
PARTS: tuple[Part, ...] = ("subject", "text", "html")


@dataclass(frozen=True, slots=True)
class Wording:
    """The sources that a reader gets, and how their data is written."""

    sources: Mapping[str, str]
    setting: Setting
    locale: str | None = None
    """The tag of the variant; None where the template has none for this reader."""
    words: Mapping[str, str] = field(default_factory=dict)
    language: str | None = None
    """What the words are in, if that is known."""

    def render(
        self, part: Part, data: Mapping[str, object], purse: Purse | None = None
    ) -> str | None:
        """That part for `data`; None if there is none. A missing text is made of the HTML.

        Raises TemplateError, which knows the part.
        """
        source = self.sources.get(part)
        if source is None:
            html = self.sources.get("html") if part == "text" else None
            return text_of(self.render("html", data, purse) or "") if html is not None else None
        try:
            compiled = compile(source, html=part == "html")
            # The words of a part may do together what the part alone may.
            purse = purse or Purse()
            if self.words:
                data = {**data, WORDS: self._said(compiled, data, purse)}
            if part == "subject":
                return compiled.render_line(data, self.setting, purse)
            text = compiled.render(data, self.setting, purse)
            # One layout may have the words of many languages; screen readers ask for theirs.
            told = part == "html" and self.language
            return text.replace(UNTOLD, f'lang="{self.language}"', 2) if told else text
        except TemplateError as error:
            error.part = error.part or part
            raise

    def _said(
        self, compiled: Compiled, data: Mapping[str, object], purse: Purse | None
    ) -> dict[str, str]:
        """The words that a part reads, for `data`."""
        read = {one.path[1:2] for one in compiled.reads if one.path[0] == WORDS}
        return {
            name: compile(source).render(data, self.setting, purse)
            for name, source in self.words.items()
            if (name,) in read or (ANY,) in read
        }


def wording(
    template: Template | None,
    own: Mapping[str, str] | None = None,
    *,
    locale: str | None = None,
    zone: str | None = None,
    fallback: str | None = None,
) -> Wording:
    """What a reader of `locale` gets, or of the locale `fallback` if nobody knows theirs. `own` is
    written in the place of parts of the template."""
    wanted = locale or fallback
    if template is None:
        return Wording({**(own or {})}, setting(wanted, zone))
    tags = best(wanted, template.locales)
    sources, words = {**template.sources}, {**template.words}
    for one in reversed(tags):
        variant = template.locales[one].sources
        if "html" in variant:
            # What the variant says in HTML, the text of another language does not.
            sources.pop("text", None)
        sources |= variant
        words |= template.locales[one].words
    tag = tags[0] if tags else None
    written = tag or template.locale or fallback
    # Words in one language with dates in another are nobody's language.
    same = wanted and (written is None or language(wanted) == language(written))
    at = setting(wanted if same else written, zone)
    return Wording({**sources, **(own or {})}, at, tag, words, written)
