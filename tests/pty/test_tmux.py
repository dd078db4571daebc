"""The console inside a real tmux: drawn, copied from, left and come back to."""

from __future__ import annotations

import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from awstui.demo.process import DemoServer
from tests.patience import PATIENCE

pytestmark = pytest.mark.skipif(shutil.which("tmux") is None, reason="no tmux on this machine")

Tmux = Callable[..., str]


@pytest.fixture
def tmux(env: dict[str, str], tmp_path: Path) -> Iterator[Tmux]:
    """A tmux server of the test's own; nothing of it outlives the test."""
    socket = str(tmp_path / "tmux")

    def tell(*words: str) -> str:
        ran = subprocess.run(
            ["tmux", "-S", socket, "-f", "/dev/null", *words],
            env=env, capture_output=True, text=True, check=False, timeout=PATIENCE,
        )  # fmt: skip
        return ran.stdout

    yield tell
    tell("kill-server")


def wait(tmux: Tmux, *texts: str) -> str:
    over = time.monotonic() + PATIENCE
    while not all(text in (screen := tmux("capture-pane", "-p")) for text in texts):
        assert time.monotonic() < over, f"{texts} not on\n{screen}"
        time.sleep(0.05)
    return screen


def test_it_is_drawn_copied_from_and_left_as_it_was(tmux: Tmux, fleet: DemoServer) -> None:
    command = (
        f"{sys.executable} -m awstui --endpoint-url {fleet.url}; echo left with $?; exec sleep 60"
    )
    tmux("new-session", "-d", "-x", "100", "-y", "30", "sh", "-c", command)
    tmux("set", "-g", "set-clipboard", "on")
    wait(tmux, "22 queues", "? keys")
    tmux("send-keys", ":sqs orders-dlq", "Enter")
    wait(tmux, "WAITING", "▌ ✗ orders-dlq")
    tmux("send-keys", "c")
    wait(tmux, "clipboard")
    assert tmux("show-buffer").endswith(":orders-dlq")
    tmux("resize-window", "-x", "60", "-y", "12")
    wait(tmux, "orders-dlq", "? keys")
    tmux("send-keys", "C-c")
    screen = wait(tmux, "left with 0")
    assert "orders-dlq" not in screen, "the screen before is back"
    assert tmux("display", "-p", "#{cursor_flag} #{mouse_any_flag} #{alternate_on}").split() == [
        "1", "0", "0",
    ]  # fmt: skip
