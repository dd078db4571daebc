"""What CloudWatch counts of a queue, for hours back, in one request."""

from __future__ import annotations

import datetime as dt
from typing import NamedTuple

from awstui.plugin import Aws, Row

METRICS: tuple[tuple[str, str, str, str], ...] = (
    ("ApproximateAgeOfOldestMessage", "Maximum", "age of oldest", "duration"),
    ("ApproximateNumberOfMessagesVisible", "Maximum", "waiting", "number"),
    ("NumberOfMessagesSent", "Sum", "sent", "number"),
    ("NumberOfMessagesReceived", "Sum", "received", "number"),
    ("NumberOfMessagesDeleted", "Sum", "deleted", "number"),
    ("NumberOfEmptyReceives", "Sum", "empty receives", "number"),
)
"""The metric, its statistic, what a person calls it, and the kind of its values."""

PARTS = 48
"""Into how many values the time is cut."""

DEADLINE = 10.0


class Series(NamedTuple):
    """One metric over time."""

    title: str
    kind: str
    values: list[float]
    """One for each part of the time, the oldest first; NaN where CloudWatch has none."""

    @property
    def known(self) -> list[float]:
        """The values that there are."""
        return [value for value in self.values if value == value]  # noqa: PLR0124  NaN differs from itself


def period_for(hours: int) -> int:
    """Seconds of one part: a multiple of the minutes in which SQS reports."""
    return max(300, -(-hours * 3600 // PARTS // 300) * 300)


async def series(aws: Aws, row: Row, *, hours: int, now: dt.datetime | None = None) -> list[Series]:
    """Every metric of the last hours; one without a single value has no known ones."""
    period = period_for(hours)
    end = now or dt.datetime.now(dt.UTC)
    end = dt.datetime.fromtimestamp(-(-end.timestamp() // period) * period, dt.UTC)
    start = end - dt.timedelta(seconds=period * PARTS)
    found: dict[str, dict[int, float]] = {}
    results = aws.at(service="cloudwatch", deadline=DEADLINE).rows(
        "get_metric_data", "MetricDataResults", MetricDataQueries=_queries(row, period),
        StartTime=start, EndTime=end, ScanBy="TimestampAscending",
    )  # fmt: skip
    async for result in results:
        held = found.setdefault(str(result["Id"]), {})
        for moment, value in zip(result["Timestamps"], result["Values"], strict=False):
            held[int((moment.timestamp() - start.timestamp()) // period)] = float(value)
    return [
        Series(
            title, kind, [found.get(f"m{n}", {}).get(part, float("nan")) for part in range(PARTS)]
        )
        for n, (_, _, title, kind) in enumerate(METRICS)
    ]


def _queries(row: Row, period: int) -> list[Row]:
    return [
        {
            "Id": f"m{n}",
            "MetricStat": {
                "Metric": {
                    "Namespace": "AWS/SQS",
                    "MetricName": name,
                    "Dimensions": [{"Name": "QueueName", "Value": row["QueueName"]}],
                },
                "Period": period,
                "Stat": statistic,
            },
        }
        for n, (name, statistic, _, _) in enumerate(METRICS)
    ]
