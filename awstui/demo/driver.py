"""Keeps the fleet moving, gently, the same way each time and without ever growing for long."""

from __future__ import annotations

import random
import sys
import threading
import time
import traceback
from collections.abc import Callable, Sequence

from awstui.demo import deploys, drives
from awstui.demo.fleet import dice

TICK = 1.0
"""Seconds between two rounds."""


class Driver:
    """Runs every drive once a round, in a thread that ends with the process."""

    def __init__(self, chance: random.Random | None = None, tick: float = TICK) -> None:
        """``chance`` decides everything that happens; ``tick`` is the seconds between two rounds."""
        chance, self._tick = chance or dice("driver"), tick
        self.rounds = 0
        self.drives: Sequence[Callable[[int], None]] = [
            drive(chance)
            for drive in (
                drives.Shop,
                drives.Consumers,
                drives.Lines,
                drives.Executions,
                drives.Health,
                deploys.Deploys,
            )
        ]

    def start(self) -> None:
        """Begin; returns at once."""
        threading.Thread(target=self._run, name="driver", daemon=True).start()

    def turn(self) -> None:
        """One round; a drive that fails says so and is tried again in the next."""
        self.rounds += 1
        for drive in self.drives:
            try:
                drive(self.rounds)
            except Exception:  # noqa: BLE001 - shown; somebody may have deleted what it drives
                traceback.print_exc(file=sys.stderr)

    def _run(self) -> None:
        while True:
            began = time.monotonic()
            self.turn()
            time.sleep(max(self._tick / 10, self._tick - (time.monotonic() - began)))
