"""The README's two commands do what they say, pasted into a fresh clone with an empty HOME."""

from __future__ import annotations

import asyncio
import contextlib
import os
import pty
import re
import select
import subprocess
import sys
import time
from pathlib import Path

import boto3
import pytest

from awstui import registry
from awstui.engine.contract import check_models
from awstui.engine.sampling import check_rows
from awstui.registry import check
from tests.patience import patiently

ROOT = Path(__file__).parents[1]

FETCHED = Path(os.environ.get("PIP_CACHE_DIR") or Path.home() / ".cache" / "pip")
"""What pip keeps of what it has fetched, of whoever runs the tests: they themselves have another home."""


def commands() -> list[str]:
    """The commands in the README's first section, in their order."""
    first = (ROOT / "README.md").read_text("utf-8").split("## Try it")[1].split("\n## ")[0]
    return re.findall(r"```sh\n(.+?)\n```", first, re.DOTALL)


def seen_in_terminal(command: str, folder: Path, wanted: str, seconds: float) -> str:
    """Run a command in a terminal until it shows something, then leave it; what it wrote."""
    leader, follower = pty.openpty()
    environment = {**os.environ, "TERM": "xterm-256color", "LINES": "24", "COLUMNS": "80"}
    process = subprocess.Popen(
        ["/bin/sh", "-c", command], cwd=folder, env=environment, start_new_session=True,
        stdin=follower, stdout=follower, stderr=follower,
    )  # fmt: skip
    os.close(follower)
    written, deadline = b"", time.monotonic() + seconds
    with contextlib.suppress(OSError):  # how Linux says that the other end has closed
        while wanted.encode() not in written and time.monotonic() < deadline:
            if select.select([leader], [], [], 1)[0]:
                written += os.read(leader, 65536)
        os.write(leader, b"\x03")
        while process.poll() is None and time.monotonic() < deadline + 10:
            if select.select([leader], [], [], 0.1)[0]:
                os.read(leader, 65536)
    process.wait(patiently(5))
    os.close(leader)
    return written.decode(errors="replace")


async def test_the_plugin_in_ten_lines_is_a_full_citizen(
    tmp_path: Path, empty_aws: dict[str, str]
) -> None:
    readme = (ROOT / "README.md").read_text("utf-8")
    (lines,) = re.findall(r"```python\n(.+?)```", readme, re.DOTALL)
    (tmp_path / "tables.py").write_text(lines)
    known = registry.load([tmp_path])
    plugin = known.plugin("tables")
    assert [*check(plugin, known), *check_models(plugin), *await check_rows(plugin)] == []
    boto3.client(
        "dynamodb", endpoint_url=empty_aws["AWS_ENDPOINT_URL"], region_name="eu-west-1",
        aws_access_key_id="demo", aws_secret_access_key="demo",
    ).create_table(
        TableName="carts", BillingMode="PAY_PER_REQUEST",
        KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
    )  # fmt: skip
    ran = await asyncio.to_thread(
        subprocess.run, [sys.executable, "-m", "awstui", "ls", "tables", "-o", "csv"],
        env={**empty_aws, "AWSTUI_PLUGINS": str(tmp_path)}, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert ran.stdout.splitlines() == ["Name,Status,Items", "carts,ACTIVE,0"], ran.stderr


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_both_commands_work_in_a_fresh_clone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    console, suite = commands()
    clone = tmp_path / "clone"
    subprocess.run(["git", "clone", "-q", str(ROOT), str(clone)], check=True)
    # Whoever tries it waits for that once. Here what was fetched before is not fetched again, and only
    # what is imported is compiled.
    monkeypatch.setenv("PIP_CACHE_DIR", str(FETCHED))
    monkeypatch.setenv("PIP_COMPILE", "0")
    # The suite would run this test again: what it collects shows that all of it is there.
    ran = subprocess.run(
        f"{suite} --collect-only -q", shell=True, cwd=clone, capture_output=True, text=True,
        check=False,
    )  # fmt: skip
    assert ran.returncode == 0, ran.stdout[-2000:] + ran.stderr[-2000:]
    assert re.search(r"\d{3,} tests collected", ran.stdout)
    shown = seen_in_terminal(console, clone, "22 queues", 600)
    assert "22 queues" in shown, shown[-2000:]
