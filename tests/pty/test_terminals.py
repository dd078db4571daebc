"""Terminals of every kind and size, and ones that behave badly."""

from __future__ import annotations

import os
import re
import select
import signal
import subprocess
import sys
import termios
from pathlib import Path

import pytest

from awstui.demo.process import DemoServer
from tests.faults.proxy import FaultProxy
from tests.patience import PATIENCE
from tests.pty.conftest import CANARY, Open
from tests.pty.terminal import Terminal, restored

COLOUR = re.compile(rb"[34]8;[25];[0-9;]+|(?<=[\[;])(?:3[0-7]|4[0-7]|9[0-7]|10[0-7])(?=[;m])")
HOME = ("123456789012", "22 queues", "? keys")
"""What the home pane shows once it has read everything."""

SGR = re.compile(rb"\x1b\[[0-9;]*m")


@pytest.mark.parametrize("term", ["", "dumb"])
def test_a_terminal_that_cannot_draw(run: Open, term: str) -> None:
    terminal = run(env={"TERM": term}, without=() if term else ("TERM",))
    assert terminal.wait_end(10) == 2
    said = bytes(terminal.raw).decode()
    assert said.count("\n") == 1
    assert "TERM" in said
    assert "awstui ls" in said
    assert "\x1b" not in said


@pytest.mark.parametrize("gone", ["stdin", "stdout", "stderr", "closed"])
def test_without_a_terminal_it_says_what_works_without_one(env: dict[str, str], gone: str) -> None:
    master, slave = os.openpty()
    command = [sys.executable, "-m", "awstui"]
    if gone == "closed":
        command = ["sh", "-c", 'exec "$@" <&-', "sh", *command]
    streams = {name: slave for name in ("stdin", "stdout", "stderr") if name != gone}
    if gone != "closed":
        streams[gone] = subprocess.DEVNULL if gone == "stdin" else subprocess.PIPE
    with subprocess.Popen(command, env=env, **streams) as process:  # type: ignore[call-overload]
        try:
            output = process.communicate(timeout=PATIENCE)[1]
        finally:
            process.kill()
    assert process.returncode == 2
    os.close(slave)
    said = (output or os.read(master, 4096)).decode()
    os.close(master)
    assert said.count("\n") == 1, said
    assert "terminal" in said
    assert "awstui ls" in said


def test_no_color_is_readable_without_any(console: Open) -> None:
    terminal = console(env={"NO_COLOR": "1"})
    terminal.wait_for(*HOME)
    terminal.press(":sqs", "enter")
    # What is wrong is told by a sign, not by colour alone, and so is the cursor.
    terminal.wait_for("Queues", "WAITING", re.compile("^▌ ✗ orders-dlq .* 420 "), "search-index")
    sequences = set(SGR.findall(bytes(terminal.raw)))
    assert b"\x1b[1m" in b"".join(sequences).replace(b"[1;", b"[1m"), "bold stays"
    coloured = {one for one in sequences if not all(map(grey, COLOUR.findall(one)))}
    assert not coloured


def grey(colour: bytes) -> bool:
    """Whether a colour is a shade of grey: Textual leaves those to ``NO_COLOR``."""
    kind, _, numbers = colour.partition(b";")
    values = [int(number) for number in numbers.split(b";") if number][:4]
    if not values or kind not in (b"38", b"48"):
        return False
    if values[0] == 2:
        return len(set(values[1:4])) == 1
    return values[1] >= 232 or (values[1] >= 16 and (values[1] - 16) % 43 == 0)


def test_a_command_writes_ascii_where_there_is_nothing_else(run: Open, fleet: DemoServer) -> None:
    terminal = run("ls", "sqs", "--endpoint-url", fleet.url, env={"LC_ALL": "C"}, size=(160, 40))
    assert terminal.wait_end(PATIENCE) == 0
    assert b"> orders-dlq" in terminal.raw
    assert bytes(terminal.raw).isascii()


