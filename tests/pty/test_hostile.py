"""What others wrote into the account reaches the terminal as text, and as nothing else."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

import boto3
import pytest

from awstui.demo.process import DemoServer
from tests.pty.conftest import Open
from tests.pty.terminal import Terminal

ATTACK = (
    "[/var/task] [@click=app.quit]x [bold]b\x1b]52;c;cm0gLXJmIH4=\x07\x1b]0;owned\x07"
    "\x1b[c\x1b[?1049l\x1b[2J\x9b2J\x90+q\x9c\u202etxt.exe\u200b"
)
"""Markup that crashes or binds, the clipboard, the title, a query, two screens, C1, bidi, nothing."""

SEEN = "[/var/task] [@click=app.quit]x [bold]b␛]52;c;cm0gLXJmIH4=␇␛]0;owned␇"
"""How it has to look, as far as a narrow column shows it."""

IN_XML = re.sub("[\x00-\x1f]", "", ATTACK)
"""The same as far as XML, which some services speak, can hold it."""

OURS = re.compile(
    r"\x1b(?:\[[0-9;]*[mH]|\[\?(?:1049|7|25|1000|1003|1004|1006|1015|2004)[hl]|\[\?20(?:26|48)\$p"
    r"|\[>[0-9]+u|\[<u|\[\?2026[hl])"
)
"""Every sequence that the console itself has a use for."""

POINTER = re.compile(r"\x1b\]22;[a-z-]+\x07")
"""The shape of the mouse pointer, the one string of ours that ends with BEL."""

CONTROLS = re.compile(
    "[\x00-\x09\x0b\x0c\x0e-\x1a\x1c-\x1f\x7f-\x9f]|[\u200b-\u200f\u2028-\u202e\u2060-\u206f]"
)


@pytest.fixture(scope="module")
def infested(fleet: DemoServer) -> Iterator[DemoServer]:
    """The fleet, and beside it what somebody wrote who wishes us ill."""

    def client(service: str) -> Any:
        return boto3.client(
            service, endpoint_url=fleet.url, region_name="eu-west-1",
            aws_access_key_id="demo", aws_secret_access_key="demo",
        )  # fmt: skip

    queue = client("sqs").create_queue(QueueName="infested", tags={"note": "see the topic"})
    body = json.dumps({"note": ATTACK})
    client("sqs").send_message(QueueUrl=queue["QueueUrl"], MessageBody=body)
    client("sns").create_topic(Name="infested", Attributes={"DisplayName": IN_XML})
    where = {"LocationConstraint": "eu-west-1"}
    client("s3").create_bucket(Bucket="infested", CreateBucketConfiguration=where)
    client("s3").put_object(Bucket="infested", Key=IN_XML.replace("/", "|"), Body=b"")
    client("cloudwatch").put_metric_alarm(
        AlarmName="infested", AlarmDescription=ATTACK, Namespace="N", MetricName="M", Period=60,
        Statistic="Sum", EvaluationPeriods=1, Threshold=1, ComparisonOperator="GreaterThanThreshold",
    )  # fmt: skip
    yield fleet
    client("sqs").delete_queue(QueueUrl=queue["QueueUrl"])


def test_hostile_text_is_shown_and_not_obeyed(console: Open, infested: DemoServer) -> None:
    terminal = console(size=(200, 50))
    terminal.wait_for("123456789012", "23 queues")

    visit(terminal, ":sqs /infested", "Queues", "infested")
    look(terminal, "p", "infested › messages", SEEN)
    visit(terminal, ":alarms /infested", "Alarms", "infested")
    look(terminal, "y", "infested › JSON", "[/var/task] [@click=app.quit]x [bold]b")
    visit(terminal, ":sns /infested", "Topics", "infested")
    look(terminal, "y", "infested › JSON", "[/var/task] [@click=app.quit]x [bold]b]52;c;")
    visit(terminal, ":s3 /infested", "Buckets", "infested")
    look(terminal, "enter", "[|var|task] [@click=app.quit]x [bold]b]52;c;")
    visit(terminal, ":lambda /legacy-import", "Functions", "legacy-import")
    look(terminal, "y", "legacy-import › JSON", "[bold]do not touch[/]")
    visit(terminal, ":logs /aws/lambda/orders", "Log groups")

    painted = bytes(terminal.raw)
    terminal.press("ctrl+c")
    assert terminal.wait_end() == 0
    harmless(painted)


def visit(terminal: Terminal, place: str, *texts: str) -> None:
    """Go to a place and wait until it shows."""
    terminal.press(place, "enter")
    terminal.wait_for(*texts)
    terminal.wait_without("tab complete")
    terminal.until(lambda: "▌" in terminal.text, "a row")


def look(terminal: Terminal, key: str, *texts: str) -> None:
    """Open something about the row under the cursor."""
    terminal.press(key)
    terminal.wait_for(*texts)


def harmless(painted: bytes) -> None:
    """Nothing in these bytes is obeyed by a terminal that the console did not mean."""
    text = painted.decode()
    assert b"\x1b[?1049l" not in painted, "the screen is left only at the end"
    assert not re.findall(r"\x1b[^\[].{20}", POINTER.sub("", text)), "no OSC, DCS or other string"
    left = OURS.sub("", POINTER.sub("", text))
    assert "\x1b" not in left, [
        left[at.start() : at.start() + 20] for at in re.finditer("\x1b", left)
    ]
    assert not CONTROLS.findall(left)
