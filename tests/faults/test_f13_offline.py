"""F13–F17, F22: who is out of reach is said with a time, is not hammered, and comes back by itself."""

from __future__ import annotations

import asyncio
import contextlib
import re
import socket
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from awstui.engine import dns
from awstui.engine.breaker import STORM, Breaker, Circuit
from awstui.engine.door import Doors
from awstui.errors import AwsError
from tests.faults.conftest import PROBE
from tests.faults.following import SCOPE, Following
from tests.faults.proxy import FaultProxy
from tests.faults.rules import Do
from tests.patience import PATIENCE
from tests.ui.conftest import console, screen, shows, type_in, until

OFFLINE = re.compile(r"offline since \d\d:\d\d:\d\d, next try in \d+ s")


@pytest.mark.parametrize(
    ("do", "words"),
    [
        ("refuse", "closed the connection"),
        ("reset", "cannot be reached|closed the connection"),
        ("hang", "did not answer within 0.5 s"),
    ],
    ids=["F15", "F14", "F18"],
)
async def test_f14_f15_a_lost_connection_is_said_and_the_last_rows_stay(
    proxy: FaultProxy, following: Following, do: Do, words: str
) -> None:
    queues = following.follow("sqs", "queues", every=0.05, deadline=0.5)
    while (whole := await queues.reading()).phase != "ready":
        pass  # on a busy machine the first reading may take longer than its deadline
    rows = dict(queues.rows)
    proxy.rule(do, service="sqs", operation="ListQueues")
    state = await queues.again()
    while state.phase != "failed":
        state = await queues.reading()
    assert queues.problem.kind == "offline"
    assert re.search(words, queues.said()) or OFFLINE.search(queues.said())
    assert queues.rows == rows
    assert state.at >= whole.at > 0, "their age is known"
    proxy.clear()
    while (await queues.reading()).phase != "ready":
        pass


async def test_f13_nobody_listens(proxy: FaultProxy, following: Following) -> None:
    queues = following.follow("sqs", "queues")
    await queues.reading()
    with proxy.down():
        assert (await queues.again()).phase == "failed"
        assert "Nothing listens at" in queues.problem.what
        assert queues.problem.kind == "offline"
    await asyncio.sleep(PROBE)
    assert (await queues.again()).phase == "ready"


async def test_f13_a_storm_opens_the_breaker_for_this_service_alone(
    proxy: FaultProxy, following: Following
) -> None:
    reader, other = (following.doors.open(SCOPE, name, PATIENCE) for name in ("sqs", "sns"))
    proxy.rule("refuse", service="sqs")
    began = time.monotonic()
    at_once: list[AwsError] = []
    while time.monotonic() - began < 3 * PROBE or len(at_once) <= 10:
        with pytest.raises(AwsError) as failed:
            await reader.read("list_queues")
        if failed.value.again:
            at_once.append(failed.value)
        await asyncio.sleep(0.01)
    pauses = (time.monotonic() - began) / PROBE
    assert OFFLINE.search(at_once[0].problem.what)
    assert "This call was not made" in at_once[0].problem.do
    # Two calls of three tries each may be on the way until the storm is one; then one in each pause.
    assert proxy.count("sqs") <= 6 + pauses
    assert (await other.read("list_topics"))["Topics"]
    proxy.clear()
    await asyncio.sleep(PROBE)
    assert (await reader.read("list_queues"))["QueueUrls"], "the probe closes it"
    assert (await reader.read("list_queues"))["QueueUrls"]


async def test_f22_a_storm_of_5xx_is_probed_and_recovers_by_itself(
    proxy: FaultProxy, following: Following
) -> None:
    proxy.rule("status", service="sqs", status=503)
    queues = following.follow("sqs", "queues", every=0.05)
    topics = following.follow("sns", "topics", every=0.05)
    while not OFFLINE.search((await queues.reading()).problem.what):  # type: ignore[union-attr]
        pass
    assert "503" in queues.problem.why
    proxy.forget()
    began = time.monotonic()
    await asyncio.sleep(2.5 * PROBE)
    pauses = (time.monotonic() - began) / PROBE
    assert proxy.count("sqs") <= pauses + 1, "one request a probe, one probe a pause"
    assert topics.state.phase != "failed"
    proxy.clear()
    while (await queues.reading()).phase != "ready":
        pass


