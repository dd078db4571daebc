"""A redrive that is killed again and again, and what is left of its messages in the end."""

from __future__ import annotations

import json
import multiprocessing
import os
import re
import signal
import sys
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import botocore.session

from awstui.cli import main
from awstui.demo.process import environment
from plugins.sqs.redriving import journal
from plugins.sqs.redriving.ledger import State
from tests.faults.proxy import FaultProxy
from tests.faults.rules import When

HOLD = 5
"""Seconds for which messages are claimed: what a kill leaves hidden is to come back soon."""

GROUPS = 10
STAY = 10
"""How many of the first messages are not chosen: they are held, extended and given back each time."""

LIFE = 120.0
"""Seconds after which a process that should have ended is a failure."""

_BEGUN = re.compile(r"Redrive (\w+);")
_lives = multiprocessing.get_context("forkserver")
_lives.set_forkserver_preload(
    [
        "awstui.cli",
        "awstui.headless.running",
        "aiobotocore.session",
        "plugins.sqs.redriving.command",
    ]
)


@dataclass
class Kill:
    """Where the process is killed: at the so-manieth request of a kind, or after some seconds."""

    operation: str = ""
    when: When = "before"
    skip: int = 0
    after: float = 0.0

    def __str__(self) -> str:
        return (
            f"{self.operation} {self.when} +{self.skip}"
            if self.operation
            else f"{self.after:.2f} s"
        )


@dataclass
class Counts:
    """What was found in the end."""

    messages: int = 0
    kills: int = 0
    lost: int = 0
    doubled: int = 0
    """Sent twice to the destination."""

    in_both: int = 0
    """Still in the dead-letter queue, and in the destination: known as unknown, or as sent."""

    unknown: int = 0
    changed: int = 0
    """Attributes, trace header or group not what they were."""

    disordered: int = 0
    stayed: int = 0
    """Only in the dead-letter queue."""

    unexplained: int = 0
    """In both queues, and the journal does not say so."""


