"""The age of a queue's oldest message, from CloudWatch: asked in batches, seldom, and never insisted on."""

from __future__ import annotations

import asyncio
import datetime as dt
import time
from collections.abc import Callable

from awstui.errors import AwstuiError
from awstui.plugin import Aws

FRESH = 300.0
"""Seconds an answer is good for: CloudWatch bills each metric asked for, and SQS reports each few minutes."""

GATHER = 0.03
"""Seconds in which questions are gathered into one call."""

LIMIT = 100
"""How many queues are asked about in :data:`FRESH` seconds; at most a cent or two an hour."""

DEADLINE = 3.0
"""Seconds after which the list goes on without an answer."""


class Ages:
    """Answers how old a queue's oldest message is, from what CloudWatch said in the last minutes."""

    def __init__(self, clock: Callable[[], float] = time.monotonic, gather: float = GATHER) -> None:
        self._clock, self._gather = clock, gather
        self._known: dict[tuple[str, ...], tuple[float, float | None]] = {}
        self._asked: dict[tuple[str, ...], asyncio.Future[None]] = {}
        self._waiting: dict[tuple[str, ...], list[str]] = {}

    async def oldest(self, aws: Aws, queue: str) -> float | None:
        """Seconds since the oldest message came to the queue; None when CloudWatch does not say."""
        scope = (aws.profile, aws.account, aws.region)
        now = self._clock()
        at, age = self._known.get((*scope, queue), (-FRESH, None))
        if now - at < FRESH:
            return None if age is None else age + (now - at)
        if sum(now - at < FRESH for at, _ in self._known.values()) >= LIMIT:
            return None
        self._waiting.setdefault(scope, []).append(queue)
        if scope in self._asked:
            await self._asked[scope]
        else:
            await self._ask(aws, scope)
        return self._known.get((*scope, queue), (now, None))[1]

    async def _ask(self, aws: Aws, scope: tuple[str, ...]) -> None:
        """Gather what others ask meanwhile, then ask for all of it at once."""
        done = self._asked[scope] = asyncio.get_running_loop().create_future()
        queues: list[str] = []
        try:
            await asyncio.sleep(self._gather)
            # From here on a question starts a call of its own.
            queues = self._close(scope)
            ages = await _fetch(aws, queues)
        except AwstuiError:
            ages = {}  # denied, unreachable or unknown here: the list says what it knows without it
        finally:
            queues = queues or self._close(scope)
            done.set_result(None)
        now = self._clock()
        for queue in queues:
            self._known[(*scope, queue)] = (now, ages.get(queue))

    def _close(self, scope: tuple[str, ...]) -> list[str]:
        self._asked.pop(scope, None)
        return self._waiting.pop(scope, [])


async def _fetch(aws: Aws, queues: list[str]) -> dict[str, float]:
    """The newest value of ApproximateAgeOfOldestMessage for each queue that has one."""
    now = dt.datetime.now(dt.UTC)
    queries = [
        {
            "Id": f"q{place}",
            "MetricStat": {
                "Metric": {
                    "Namespace": "AWS/SQS",
                    "MetricName": "ApproximateAgeOfOldestMessage",
                    "Dimensions": [{"Name": "QueueName", "Value": queue}],
                },
                "Period": 300,
                "Stat": "Maximum",
            },
        }
        for place, queue in enumerate(queues)
    ]
    cloudwatch = aws.at(service="cloudwatch", deadline=DEADLINE)
    ages: dict[str, float] = {}
    async for result in cloudwatch.rows(
        "get_metric_data",
        "MetricDataResults",
        MetricDataQueries=queries,
        StartTime=now - dt.timedelta(minutes=20),
        EndTime=now,
        ScanBy="TimestampDescending",
    ):
        if result.get("Values"):
            ages.setdefault(queues[int(result["Id"][1:])], float(result["Values"][0]))
    return ages
