"""Lines of a function gathered by request id, each invocation with its report."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any, Final

from awstui.plugin import Row, Tone

from ..ansi import plain
from ..ids import UUID
from ..level import ERROR, level_of
from ..naming import identity

REPORT: Final = re.compile(
    r"^REPORT (?:RequestId: (?P<rid>[\w-]+)\s+)?Duration: (?P<dur>[\d.]+) ms"
    r"\s+Billed Duration: (?P<billed>[\d.]+) ms\s+Memory Size: (?P<mem>\d+) MB"
    r"\s+Max Memory Used: (?P<used>\d+) MB(?:\s+Init Duration: (?P<init>[\d.]+) ms)?"
    r"(?:\s+Restore Duration: (?P<restore>[\d.]+) ms"
    r"\s+Billed Restore Duration: (?P<brestore>[\d.]+) ms)?"
    r"(?:\s+Status: (?P<status>\w+))?(?:\s+Error Type: (?P<etype>\S+))?"
    r"(?:\s+XRAY TraceId: (?P<trace>\S+))?"
)
"""The line with which Lambda ends an invocation; all behind the memory may be missing."""

_MARK: Final = re.compile(r"^(START|END) RequestId: ([\w-]+)")
_TOLD: Final = re.compile(
    rf"(?:RequestId: |\t|^\S+Z[ \t]|\"(?:requestId|AWSRequestId|aws_request_id|awsRequestId"
    rf"|function_request_id)\"\s*:\s*\")({UUID})\b"
)
_FAILED: Final = re.compile(
    r"^\[ERROR\] [\w.]+(?::|$)|\tERROR\t(?:Invoke Error|Uncaught Exception)|Runtime exited |"
    r"Error: Runtime exited|^\{\"errorMessage\""
)
_TIMED_OUT: Final = re.compile(r"Task timed out after [\d.]+ seconds")
_LOOKED_AT: Final = 4000
"""Characters of a line in which a request id is looked for."""


@dataclass(slots=True)
class Invocation:
    """What is known of one invocation."""

    request_id: str
    stream: str
    start: int
    end: int
    begun: bool = False
    """Whether its beginning was seen."""

    reported: bool = False
    figures: dict[str, float] = field(default_factory=dict)
    told: str = ""
    """The status that Lambda itself reports, where it does."""

    failed: bool = False
    timed_out: bool = False
    cold: bool = False
    errors: int = 0
    error: str = ""
    lines: list[Row] = field(default_factory=list)

    @property
    def status(self) -> str:
        """``ok``, ``error``, ``timeout``, or ``open`` while no report has come."""
        if self.timed_out or self.told == "timeout":
            return "timeout"
        if self.failed or self.told in ("error", "failure"):
            return "error"
        return "ok" if self.reported else "open"


class Gatherer:
    """Takes lines in the order of their time and gathers them by invocation.

    A stream is one sandbox that serves one request after another, so that a line without an id belongs to
    the invocation that is open; a line that names its id belongs to that one whatever is open.
    """

    def __init__(self, *, keep_lines: bool = False) -> None:
        self._all: dict[tuple[str, str], Invocation] = {}
        self._open: dict[str, Invocation] = {}
        self._cold: set[str] = set()
        self._keep_lines = keep_lines

    def take(self, event: Row) -> Invocation | None:
        """Take in a line; the invocation it belongs to."""
        stream, message = str(event["logStreamName"]), plain(str(event["message"]))
        at, head = int(event["timestamp"]), message[:_LOOKED_AT]
        if head.startswith("INIT_START") or '"platform.initStart"' in head:
            self._cold.add(stream)
            return None
        mark, report, platform = _MARK.match(head), REPORT.match(head), _platform(head)
        ident = (mark and mark[2]) or (report and report["rid"]) or platform.get("requestId") or ""
        if not ident and (told := _TOLD.search(head)):
            ident = told[1]
        held = self._held(stream, ident, at)
        if held is None:
            return None
        held.end = max(held.end, at)
        if (mark and mark[1] == "START") or platform.get("type") == "platform.start":
            self._begin(held, stream, at)
        elif report:
            self._report(held, report)
        elif platform:
            _platform_report(held, platform)
        elif not mark:
            _line(held, message)
        if self._keep_lines:
            held.lines.append(event)
        return held

    def _held(self, stream: str, ident: str, at: int) -> Invocation | None:
        if not ident:
            return self._open.get(stream)
        held = self._all.get((stream, ident))
        if held is None:
            held = self._all[stream, ident] = Invocation(ident, stream, at, at)
            self._open[stream] = held
        return held

    def _begin(self, held: Invocation, stream: str, at: int) -> None:
        held.begun, held.start = True, min(held.start, at)
        self._open[stream] = held
        held.cold = held.cold or stream in self._cold
        self._cold.discard(stream)

    def _report(self, held: Invocation, report: re.Match[str]) -> None:
        held.reported = True
        held.figures = {
            name: float(report[name])
            for name in ("dur", "billed", "mem", "used", "init", "restore", "brestore")
            if report[name] is not None
        }
        held.told = (report["status"] or "").lower()
        held.cold = held.cold or "init" in held.figures or "restore" in held.figures
        held.error = held.error or report["etype"] or ""

    def all(self) -> Iterator[Invocation]:
        """Every invocation, the newest first."""
        return iter(sorted(self._all.values(), key=lambda one: -one.start))


def _line(held: Invocation, message: str) -> None:
    if _TIMED_OUT.search(message[:_LOOKED_AT]):
        held.timed_out = True
    if _FAILED.search(message[:_LOOKED_AT]):
        held.failed = True
    if level_of(message) == ERROR:
        held.errors += 1
        held.error = held.error or message.strip().split("\n", 1)[0]


def _platform(head: str) -> dict[str, Any]:
    """What a line of Lambda's own says in the JSON format; nothing when it is none."""
    if '"platform.' not in head:
        return {}
    try:
        told = json.loads(head)
        return {"type": told["type"], **told["record"]}
    except (ValueError, KeyError, TypeError):
        return {}  # a line that only quotes one


