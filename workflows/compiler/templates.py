"""Templates of experiences: each compiled, held against its contract, and rendered once."""

from collections.abc import Iterable, Iterator
from typing import Any

from symphainy import template
from symphainy.catalog import Catalog
from symphainy.definition import Experience as ExperienceDefinition
from symphainy.definition import Parts as PartsDefinition
from symphainy.definition import Template as TemplateDefinition
from symphainy.definition import read
from symphainy.document import load
from symphainy.findings import Finding, finding
from symphainy.json import Json, canonical
from symphainy.plan import Parts, Template
from symphainy.schema import broken, mismatches
from symphainy.template import TemplateError
from symphainy.template.contract import PROVIDED, WORDS, strange
from symphainy.template.locales import best, known, zone_of
from symphainy.template.mjml import flaws, html_of
from symphainy.template.preview import CLIPPED
from symphainy.template.reads import ANY, Read
from symphainy.template.sample import CUSTOMER, LINKS
from symphainy.template.styles import styled
from symphainy.template.wording import PARTS, wording
from symphainy.template.work import Purse
from workflows.compiler.arguments import check_data
from workflows.compiler.context import Compilation, escaped, nearest, plain

__all__ = ["alone", "check_filling", "check_reader", "templates"]

ALONE = "/experiences/preview/templates/template"


def alone(written: Json) -> tuple[Template | None, list[Finding]]:
    """A template that is in no definition yet, and what is wrong with it; pointers start at it."""
    around = {
        "document": {"dsl": "1.0.3", "namespace": "a", "name": "a", "version": "0.0.0"},
        "experiences": {"preview": {"adapter": "any", "templates": {"template": written}}},
        "do": [{"nothing": {"set": {"nothing": True}}}],
    }
    source = load(canonical(around), "application/json")
    definition, findings = read(source)
    made: dict[str, Template] = {}
    if definition is not None:
        at = Compilation(source, definition, Catalog(), findings)
        made = templates(at, definition.experiences["preview"], "/experiences/preview")
        findings = at.findings
    told = [
        one.model_copy(update={"pointer": one.pointer.removeprefix(ALONE), "line": 1, "column": 1})
        for one in findings
    ]
    return made.get("template"), told


def templates(at: Compilation, written: ExperienceDefinition, pointer: str) -> dict[str, Template]:
    """The templates of an experience, by name."""
    return {
        name: _template(at, one, written, f"{pointer}/templates/{escaped(name)}")
        for name, one in written.templates.items()
    }


def check_reader(at: Compilation, locale: str | None, zone: str | None, pointer: str) -> None:
    """Find a locale or a zone that there is not."""
    if locale is not None:
        _check_locale(at, locale, f"{pointer}/locale")
    if zone is not None and zone_of(zone) is None:
        at.find("compile.zone", f"{pointer}/zone", f"{zone!r} is no IANA time zone")


def check_filling(
    at: Compilation, name: str, filled: Template, written: Json, pointer: str
) -> None:
    """Hold the data that a step gives against the contract, as far as it is written out."""
    arguments = written if isinstance(written, dict) else {}
    data = arguments.get("data", {})
    if filled.data is not None and isinstance(data, dict):
        place = f"{pointer}/data" if "data" in arguments else pointer
        check_data(at, f"the template {name!r}", filled.data, data, place)


def _template(
    at: Compilation, written: TemplateDefinition, bound: ExperienceDefinition, pointer: str
) -> Template:
    if written.locale is not None:
        _check_locale(at, written.locale, f"{pointer}/locale")
    contract = _contract(at, written, pointer)
    found = len(at.findings)
    known_words = frozenset(written.words)
    given: dict[str, Any] = _parts(at, written, contract, known_words, pointer)
    variants = {}
    for tag, one in written.locales.items():
        place = f"{pointer}/locales/{escaped(tag)}"
        _check_locale(at, tag, place)
        words = known_words.union(
            *(written.locales[few].words for few in best(tag, written.locales))
        )
        variants[tag] = Parts(**_parts(at, one, contract, words, place))
    more = {
        "locale": written.locale,
        "locales": variants or None,
        "data": contract,
        "sample": plain(written.sample),
    }
    compiled = Template(**given, **{name: one for name, one in more.items() if one is not None})
    if len(at.findings) == found:
        _check_sample(at, compiled, bound, pointer)
    return compiled


def _check_locale(at: Compilation, tag: str, pointer: str) -> None:
    if known(tag) is None:
        at.find("template.locale", pointer, f"there is no locale {tag[:40]!r}")


def _contract(at: Compilation, written: TemplateDefinition, pointer: str) -> dict[str, Any] | None:
    if written.data is None:
        return None
    contract: dict[str, Any] = plain(written.data)
    wrong = broken(contract)
    if wrong is not None:
        message = f"this is no usable JSON Schema: {wrong}"
        at.find("compile.schema", f"{pointer}/data", message)
        return None
    properties = contract.get("properties", {})
    for name in PROVIDED.keys() & properties.keys():
        message = f"`{name}` is not of the data, the platform provides it: {PROVIDED[name]}"
        at.find("template.contract", f"{pointer}/data/properties/{name}", message)
    return contract


