"""Lines gathered by request id: reports of every kind, cold starts, timeouts, lines without an id."""

from __future__ import annotations

import json
from typing import Any

import pytest

from awstui.plugin import Row
from plugins.logs import plugin
from plugins.logs.understanding.invocations import (
    REPORT,
    Gatherer,
    as_row,
    in_order,
    memory,
    memory_tone,
    status_tone,
)
from tests.plugins.conftest import Show
from tests.plugins.logs.conftest import Logs

FIRST = "11111111-1111-4111-8111-111111111111"
SECOND = "22222222-2222-4222-8222-222222222222"
FIGURES = (
    "Duration: 12.30 ms\tBilled Duration: 13 ms\tMemory Size: 512 MB\tMax Memory Used: 70 MB\t"
)


def report(ident: str = FIRST, more: str = "") -> str:
    return f"REPORT RequestId: {ident}\t{FIGURES}{more}\n"


def invocation(ident: str, *lines: str, more: str = "") -> list[str]:
    return [
        f"START RequestId: {ident} Version: $LATEST\n", *lines, f"END RequestId: {ident}\n",
        report(ident, more),
    ]  # fmt: skip


def gathered(*lines: Any) -> list[Row]:
    """The rows of lines of stream ``s``, or of ``(stream, line)``, one a millisecond."""
    gatherer = Gatherer()
    for at, line in enumerate(lines, 1000):
        stream, message = line if isinstance(line, tuple) else ("s", line)
        gatherer.take({"timestamp": at, "logStreamName": stream, "message": message})
    return [as_row(held, {"logGroupName": "g"}) for held in gatherer.all()]


@pytest.mark.parametrize(
    ("more", "found"),
    [
        ("", {"init": None, "status": None}),
        ("Init Duration: 250.11 ms\t\nXRAY TraceId: 1-5e-7\tSegmentId: 3", {"init": "250.11", "trace": "1-5e-7"}),
        ("Restore Duration: 480.10 ms\tBilled Restore Duration: 210 ms", {"restore": "480.10", "brestore": "210"}),
        ("Status: timeout", {"status": "timeout", "etype": None}),
        ("Status: error\tError Type: A.B", {"status": "error", "etype": "A.B"}),
    ],
)  # fmt: skip
def test_a_report_is_read_whatever_it_leaves_out(more: str, found: dict[str, Any]) -> None:
    read = REPORT.match(report(more=more))
    assert read is not None
    assert (read["rid"], read["dur"], read["billed"], read["mem"], read["used"]) == (
        FIRST, "12.30", "13", "512", "70",
    )  # fmt: skip
    assert {name: read[name] for name in found} == found


def test_lines_without_an_id_belong_to_the_invocation_that_is_open() -> None:
    second, first = gathered(
        *invocation(FIRST, "hello", "[ERROR] boom"), *invocation(SECOND, "quiet")
    )
    assert (first["requestId"], first["status"], first["errors"]) == (FIRST, "error", 1)
    assert first["error"] == "[ERROR] boom"
    assert (second["requestId"], second["status"], second["errors"]) == (SECOND, "ok", 0)
    assert (first["durationMs"], first["billedMs"], first["usedMB"]) == (12.3, 13, 70)
    assert (first["start"], first["end"]) == (1000, 1004)


def test_streams_do_not_mix() -> None:
    rows = gathered(
        ("a", f"START RequestId: {FIRST} Version: 1"), ("b", f"START RequestId: {SECOND} Version: 1"),
        ("a", "ERROR in a"), ("b", "fine"), ("b", report(SECOND)), ("a", report(FIRST)),
    )  # fmt: skip
    assert {row["requestId"]: row["errors"] for row in rows} == {FIRST: 1, SECOND: 0}


def test_a_line_that_names_its_id_goes_there_whatever_is_open() -> None:
    rows = gathered(
        f"START RequestId: {FIRST} Version: 1", f"START RequestId: {SECOND} Version: 1",
        f"2024-05-17T12:00:00Z\t{FIRST}\tERROR\tboom",
        json.dumps({"level": "ERROR", "requestId": FIRST, "message": "again"}),
    )  # fmt: skip
    assert {row["requestId"]: row["errors"] for row in rows} == {FIRST: 2, SECOND: 0}
    assert {row["status"] for row in rows} == {"open"}


def test_a_timeout_that_comes_after_the_end_is_one() -> None:
    [row] = gathered(
        f"START RequestId: {FIRST} Version: 1", f"END RequestId: {FIRST}", report(),
        f"2024-05-17T12:00:03.004Z {FIRST} Task timed out after 3.00 seconds\n",
    )  # fmt: skip
    assert (row["status"], status_tone(row)) == ("timeout", "bad")
    [told] = gathered(report(more="Status: timeout"))
    assert (told["status"], told["begun"]) == ("timeout", False)


def test_cold_starts_are_told() -> None:
    [cold] = gathered("INIT_START Runtime Version: python:3.12.v1", *invocation(FIRST))
    assert cold["cold"]
    [init] = gathered(*invocation(FIRST, more="Init Duration: 250.11 ms"))
    assert (init["cold"], init["initMs"]) == (True, 250.11)
    assert not gathered(*invocation(FIRST))[0]["cold"]


def test_reports_in_json_say_the_same() -> None:
    metrics = {
        "durationMs": 7.5, "billedDurationMs": 8, "memorySizeMB": 128, "maxMemoryUsedMB": 127,
        "initDurationMs": 90.5,
    }  # fmt: skip
    start = {"type": "platform.start", "record": {"requestId": FIRST, "version": "$LATEST"}}
    ended = {
        "type": "platform.report",
        "record": {
            "requestId": FIRST, "status": "error", "errorType": "Boom", "metrics": metrics,
        },
    }  # fmt: skip
    [row] = gathered(json.dumps(start), "a line", json.dumps(ended))
    assert (row["status"], row["error"], row["durationMs"]) == ("error", "Boom", 7.5)
    assert (row["cold"], row["initMs"], memory(row)) == (True, 90.5, "127/128 MB")
    assert memory_tone(row) == "warn"
    assert gathered('{"quotes": "platform.report"}') == []


def test_lines_are_put_in_the_order_they_were_written_in() -> None:
    same = {"timestamp": 5, "ingestionTime": 9}
    events = [
        {**same, "eventId": "10"},
        {**same, "eventId": "9"},
        {"timestamp": 4, "eventId": "11"},
    ]
    assert [event["eventId"] for event in in_order(events)] == ["11", "9", "10"]


async def test_invocations_of_a_group_and_their_lines(logs: Logs, show: Show) -> None:
    said = [*invocation(FIRST, "one", "two"), *invocation(SECOND, "[ERROR] ValueError: x")]
    name = await logs.group(
        "/aws/lambda/ship", [(30 - n, "a", line) for n, line in enumerate(said)]
    )
    rows = await show(plugin, "invocations", logs.aws, {"logGroupName": name})
    assert [(row.cells["Request"], row.cells["Status"], row.tones["Status"]) for row in rows] == [
        (SECOND, "error", "bad"), (FIRST, "ok", "good"),
    ]  # fmt: skip
    assert rows[1].cells["Took"] == pytest.approx(0.0123)
    assert rows[1].cells["Memory"] == "70/512 MB"
    lines = await show(plugin, "invocation-lines", logs.aws, rows[1].raw)
    assert [str(row.cells["Line"]).split()[0] for row in lines] == [
        "START",
        "one",
        "two",
        "END",
        "REPORT",
    ]