def test_f22_one_operation_that_fails_leaves_the_others_their_service() -> None:
    now = [0.0]
    breaker = Breaker(lambda: now[0], pause=10)
    lists = Circuit("p", "r", "sqs", "ListQueues")
    tags = lists._replace(operation="ListQueueTags")
    for _ in range(STORM):
        breaker.failed(tags, "500", reached=True)
    assert breaker.open(tags)
    assert breaker.admit(lists) is False
    for _ in range(STORM):
        breaker.failed(lists, "500", reached=True)
    assert breaker.open(lists._replace(operation="GetQueueUrl")), "two that fail speak for all"
    now[0] = 11.0
    assert breaker.admit(lists) is True
    with pytest.raises(AwsError):
        breaker.admit(tags)
    breaker.answered(lists)
    assert breaker.admit(lists) is False


def storm(breaker: Breaker, *places: Circuit) -> None:
    """Let each of these fail until nobody doubts it."""
    for place in places:
        for _ in range(STORM):
            breaker.failed(place, "503 Slow down", reached=True)


def test_f22_many_operations_are_back_with_the_first_of_them_that_answers() -> None:
    now = [0.0]
    breaker = Breaker(lambda: now[0])
    service = [Circuit("p", "eu-west-1", "sqs", name) for name in "ABCDEF"]
    storm(breaker, *service[:3])
    for second in range(60):
        now[0] = float(second)
        sent = []
        for place in service:
            with contextlib.suppress(AwsError):
                assert breaker.admit(place) is True
                sent.append(place)
                breaker.failed(place, "503 Slow down", reached=True)
        assert len(sent) <= (1 if second % 10 == 0 and second else 0), second
    with pytest.raises(AwsError) as held:
        breaker.admit(service[5])
    assert held.value.problem.what.startswith("sqs in eu-west-1 is offline since"), "all of it is"
    assert "20 calls in a row failed" in held.value.problem.why
    now[0] = 60.0
    assert breaker.admit(service[5]) is True
    breaker.answered(service[5])
    assert not any(breaker.admit(place) for place in service), "none waits for a turn of its own"
    breaker.failed(service[0], "503", reached=True)
    with pytest.raises(AwsError, match="sqs:A in eu-west-1 is offline"):
        breaker.admit(service[0])


def test_f22_operations_that_never_work_do_not_take_the_others_with_them() -> None:
    now = [0.0]
    breaker = Breaker(lambda: now[0])
    good, bad, worse = (Circuit("p", "eu-west-1", "sqs", name) for name in ("Good", "A", "B"))
    for place in (bad, worse):
        breaker.failed(place, "500", reached=True)
    breaker.answered(good)
    storm(breaker, bad, worse)
    assert breaker.open(bad)
    assert breaker.open(worse)
    assert breaker.admit(good) is False


def test_f22_one_probe_in_ten_seconds_for_an_account_and_a_service() -> None:
    now = [0.0]
    breaker = Breaker(
        lambda: now[0], account=lambda profile: {"a": "1", "b": "1"}.get(profile, "2")
    )
    places = [
        Circuit(profile, region, "sqs", "ListQueues")
        for profile in ("a", "b", "c")
        for region in ("eu-west-1", "us-east-1")
    ]
    for place in places:
        for _ in range(STORM):
            breaker.failed(place, "no answer", reached=False)
    now[0] = 10.0

    def probes() -> list[Circuit]:
        found = []
        for place in places:
            with contextlib.suppress(AwsError):
                breaker.admit(place)
                found.append(place)
        return found

    first = probes()
    assert [place.profile for place in first] == ["a", "c"], "one of each account"
    for place in first:
        breaker.failed(place, "no answer", reached=False)
    now[0] = 19.9
    assert probes() == []
    now[0] = 20.0
    assert [place.profile for place in probes()] == ["a", "c"]
    assert breaker.admit(Circuit("a", "eu-west-1", "sns", "ListTopics")) is False


