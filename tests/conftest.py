"""A world without a machine: no HOME, no AWS settings, no time zone of whoever runs the tests."""

from __future__ import annotations

import os
import signal
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from awstui.demo.process import DemoServer, environment
from tests.heard import _pilots_that_wait

__all__ = ["_pilots_that_wait"]

if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    # A shell ignores it for what it starts in the background, and the programs under test would inherit that.
    signal.signal(signal.SIGINT, signal.default_int_handler)

_OURS = ("AWS_", "AWSTUI_", "XDG_", "TEXTUAL_", "SSH_", "BOTO_")


@pytest.fixture(autouse=True)
def world(
    tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Path]:
    """An empty home folder, which is returned, and an environment that says nothing."""
    home = tmp_path_factory.mktemp("home")
    for name in list(os.environ):
        if name.startswith(_OURS) or name in {"COLUMNS", "LINES", "EDITOR", "VISUAL", "NO_COLOR"}:
            monkeypatch.delenv(name)
    monkeypatch.setenv("HOME", str(home))
    for name in ("CONFIG", "STATE", "CACHE", "DATA"):
        monkeypatch.setenv(f"XDG_{name}_HOME", str(home / name.lower()))
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    for name in ("LC_ALL", "LC_CTYPE", "PYTHONIOENCODING"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("LANG", "C.UTF-8")
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.setenv("TZ", "UTC")
    time.tzset()
    yield home
    monkeypatch.undo()
    time.tzset()


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave soaks out unless ``-m`` names them, and begin with what takes longest: the end is waited for by all."""
    if "soak" not in str(config.getoption("markexpr")):
        soaks = [item for item in items if item.get_closest_marker("soak")]
        config.hook.pytest_deselected(items=soaks)
        items[:] = [item for item in items if item not in soaks]
    items.sort(key=lambda item: item.get_closest_marker("slow") is None)


@pytest.fixture(scope="session")
def _empty() -> Iterator[DemoServer]:
    with DemoServer.running(seed=False, drive=False) as server:
        yield server


@pytest.fixture(scope="module")
def empty_server(_empty: DemoServer) -> DemoServer:
    """A server in which nothing is at first, and then what the tests of one file make."""
    with urllib.request.urlopen(f"{_empty.url}/moto-api/reset", data=b"") as answer:
        assert answer.status == 200
    return _empty


@pytest.fixture(scope="module")
def _server(empty_server: DemoServer) -> str:
    return empty_server.url


@pytest.fixture
def empty_aws(world: Path, _server: str) -> dict[str, str]:
    """The environment for a process that speaks with an AWS in which nothing is, or what a test made."""
    return {**os.environ, **environment(_server), "PYTHONWARNINGS": "error::ResourceWarning"}
