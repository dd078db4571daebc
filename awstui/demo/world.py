"""What the server knows: each service's extension and fleet, brought in when first needed."""

from __future__ import annotations

import importlib
import threading
from collections.abc import Callable

Fleet = Callable[[], None]

EXTENSIONS = {
    "sqs": ("sqs_receiving", "sqs_moving"),
}
"""The modules under ``extensions`` by the name a request is signed for."""

FLEET = ("sqs",)
"""The services of the seeded fleet, in the order in which they are seeded."""

MODULES = {"sqs": "queues"}
"""The module under ``fleet`` that seeds a service."""


class World:
    """Prepares each service once: loads what extends it, then seeds its part of the fleet."""

    def __init__(self, *, seed: bool, queues: int = 0) -> None:
        """``queues`` more plain queues are made, whether or not there is a fleet."""
        self._seed = seed
        self._queues = queues
        self._ready: set[str] = set()
        self._lock = threading.RLock()

    def prepare(self, service: str) -> None:
        """Return when this service can be asked; the first who asks does the work."""
        if service in self._ready:
            return
        with self._lock:
            if service in self._ready:
                return
            for name in EXTENSIONS.get(service, ()):
                importlib.import_module(f"awstui.demo.extensions.{name}")
            if self._seed and service in MODULES:
                importlib.import_module(f"awstui.demo.fleet.{MODULES[service]}").seed()
            if service == "sqs" and self._queues:
                importlib.import_module("awstui.demo.fleet.queues").add_plain(self._queues)
            self._ready.add(service)

    def prepare_all(self) -> None:
        """Prepare every service of the fleet."""
        for service in FLEET:
            self.prepare(service)
