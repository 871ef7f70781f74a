from collections.abc import Iterator

import pytest

from tests.idp.commands import Platform, start


@pytest.fixture(scope="module")
def platform(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Platform]:
    platform = start(tmp_path_factory.mktemp("up") / "home")
    yield platform
    if platform.process.poll() is None:
        platform.stop()
