"""The parts that commands are made of."""

import socket
from pathlib import Path

import pytest

from idp.document_file import read, value
from idp.launcher.ports import choose
from idp.rooms import ROOMS, strangers
from tests.idp.commands import EXAMPLES


def test_every_room_is_our_own_file() -> None:
    assert len(ROOMS) == 9
    assert strangers() == {}


def test_a_package_that_takes_the_name_of_a_room_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stranger = tmp_path / "workflows"
    stranger.mkdir()
    (stranger / "__init__.py").write_text("")
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.delitem(__import__("sys").modules, "workflows", raising=False)

    assert strangers() == {"workflows": str(stranger)}


def test_a_port_that_is_taken_is_not_chosen() -> None:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        one.listen()
        taken = one.getsockname()[1]

        assert choose(taken) != taken


def test_a_port_that_nobody_named_is_none_that_systems_give_to_anybody() -> None:
    first = choose(0)

    assert 0 < first < 32_768
    assert choose(first, frozenset({first})) != first


def test_a_trial_is_registered_under_the_digest_of_its_text(tmp_path: Path) -> None:
    one, other = tmp_path / "one.yaml", tmp_path / "other.yaml"
    text = (EXAMPLES / "hello.yaml").read_text()
    one.write_text(text)
    other.write_text(text + "\n")

    first, second = read(one), read(other)

    assert (first.name, first.version, first.intent) == ("examples.hello", "1.0.0", "start")
    assert str(first.trial).startswith("1.0.0+run.")
    assert first.trial != second.trial
    assert first.trial == read(one).trial


def test_an_intent_of_the_solutions_own_starts_it() -> None:
    assert read(EXAMPLES / "invoice-dunning.yaml").intent == "collect"


def test_an_input_is_a_file_or_json(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text("a: 1\n")
    (tmp_path / "a.json").write_text('{"a": 2}')

    assert value(str(tmp_path / "a.yaml")) == {"a": 1}
    assert value(str(tmp_path / "a.json")) == {"a": 2}
    assert value('{"a": 3}') == {"a": 3}
    with pytest.raises(ValueError, match="Expecting"):
        value("a: 4")
