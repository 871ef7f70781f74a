"""Documentation that cannot rot: everything has its page, and what pages show is true."""

import re
from collections.abc import Iterator
from pathlib import PurePosixPath
from typing import NamedTuple

import pytest
import typer
import yaml

from docs.generator import differences, write
from docs.generator.plugins import catalog, offered
from symphainy.codes import CODES
from tests.house.house import ROOT, text, tracked
from workflows.compiler import check

PAGES = [path for path in tracked() if path.endswith(".md")]
FENCE = re.compile(r"^```([^\n`]*)\n(.*?)^```", re.MULTILINE | re.DOTALL)
LINK = re.compile(r"(?<!!)\[[^\]]*\]\(([^)\s]+)\)")


class Block(NamedTuple):
    """Something shown on a page."""

    page: str
    language: str
    text: str


def blocks(*languages: str) -> Iterator[Block]:
    for page in PAGES:
        for language, content in FENCE.findall(text(page)):
            if language.strip() in languages:
                yield Block(page, language.strip(), content)


def pages_of(folder: str) -> set[str]:
    """The names of the pages in a folder of `docs/`."""
    paths = [PurePosixPath(page) for page in PAGES]
    return {
        one.stem
        for one in paths
        if one.parent.as_posix() == f"docs/{folder}" and one.stem != "README"
    }


def test_every_code_has_a_page_and_every_page_a_code() -> None:
    assert pages_of("codes") == {*CODES}


def test_the_page_of_a_code_says_what_it_means_and_what_to_do() -> None:
    pages = {code: text(f"docs/codes/{code}.md") for code in CODES}

    assert [code for code, one in CODES.items() if one.title not in pages[code]] == []
    assert [code for code, one in CODES.items() if one.fix not in pages[code]] == []


def test_every_capability_has_a_page_and_every_page_a_capability() -> None:
    assert pages_of("capabilities") == {one.name for one in catalog().capabilities}


def test_every_adapter_has_a_page_and_every_page_an_adapter() -> None:
    assert pages_of("adapters") == {f"{one.channel}-{one.name}" for one in catalog().adapters}


def test_the_page_of_an_adapter_says_what_it_promises() -> None:
    for one in catalog().adapters:
        page = text(f"docs/adapters/{one.channel}-{one.name}.md")

        assert f"**{one.promise.capitalize()}**" in page


def test_every_kind_of_policy_has_a_page_and_every_page_a_kind() -> None:
    assert pages_of("policies") == {kind for some in offered("symphainy.policies") for kind in some}


def test_every_command_has_a_page_and_every_page_a_command() -> None:
    assert pages_of("commands") == {*commands()}


def test_every_setting_is_on_the_page_of_settings() -> None:
    from public_works import Settings

    page = text("docs/settings.md")

    for name in Settings.model_fields:
        assert f"`SYMPHAINY_{name.upper()}`" in page


def test_the_made_pages_are_what_the_code_says_now() -> None:
    assert differences() == [], "run `make docs` and commit what it writes"


def test_making_the_pages_in_an_empty_folder_makes_them_all(tmp_path) -> None:
    made = write(tmp_path)

    assert differences(tmp_path) == []
    assert [path for path in made if (tmp_path / path).read_text() != text(f"docs/{path}")] == []


def test_a_page_whose_thing_is_gone_is_removed(tmp_path) -> None:
    write(tmp_path)
    (tmp_path / "codes/no.such.md").write_text("old")
    (tmp_path / "settings.md").write_text("old")

    assert differences(tmp_path) == ["codes/no.such.md", "settings.md"]
    assert write(tmp_path) == ["codes/no.such.md", "settings.md"]
    assert not (tmp_path / "codes/no.such.md").exists()


def dead_links(page: str) -> set[str]:
    """The links of a page to files that are not there."""
    targets = {target.partition("#")[0] for target in LINK.findall(FENCE.sub("", text(page)))}
    inside = {one for one in targets if one and "://" not in one and not one.startswith("mailto:")}
    return {one for one in inside if not ((ROOT / page).parent / one).exists()}


def test_every_link_leads_somewhere() -> None:
    dead = {page: dead_links(page) for page in PAGES}

    assert {page: links for page, links in dead.items() if links} == {}


@pytest.mark.parametrize("shown", [*blocks("yaml", "yaml wrong")], ids=lambda one: one.page)
def test_a_definition_that_is_shown_is_accepted_or_refused_as_the_page_says(shown: Block) -> None:
    if shown.language == "yaml wrong":
        found = {one.code for one in check(shown.text, catalog()).findings}
        assert PurePosixPath(shown.page).stem in found
    elif re.search(r"^document:", shown.text, re.MULTILINE) and "\ndo:" in shown.text:
        assert check(shown.text, catalog()).findings == ()
    else:
        yaml.safe_load(shown.text)


HEAD = "document: {dsl: 1.0.3, namespace: acme, name: shown, version: 1.0.0}\n"
FLOW = [one for one in blocks("yaml") if one.page == "docs/flow.md"]


def whole(text: str) -> str:
    """A definition of what is shown of one: a list of tasks, some sections, or all of it."""
    if text.startswith("- "):
        text = "do:\n" + re.sub("^", "  ", text, flags=re.MULTILINE)
    return text if text.startswith("document:") else HEAD + text


@pytest.mark.parametrize("shown", FLOW, ids=lambda one: one.text.partition(":")[0].strip("- "))
def test_what_is_shown_of_a_flow_can_be_copied(shown: Block) -> None:
    findings = check(whole(shown.text), catalog()).findings

    # Documents elsewhere are not fetched here.
    assert [one for one in findings if one.code != "compile.resource"] == []


def test_every_kind_of_task_is_shown() -> None:
    shown = "".join(one.text for one in FLOW)
    kinds = ("do", "set", "call", "switch", "for", "fork", "wait", "listen", "emit", "raise", "try")

    assert [one for one in (*kinds, "run") if not re.search(rf"\b{one}:", shown)] == []


EXAMPLES = [path for path in tracked() if re.fullmatch(r"examples/[^/]+\.yaml", path)]


@pytest.mark.parametrize("path", EXAMPLES)
def test_an_example_is_accepted(path: str) -> None:
    assert check(text(path), catalog()).findings == ()


def commands() -> dict[str, object]:
    """The commands of `symphainy`, by name."""
    from idp.cli import app

    group = typer.main.get_command(app)
    return dict(group.commands)  # type: ignore[attr-defined]


def test_a_command_that_is_shown_exists() -> None:
    shown = {
        word
        for block in blocks("sh", "shell", "bash", "console")
        for word in re.findall(
            r"^(?:\$ )?(?:\.venv/bin/)?symphainy ([a-z][a-z-]*)", block.text, re.MULTILINE
        )
    }

    assert shown - {*commands()} == set()


def test_a_make_target_that_is_shown_exists() -> None:
    targets = {*re.findall(r"^([a-z-]+):", text("Makefile"), re.MULTILINE)}
    shown = {word for page in PAGES for word in re.findall(r"`make ([a-z-]+)", text(page))}
    shown |= {
        word
        for block in blocks("sh", "shell", "bash", "console")
        for word in re.findall(r"^(?:\$ )?make ([a-z-]+)", block.text, re.MULTILINE)
    }

    assert shown - targets == set()


def test_a_file_that_is_shown_in_a_command_exists() -> None:
    shown = {
        word
        for block in blocks("sh", "shell", "bash", "console")
        for word in re.findall(r"\bexamples/[\w./-]+", block.text)
    }

    assert {one for one in shown if not (ROOT / one).exists()} == set()
