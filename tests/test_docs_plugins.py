"""The tutorial for plugin authors is true: its code is ours, and what it promises happens."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import boto3
import pytest

from awstui import registry
from awstui.engine.contract import check_models

ROOT = Path(__file__).parents[1]
TEXT = (ROOT / "docs" / "plugins.md").read_text()
BLOCKS: list[str] = re.findall(r"```python\n(.*?)```", TEXT, re.DOTALL)


def test_route53_is_shown_as_it_is() -> None:
    assert (ROOT / "plugins" / "route53.py").read_text() in BLOCKS


@pytest.fixture
def dropped(world: Path) -> Path:
    """The plugin in ten lines, where the tutorial says to put it."""
    said = re.search(r"`~/(\S+secrets\.py)`", TEXT)
    assert said
    path = world / said[1].removeprefix(".config/")
    path = world / "config" / path.relative_to(world)  # XDG_CONFIG_HOME of the tests
    path.parent.mkdir(parents=True, mode=0o700)
    path.write_text(BLOCKS[0])
    path.chmod(0o600)
    path.parent.chmod(0o700)
    return path


def test_the_plugin_in_ten_lines_holds(dropped: Path) -> None:
    lines = [line for line in BLOCKS[0].splitlines() if line.strip()]
    assert len(lines) <= 10
    known = registry.load([dropped.parent])
    plugin = known.plugin("secrets")
    assert registry.check(plugin, known) == []
    assert registry.check_module(plugin) == []
    assert check_models(plugin) == []


def test_the_plugin_in_ten_lines_lists(dropped: Path, empty_aws: dict[str, str]) -> None:
    client = boto3.client(
        "secretsmanager", endpoint_url=empty_aws["AWS_ENDPOINT_URL"], region_name="eu-west-1",
        aws_access_key_id="x", aws_secret_access_key="x",
    )  # fmt: skip
    client.create_secret(Name="shop/stripe", Description="the key", SecretString="hidden")
    ran = subprocess.run(
        [sys.executable, "-m", "awstui", "ls", "secrets"],
        env=empty_aws, capture_output=True, text=True, check=False, cwd=dropped.parent,
    )  # fmt: skip
    assert ran.returncode == 0, ran.stderr
    assert re.search(r"NAME +AGE +DESCRIPTION\n(?:.*\n)*?shop/stripe +\d+ s +the key\n", ran.stdout)


def test_the_tests_shown_pass(tmp_path: Path) -> None:
    (tests,) = (block for block in BLOCKS if "FakeAws" in block)
    path = tmp_path / "test_shown.py"
    path.write_text(tests)
    command = [sys.executable, "-m", "pytest", "-q", "-c", str(ROOT / "pyproject.toml"), str(path)]
    ran = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stdout
    assert "2 passed" in ran.stdout
