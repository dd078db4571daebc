"""``awstui do`` and ``awstui audit``: the same plan, gate and record as the console, without a screen."""

from __future__ import annotations

import json
import os
import pty
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, TypeAlias

import boto3
import pytest

from awstui.demo.process import DemoServer
from awstui.headless.exits import Exit
from tests.faults.proxy import FaultProxy
from tests.patience import PATIENCE

Ran: TypeAlias = subprocess.CompletedProcess[str]
PROD = 'production = ["^123456789012$"]\n'
SENDS = ("Purge", "Send", "StartMessageMove", "Receive")


@pytest.fixture(scope="module")
def wire(empty_server: DemoServer) -> Iterator[FaultProxy]:
    """Everything these tests send passes here and is noted."""
    with FaultProxy.running(empty_server.url) as proxy:
        yield proxy


class Shell:
    """The command, and what it did to a queue."""

    def __init__(self, environment: dict[str, str], wire: FaultProxy, home: Path) -> None:
        self.environment = {**environment, "AWS_ENDPOINT_URL": wire.url}
        self.wire, self.home = wire, home
        self.sqs = boto3.client(
            "sqs", endpoint_url=environment["AWS_ENDPOINT_URL"], region_name="eu-west-1",
            aws_access_key_id="x", aws_secret_access_key="x",
        )  # fmt: skip

    def queue(self, name: str) -> str:
        """A queue with three messages."""
        url: str = self.sqs.create_queue(QueueName=name)["QueueUrl"]
        for number in range(3):
            self.sqs.send_message(QueueUrl=url, MessageBody=f"number {number}")
        return url

    def depth(self, url: str) -> int:
        """How many messages wait in it."""
        name = "ApproximateNumberOfMessages"
        told = self.sqs.get_queue_attributes(QueueUrl=url, AttributeNames=[name])
        return int(told["Attributes"][name])

    def settings(self, text: str) -> None:
        """What the person's settings say."""
        path = self.home / "config" / "awstui" / "config.toml"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)

    def run(self, *words: str, **more: Any) -> Ran:
        """Run it; the wire holds only what it sent."""
        self.wire.log.clear()
        command = [sys.executable, "-m", "awstui", *words]
        return subprocess.run(
            command, env={**self.environment, **more}, stdin=subprocess.DEVNULL,
            capture_output=True, text=True, check=False, timeout=60,
        )  # fmt: skip

    @property
    def sent(self) -> list[str]:
        """The operations that are no reads, as the wire saw them."""
        return [one.operation for one in self.wire.log if one.operation.startswith(SENDS)]

    @property
    def audit(self) -> list[dict[str, Any]]:
        """The lines of the audit."""
        files = sorted((self.home / "state" / "awstui" / "audit").glob("*.jsonl"))
        return [json.loads(line) for path in files for line in path.read_text().splitlines()]


@pytest.fixture
def shell(empty_aws: dict[str, str], wire: FaultProxy, world: Path) -> Shell:
    """A shell of this test's own."""
    return Shell(empty_aws, wire, world)


def test_a_dry_run_says_the_requests_and_sends_none(shell: Shell) -> None:
    url = shell.queue("do-dry")
    ran = shell.run("do", "sqs.queues.purge", "do-dry", "--dry-run", "-o", "json")
    (row,) = json.loads(ran.stdout)
    assert ran.returncode == Exit.OK
    assert row["operation"] == "sqs:PurgeQueue"
    assert json.loads(row["parameters"])["QueueUrl"].endswith("/do-dry")
    assert "Deletes about 3 messages of do-dry." in ran.stderr
    assert "Would send sqs:PurgeQueue × 1. Nothing was sent." in ran.stderr
    assert (shell.sent, shell.depth(url)) == ([], 3)
    assert not (shell.home / "state" / "awstui" / "audit").exists()


def test_destroying_takes_the_name_and_no_yes(shell: Shell) -> None:
    url = shell.queue("do-purge")
    refused = shell.run("do", "sqs.queues.purge", "do-purge", "--yes")
    assert (refused.returncode, shell.sent) == (Exit.REFUSED, [])
    assert "Give --confirm do-purge" in refused.stderr
    wrong = shell.run("do", "sqs.queues.purge", "do-purge", "--confirm", "do-purg")
    assert (wrong.returncode, shell.sent, shell.depth(url)) == (Exit.REFUSED, [], 3)
    done = shell.run("do", "sqs.queues.purge", "do-purge", "--confirm", "do-purge", "-o", "json")
    assert (done.returncode, shell.sent) == (Exit.OK, ["PurgeQueue"]), done.stderr
    assert json.loads(done.stdout)[0]["outcome"] == "ok"
    assert shell.depth(url) == 0
    intent, outcome = shell.audit
    assert intent["confirm"]["typed"] == "do-purge"
    assert intent["resources"][0].endswith("/do-purge")
    assert intent["binding"] == "sqs.queues.purge"
    assert outcome["phase"] == "ok"


