"""Functions that are published elsewhere: in the catalogs of a definition, or at a URL."""

import re
from urllib.parse import urlsplit

from symphainy.definition import Endpoint, EndpointObject, TaskItem
from symphainy.definition.reader import read_task
from symphainy.document import load
from symphainy.findings import Finding, Invalid
from workflows.compiler.context import Compilation, nearest

__all__ = ["named", "published", "raw"]

ADDRESS = re.compile(r"(?P<name>[^:@\s]+):(?P<version>[^:@\s/]+)@(?P<catalog>[^:@\s]+)")
DOCUMENTS = (".yaml", ".yml", ".json")
FILE = "function.yaml"
MAIN = "main"
"""The branch that is meant where an address names none."""


def named(at: Compilation, name: str) -> bool:
    """Whether `name` is one of a published function, which a capability's is not."""
    if name.startswith(("https://", "http://")):
        return True
    match = ADDRESS.fullmatch(name)
    return match is not None and (
        match["catalog"] != "default" or "default" in at.definition.use.catalogs
    )


def published(at: Compilation, name: str, pointer: str) -> TaskItem | None:
    """The function as it is published; its pointer is its URL. None with a finding if not."""
    endpoint = _endpoint(at, name, pointer)
    if endpoint is None:
        return None
    content = at.resource(endpoint, pointer)
    if content is None:
        return None
    url = endpoint.uri if isinstance(endpoint, EndpointObject) else endpoint
    item: TaskItem | None = None
    findings: list[Finding] = []
    try:
        media = "application/json" if url.endswith(".json") else "application/yaml"
        item, findings = read_task(load(content, media), url.rpartition("/")[2])
    except Invalid as invalid:
        findings = list(invalid.findings)
    wrong = next((one for one in findings if one.severity == "error"), None)
    if item is None or wrong is not None:
        reason = f"{wrong.pointer or 'its root'}: {wrong.message}" if wrong else "it is no task"
        at.find("compile.function", pointer, f"the function at {url} cannot be used: {reason}")
        return None
    return TaskItem(_label(name), item.task, url)


def _label(name: str) -> str:
    match = ADDRESS.fullmatch(name)
    return match["name"] if match else name.rstrip("/").rpartition("/")[2].partition("@")[0]


def _endpoint(at: Compilation, name: str, pointer: str) -> Endpoint | None:
    match = ADDRESS.fullmatch(name)
    if match is None or name.startswith(("https://", "http://")):
        return raw(_document(name))
    catalogs = at.definition.use.catalogs
    if match["catalog"] not in catalogs:
        message = f"`use.catalogs` has no {match['catalog']!r}; "
        at.find("compile.unknown-reference", pointer, message + nearest(match["catalog"], catalogs))
        return None
    endpoint = catalogs[match["catalog"]].endpoint
    path = f"/functions/{match['name']}/{match['version']}/{FILE}"
    if isinstance(endpoint, EndpointObject):
        return endpoint.model_copy(update={"uri": raw(endpoint.uri.rstrip("/") + path)})
    return raw(endpoint.rstrip("/") + path)


def _document(url: str) -> str:
    """Where the function of that URL is: there, or in the file of a function below it."""
    if urlsplit(url).path.endswith(DOCUMENTS):
        return url
    base, at, version = url.rpartition("@")
    if at and "/" not in version and (parts := _of_github(base)) is not None:
        owner, repository, *path = parts
        return f"https://github.com/{owner}/{repository}/tree/{version}/{'/'.join([*path, FILE])}"
    return f"{url.rstrip('/')}/{FILE}"


def raw(url: str) -> str:
    """The address of the text of a file that `url` shows in GitHub or GitLab; else `url`."""
    parts = _of_github(url)
    if parts is not None:
        owner, repository, *path = parts
        branch = f"refs/heads/{MAIN}"
        if len(path) > 1 and path[0] in ("tree", "blob", "raw"):
            branch, path = _reference(path[1]), path[2:]
        return f"https://raw.githubusercontent.com/{owner}/{repository}/{branch}/{'/'.join(path)}"
    split = urlsplit(url)
    if split.hostname is None or "gitlab" not in split.hostname.split("."):
        return url
    project, marked, path_ = split.path.partition("/-/")
    if marked:
        kind, _, rest = path_.partition("/")
        path_ = rest if kind in ("tree", "blob", "raw") else path_
    else:
        owner, repository, *inner = split.path.strip("/").split("/")
        project, path_ = f"/{owner}/{repository}", "/".join([MAIN, *inner])
    return f"{split.scheme}://{split.netloc}{project}/-/raw/{path_}"


def _reference(name: str) -> str:
    """A branch, as GitHub writes it; what looks like a version is a tag, a long hash a commit."""
    if re.fullmatch(r"[0-9a-f]{40}", name):
        return name
    return (
        f"refs/tags/{name}"
        if re.fullmatch(r"v?[0-9]+(\.[0-9]+)+.*", name)
        else (f"refs/heads/{name}")
    )


def _of_github(url: str) -> list[str] | None:
    split = urlsplit(url)
    parts = [one for one in split.path.split("/") if one]
    return parts if split.hostname in ("github.com", "www.github.com") and len(parts) > 1 else None
