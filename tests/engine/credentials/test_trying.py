"""What is slow to give credentials is named, and left when the person says so, with nothing in its place."""

from __future__ import annotations

import asyncio
import datetime as dt
from pathlib import Path

import pytest

from awstui.engine.credentials.asking import InterfaceAsker, TerminalAsker
from awstui.errors import AwsError
from awstui.wire import TRYING, Answer, Ask, Scope, Withdrawn
from tests.engine.conftest import MakeDoors
from tests.engine.credentials.test_program import ended, write
from tests.identities import Configure, IdentityServer

TOKEN = "/latest/api/token"
KEYS = '{"Version": 1, "AccessKeyId": "AKIDPROGRAM", "SecretAccessKey": "s"'


class Person:
    """Sees what is tried, and does not wait for it."""

    def __init__(self, *, waits: bool = False) -> None:
        self.asker = InterfaceAsker(self._told)
        self.seen: list[Ask] = []
        self.open = 0
        self._waits = waits

    def _told(self, message: Ask | Withdrawn) -> None:
        if isinstance(message, Withdrawn):
            self.open -= 1
            return
        self.open += 1
        self.seen.append(message)
        if not self._waits:
            answer = Answer(message.id, given=False)
            asyncio.get_running_loop().call_soon(self.asker.answered, answer)


@pytest.fixture
def imds(sts: IdentityServer, configure: Configure, monkeypatch: pytest.MonkeyPatch) -> None:
    """A machine whose metadata service takes requests, and answers none."""
    configure("", "")
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "false")
    monkeypatch.setenv("AWS_EC2_METADATA_SERVICE_ENDPOINT", sts.url)
    monkeypatch.setenv("AWS_METADATA_SERVICE_TIMEOUT", "600")
    sts.holds[TOKEN] = asyncio.Event()


async def test_imds_that_hangs_is_named_and_skipped(
    imds: None, sts: IdentityServer, make_doors: MakeDoors
) -> None:
    person, doors = Person(), make_doors("", demo=False)
    doors.sessions.asker = person.asker
    door = doors.open(Scope("default", "eu-west-1"), "sts")
    with pytest.raises(AwsError, match="There are no credentials for profile default") as failed:
        await door.read("get_caller_identity")
    assert [(one.kind, one.subject, one.profile) for one in person.seen] == [
        (TRYING, "IMDS", "default")
    ]
    assert person.open == 0
    assert "the instance's role (skipped: IMDS gave no answer in" in failed.value.problem.why
    assert ":login" in failed.value.problem.do
    keeper = doors.sessions.keeper("default")
    assert keeper is not None
    keeper._again_at = 0.0
    with pytest.raises(AwsError, match="There are no credentials"):
        await door.read("get_caller_identity")
    assert sts.asked[TOKEN] == 1, "what was skipped is asked again by who says so, not by itself"
    with pytest.raises(AwsError):
        await keeper.renew()
    assert sts.asked[TOKEN] == 2


async def test_nothing_stands_in_for_a_program_that_is_skipped(
    imds: None, sts: IdentityServer, configure: Configure, make_doors: MakeDoors, world: Path
) -> None:
    child = world / "child"
    made = write(world, f"sleep 60 & echo $! > {child}; sleep 60")
    configure(f"[profile p]\ncredential_process = {made}\n")
    person, doors = Person(), make_doors("", demo=False)
    doors.sessions.asker = person.asker
    with pytest.raises(AwsError, match="profile p") as failed:
        await doors.open(Scope("p", "eu-west-1"), "sts").read("get_caller_identity")
    assert "without waiting for it: credential_process" in failed.value.problem.why
    assert not sts.asked, "the machine's own role is another identity"
    await asyncio.to_thread(ended, int(child.read_text()))


async def test_a_renewal_that_is_skipped_leaves_keys_that_hold(
    sts: IdentityServer, configure: Configure, make_doors: MakeDoors, world: Path
) -> None:
    ends = (dt.datetime.now(dt.UTC) + dt.timedelta(minutes=5)).isoformat()
    keys = f'{KEYS}, "SessionToken": "t", "Expiration": "{ends}"}}'
    ran = world / "ran"
    made = write(world, f"test -e {ran} && sleep 60; echo > {ran}; echo '{keys}'")
    configure(f"[profile p]\ncredential_process = {made}\n")
    person, doors = Person(), make_doors("", demo=False)
    doors.sessions.asker = person.asker
    told = await doors.open(Scope("p", "eu-west-1"), "sts").read("get_caller_identity")
    assert [one.subject for one in person.seen] == ["credential_process"]
    assert told["Arn"].endswith("akidprogram")
    keeper = doors.sessions.keeper("p")
    assert keeper is not None
    assert keeper.problem is None


async def test_what_is_quick_is_not_spoken_of(
    sts: IdentityServer, configure: Configure, make_doors: MakeDoors, world: Path
) -> None:
    made = write(world, f"echo '{KEYS}}}'")
    configure(f"[profile p]\ncredential_process = {made}\n")
    person, doors = Person(waits=True), make_doors("", demo=False)
    doors.sessions.asker = person.asker
    await doors.open(Scope("p", "eu-west-1"), "sts").read("get_caller_identity")
    assert person.seen == []


async def test_without_a_screen_nothing_is_said(capsys: pytest.CaptureFixture[str]) -> None:
    showing = asyncio.ensure_future(TerminalAsker().show(Ask(0, TRYING, "p", "IMDS")))
    await asyncio.sleep(0)
    showing.cancel()
    assert capsys.readouterr().err == ""
