"""The metrics of AWS/SQS, made from the queues as they are at the moment they are asked for."""

from __future__ import annotations

import datetime as dt
import time
from bisect import bisect_right
from collections.abc import Iterator
from typing import Any

from moto.cloudwatch.models import CloudWatchBackend
from moto.sqs.models import Queue, sqs_backends

from awstui.demo.extensions import plain, replace
from awstui.demo.extensions.sqs_counting import COUNTED, SENT, arrived, counts
from awstui.demo.extensions.sqs_receiving import held, lock, source_of

AGE = "ApproximateAgeOfOldestMessage"
WAITING = "ApproximateNumberOfMessagesVisible"
IN_FLIGHT = "ApproximateNumberOfMessagesNotVisible"
DELAYED = "ApproximateNumberOfMessagesDelayed"

_moto_get_metric_data = CloudWatchBackend.get_metric_data


@replace(CloudWatchBackend, "get_metric_data")
def get_metric_data(
    self: CloudWatchBackend,
    queries: list[dict[str, Any]],
    start_time: dt.datetime,
    end_time: dt.datetime,
    scan_by: str = "TimestampAscending",
) -> list[dict[str, Any]]:
    """moto's answer, and for a queue whose metric nobody has put there what the queue itself tells."""
    results = _moto_get_metric_data(self, queries, start_time, end_time, scan_by)
    asked = {query["Id"]: query["MetricStat"] for query in queries if "MetricStat" in query}
    queues = sqs_backends[self.account_id][self.region_name].queues
    for result in results:
        stat = asked.get(result["id"])
        queue = _queue(stat, queues) if stat and not result["values"] else None
        if stat is None or queue is None:
            continue
        points = list(_points(queue, stat, start_time, end_time))
        if scan_by == "TimestampDescending":
            points.reverse()
        result["timestamps"] = [moment for moment, _ in points]
        result["values"] = [value for _, value in points]
    return results


def _queue(stat: dict[str, Any], queues: dict[str, Queue]) -> Queue | None:
    metric = stat["Metric"]
    dimensions = {one["Name"]: one["Value"] for one in metric.get("Dimensions", ())}
    if metric["Namespace"] != "AWS/SQS" or set(dimensions) != {"QueueName"}:
        return None
    return queues.get(dimensions["QueueName"])


def _points(
    queue: Queue, stat: dict[str, Any], start: dt.datetime, end: dt.datetime
) -> Iterator[tuple[dt.datetime, float]]:
    """A value for each period that has begun by now."""
    name, period, now = stat["Metric"]["MetricName"], int(stat["Period"]), time.time()
    first = (plain(start) or start).replace(tzinfo=dt.UTC).timestamp()
    last = (plain(end) or end).replace(tzinfo=dt.UTC).timestamp()
    with lock(queue):
        came = sorted(arrived(message) for message in held(queue))
        sent = sorted(arrived(one) for one in held(queue) if source_of(one) is None)
        counted = list(counts(queue))
        hidden = {IN_FLIGHT: _in_flight(queue, now), DELAYED: _delayed(queue, now)}
    if not came and not counted:
        return  # SQS tells nothing of a queue in which nothing goes on
    begun = counted[0][0] * 60 if counted else now
    at = first
    while at < min(last, now):
        value: float | None
        until = min(at + period, now)
        if name in COUNTED:
            value = sum(held[name] for minute, held in counted if at <= minute * 60 < until)
            if name == SENT:  # what was there before anything was counted was sent, too
                value += bisect_right(sent, min(until, begun)) - bisect_right(sent, min(at, begun))
        else:
            value = _gauge(name, came, hidden, until, is_now=until == now)
        if value is not None:
            yield start + dt.timedelta(seconds=at - first), float(value)
        at += period


def _gauge(
    name: str, came: list[float], hidden: dict[str, int], at: float, *, is_now: bool
) -> float | None:
    """What of the messages that are there now there was at a moment."""
    there = bisect_right(came, at)
    if name == AGE:
        return at - came[0] if there else 0.0
    if name == WAITING:
        return there - (sum(hidden.values()) if is_now else 0)
    return hidden.get(name) if is_now else None


def _in_flight(queue: Queue, now: float) -> int:
    return sum(message.visible_at > now * 1000 for message in held(queue))


def _delayed(queue: Queue, now: float) -> int:
    return sum(message.delayed_until > now * 1000 for message in held(queue))
