"""Nothing of ours does what turns data into code, or picks what others can guess."""

import ast
import re
import ssl
from collections.abc import Iterator

import pytest

from public_works.egress import Egress
from tests.house.house import ROOT, text, tracked

ROOMS = [
    "idp",
    "solution_api",
    "workers",
    "activities",
    "workflows",
    "experience_adapters",
    "temporal",
    "public_works",
    "smart_city",
    "symphainy",
]
CODE = [one for one in tracked() if one.endswith(".py") and one.split("/")[0] in ROOMS]
PAGES = [
    one
    for one in tracked()
    if one.endswith(".js") and one.startswith(("web/", "solution_api/pages/"))
]

UNPACKS = {
    *("pickle", "marshal", "shelve", "dill", "jsonpickle"),
    *("yaml.load", "yaml.unsafe_load", "yaml.full_load"),
}
PARSES_XML = {"xml.etree", "xml.dom", "xml.sax", "lxml", "defusedxml"}
WEAK = {"md5", "SHA1", "sha1", "MD5", "ECB", "PKCS1v15", "ARC4", "TripleDES", "Blowfish"}

# Vendors sign so. Neither signs nor hides anything of ours.
OF_VENDORS = {"experience_adapters/aws_notifications.py": {"SHA1", "PKCS1v15"}}


def uses(tree: ast.Module) -> Iterator[str]:
    """What code imports, calls by name, and which attributes and arguments it names."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (one.name for one in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield node.module or ""
            yield from (f"{node.module}.{one.name}" for one in node.names)
            yield from (one.name for one in node.names)
        elif isinstance(node, ast.Attribute):
            yield node.attr
            yield ast.unparse(node)
        elif isinstance(node, ast.Call):
            if isinstance(node.func, ast.Name):
                yield f"{node.func.id}()"
            yield from (f"{one.arg}={ast.unparse(one.value)}" for one in node.keywords)


def found(wanted: set[str]) -> dict[str, set[str]]:
    """Where one of `wanted` is used."""
    there = {path: {*uses(ast.parse(text(path)))} & wanted for path in CODE}
    return {path: hits for path, hits in there.items() if hits}


def test_the_search_finds_what_it_looks_for() -> None:
    tree = ast.parse(
        "import random\nfrom hashlib import md5\nx = eval('1')\nyaml.load(y)\nrun(c, shell=True)\n"
    )
    assert {*uses(tree)} >= {"random", "md5", "eval()", "yaml.load", "shell=True"}
    assert len(CODE) > 300


def test_no_text_is_run_as_code_or_by_a_shell() -> None:
    # `compile()` is a function of ours: templates to what renders them.
    calls = {f"{name}()" for name in ("eval", "exec", "__import__")}
    assert found(calls | {"builtins.compile", "os.system", "os.popen", "shell=True"}) == {}


def test_nothing_is_unpacked_into_objects_of_its_own_choosing() -> None:
    # With the safe loader, in C where there is one.
    assert found(UNPACKS) == {"idp/document_file.py": {"yaml.load"}}
    assert "SafeLoader" in text("idp/document_file.py")


def test_nothing_parses_xml() -> None:
    # Writing it takes no parser.
    writes = "experience_adapters/connect/attributes.py"
    assert found(PARSES_XML | {"xml.sax.saxutils"}) == {writes: {"xml.sax.saxutils"}}


def test_nothing_of_ours_relies_on_weak_ciphers_or_hashes() -> None:
    assert found(WEAK) == OF_VENDORS


def test_what_must_not_be_guessed_comes_from_the_system() -> None:
    # How long to wait before another attempt, the same again when a history is replayed.
    assert found({"random"}) == {"workflows/interpreter/attempts.py": {"random"}}
    assert found({"token_bytes", "token_urlsafe"}) != {}


@pytest.mark.parametrize("path", PAGES)
def test_no_page_makes_markup_of_words_or_keeps_them(path: str) -> None:
    source = text(path)
    dangerous = r"\.innerHTML\s*=|outerHTML\s*=|insertAdjacentHTML|document\.write|\beval\(|"
    dangerous += r"new Function|localStorage|sessionStorage|indexedDB|document\.cookie|postMessage"
    assert re.findall(dangerous, source) == []


WRITES = (
    # A member whose name is data: `a[b] = c`; numbers and Symbols are not data.
    r"(?<![\w=(,:?&|]\s)\w\[[a-zA-Z_$][\w.$]*\]\s*(?:\|\||\?\?|&&)?=[^=>]",
    r"Object\.assign\(|Object\.setPrototypeOf|__proto__|\.prototype\b|Reflect\.set",
    r"\bfor\s*\((?:const|let|var)\s+\w+\s+in\b|\bmerge\(|structuredClone",
)


@pytest.mark.parametrize("path", PAGES)
def test_no_page_writes_members_that_data_names(path: str) -> None:
    source = text(path)
    assert [one for pattern in WRITES for one in re.findall(pattern, source)] == []


def test_the_search_for_such_members_finds_them() -> None:
    polluting = (
        "kept[key] = value;",
        "kept[one.key] ??= value;",
        "Object.assign(kept, given);",
        "for (const key in given) kept.add(key);",
        'x["__proto__"]',
    )
    assert all(any(re.search(one, line) for one in WRITES) for line in polluting)
    assert not any(re.search(one, "const [, key] = kept[key] === 1;") for one in WRITES)


def test_servers_are_verified_and_spoken_to_in_tls_of_today() -> None:
    tls = Egress().tls

    assert (tls.verify_mode, tls.check_hostname) == (ssl.CERT_REQUIRED, True)
    assert tls.minimum_version >= ssl.TLSVersion.TLSv1_2


def test_ruff_looks_for_the_same_and_more() -> None:
    selected = re.search(r"select = \[(.*)\]", (ROOT / "pyproject.toml").read_text())
    assert selected is not None
    assert '"S"' in selected[1]