@pytest.mark.parametrize("term", ["vt100", "screen"])
def test_lesser_terminals(console: Open, term: str) -> None:
    terminal = console(env={"TERM": term})
    terminal.wait_for("123456789012", "Home", "? keys")
    terminal.press("ctrl+c")
    assert terminal.wait_end() == 0
    restored(terminal)


@pytest.mark.parametrize(
    "only",
    [{"LC_ALL": "C"}, {"PYTHONIOENCODING": "latin-1"}, {"TERM": "linux"}],
    ids=["locale", "encoding", "linux"],
)
def test_where_there_is_only_ascii_nothing_else_is_drawn(
    console: Open, only: dict[str, str]
) -> None:
    terminal = console(env=only)
    terminal.wait_for(*HOME)
    terminal.press(":sqs", "enter")
    # Cursor and tone have signs; which queue is on top is known once all of them are.
    terminal.wait_for("Queues", "WAITING", re.compile("^> x orders-dlq .* 420 "))
    heading, row = (terminal.lines[terminal.row_of(text)] for text in ("WAITING", " 420 "))
    assert heading.index("WAITING") + 7 == row.index(" 420 ") + 4, "columns stand where they did"
    terminal.press("?")
    terminal.wait_for("Keys of")
    terminal.press("ctrl+c")
    assert terminal.wait_end() == 0
    restored(terminal)
    raw = bytes(terminal.raw)
    assert raw.isascii(), re.findall(rb".{20}[\x80-\xff]+.{20}", raw)[:3]
    assert b"\\u" not in raw, "no escape stands for a sign"
    assert b"\\x" not in raw


def test_every_size_is_survived(console: Open) -> None:
    terminal = console()
    terminal.wait_for(*HOME)
    for width, height in ((1, 1), (2, 1), (20, 5), (500, 200), (40, 10)):
        terminal.resize(width, height)
        assert terminal.read(PATIENCE), f"paints at {width}×{height}"
    terminal.wait_for("awstui", "Home", "SQS")
    terminal.resize(20, 5)
    terminal.until(lambda: "awstui" in terminal.lines[0], "something at 20×5")
    for number in range(40):
        terminal.resize(1 + number * 3, 1 + number)
    terminal.resize(80, 24)
    terminal.wait_for(*HOME)
    terminal.screen.reset()  # as when a window was small for so short a time that nobody saw it
    os.kill(terminal.process.pid, signal.SIGWINCH)
    terminal.wait_for(*HOME)


def test_a_terminal_that_stops_reading_is_waited_for(console: Open) -> None:
    terminal = console(size=(300, 100))
    terminal.wait_for(*HOME)
    engine = terminal.engine
    terminal.stall()
    assert terminal.process.poll() is None
    terminal.resize(80, 24)
    terminal.wait_for(*HOME)
    terminal.press(":sqs", "enter")
    terminal.wait_for("Queues", "orders-dlq")
    assert terminal.engine == engine, "the engine did not mind"


def test_the_engine_goes_on_while_the_terminal_takes_nothing(
    run: Open, fleet: DemoServer, env: dict[str, str]
) -> None:
    settings = Path(env["XDG_CONFIG_HOME"]) / "awstui" / "config.toml"
    settings.parent.mkdir(parents=True)
    settings.write_text('[cadence]\n"sqs.queues" = 1\n')
    with FaultProxy.running(fleet.url) as proxy:
        terminal = run("--go", "sqs", "--endpoint-url", proxy.url, size=(300, 100))
        terminal.wait_for("orders-dlq", " 420 ", "every 1 s")
        terminal.stall()

        def lists() -> int:
            return proxy.count(service="sqs", operation="ListQueues")

        before = lists()
        terminal.until(lambda: lists() > before + 2, "it reads on", reading=False)
        assert not select.select([], [terminal.slave], [], 0)[1], "though nothing was taken"
        terminal.resize(80, 24)
        terminal.wait_for("orders-dlq", "every 1 s")


