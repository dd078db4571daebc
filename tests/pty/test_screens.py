"""What a person sees and types, at two sizes."""

from __future__ import annotations

import pytest
from rich.cells import cell_len

from tests.pty.conftest import Open


@pytest.mark.parametrize("size", [(80, 24), (160, 48)])
def test_from_home_to_a_queue_and_back(console: Open, size: tuple[int, int]) -> None:
    terminal = console(size=size)
    terminal.wait_for("SQS", "queues", "123456789012", "eu-west-1")
    frame(terminal.lines, size)

    terminal.press(":sqs", "enter")
    terminal.wait_for("Queues", "orders-dlq", "420", "search-index")
    frame(terminal.lines, size)
    first = next(line for line in terminal.lines[3:] if line.strip())
    assert "orders-dlq" in first, "the deepest dead-letter queue comes first"

    terminal.press("/", "ship")
    terminal.wait_for("shipping-dlq")
    terminal.wait_without("search-index")
    terminal.press("enter", "esc")
    terminal.wait_for("search-index")

    terminal.press("?")
    terminal.wait_for("Keys of Queues")
    frame(terminal.lines, size, framed=False)
    terminal.press("esc")
    terminal.wait_without("Keys of Queues")
    terminal.press("enter")
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
