"""What the server knows: each service's extensions and part of the fleet, brought in when needed."""

from __future__ import annotations

import importlib
import threading
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Part:
    """A service: the modules that extend it, the one that seeds it, what must be there before."""

    extensions: tuple[str, ...] = ()
    fleet: str = ""
    after: tuple[str, ...] = ()


PARTS = {
    "sqs": Part(("sqs_receiving", "sqs_moving"), "queues"),
    "sns": Part((), "topics", ("sqs",)),
    "lambda": Part(("lambda_",), "functions", ("sqs",)),
    "monitoring": Part(("cloudwatch",), "alarms", ("sns",)),
    "logs": Part(("logs",), "log_groups"),
    "states": Part(("stepfunctions",), "machines"),
    "elasticbeanstalk": Part(("elasticbeanstalk",), "environments"),
    "route53": Part((), "zones"),
    "s3": Part((), "buckets"),
    "cloudformation": Part(("cloudformation",), "stacks"),
}
"""By the name a request is signed for, in the order in which they are prepared."""


class World:
    """Prepares each service once: loads what extends it, then seeds its part of the fleet."""

    def __init__(self, *, seed: bool, queues: int = 0) -> None:
        """``queues`` more plain queues are made, whether or not there is a fleet."""
        self._seed = seed
        self._queues = queues
        self._ready: set[str] = set()
        self._locks = {service: threading.Lock() for service in PARTS}

    def prepare(self, service: str) -> None:
        """Return when this service can be asked; the first who asks does the work."""
        if service in self._ready or service not in PARTS:
            return
        part = PARTS[service]
        for earlier in part.after:
            self.prepare(earlier)
        with self._locks[service]:
            if service in self._ready:
                return
            for name in part.extensions:
                importlib.import_module(f"awstui.demo.extensions.{name}")
            if self._seed:
                importlib.import_module(f"awstui.demo.fleet.{part.fleet}").seed()
            if service == "sqs" and self._queues:
                importlib.import_module("awstui.demo.fleet.queues").add_plain(self._queues)
            self._ready.add(service)

    def prepare_all(self) -> None:
        """Prepare every service."""
        for service in PARTS:
            self.prepare(service)
