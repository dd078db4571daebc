"""Opening the console: the terminal, the demo and the engine first, and only then the interface."""

from __future__ import annotations

import gc
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from awstui.config import Config
    from awstui.spawn import Spawned
    from awstui.wire import Start

_SLOW = {"TEXTUAL_FPS": "15", "TEXTUAL_SMOOTH_SCROLL": "0", "TEXTUAL_COLOR_SYSTEM": "256"}


class NowhereError(Exception):
    """The place to open does not exist."""


def open_on_terminal(
    start: Start,
    config: Config,
    *,
    demo: bool,
    slow: bool,
    go: str = "",
    engine: Spawned | None = None,
) -> int:
    """Start the engine, and import the interface while it loads; the exit status.

    ``go`` is the place to open instead of home, as it would be typed at the prompt. ``engine`` is one
    that was started already; not for the demo, whose engine must not see the person's environment.
    """
    set_terminal(slow=slow)
    if not demo:
        return _run(start, config, go, engine)
    from awstui.demo.process import DemoServer

    server = DemoServer.start()
    try:
        only_demo(server.environment)
        start.profile = start.region = ""
        start.endpoint_url, start.demo = server.url, True
        return _run(start, config, go)
    finally:
        server.stop()


def _run(start: Start, config: Config, go: str, engine: Spawned | None = None) -> int:
    gc.disable()  # half of the time to import is collection; the console enables it once painted
    from awstui.link import PipeLink

    link = PipeLink(start, engine)
    try:
        from awstui import paths
        from awstui.confirming import PRODUCTION, matching
        from awstui.registry import load
        from awstui.ui.address import known
        from awstui.ui.app import AwsTui, run

        registry = load([Path(folder) for folder in start.plugin_folders])
        if go and not known(go, registry):
            raise NowhereError(f"nothing is called {go!r}")
        app = AwsTui(
            link,
            registry,
            start,
            go=go,
            theme=config.theme,
            keymap=config.keys,
            cadence=config.cadence,
            production=matching(config.production or PRODUCTION),
            crash_folder=paths.state_folder() / "crashes",
        )
        return run(app)
    finally:
        link.cut()


def why_no_terminal() -> str:
    """Why the console cannot be drawn here; empty when it can."""
    if os.environ.get("TERM", "dumb") in ("", "dumb"):
        return "the console needs a terminal that can draw, and TERM is unset or dumb"
    # Textual reads keys from the first and draws on the last; a closed one is None.
    if not all(one and one.isatty() for one in (sys.stdin, sys.stdout, sys.stderr)):
        return "the console needs a terminal for input, output and errors"
    return ""


def set_terminal(*, slow: bool) -> None:
    """Tell Textual, which reads this when it is imported; what the person set stays."""
    if slow or "SSH_CONNECTION" in os.environ:
        os.environ.setdefault("TEXTUAL_ANIMATIONS", "none")
    if slow:
        for name, value in _SLOW.items():
            os.environ.setdefault(name, value)


def only_demo(environment: dict[str, str]) -> None:
    """Take every trace of a real account out of the environment: the demo must never reach one."""
    for name in [name for name in os.environ if name.startswith("AWS_")]:
        del os.environ[name]
    os.environ.update(environment)
