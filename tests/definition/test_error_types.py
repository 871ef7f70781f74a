"""The standard error types have several URIs and one meaning."""

import pytest

from symphainy.definition import ERROR_STATUS, canonical_error_type, error_type

HOSTS = ("https://serverlessworkflow.io", "https://open-workflow-specification.org")
PATHS = ("/spec/1.0.0/errors/", "/dsl/errors/types/")


@pytest.mark.parametrize("host", HOSTS)
@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("kind", sorted(ERROR_STATUS))
def test_both_hosts_and_both_paths_mean_the_same(host: str, path: str, kind: str) -> None:
    assert canonical_error_type(host + path + kind) == error_type(kind)


@pytest.mark.parametrize(
    "uri",
    [
        "https://acme.example/errors/out-of-stock",
        "https://serverlessworkflow.io.evil.example/spec/1.0.0/errors/timeout",
        "https://open-workflow-specification.org/spec/1.0.0/errors/a/b",
        "timeout",
        "",
    ],
)
def test_types_of_ones_own_stay_as_they_are(uri: str) -> None:
    assert canonical_error_type(uri) == uri


def test_each_kind_has_the_status_of_the_specification() -> None:
    assert dict(ERROR_STATUS) == {
        "configuration": 400,
        "validation": 400,
        "expression": 400,
        "authentication": 401,
        "authorization": 403,
        "timeout": 408,
        "communication": 500,
        "runtime": 500,
    }