def test_a_change_takes_a_yes_and_its_arguments(shell: Shell) -> None:
    url = shell.queue("do-send")
    words = ("do", "sqs.queues.send", "do-send", "--arg", "body=hello", "--arg", "delay=0")
    refused = shell.run(*words)
    assert (refused.returncode, shell.sent) == (Exit.REFUSED, [])
    assert shell.run(*words, "--yes").returncode == Exit.OK
    assert (shell.sent, shell.depth(url)) == (["SendMessage"], 4)


def test_on_production_a_yes_is_not_enough_and_destroying_names_the_account(shell: Shell) -> None:
    shell.settings(PROD)
    url = shell.queue("do-prod")
    words = ("do", "sqs.queues.send", "do-prod", "--arg", "body=hello")
    refused = shell.run(*words, "--yes")
    assert (refused.returncode, shell.sent) == (Exit.REFUSED, [])
    assert "PROD" in refused.stderr
    assert shell.run(*words, "--confirm", "do-prod").returncode == Exit.OK
    assert shell.audit[0]["env"] == "production"
    purge = ("do", "sqs.queues.purge", "do-prod", "--confirm")
    assert shell.run(*purge, "do-prod", "--yes").returncode == Exit.REFUSED
    assert (shell.sent, shell.depth(url)) == ([], 4)
    assert shell.run(*purge, "123456789012/do-prod").returncode == Exit.OK
    assert shell.depth(url) == 0


def test_a_command_of_a_plugin_names_its_target_on_production(shell: Shell) -> None:
    shell.settings(PROD)
    dead = shell.queue("do-dlq")
    arn = f"arn:aws:sqs:eu-west-1:123456789012:{dead.rsplit('/', 1)[1]}"
    policy = json.dumps({"deadLetterTargetArn": arn, "maxReceiveCount": 1})
    shell.sqs.create_queue(QueueName="do-source", Attributes={"RedrivePolicy": policy})
    ran = shell.run("redrive", "do-dlq", "--yes", "--no-wait")
    assert (ran.returncode, shell.sent) == (Exit.REFUSED, [])
    assert "--confirm do-dlq" in ran.stderr
    done = shell.run("redrive", "do-dlq", "--yes", "--confirm", "do-dlq", "--no-wait")
    assert (done.returncode, shell.sent) == (Exit.OK, ["StartMessageMoveTask"]), done.stderr


def test_a_command_that_goes_on_with_something_names_its_target_too(shell: Shell) -> None:
    """A resumed redrive names no queue; it is the journal that does."""
    dead = shell.queue("do-resumed-dlq")
    arn = f"arn:aws:sqs:eu-west-1:123456789012:{dead.rsplit('/', 1)[1]}"
    policy = json.dumps({"deadLetterTargetArn": arn, "maxReceiveCount": 1})
    shell.sqs.create_queue(QueueName="do-resumed", Attributes={"RedrivePolicy": policy})
    begun = shell.run("redrive", "do-resumed-dlq", "--count", "1", "--yes", "-o", "json")
    assert begun.returncode in (Exit.OK, Exit.PARTIAL), begun.stderr
    (row,) = json.loads(begun.stdout)
    shell.settings(PROD)
    refused = shell.run("redrive", "--resume", row["op"], "--yes")
    assert (refused.returncode, shell.sent) == (Exit.REFUSED, []), refused.stderr
    assert "--confirm do-resumed-dlq" in refused.stderr


def test_on_production_what_only_touches_asks_too(shell: Shell) -> None:
    shell.queue("do-touch")
    assert shell.run("peek", "do-touch", "-o", "json").returncode == Exit.OK
    shell.settings(PROD)
    refused = shell.run("peek", "do-touch")
    assert (refused.returncode, shell.sent) == (Exit.REFUSED, [])
    assert "PROD · default · 123456789012 · eu-west-1: peek do-touch" in refused.stderr
    assert "Give --yes" in refused.stderr
    assert shell.run("peek", "do-touch", "--yes", "-o", "json").returncode == Exit.OK


