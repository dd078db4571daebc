"""However the console ends: in time, wholly, with the right status, and with the terminal as it was."""

from __future__ import annotations

import os
import re
import signal
from pathlib import Path

import pytest

from tests.patience import patiently
from tests.pty.conftest import CANARY, Open
from tests.pty.terminal import restored

SIGNALS = [signal.SIGTERM, signal.SIGHUP, signal.SIGINT]


def test_ctrl_c_and_the_script_of_the_package(console: Open) -> None:
    import sys

    script = str(Path(sys.executable).with_name("awstui"))
    terminal = console(command=[sys.executable, script])
    terminal.wait_for("123456789012", "? keys")
    assert terminal.engine
    terminal.press("ctrl+c")
    assert terminal.wait_end() == 0
    restored(terminal)
    assert CANARY.encode() not in terminal.raw


@pytest.mark.parametrize("number", SIGNALS)
def test_a_signal_ends_everything(console: Open, number: signal.Signals) -> None:
    terminal = console()
    terminal.wait_for("123456789012", "? keys")
    os.kill(terminal.process.pid, number)
    assert terminal.wait_end() == 128 + number
    restored(terminal)


@pytest.mark.parametrize("deaf", ["", "trap '' TERM HUP;"], ids=["yields", "deaf"])
def test_a_signal_while_an_editor_is_open_leaves_nothing(
    console: Open, tmp_path: Path, deaf: str
) -> None:
    editor = tmp_path / "editor"
    editor.write_text(f"#!/bin/sh\n{deaf} echo the editor has it\nwhile :; do sleep 0.1; done\n")
    editor.chmod(0o700)
    files = tmp_path / "run"
    files.mkdir()
    left = files / "awstui-edit-999999999-x.json"  # of a console that was killed
    left.write_text("a body")
    terminal = console(env={"VISUAL": str(editor), "XDG_RUNTIME_DIR": str(files)})
    terminal.wait_for("123456789012", "? keys")
    terminal.until(lambda: not left.exists(), "what another left is gone")
    terminal.press(":sqs orders", "enter")
    terminal.wait_for("Queues", re.compile("^▌ .* orders "))
    terminal.press("t")
    terminal.wait_for("Tags", "^o editor")
    terminal.press("ctrl+o")
    terminal.until(lambda: b"the editor has it" in terminal.raw, "an editor")
    assert len(list(files.iterdir())) == 1
    os.kill(terminal.process.pid, signal.SIGTERM)
    assert terminal.wait_end() == 128 + signal.SIGTERM
    restored(terminal)
    assert list(files.iterdir()) == []


def test_a_signal_before_the_first_paint(console: Open) -> None:
    terminal = console()
    terminal.until(lambda: len(terminal.processes()) > 1, "an engine")
    os.kill(terminal.process.pid, signal.SIGTERM)
    assert terminal.wait_end() in (-signal.SIGTERM, 128 + signal.SIGTERM)
    if terminal.modes:
        restored(terminal)


def test_a_window_that_is_closed(console: Open) -> None:
    terminal = console()
    terminal.wait_for("123456789012", "? keys")
    terminal.hang_up()
    assert terminal.wait_end() == 128 + signal.SIGHUP


def test_a_window_that_is_closed_without_a_signal(console: Open) -> None:
    terminal = console(deaf=[signal.SIGHUP])
    terminal.wait_for("123456789012", "? keys")
    terminal.hang_up()
    assert terminal.wait_end() == 128 + signal.SIGHUP


def test_a_killed_interface_leaves_no_engine(console: Open) -> None:
    terminal = console()
    terminal.wait_for("123456789012", "? keys")
    os.kill(terminal.process.pid, signal.SIGKILL)
    assert terminal.wait_end() == -signal.SIGKILL


def test_a_terminal_that_stopped_reading_cannot_hold_us(console: Open) -> None:
    terminal = console(size=(300, 100))
    terminal.wait_for("123456789012", "? keys")
    terminal.stall()
    os.kill(terminal.process.pid, signal.SIGTERM)
    assert terminal.process.wait(patiently(3)) == 128 + signal.SIGTERM, "though nothing was read"
    assert terminal.wait_end() == 128 + signal.SIGTERM
    restored(terminal)
    assert b"Traceback" not in terminal.raw


