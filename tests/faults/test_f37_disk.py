"""F37: where a disk is full it is said, and what was written is not called whole."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from awstui.demo.process import DemoServer


@pytest.mark.parametrize(
    "words", [("ls", "sqs"), ("ls", "sqs", "-o", "json"), ("export", "orders-dlq")]
)
def test_f37_a_full_disk_is_said(fleet: DemoServer, words: tuple[str, ...]) -> None:
    environment = {**os.environ, **fleet.environment}
    with Path("/dev/full").open("w") as full:
        ran = subprocess.run(
            [sys.executable, "-m", "awstui", *words], stdout=full, stderr=subprocess.PIPE,
            text=True, env=environment, timeout=60, check=False,
        )  # fmt: skip
    assert ran.returncode == 1
    assert f"awstui {words[0]} could not write all of it: No space left on device." in ran.stderr
    assert "What was written is not whole." in ran.stderr
    assert "Traceback" not in ran.stderr
    assert "fault in the plugin" not in ran.stderr