async def test_f22_no_other_operation_of_a_service_out_of_reach_is_sent(
    proxy: FaultProxy, following: Following
) -> None:
    reader = following.doors.open(SCOPE, "sqs", 2.0)
    proxy.rule("refuse", service="sqs")
    for _ in range(2):
        with pytest.raises(AwsError):
            await reader.read("list_queues")
    proxy.forget()
    with pytest.raises(AwsError) as held:
        await reader.read("get_queue_url", QueueName="orders")
    assert held.value.problem.kind == "offline"
    assert proxy.count() == 0


class Names:
    """A name server that knows nothing, or says nothing until it is let go."""

    def __init__(self) -> None:
        self.asked, self.release = threading.Event(), threading.Event()
        self.stuck = 0
        """Lookups that wait for an answer."""

        self._real = socket.getaddrinfo

    def ask(self, host: Any, *more: Any, **named: Any) -> Any:
        if str(host).endswith("silent.invalid"):
            self.stuck += 1
            self.asked.set()
            self.release.wait(60)
            self.stuck -= 1
        if str(host).endswith(".invalid"):
            raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")
        return self._real(host, *more, **named)


@pytest.fixture
def names(monkeypatch: pytest.MonkeyPatch) -> Iterator[Names]:
    served = Names()
    monkeypatch.setattr(socket, "getaddrinfo", served.ask)
    monkeypatch.setattr(dns.Lookups.__init__, "__defaults__", (1.0,))
    yield served
    served.release.set()


async def test_f16_an_endpoint_that_does_not_exist_is_said(names: Names, tmp_path: Path) -> None:
    doors = Doors(endpoint_url="http://sqs.nowhere-1.invalid", audit_folder=tmp_path, demo=True)
    with pytest.raises(AwsError) as failed:
        await doors.open(SCOPE, "sqs", 5.0).read("list_queues")
    problem = failed.value.problem
    assert problem.what.startswith("sqs.nowhere-1.invalid does not exist")
    assert "no endpoint in eu-west-1" in problem.why
    await doors.close()


async def test_f17_a_silent_name_server_is_given_up_and_holds_up_nobody(
    names: Names, following: Following, tmp_path: Path
) -> None:
    doors = Doors(endpoint_url="http://sqs.silent.invalid", audit_folder=tmp_path, demo=True)
    silent = [
        asyncio.ensure_future(doors.open(SCOPE, name, 5.0).read(operation))
        for name, operation in (("sqs", "list_queues"), ("logs", "describe_log_groups"))
        for _ in range(4)
    ]
    assert (await following.follow("sns", "topics").reading()).phase == "ready"
    await asyncio.to_thread(lambda: None)
    await asyncio.to_thread(names.asked.wait, 20)
    assert names.stuck, "whoever had waited for them would find none waiting any more"
    for told in await asyncio.gather(*silent, return_exceptions=True):
        assert isinstance(told, AwsError)
        assert told.problem.what.startswith("DNS did not answer within 1 s") or told.again
    await doors.close()


async def test_f13_the_console_says_since_when_and_comes_back(proxy: FaultProxy) -> None:
    async with console(proxy.url) as pilot:
        await type_in(pilot, ":sqs")
        await pilot.press("enter")
        await shows(pilot, "orders-dlq", "every 10 s")
        proxy.rule("status", service="sqs", status=503)
        await pilot.press("r")
        await shows(pilot, "✗", "stale")
        await pilot.press("r")
        await shows(pilot, "stale", "orders-dlq")
        said = re.compile(f"ListQueues|{OFFLINE.pattern}")
        await until(pilot, lambda: said.search(screen(pilot)))
        await type_in(pilot, ":sns")
        await pilot.press("enter")
        await shows(pilot, "order-events")
        proxy.clear()
        await pilot.press("escape")
        await shows(pilot, "orders-dlq", "every 10 s")