def test_an_engine_that_dies_is_told_of_and_started_again(console: Open) -> None:
    terminal = console()
    terminal.wait_for("123456789012", "? keys", "22 queues")
    terminal.press(":sqs", "enter")
    terminal.wait_for("Queues", "orders-dlq")
    first = terminal.engine
    os.kill(first, signal.SIGKILL)
    terminal.wait_for("engine stopped", "killed by SIGKILL", "ctrl+e", "orders-dlq")
    terminal.press("ctrl+e")
    terminal.wait_without("killed by SIGKILL")
    terminal.press(":sns", "enter")
    terminal.wait_for("Topics", "order-events")
    assert terminal.engine != first
    terminal.press("ctrl+c")
    assert terminal.wait_end() == 0
    restored(terminal)


CRASHING = '''
"""A plugin whose pane fails in each way a pane can."""

from awstui.plugin import Column, Plugin, Resource


async def rows(aws, parent):
    for name in ("make", "mount", "render", "loop"):
        yield {"Name": name}


things = Resource(name="things", rows=rows, columns=(Column("Name"),))


@things.view("enter", "look")
def look(row):
    from textual.widgets import Static

    from awstui.ui.pane import Pane

    def fail():
        secret = "local-" + "canary"
        raise RuntimeError("the pane fell over " + "[/var/task]")

    if row["Name"] == "make":
        fail()

    class Rendering(Static):
        def render(self):
            password = "local-" + "canary"
            fail()

    class Falling(Pane):
        def content(self):
            if row["Name"] == "render":
                yield Rendering()

        def on_mount(self):
            token = "local-" + "canary"
            if row["Name"] == "mount":
                fail()
            if row["Name"] == "loop":
                import asyncio

                asyncio.get_running_loop().call_soon(fail)

    return Falling("falling")


plugin = Plugin(name="crashing", title="Crashing", service="sqs", resources=(things,))
'''


@pytest.mark.parametrize("where", ["make", "mount", "render"])
def test_a_crash_says_so_and_shows_no_value(
    console: Open, tmp_path: Path, env: dict[str, str], where: str
) -> None:
    (tmp_path / "crashing.py").write_text(CRASHING)
    terminal = console("--plugins", str(tmp_path))
    terminal.wait_for("? keys", "Crashing")
    terminal.press(f":crashing {where}", "enter")
    terminal.wait_for("Things", re.compile(f"^▌ .*{where}"))
    terminal.press("enter")
    assert terminal.wait_end() == 70
    restored(terminal)
    end = bytes(terminal.raw).decode().rpartition("\x1b[?1049l")[2]
    assert "awstui ended on a fault of its own: RuntimeError" in end
    assert "Traceback" not in end
    assert b"local-canary" not in terminal.raw
    assert CANARY.encode() not in terminal.raw
    (crash,) = (Path(env["XDG_STATE_HOME"]) / "awstui" / "crashes").iterdir()
    assert crash.stat().st_mode & 0o777 == 0o600
    text = crash.read_text()
    assert "the pane fell over [/var/task]" in text
    assert "local-canary" not in text
    assert crash.name in end.replace("\r\n", "")


def test_a_fault_outside_every_pane_is_told_in_place(
    console: Open, tmp_path: Path, env: dict[str, str]
) -> None:
    (tmp_path / "crashing.py").write_text(CRASHING)
    terminal = console("--plugins", str(tmp_path))
    terminal.wait_for("? keys", "Crashing")
    terminal.press(":crashing loop", "enter")
    terminal.wait_for("Things", re.compile("^▌ .*loop"))
    terminal.press("enter")
    terminal.wait_for("awstui met a fault of its own", "RuntimeError", "falling")
    terminal.press("ctrl+c")
    assert terminal.wait_end() == 0
    restored(terminal)
    assert b"Traceback" not in terminal.raw
    assert b"local-canary" not in terminal.raw
    (crash,) = (Path(env["XDG_STATE_HOME"]) / "awstui" / "crashes").iterdir()
    assert "the pane fell over" in crash.read_text()


def test_a_crash_that_cannot_be_kept_is_said_all_the_same(
    console: Open, tmp_path: Path, env: dict[str, str]
) -> None:
    (tmp_path / "crashing.py").write_text(CRASHING)
    state = tmp_path / "full"
    state.write_text("no folder")
    terminal = console("--plugins", str(tmp_path), env={"XDG_STATE_HOME": str(state)})
    terminal.wait_for("? keys", "Crashing")
    terminal.press(":crashing make", "enter")
    terminal.wait_for("Things", re.compile("^▌ .*make"))
    terminal.press("enter")
    assert terminal.wait_end() == 70
    restored(terminal)
    end = bytes(terminal.raw).decode().rpartition("\x1b[?1049l")[2]
    assert "fault of its own: RuntimeError" in end
    assert "local-canary" not in end
