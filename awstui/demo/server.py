"""The embedded AWS as a program: ``python -m awstui.demo.server --port 0``."""

from __future__ import annotations

import argparse
import contextlib
import gc
import os
import signal
import sys
import threading
from collections.abc import Sequence
from types import FrameType
from typing import TYPE_CHECKING

from awstui.demo.process import REGION

if TYPE_CHECKING:
    from awstui.demo.world import World

HOST = "127.0.0.1"


def main(arguments: Sequence[str] | None = None) -> int:
    """Serve until a signal, or until standard input ends when asked to watch it."""
    given = _parser().parse_args(arguments)
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, _end)
    if given.watch_stdin:
        threading.Thread(target=_watch, name="parent", daemon=True).start()
    gc.disable()  # a quarter of the time to load moto is collection
    _configure()
    from awstui.demo.listening import listen
    from awstui.demo.world import World

    world = World(seed=given.seed, queues=given.queues)
    server = listen(HOST, given.port, world.prepare, inherited=given.listening_fd)
    # Step Functions calls the other services over HTTP, and looks here for where.
    os.environ["MOTO_PORT"] = str(server.port)
    world.prepare("sqs")
    gc.freeze()
    gc.enable()
    threading.Thread(
        target=_bring_to_life,
        args=(world, given.tick if given.seed and given.drive else 0.0),
        daemon=True,
    ).start()
    sys.stdout.write(f"ready http://{HOST}:{server.port}\n")
    sys.stdout.flush()
    server.serve_forever()
    return 0


def _bring_to_life(world: World, tick: float) -> None:
    """Make the rest of the fleet, and keep it moving every ``tick`` seconds; 0 lets it stand still."""
    world.prepare_all()
    if tick:
        from awstui.demo.driver import Driver

        Driver(tick=tick).start()


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="awstui.demo.server", description=main.__doc__)
    parser.add_argument("--port", type=int, default=0, help="loopback port; 0 takes a free one")
    parser.add_argument("--listening-fd", type=int, help="a listening socket that is inherited")
    parser.add_argument("--seed", action=argparse.BooleanOptionalAction, default=True)
    parser.add_argument("--drive", action=argparse.BooleanOptionalAction, default=True)
    parser.add_argument("--tick", type=float, default=1.0, help="seconds between two movements")
    parser.add_argument("--queues", type=int, default=0, help="plain queues besides the fleet")
    parser.add_argument("--watch-stdin", action="store_true", help="end when standard input ends")
    return parser


def _configure() -> None:
    """moto as the demo needs it, before any of its backends exists."""
    os.environ["AWS_DEFAULT_REGION"] = REGION
    from moto.core.config import default_user_config

    default_user_config["lambda"] = {"use_docker": False}
    default_user_config["stepfunctions"] = {"execute_state_machine": True}


def _watch() -> None:
    with contextlib.suppress(OSError):
        while os.read(0, 4096):
            pass
    os._exit(0)


def _end(number: int, _: FrameType | None) -> None:
    """End at once, whatever the threads do: nothing here outlives the process anyway."""
    os._exit(0)


if __name__ == "__main__":
    sys.exit(main())