def test_read_only_is_lifted_for_a_command_that_only_touches(shell: Shell) -> None:
    shell.queue("do-peek")
    refused = shell.run("peek", "do-peek", "--read-only")
    assert (refused.returncode, shell.sent) == (Exit.REFUSED, [])
    assert "--reason TEXT lifts it" in refused.stderr
    lifted = shell.run("peek", "do-peek", "--read-only", "--reason", "the pager rang", "-o", "json")
    assert lifted.returncode == Exit.OK, lifted.stderr
    assert shell.audit[0]["reason"] == "the pager rang"


def test_a_command_asks_wherever_it_changes_something(shell: Shell) -> None:
    dead = shell.queue("do-asks-dlq")
    arn = f"arn:aws:sqs:eu-west-1:123456789012:{dead.rsplit('/', 1)[1]}"
    policy = json.dumps({"deadLetterTargetArn": arn, "maxReceiveCount": 1})
    shell.sqs.create_queue(QueueName="do-asks", Attributes={"RedrivePolicy": policy})
    refused = shell.run("redrive", "do-asks-dlq", "--no-wait")
    assert (refused.returncode, shell.sent) == (Exit.REFUSED, [])
    assert "PROD" not in refused.stderr
    dry = shell.run("redrive", "do-asks-dlq", "--dry-run", "-o", "json")
    assert (dry.returncode, shell.sent) == (Exit.OK, [])
    assert json.loads(dry.stdout)[0]["operation"] == "sqs:StartMessageMoveTask"


@pytest.mark.parametrize("before", [True, False])
def test_read_only_refuses_before_and_after_the_command_and_a_reason_lifts_it_once(
    shell: Shell, before: bool
) -> None:
    name = f"do-reading-{before}"
    url = shell.queue(name)
    do = ("do", "sqs.queues.send", name, "--arg", "body=x", "--yes")
    place = ("--read-only", "--region", "eu-west-1")
    words = (*place, *do) if before else (*do, *place)
    refused = shell.run(*words)
    assert (refused.returncode, shell.sent, shell.depth(url)) == (Exit.REFUSED, [], 3)
    assert "read-only" in refused.stderr
    lifted = shell.run(*words, "--reason", "the pager rang")
    assert (lifted.returncode, shell.sent) == (Exit.OK, ["SendMessage"])
    intent = shell.audit[0]
    assert (intent["reason"], intent["read_only_lifted"]) == ("the pager rang", True)


def test_the_settings_make_one_account_read_only(shell: Shell) -> None:
    shell.settings('read_only_for = ["^123456789012$"]\n')
    shell.queue("do-locked")
    do = ("do", "sqs.queues.send", "do-locked", "--arg", "body=x", "--yes")
    assert (shell.run(*do).returncode, shell.sent) == (Exit.REFUSED, [])
    shell.settings('read_only_for = ["^000000000000$"]\n')
    assert (shell.run(*do).returncode, shell.sent) == (Exit.OK, ["SendMessage"])


@pytest.mark.parametrize("setting", ["production", "read_only_for"])
def test_while_aws_does_not_say_which_account_it_is_every_guarded_one_counts(
    shell: Shell, setting: str
) -> None:
    shell.settings(f'{setting} = ["^000000000000$"]\n')
    shell.queue("do-unknown")
    do = ("do", "sqs.queues.send", "do-unknown", "--arg", "body=x", "--yes")
    shell.wire.rule("error", service="sts", status=403, code="AccessDenied")
    try:
        ran = shell.run(*do)
    finally:
        shell.wire.clear()
    assert (ran.returncode, shell.sent) == (Exit.REFUSED, [])
    assert "AWS has not said which account this is" in ran.stderr
    assert (shell.run(*do).returncode, shell.sent) == (Exit.OK, ["SendMessage"])


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("sqs.queues.frobnicate", "x"), "has no action 'frobnicate'; it has redrive"),
        (("sqs", "x"), "is no PLUGIN.RESOURCE.ACTION"),
        (("sqs.queues.send", "a", "b"), "one KEY at a time"),
        (("sqs.queues.send", "do-usage"), "--arg body=VALUE is needed"),
        (("sqs.queues.send", "do-usage", "--arg", "body"), "NAME=VALUE"),
        (("sqs.queues.send", "do-usage", "--arg", "colour=red"), "does not ask for 'colour'"),
        (("sqs.queues.send", "do-usage", "--arg", "body=x", "--arg", "delay=soon"), "takes a number"),
    ],
)  # fmt: skip
def test_nonsense_is_a_usage_error(shell: Shell, words: tuple[str, ...], said: str) -> None:
    shell.queue("do-usage")
    ran = shell.run("do", *words, "--yes")
    assert said in ran.stderr
    assert (ran.returncode, shell.sent) == (Exit.USAGE, [])


