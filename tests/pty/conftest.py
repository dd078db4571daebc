"""The installed command in a real terminal, on the seeded fleet of the embedded AWS."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any, TypeAlias

import pytest

from awstui.demo.process import DemoServer
from tests.pty.terminal import Terminal

Open: TypeAlias = Callable[..., Terminal]

CANARY = "canary7Yw2secret"
"""A secret access key that must be seen nowhere."""


@pytest.fixture(scope="session")
def fleet() -> Iterator[DemoServer]:
    """The seeded fleet, standing still."""
    with DemoServer.running(seed=True, drive=False) as server:
        yield server


@pytest.fixture
def env(world: Path) -> dict[str, str]:
    """The environment of a person with dummy credentials and an empty home folder."""
    return {
        **os.environ,
        "AWS_ACCESS_KEY_ID": "AKIDEXAMPLE",
        "AWS_SECRET_ACCESS_KEY": CANARY,
        "AWS_REGION": "eu-west-1",
    }


@pytest.fixture
def run(env: dict[str, str]) -> Iterator[Open]:
    """Run ``awstui`` with these words; nothing of it outlives the test."""
    with ExitStack() as stack:

        def start(*words: str, without: tuple[str, ...] = (), **more: Any) -> Terminal:
            kept = {name: value for name, value in env.items() if name not in without}
            extra = more.pop("env", {})
            return stack.enter_context(Terminal(*words, env={**kept, **extra}, **more))

        yield start


@pytest.fixture
def console(run: Open, fleet: DemoServer) -> Open:
    """Open the console on the fleet."""

    def start(*words: str, **more: Any) -> Terminal:
        return run("--endpoint-url", fleet.url, *words, **more)

    return start