def _parts(
    at: Compilation,
    written: PartsDefinition,
    contract: dict[str, Any] | None,
    words: frozenset[str],
    pointer: str,
) -> dict[str, Any]:
    """The sources of the parts as they are rendered, and the words."""
    made: dict[str, Any] = {}
    for name, said in written.words.items():
        _check_reads(at, said, "text", contract, None, f"{pointer}/words/{escaped(name)}")
    if written.words:
        made["words"] = dict(written.words)
    for part in ("subject", "text", "html", "mjml"):
        source: str | None = getattr(written, part)
        if source is None:
            continue
        place, found = f"{pointer}/{part}", len(at.findings)
        _check_reads(at, source, part, contract, words, place)
        if len(at.findings) == found:
            _made(at, made, source, part, place)
    return made


def _check_reads(
    at: Compilation,
    source: str,
    part: str,
    contract: dict[str, Any] | None,
    words: frozenset[str] | None,
    pointer: str,
) -> None:
    """Find what nobody names of all that `source` reads; `words` is None in words."""
    for each in _reads(at, source, part, pointer):
        message = None
        # Where nothing has words, they may be a member of the data.
        checked = words is None or words or contract is not None
        known_words = {*(words or ()), ANY}
        if each.path[0] == WORDS and checked and not {*each.path[1:2]} <= known_words:
            message = f"`{each}` is not there: "
            message += "words know no words" if words is None else nearest(str(each)[6:], words)
        for one in strange([each], contract) if contract is not None else ():
            message = f"`{each}` is not in the contract: there is no `{one.name}`; {one.hint}"
        if message is not None:
            _find(at, "template.contract", pointer, message, source, each.line, each.column)


def _reads(at: Compilation, source: str, part: str, pointer: str) -> Iterator[Read]:
    for look in (_liquid, *((_elements,) if part == "mjml" else ())):
        try:
            yield from look(at, source, part, pointer)
        except TemplateError as error:
            _find(at, error.code, pointer, error.message, source, error.line, error.column)


def _liquid(at: Compilation, source: str, part: str, pointer: str) -> Iterable[Read]:
    return template.compile(source, html=part in ("html", "mjml")).reads


def _elements(at: Compilation, source: str, part: str, pointer: str) -> Iterable[Read]:
    for one in flaws(source):
        _find(at, one.code, pointer, one.message, source, one.line, one.column)
    return ()


def _made(at: Compilation, made: dict[str, str], source: str, part: str, pointer: str) -> None:
    try:
        if part in ("html", "mjml"):
            made["html"] = html_of(source) if part == "mjml" else styled(source)
            template.compile(made["html"], html=True)
        else:
            made[part] = source
    except TemplateError as error:
        _find(at, error.code, pointer, error.message, source, error.line, error.column)


def _check_sample(
    at: Compilation, compiled: Template, bound: ExperienceDefinition, pointer: str
) -> None:
    if compiled.sample is None:
        _check_size(at, compiled.html or "", pointer)
        return
    customer = compiled.sample.get("customer", CUSTOMER)
    data = {name: one for name, one in compiled.sample.items() if name not in PROVIDED}
    for wrong in mismatches(compiled.data, data) if compiled.data is not None else ():
        at.find("template.data", f"{pointer}/sample{wrong.pointer}", wrong.message)
        return
    # Rendering costs; all samples of a document together may cost what one message may.
    purse = at.once("samples", b"", Purse)
    for tag in (None, *compiled.locales):
        place = pointer if tag is None else f"{pointer}/locales/{escaped(tag)}"
        words = wording(
            compiled, locale=tag or compiled.locale, zone=bound.zone, fallback=bound.locale
        )
        for part in PARTS:
            try:
                told = words.render(part, {**LINKS, **compiled.sample, "customer": customer}, purse)
            except TemplateError as error:
                message = f"with the sample, {part}: {error.message}"
                at.find(error.code, _written(at, place, error.part), message)
                return
            if part == "html":
                _check_size(at, told or "", place)


def _written(at: Compilation, pointer: str, part: str) -> str:
    """Where a part is written: HTML may be MJML, and of a variant's parts some are not there."""
    places = (f"{pointer}/{part}", f"{pointer}/mjml")
    known = (one for one in places if at.source.position(one) != at.source.position(pointer))
    return next(known, pointer)


def _check_size(at: Compilation, html: str, pointer: str) -> None:
    size = len(html.encode())
    if size > CLIPPED:
        at.find("template.clipped", pointer, f"the HTML has {size:,} bytes of {CLIPPED:,}")


def _find(
    at: Compilation, code: str, pointer: str, message: str, source: str, line: int, column: int
) -> None:
    """Note a finding at a place in a template, at its place in the document if it shows there as
    it is."""
    found = _place(at, pointer, source, line, column) if line else None
    if found is None or at.elsewhere is not None:
        at.find(code, pointer, message)
        return
    at.findings.append(finding(code, message, pointer=pointer, line=found[0], column=found[1]))


def _place(
    at: Compilation, pointer: str, source: str, line: int, column: int
) -> tuple[int, int] | None:
    start = at.source.position(pointer)
    document, said = at.source.text.splitlines(), source.splitlines() or [""]
    if line > len(said):
        return None
    words = said[line - 1]
    if document[start.line - 1][start.column - 1 :].startswith("|"):
        number = start.line + line
        at_ = document[number - 1].find(words) if number <= len(document) else -1
    else:
        number = start.line
        at_ = document[number - 1].find(words, start.column - 1) if line == 1 else -1
    return None if at_ < 0 else (number, at_ + column)