def test_what_the_action_itself_refuses_is_said_before_anything_is_asked(shell: Shell) -> None:
    shell.sqs.create_queue(QueueName="do.fifo", Attributes={"FifoQueue": "true"})
    ran = shell.run("do", "sqs.queues.send", "do.fifo", "--arg", "body=x", "--yes")
    assert (ran.returncode, shell.sent) == (Exit.REFUSED, [])
    assert "A FIFO queue needs a group" in ran.stderr


def test_a_lost_reply_is_unknown_and_what_settles_it_is_asked(shell: Shell) -> None:
    shell.queue("do-lost")
    shell.wire.rule("drop", service="sqs", operation="PurgeQueue")
    try:
        ran = shell.run("do", "sqs.queues.purge", "do-lost", "--confirm", "do-lost")
    finally:
        shell.wire.clear()
    assert ran.returncode == Exit.UNKNOWN, ran.stderr
    assert shell.sent == ["PurgeQueue"], "once, and never again by itself"
    assert "wait in it now" in ran.stderr
    assert [line["phase"] for line in shell.audit] == ["intent", "unknown"]


def test_what_is_ended_once_it_was_sent_is_said_to_be_unknown(shell: Shell) -> None:
    shell.queue("do-ended")
    shell.wire.log.clear()
    shell.wire.rule("hang", service="sqs", operation="PurgeQueue")
    command = [sys.executable, "-m", "awstui", "do", "sqs.queues.purge", "do-ended"]
    with subprocess.Popen(
        [*command, "--confirm", "do-ended"], env=shell.environment, stdin=subprocess.DEVNULL,
        stderr=subprocess.PIPE, text=True,
    ) as process:  # fmt: skip
        until = time.monotonic() + PATIENCE
        while not shell.sent:
            assert time.monotonic() < until
            assert process.poll() is None
            time.sleep(0.02)
        process.terminate()
        said = process.communicate(timeout=PATIENCE)[1]
    shell.wire.clear()
    assert "sqs:PurgeQueue was sent, and it was ended before an answer came." in said
    assert process.returncode == 128 + signal.SIGTERM
    assert [line["phase"] for line in shell.audit] == ["intent", "unknown"]


def test_a_person_at_the_terminal_is_asked(shell: Shell) -> None:
    url = shell.queue("do-asked")
    ours, theirs = pty.openpty()
    command = [sys.executable, "-m", "awstui", "do", "sqs.queues.purge", "do-asked"]
    with subprocess.Popen(
        command, env=shell.environment, stdin=theirs, stdout=subprocess.PIPE,
        stderr=subprocess.PIPE, text=True,
    ) as process:  # fmt: skip
        assert process.stderr
        while "Type do-asked to purge:" not in process.stderr.readline():
            assert process.poll() is None
        os.write(ours, b"do-asked\n")
        process.communicate(timeout=PATIENCE)
    os.close(ours)
    os.close(theirs)
    assert (process.returncode, shell.depth(url)) == (Exit.OK, 0)


def test_the_audit_is_read_filtered_and_verified(shell: Shell) -> None:
    shell.queue("do-audit")
    for body in ("one", "two"):
        shell.run("do", "sqs.queues.send", "do-audit", "--arg", f"body={body}", "--yes")
    shell.run("do", "sqs.queues.purge", "do-audit", "--confirm", "do-audit")
    table = shell.run("audit").stdout.splitlines()
    assert table[0].split()[:3] == ["WHEN", "OUTCOME", "ACTION"]
    assert [line.split()[2] for line in table[1:]] == [
        "sqs:SendMessage", "sqs:SendMessage", "sqs:PurgeQueue",
    ]  # fmt: skip
    filtered = shell.run("audit", "--filter", "Purge", "--since", "1h", "-o", "jsonl").stdout
    (deed,) = [json.loads(line) for line in filtered.splitlines()]
    assert deed["intent"]["target"] == "do-audit"
    assert deed["outcome"]["phase"] == "ok"
    assert shell.run("audit", "--since", "2100-01-01").stdout == ""
    assert shell.run("audit", "--since", "soon").returncode == Exit.USAGE
    held = shell.run("audit", "--verify")
    assert (held.returncode, "The chain holds: 6 lines" in held.stderr) == (Exit.OK, True)
    (file,) = (shell.home / "state" / "awstui" / "audit").iterdir()
    lines = file.read_text().splitlines(keepends=True)
    file.write_text("".join(lines[:1] + lines[2:]))
    broken = shell.run("audit", "--verify")
    assert broken.returncode == Exit.FAILED
    assert "line 2 does not follow the line before it" in broken.stderr