def test_a_size_that_no_signal_told_is_noticed(console: Open) -> None:
    terminal = console(deaf=[signal.SIGWINCH])
    terminal.wait_for(*HOME)
    terminal.resize(100, 30)
    terminal.until(lambda: "? keys" in terminal.lines[-1], "the keys in the last line")


def test_a_storm_of_resizes_is_survived(console: Open) -> None:
    terminal = console()
    terminal.wait_for(*HOME)
    for number in range(200):
        terminal.resize(1 + number * 7 % 200, 1 + number * 5 % 60)
    terminal.resize(1, 1)
    terminal.resize(80, 24)
    terminal.wait_for(*HOME)
    terminal.press(":sqs", "enter")
    terminal.wait_for("Queues", "orders-dlq")


def test_a_paste_of_a_terminal_that_does_not_call_it_one_confirms_nothing(console: Open) -> None:
    terminal = console(env={"TERM": "linux"})
    terminal.wait_for(*HOME)
    terminal.press(":sqs orders-dlq", "enter")
    terminal.wait_for("> x orders-dlq", " 420 ")
    terminal.press("P")
    terminal.wait_for("then type orders-dlq")
    terminal.press_until("d", lambda: "QueueUrl" in terminal.text, "a dry run")
    terminal.press("tab")
    terminal.press("orders-dlq")
    terminal.wait_for("A paste does not count")
    terminal.press("o")
    terminal.until(lambda: terminal.lines[terminal.row_of("A paste") + 1].strip(" |x") == "o", "o")
    terminal.press("esc")
    terminal.wait_without("A paste does not count")


def test_in_the_background_and_back(console: Open) -> None:
    terminal = console()
    terminal.wait_for(*HOME)
    os.kill(terminal.process.pid, signal.SIGTSTP)
    given_back_and_painted_again(terminal)
    terminal.press("ctrl+z")
    given_back_and_painted_again(terminal)
    os.kill(terminal.process.pid, signal.SIGSTOP)
    terminal.until(lambda: terminal.state() == "T", "is stopped")
    go_on(terminal)
    terminal.press(":sqs", "enter")
    terminal.wait_for("Queues", "orders-dlq")
    terminal.press("ctrl+c")
    assert terminal.wait_end() == 0
    restored(terminal)


def given_back_and_painted_again(terminal: Terminal) -> None:
    """Whoever has the terminal while the console is stopped finds it as it was before."""
    terminal.until(lambda: terminal.state() == "T", "is stopped")
    terminal.until(lambda: not terminal.modes.get(1049), "the screen is left")
    terminal.until(lambda: terminal.modes.get(25), "the cursor shows")
    assert termios.tcgetattr(terminal.slave) == terminal.attributes_before
    go_on(terminal)
    assert terminal.modes[1049]


def go_on(terminal: Terminal) -> None:
    """Continue a stopped console on a screen that has been written over."""
    terminal.screen.reset()
    os.kill(terminal.process.pid, signal.SIGCONT)
    terminal.wait_for(*HOME)


def test_the_demo_paints_before_its_server_answers_and_ends_it(run: Open) -> None:
    terminal = run("demo")
    server = terminal.pid_of("awstui.demo.server")
    terminal.wait_for("123456789012", "22 queues")
    painted = bytes(terminal.raw).decode()
    assert 0 < painted.find("asking…") < painted.find("22 queues"), "the paint came first"
    assert CANARY.encode() not in terminal.raw
    terminal.press("ctrl+c")
    assert terminal.wait_end() == 0, server
    restored(terminal)


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM])
def test_the_demo_s_server_ends_with_the_interface(run: Open, number: signal.Signals) -> None:
    terminal = run("demo")
    terminal.wait_for("Home", "? keys")
    assert terminal.pid_of("awstui.demo.server")
    assert terminal.engine
    os.kill(terminal.process.pid, number)
    assert terminal.wait_end() == (-number if number == signal.SIGKILL else 128 + number)
