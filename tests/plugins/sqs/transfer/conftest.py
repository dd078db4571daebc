"""Folders of the test's own, and commands run as the command line does."""

from __future__ import annotations

import io
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest

from awstui import paths
from awstui.plugin import Row
from tests.plugins.sqs.conftest import Shop, command


class Recorded:
    """An Out that keeps what it is given."""

    def __init__(self) -> None:
        self.rows: list[Row] = []
        self.lines: list[str] = []
        self.notes: list[str] = []

    def row(self, row: Row) -> None:
        self.rows.append(row)

    def line(self, text: str, *, exact: bool = False) -> None:
        self.lines.append(text)

    def note(self, text: str) -> None:
        self.notes.append(text)

    def progress(self, done: int, total: int, text: str) -> None:
        del done, total, text


Run = Callable[..., Awaitable[tuple[int, Recorded]]]


@pytest.fixture
def run(shop: Shop) -> Run:
    """Run a command of the plugin; its status and what it said."""

    async def run(name: str, *words: str, aws: Any = None) -> tuple[int, Recorded]:
        out = Recorded()
        return await command(shop, name, *words, out=out, aws=aws), out

    return run


@pytest.fixture(autouse=True)
def apart(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Spools and journals of the test's own; standard input is a file, not a person."""
    monkeypatch.setattr(paths, "cache_folder", lambda: tmp_path / "cache")
    monkeypatch.setattr(paths, "state_folder", lambda: tmp_path / "state")
    reader: Any = io.TextIOWrapper(io.BytesIO(b""))
    monkeypatch.setattr(sys, "stdin", reader)