@dataclass
class Chaos:
    """Two queues behind a proxy, and a redrive between them that does not live long."""

    url: str
    proxy: FaultProxy
    home: Path
    fifo: bool
    rate: int = 100
    counts: Counts = field(default_factory=Counts)

    def __post_init__(self) -> None:
        self.client: Any = botocore.session.get_session().create_client(
            "sqs", region_name="eu-west-1", endpoint_url=self.url,
            aws_access_key_id="demo", aws_secret_access_key="demo",
        )  # fmt: skip
        end = ".fifo" if self.fifo else ""
        attributes = {"FifoQueue": "true"} if self.fifo else {}
        name = f"chaos-{time.time_ns()}"
        self.names = f"{name}-dlq{end}", f"{name}{end}"
        self.here, self.there = (
            self.client.create_queue(QueueName=one, Attributes=attributes)["QueueUrl"]
            for one in self.names
        )
        self.operations: list[str] = []

    # ---- messages ------------------------------------------------------------------------------------

    def fill(self, count: int) -> None:
        """Put so many messages into the dead-letter queue, no two alike."""
        for start in range(0, count, 10):
            entries = [self._entry(self.counts.messages + n) for n in range(min(10, count - start))]
            self.client.send_message_batch(QueueUrl=self.here, Entries=entries)
            self.counts.messages += len(entries)

    def _entry(self, number: int) -> dict[str, Any]:
        made = {"Id": str(number), **told(number)}
        if self.fifo:
            made["MessageDeduplicationId"] = f"first-{number}"
        return made

    def depth(self, url: str, *, hidden: bool = True) -> int:
        """How many are in a queue; those that are in flight, too, if not told otherwise."""
        held = self.client.get_queue_attributes(QueueUrl=url, AttributeNames=["All"])["Attributes"]
        count = int(held["ApproximateNumberOfMessages"])
        return count + (int(held["ApproximateNumberOfMessagesNotVisible"]) if hidden else 0)

    # ---- the process ---------------------------------------------------------------------------------

    def run(self, kill: Kill | None = None, *, resume: str = "") -> int:
        """One life of the process; its exit status."""
        words = ["--resume", resume] if resume else [
            "--filter", f"?number >= `{STAY}`", "--to", self.names[1], "--rate", str(self.rate), "--hold", str(HOLD),
        ]  # fmt: skip
        self.home.mkdir(exist_ok=True)
        said = self.home / "said"
        said.write_text("")  # one that is killed at once says nothing
        process = _lives.Process(
            target=_live, args=(["redrive", self.names[0], "--yes", *words], self._world(), said)
        )
        process.start()
        assert process.pid is not None
        if kill and kill.operation:
            self.proxy.rule(
                "kill", service="sqs", operation=kill.operation, when=kill.when, skip=kill.skip,
                times=1, pid=process.pid,
            )  # fmt: skip
        elif kill:
            process.join(kill.after)
            process.kill()
        process.join(LIFE)
        status = process.exitcode
        assert status is not None, "it does not end"
        process.close()
        self.proxy.clear()
        words_said = said.read_text()
        if found := _BEGUN.search(words_said):
            if found[1] not in self.operations:
                self.operations.append(found[1])
        elif status != -signal.SIGKILL:
            raise AssertionError(f"{status}: {words_said}")
        self.counts.kills += status == -signal.SIGKILL
        return status

    def _world(self) -> dict[str, str]:
        ours = {name: text for name, text in os.environ.items() if not name.startswith("AWS_")}
        homes = {"XDG_STATE_HOME": str(self.home / "state"), "HOME": str(self.home)}
        return ours | environment(self.proxy.url) | homes

    def killed(self, kill: Kill, *, enough: int = 60) -> None:
        """One more death: of the redrive that was interrupted last, or of a new one."""
        if self.depth(self.here) < enough:
            self.fill(enough)
        self.run(kill, resume=self.interrupted())
        missing = self.counts.messages - self.depth(self.here) - self.depth(self.there)
        assert missing <= 0, f"{missing} are in neither queue after {kill}"

    def interrupted(self) -> str:
        """The redrive that has not ended; empty when none."""
        for ident in reversed(self.operations):
            if not self.ledger(ident).ended:
                return ident
        return ""

    def ledger(self, ident: str) -> Any:
        """What the journal of one operation says."""
        return journal.read(self.home / "state" / "awstui" / "redrive" / f"{ident}.jsonl")[1]

    # ---- the end -------------------------------------------------------------------------------------

    def finish(self) -> Counts:
        """Resume in peace until all is settled, then empty both queues and count."""
        self._settled()
        if resume := self.interrupted():
            assert self.run(resume=resume) in (0, 4)
        self._settled()
        known = self._known()
        here, there = self._drained(self.here), self._drained(self.there)
        self._count(here, there, known)
        self.client.close()
        return self.counts

    def _settled(self) -> None:
        """Wait until nothing is hidden any more."""
        until = time.monotonic() + 3 * HOLD
        while self.depth(self.here) > self.depth(self.here, hidden=False):
            assert time.monotonic() < until, "something stays hidden"
            time.sleep(0.1)

    def _known(self) -> dict[str, State]:
        states: dict[str, State] = {}
        for ident in self.operations:
            for message, known in self.ledger(ident).known.items():
                states[message] = known.state
        return states

    def _drained(self, url: str) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = []
        while messages := self.client.receive_message(
            QueueUrl=url, MaxNumberOfMessages=10, MessageAttributeNames=["All"],
            MessageSystemAttributeNames=["All"],
        ).get("Messages"):  # fmt: skip
            for message in messages:
                self.client.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
            found += messages
        assert self.depth(url) == 0
        return found

    def _count(
        self, here: list[dict[str, Any]], there: list[dict[str, Any]], known: dict[str, State]
    ) -> None:
        counts = self.counts
        left = {number(message): message for message in here}
        arrived = Counter(map(number, there))
        counts.lost = sum(n not in left and n not in arrived for n in range(counts.messages))
        counts.doubled = sum(times - 1 for times in arrived.values())
        counts.in_both = sum(n in arrived for n in left)
        counts.stayed = len(left) - counts.in_both
        counts.unknown = sum(state is State.UNKNOWN for state in known.values())
        counts.changed = sum(not same(message) for message in there)
        counts.unexplained = sum(
            known.get(message["MessageId"]) not in (State.UNKNOWN, State.SENT)
            for n, message in left.items()
            if n in arrived
        )
        last: dict[str, int] = {}
        if self.fifo:
            for message in there:
                group = message["Attributes"]["MessageGroupId"]
                counts.disordered += number(message) < last.get(group, -1)
                last[group] = number(message)


def _live(words: list[str], world: dict[str, str], said: Path) -> None:
    """The command, in a process of its own that had everything imported before it began."""
    os.environ.clear()
    os.environ.update(world)
    nothing = os.open(os.devnull, os.O_RDWR)
    errors = os.open(said, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    for target, source in enumerate((nothing, nothing, errors)):
        os.dup2(source, target)
    sys.exit(main(words))


def told(n: int) -> dict[str, Any]:
    """What the message of that number says: body, attributes of every type, trace header, group."""
    return {
        "MessageBody": json.dumps({"number": n, "note": "é \u2028 \"'"}, ensure_ascii=n % 2 == 0),
        "MessageAttributes": {
            "bytes": {"DataType": "Binary.image", "BinaryValue": bytes([n % 256, 0, 255, 10])},
            "price": {"DataType": "Number.decimal", "StringValue": f"{n}.50"},
            "tenant": {"DataType": "String", "StringValue": f"tenant-{n % 7} ✓"},
        },
        "MessageSystemAttributes": {
            "AWSTraceHeader": {"DataType": "String", "StringValue": f"Root=1-5759e988-{n:024x}"}
        },
        "MessageGroupId": f"group-{n % GROUPS}" if n >= STAY else "stays",
    }


def number(message: dict[str, Any]) -> int:
    """Which message it is."""
    return int(json.loads(message["Body"])["number"])


def same(message: dict[str, Any]) -> bool:
    """Whether a message that arrived is what was sent first, to the byte."""
    sent = told(number(message))
    return bool(
        message["Body"] == sent["MessageBody"]
        and message["MessageAttributes"] == sent["MessageAttributes"]
        and message["Attributes"]["AWSTraceHeader"]
        == sent["MessageSystemAttributes"]["AWSTraceHeader"]["StringValue"]
        and message["Attributes"]["MessageGroupId"] == sent["MessageGroupId"]
    )
