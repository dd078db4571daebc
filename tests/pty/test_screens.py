"""What a person sees and types, at two sizes."""

from __future__ import annotations

import os
import re

import pytest
from rich.cells import cell_len

from tests.pty.conftest import Open
from tests.pty.terminal import KEYS


@pytest.mark.parametrize("size", [(80, 24), (160, 48)])
def test_from_home_to_a_queue_and_back(console: Open, size: tuple[int, int]) -> None:
    terminal = console(size=size)
    terminal.wait_for("SQS", "queues", "123456789012", "eu-west-1")
    frame(terminal.lines, size)

    terminal.press(":sqs", "enter")
    terminal.wait_for("Queues", re.compile("^▌ ✗ orders-dlq .* 420 "), "search-index")
    frame(terminal.lines, size)
    first = next(line for line in terminal.lines[3:] if line.strip())
    assert "orders-dlq" in first, "the deepest dead-letter queue comes first, under the cursor"

    terminal.press("/", "ship")
    terminal.wait_for("shipping-dlq")
    terminal.wait_without("search-index")
    terminal.press("enter", "esc")
    terminal.wait_for("search-index")

    terminal.press("?")
    terminal.wait_for("Keys of Queues")
    frame(terminal.lines, size, framed=False)
    os.write(terminal.master, KEYS["esc"].encode() + b"i")  # as a slow line brings them
    terminal.wait_without("Keys of Queues")
    inspected = size[0] < 160  # on a large screen the row is inspected until `i` ends that
    terminal.until(lambda: ("D source queues" in terminal.text) == inspected, "i after esc")
    terminal.press("i", "enter")
    terminal.wait_without("search-index")
    terminal.wait_for("orders-dlq", "420")
    frame(terminal.lines, size)
    terminal.press("esc")
    terminal.wait_for("Queues", "search-index")

    terminal.press(":q", "enter")
    assert terminal.wait_end() == 0


def frame(lines: list[str], size: tuple[int, int], *, framed: bool = True) -> None:
    """Header above, keys below, and nothing wider than the window."""
    assert len(lines) == size[1]
    assert max(map(cell_len, lines)) <= size[0]
    if framed:
        assert lines[0].startswith(" awstui")
        assert ": go" in lines[-1]
        assert "? keys" in lines[-1]


def test_peek_redrive_and_progress_at_80_by_24(console: Open) -> None:
    terminal = console(size=(80, 24))
    terminal.wait_for("SQS", "22 queues")
    terminal.press(":queues webhooks-dlq", "enter")
    terminal.wait_for("Queues", "first expires in")
    terminal.press("p")
    terminal.wait_for("webhooks-dlq › messages", "23 of ~23", "e release")
    frame(terminal.lines, (80, 24))
    terminal.press("esc")
    terminal.wait_for("WAITING", "m redrive")
    terminal.press("m")
    terminal.wait_for("Messages each second", "Go on (^s)")
    terminal.press("tab", "1", "\x13")
    terminal.wait_for("go to webhooks", "Redrive (y)")
    terminal.press_until("y", lambda: "Redrive (y)" not in terminal.text, "agreed")
    terminal.wait_for("webhooks-dlq › moves", "running", "of about 23 moved", "X cancel move")
    frame(terminal.lines, (80, 24))
