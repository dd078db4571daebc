"""What a key may open is imported beforehand, in a thread, and what cannot be is no matter until it is asked for."""

from __future__ import annotations

import importlib
import sys
import threading
from types import ModuleType

import pytest

from awstui import registry
from awstui.ui import readying


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> dict[str, threading.Thread]:
    """Which module was imported in which thread; nothing is really imported."""
    _ = registry.load().plugins
    threads: dict[str, threading.Thread] = {}

    def record(name: str, package: str | None = None) -> ModuleType:
        threads[name] = threading.current_thread()
        if name == "plugins.route53":
            raise ZeroDivisionError("it is broken")
        return sys.modules[name]

    monkeypatch.setattr(readying, "CALM", 0.0)
    monkeypatch.setattr(importlib, "import_module", record)
    return threads


async def test_panes_are_imported_beside_the_loop(
    asked: dict[str, threading.Thread], monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in (
        "awstui.ui.audit_pane",
        "plugins.logs.tail_pane",
        "plugins.sqs.scanning.scan_pane",
    ):
        monkeypatch.delitem(sys.modules, name, raising=False)
    await readying.import_panes()
    assert {"awstui.ui.audit_pane", "plugins.logs.tail_pane", "plugins.sqs.scanning.scan_pane"} <= {
        *asked
    }
    assert threading.main_thread() not in asked.values()


async def test_a_broken_plugin_keeps_no_other_from_being_imported(
    asked: dict[str, threading.Thread], monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("plugins.route53", "plugins.s3", "plugins.sns"):
        monkeypatch.delitem(sys.modules, name)
    await readying.import_plugins()
    assert [name for name in asked if name.startswith("plugins.")] == [
        "plugins.route53", "plugins.s3", "plugins.sns",
    ]  # fmt: skip