_METRICS: Final = {
    "durationMs": "dur", "billedDurationMs": "billed", "memorySizeMB": "mem",
    "maxMemoryUsedMB": "used", "initDurationMs": "init", "restoreDurationMs": "restore",
}  # fmt: skip


def _platform_report(held: Invocation, told: dict[str, Any]) -> None:
    if told["type"] not in ("platform.report", "platform.invokeReport"):
        return
    held.reported = True
    metrics = told.get("metrics") or {}
    held.figures = {
        short: float(metrics[name]) for name, short in _METRICS.items() if name in metrics
    }
    status = str(told.get("status") or "").lower()
    held.told = status if status != "success" else ""
    held.cold = held.cold or "init" in held.figures or "restore" in held.figures
    held.error = held.error or str(told.get("errorType") or "")


def in_order(events: Iterable[Row]) -> list[Row]:
    """Lines in the order in which they were written, whichever way they were read."""
    return sorted(
        events,
        key=lambda event: (
            event["timestamp"], event.get("ingestionTime", 0), len(str(event.get("eventId", ""))),
            str(event.get("eventId", "")),
        ),
    )  # fmt: skip


def as_row(held: Invocation, group: Row) -> Row:
    """An invocation as a row under its log group."""
    figures = held.figures
    return {
        "requestId": held.request_id,
        **identity(group),
        "logStreamName": held.stream,
        "start": held.start,
        "end": held.end,
        "begun": held.begun,
        "status": held.status,
        "cold": held.cold,
        "durationMs": figures.get("dur"),
        "billedMs": figures.get("billed"),
        "memoryMB": figures.get("mem"),
        "usedMB": figures.get("used"),
        "initMs": figures.get("init", figures.get("restore")),
        "errors": held.errors,
        "error": held.error or None,
    }


def memory(row: Row) -> str | None:
    """How much of its memory it used."""
    if row.get("usedMB") is None:
        return None
    return f"{row['usedMB']:.0f}/{row['memoryMB']:.0f} MB"


def memory_tone(row: Row) -> Tone:
    """Almost all of the memory is one step before the end."""
    used, whole = row.get("usedMB"), row.get("memoryMB")
    if not used or not whole:
        return ""
    return "bad" if used >= whole else "warn" if used >= 0.9 * whole else ""


def status_tone(row: Row) -> Tone:
    """A failed invocation is bad, one that only logged errors deserves a look."""
    if row["status"] in ("error", "timeout"):
        return "bad"
    if row["status"] == "open":
        return "muted"
    return "warn" if row["errors"] else "good"
