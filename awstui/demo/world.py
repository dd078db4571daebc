"""What the server knows: each service's extensions and part of the fleet, brought in when needed."""

from __future__ import annotations

import importlib
import threading
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Part:
    """A service: what extends it, what seeds it, what must be there before, and who answers."""

    extensions: tuple[str, ...] = ()
    fleet: str = ""
    after: tuple[str, ...] = ()
    answers: str = ""


PARTS = {
    "sqs": Part(
        ("dispatch", "sqs_receiving", "sqs_sending", "sqs_moving"),
        "queues",
        (),
        "moto.sqs.responses:SQSResponse",
    ),
    "sts": Part(answers="moto.sts.responses:TokenResponse"),
    "sns": Part((), "topics", ("sqs",), "moto.sns.responses:SNSResponse"),
    "lambda": Part(("lambda_",), "functions", ("sqs",)),
    "monitoring": Part(
        ("cloudwatch", "queue_metrics"),
        "alarms",
        ("sns",),
        "moto.cloudwatch.responses:CloudWatchResponse",
    ),
    "logs": Part(("logs", "logs_insights"), "log_groups", (), "moto.logs.responses:LogsResponse"),
    "states": Part(
        ("stepfunctions",), "machines", (), "moto.stepfunctions.responses:StepFunctionResponse"
    ),
    "elasticbeanstalk": Part(
        ("elasticbeanstalk", "beanstalk_options"),
        "environments",
        (),
        "moto.elasticbeanstalk.responses:EBResponse",
    ),
    "route53": Part((), "zones"),
    "s3": Part((), "buckets"),
    "cloudformation": Part(
        ("cloudformation",), "stacks", (), "awstui.demo.extensions.cloudformation:StackResponse"
    ),
}
"""By the name a request is signed for, in the order in which they are prepared."""


class World:
    """Prepares each service once: loads what extends it, then seeds its part of the fleet."""

    def __init__(self, *, seed: bool, queues: int = 0) -> None:
        """``queues`` more plain queues are made, whether or not there is a fleet."""
        self._seed = seed
        self._queues = queues
        self._ready: dict[str, type | None] = {}
        self._locks = {service: threading.Lock() for service in PARTS}

    def prepare(self, service: str) -> type | None:
        """Return when this service can be asked; the first who asks does the work.

        What is returned is the response class that answers everything asked of the service,
        or None where moto's routes decide.
        """
        if service in self._ready or service not in PARTS:
            return self._ready.get(service)
        part = PARTS[service]
        for earlier in part.after:
            self.prepare(earlier)
        with self._locks[service]:
            if service in self._ready:
                return self._ready[service]
            for name in part.extensions:
                importlib.import_module(f"awstui.demo.extensions.{name}")
            if self._seed and part.fleet:
                importlib.import_module(f"awstui.demo.fleet.{part.fleet}").seed()
            if service == "sqs" and self._queues:
                importlib.import_module("awstui.demo.fleet.queues").add_plain(self._queues)
            module, _, name = part.answers.partition(":")
            answers: type | None = (
                getattr(importlib.import_module(module), name) if module else None
            )
            self._ready[service] = answers
            return answers

    def prepare_all(self) -> None:
        """Prepare every service."""
        for service in PARTS:
            self.prepare(service)
