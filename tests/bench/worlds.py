"""The environment that subjects run in: a home folder of their own, keys of nobody, one endpoint."""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.bench.endpoint import REGION

HERE = Path(__file__).parent
SUBJECTS = HERE / "subjects"
PYTHON = sys.executable


def command(*words: str) -> list[str]:
    """awstui itself, as a person runs it."""
    script = Path(sys.executable).with_name("awstui")
    return [str(script), *words] if script.exists() else [PYTHON, "-m", "awstui", *words]


def aws_command() -> str:
    """The AWS command line beside this interpreter; empty when it is not installed."""
    beside = Path(sys.executable).with_name("aws")
    return str(beside) if beside.exists() else shutil.which("aws") or ""


@contextmanager
def world(url: str = "") -> Iterator[dict[str, str]]:
    """An environment in which only the endpoint can be reached."""
    with tempfile.TemporaryDirectory(prefix="bench-") as home:
        environment = {
            name: value
            for name, value in os.environ.items()
            if not name.startswith(("AWS", "XDG_", "TEXTUAL", "SSH_", "PYTHONDONTWRITE"))
        }
        environment |= {
            "HOME": home,
            "AWS_ACCESS_KEY_ID": "bench",
            "AWS_SECRET_ACCESS_KEY": "bench",
            "AWS_REGION": REGION,
            "AWS_DEFAULT_REGION": REGION,
            "AWS_EC2_METADATA_DISABLED": "true",
        }
        if url:
            environment["AWS_ENDPOINT_URL"] = url
        yield environment
