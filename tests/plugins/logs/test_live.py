"""Live Tail: what it brings is shown at once and once, what it does not bring is not lost, and it ends well."""

from __future__ import annotations

import asyncio
import random
import time
from collections import Counter
from collections.abc import AsyncGenerator, AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from awstui.engine import streams
from awstui.engine.door import Doors
from awstui.errors import AwsError
from awstui.plugin import Row
from awstui.testing import FakeAws
from awstui.wire import Problem
from plugins.logs import live, live_tail, tailing
from plugins.logs.follow import Cadence, Found
from plugins.logs.live import KEPT, UNSURE, Ledger, Marks, Names, arn_of, cost
from plugins.logs.live_tail import LiveTail
from plugins.logs.page import Gap
from tests.patience import PATIENCE
from tests.plugins.logs.conftest import SCOPE
from tests.plugins.logs.live_server import ENDS, Live
from tests.plugins.logs.log_server import LogServer

GROUP, OTHER = "/shop/orders", "/shop/payments"
QUICK = Cadence(active=0.2, quiet=0.3, overlap=5.0, sweep=0.5, reach=10.0, slowest=1.0)


def line(message: str = "x", at: int = 0, taken: int = UNSURE) -> Row:
    return {"logStreamName": "s", "timestamp": at, "ingestionTime": taken, "message": message}


# ---- merging ---------------------------------------------------------------------------------------


def opened() -> Ledger:
    ledger = Ledger()
    ledger.open(0)
    ledger.begin_session()
    return ledger


def test_lines_that_are_alike_are_counted_whoever_brings_them_first() -> None:
    ledger = opened()
    told = "llpplpppl"  # five are brought by polls, four by Live Tail
    shown = [
        bool(ledger.live(0, line(), UNSURE))
        if one == "l"
        else ledger.polled(0, line("x\n"), UNSURE)
        for one in told
    ]
    assert sum(shown) == 5
    assert shown[:2] == [True, True], "what Live Tail brings is shown at once"
    assert ledger.provisional == 0
    assert ledger.live(1, line(), UNSURE), "another group is another line"
    assert ledger.live(0, line(at=1), UNSURE)
    assert ledger.provisional == 2


def test_a_line_has_a_number_until_a_poll_has_brought_it_too() -> None:
    ledger = opened()
    first, second, other = (ledger.live(0, line(text), UNSURE) for text in "xxy")
    assert len({first, second, other}) == 3
    assert ledger.settled == []
    ledger.polled(0, line("y\n"), UNSURE)
    ledger.polled(0, line("x"), UNSURE)
    ledger.polled(0, line("z"), UNSURE)
    assert ledger.settled == [other, first]
    ledger.polled(0, line("x"), UNSURE)
    ledger.polled(0, line("x"), UNSURE)
    assert ledger.settled == [other, first, second]


def test_another_session_may_bring_the_same_line_again() -> None:
    ledger = opened()
    assert ledger.live(0, line(), UNSURE)
    ledger.begin_session()
    assert not ledger.live(0, line(), UNSURE)
    assert ledger.live(0, line(), UNSURE), "a second one within a session is another line"


@pytest.mark.parametrize("seed", range(20))
def test_whatever_the_order_each_line_is_shown_as_often_as_it_was_written(seed: int) -> None:
    chance, ledger, now = random.Random(seed), Ledger(), UNSURE
    ledger.open(0)
    written = Counter({str(number): chance.choice((1, 1, 2, 5)) for number in range(30)})
    polls = [("polled", message) for message in written.elements()]
    sessions = [
        [("live", message) for message in written.elements() if chance.random() < 0.6]
        for _ in range(3)
    ]
    brought = [("session", "")]
    for session in sessions:
        chance.shuffle(session)
        brought += [*session, ("session", "")]
    for poll in polls:
        brought.insert(chance.randrange(len(brought) + 1), poll)
    shown = Counter[str]()
    for what, message in brought:
        if what == "session":
            ledger.begin_session()
            continue
        show = ledger.live if what == "live" else ledger.polled
        shown[message] += bool(show(0, line(message), now))
        assert shown[message] <= written[message], "never once too often"
    assert shown == written
    assert ledger.provisional == 0


def test_what_polls_may_have_shown_before_is_left_to_them() -> None:
    ledger = opened()
    assert not ledger.live(0, line(taken=UNSURE - 1), UNSURE)
    assert not ledger.live(0, line(taken=UNSURE), UNSURE + KEPT + 1)
    assert ledger.polled(0, line(taken=UNSURE - 1), UNSURE)
    assert ledger.polled(0, line(taken=UNSURE), UNSURE + KEPT + 1)
    assert len(ledger) == 0, "the past is not counted, however much of it is read"


def test_counts_are_forgotten_when_nobody_can_bring_the_line_again() -> None:
    ledger = opened()
    ledger.live(0, line("confirmed"), UNSURE)
    ledger.polled(0, line("confirmed"), UNSURE)
    ledger.live(0, line("never polled"), UNSURE)
    ledger.forget(UNSURE + KEPT, horizon=0)
    assert len(ledger) == 2, "Live Tail may bring it again"
    ledger.forget(UNSURE + KEPT + 1, horizon=0)
    assert (len(ledger), ledger.provisional) == (1, 1)
    ledger.forget(UNSURE + KEPT + 1, horizon=UNSURE + 1)
    assert (len(ledger), ledger.provisional) == (0, 0)


def test_after_live_tail_only_what_it_has_shown_is_counted() -> None:
    ledger = opened()
    ledger.live(0, line(), UNSURE)
    ledger.close()
    assert ledger.polled(0, line("other"), UNSURE)
    assert not ledger.polled(0, line(), UNSURE)
    assert ledger.polled(0, line(), UNSURE), "the same words once more"
    assert len(ledger) == 1


def test_stretches_that_were_not_whole_are_told_until_a_sweep_has_read_them() -> None:
    marks = Marks()
    marks.begin(100, "sampled")
    marks.begin(200, "never mind")
    assert marks.told(300) == [(100, 300, "sampled")]
    assert marks.end(400) == Gap(100, 400)
    assert marks.end(500) is None
    marks.settle(399)
    assert marks.told(500) == [(100, 400, "sampled")]
    marks.settle(400)
    assert marks.told(500) == []
    marks.begin(0, "long")
    assert marks.go_on(Marks.LONGEST - 1) is None
    assert marks.go_on(Marks.LONGEST) == Gap(0, Marks.LONGEST)
    assert marks.told(Marks.LONGEST + 1)[-1] == (Marks.LONGEST, Marks.LONGEST + 1, "long")


def test_a_begun_minute_is_paid_for_and_groups_are_known_by_any_name() -> None:
    assert [cost(seconds) for seconds in (0, 1, 60, 61)] == [
        (0, 0.0),
        (1, 0.01),
        (1, 0.01),
        (2, 0.02),
    ]
    theirs = "arn:aws:logs:eu-west-1:000000000000:log-group:/a"
    arns = [arn_of("/a", "aws", "eu-west-1", "123456789012"), arn_of(f"{theirs}:*", "", "", "")]
    assert arns == ["arn:aws:logs:eu-west-1:123456789012:log-group:/a", theirs]
    names = Names(arns)
    assert [names.number(one) for one in ("/a", "123456789012:/a", "000000000000:/a", f"{theirs}:*", "/b")] == [
        0, 0, 1, 1, None
    ]  # fmt: skip
    assert arn_of("/a", "aws", "eu-west-1", "") == ""


# ---- sessions --------------------------------------------------------------------------------------


class Sessions(FakeAws):
    """Live Tail by a script: each session is events, and errors that end it."""

    def __init__(self, *sessions: list[Row | BaseException]) -> None:
        def next_session(**_: Any) -> Any:
            return self.script.pop(0)

        super().__init__({"start_live_tail": next_session}, clock=lambda: self.time)
        self.script, self.time = list(sessions), 1000.0


START: Row = {"sessionStart": {}}


def update(*lines: Row, sampled: bool = False) -> Row:
    told = [{**one, "logGroupIdentifier": GROUP} for one in lines]
    return {"sessionUpdate": {"sessionMetadata": {"sampled": sampled}, "sessionResults": told}}


def failed(kind: str, code: str = "") -> AwsError:
    return AwsError(Problem(f"It is {kind}.", kind=kind, code=code))


async def lived(aws: Sessions, **narrowed: Any) -> tuple[LiveTail, list[float]]:
    """Live Tail turned on, until it goes off by itself."""
    slept, off = list[float](), asyncio.Event()

    async def sleep(seconds: float) -> None:
        slept.append(seconds)
        await asyncio.sleep(0)

    def stir() -> None:
        if tail.phase == "off":
            off.set()

    tail = LiveTail(aws, [GROUP], stir=stir, sleep=sleep, **narrowed)
    tail.turn(on=True)
    await asyncio.wait_for(off.wait(), PATIENCE)
    await tail.close()
    return tail, slept


async def test_it_tries_again_for_a_while_and_falls_back_by_itself() -> None:
    aws = Sessions(
        [failed("offline")],
        [START],
        [START, failed("error", "SessionTimeoutException")],
        [failed("throttled")],
    )
    tail, slept = await lived(aws)
    assert slept == [1.0, 2.0, 4.0]
    assert tail.said is not None
    assert tail.said.what == "Live Tail was given up, polling goes on: It is throttled."
    assert tail.event()["phase"] == "off"


@pytest.mark.parametrize("kind", ["denied", "missing", "refused", "error"])
async def test_it_does_not_insist_on_what_will_not_pass(kind: str) -> None:
    aws = Sessions([failed(kind)])
    tail, slept = await lived(aws)
    assert slept == []
    assert tail.said is not None
    assert kind in tail.said.what


async def test_a_session_that_lasted_is_begun_anew_at_once() -> None:
    class Long(Sessions):
        async def stream(self, operation: str, /, **arguments: Any) -> AsyncGenerator[Row, None]:
            async for event in super().stream(operation, **arguments):
                yield event
                self.time += 3 * 3600

    aws = Long([START, failed("error", "SessionTimeoutException")], [failed("denied")])
    tail, slept = await lived(aws)
    assert slept == [0.0]
    assert tail.event()["seconds"] == 3 * 3600


async def test_what_is_asked_for_is_what_the_tail_shows() -> None:
    aws = Sessions([failed("denied")])
    await lived(aws, streams=["a"], prefix="p", pattern="ERROR")
    arn = f"arn:aws:logs:eu-west-1:123456789012:log-group:{GROUP}"
    assert aws.calls == [("start_live_tail", {
        "logGroupIdentifiers": [arn], "logStreamNames": ["a"], "logStreamNamePrefixes": ["p"],
        "logEventFilterPattern": "ERROR",
    })]  # fmt: skip
    for narrowed, said in ((["x"] * 11, "10 streams"), ([], "account's number")):
        other = Sessions()
        other.account = "" if not narrowed else other.account
        tail = LiveTail(other, [GROUP], streams=narrowed, stir=lambda: None)
        tail.turn(on=True)
        assert tail.said is not None
        assert said in tail.said.what
        assert (tail.phase, other.calls) == ("off", [])


async def test_what_is_sampled_dropped_or_interrupted_is_marked_and_read_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(live_tail, "HELD", 2)
    told: list[list[Any]] = []

    class Watched(Sessions):
        async def stream(self, operation: str, /, **arguments: Any) -> AsyncGenerator[Row, None]:
            async for event in super().stream(operation, **arguments):
                yield event
                self.time += 1
                told.append([mark[2] for mark in tail.event()["marks"]])

    many = [line(str(n), taken=1_010_000) for n in range(3)]
    aws = Watched(
        [START, update(), update(sampled=True), update(sampled=True), update()],
        [START, update(), update(*many), update(), failed("denied")],
    )
    off = asyncio.Event()

    async def sleep(seconds: float) -> None:
        await asyncio.sleep(0)

    def stir() -> None:
        if tail.phase == "off":
            off.set()

    tail = LiveTail(aws, [GROUP], stir=stir, sleep=sleep)
    tail.turn(on=True)
    await asyncio.wait_for(off.wait(), PATIENCE)
    assert [marks[-1] if marks else "" for marks in told] == [
        "", "", live_tail.SAMPLED, live_tail.SAMPLED, live_tail.SAMPLED,
        live_tail.CUT, live_tail.CUT, live_tail.FLOODED, live_tail.FLOODED,
    ]  # fmt: skip
    assert len(tail.rereads) == 4, "the last one is what ended it"
    tail.settle(aws.time + 1, 0)
    assert tail.event()["marks"] == []
    await tail.close()


async def test_turned_off_it_leaves_the_stream_and_no_mark() -> None:
    closed = asyncio.Event()

    class Endless(Sessions):
        async def stream(self, operation: str, /, **arguments: Any) -> AsyncGenerator[Row, None]:
            try:
                yield START
                yield update(line("now", taken=1_005_000))
                await asyncio.sleep(3600)
            finally:
                closed.set()

    aws, came = Endless(), asyncio.Event()
    tail = LiveTail(aws, [GROUP], stir=came.set)
    tail.turn(on=True)
    tail.turn(on=True)
    while tail.event()["phase"] != "on" or not tail._held:
        came.clear()
        await came.wait()
    [(number, found)] = tail.found()
    assert (number, found.events[0][0]["message"]) == (0, "now")
    tail.turn(on=False)
    await asyncio.wait_for(closed.wait(), PATIENCE)
    polled = Found(events=[(line("now", taken=1_005_000), 0), (line("then"), 0)])
    tail.polled(0, polled)
    assert [event["message"] for event, _ in polled.events] == ["then"]
    assert tail.event()["marks"] == []
    await tail.close()


# ---- over HTTP -------------------------------------------------------------------------------------


class Inbox:
    """What is told to the job."""

    def __init__(self) -> None:
        self._told: asyncio.Queue[Row] = asyncio.Queue()

    def tell(self, **what: Any) -> None:
        self._told.put_nowait(what)

    async def next(self, timeout: float | None = None) -> Row | None:
        return await asyncio.wait_for(self._told.get(), timeout)


class Job:
    """A following that runs, and what came of it."""

    def __init__(self, inbox: Inbox) -> None:
        self.inbox, self.lines, self.state = inbox, Counter[tuple[Any, ...]](), dict[str, Any]()
        self.phases: list[str] = []
        self.said: list[str] = []
        self.marked: set[str] = set()
        self.unsure: set[int] = set()
        """The numbers of lines that only Live Tail has brought."""

        self._stirred = asyncio.Event()

    async def run(self, events: AsyncIterator[Row]) -> None:
        async for event in events:
            if event["kind"] == "lines":
                self.lines.update((one[3], one[0], one[6], one[7]) for one in event["lines"])
                self.unsure |= {-one[4] for one in event["lines"] if one[4] < 0}
            elif event["kind"] == "settled":
                self.unsure -= set(event["numbers"])
            else:
                self.state = event
                told = event["live"]
                self.phases += [told["phase"]] if told["phase"] not in self.phases[-1:] else []
                self.said += [told["said"]] if told["said"] not in self.said else []
                self.marked |= {mark[2] for mark in told["marks"]}
            self._stirred.set()

    async def until(self, test: Callable[[], object]) -> None:
        async with asyncio.timeout(PATIENCE):
            while not test():
                self._stirred.clear()
                await self._stirred.wait()


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """A pace at which a test is over soon."""
    monkeypatch.setattr(tailing, "CADENCE", QUICK)
    monkeypatch.setattr(tailing, "SHARE", 0.1)
    monkeypatch.setattr(tailing, "TOLD", 0.0)
    monkeypatch.setattr(live, "UNSURE", 0)
    monkeypatch.setattr(live_tail, "STEADY", 0.05)
    monkeypatch.setattr(streams, "SILENCE", 0.4)


@asynccontextmanager
async def followed(server: LogServer, folder: Path, *groups: str) -> AsyncIterator[Job]:
    """The job that follows, through the engine's own door."""
    doors = Doors(audit_folder=folder, endpoint_url=server.url, demo=True)
    job, aws = Job(Inbox()), doors.open(SCOPE, "logs")
    await aws.read("describe_log_groups")  # an engine has always asked something before
    events = tailing.follow(aws, {}, job.inbox, groups=groups, since=time.time() - 60)
    running = asyncio.ensure_future(job.run(events))
    try:
        yield job
        assert not running.done(), "it never ends by itself"
    finally:
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
        await events.aclose()  # type: ignore[attr-defined]
        await doors.close()


def truth(server: LogServer, *groups: str) -> Counter[tuple[Any, ...]]:
    return Counter(
        (number, one.at, one.stream, one.message)
        for number, group in enumerate(groups)
        for one in server.arrived(group)
    )


def pour(server: LogServer, group: str, count: int, seconds: float = 0.6) -> None:
    """Lines from this moment on, three of each alike in everything, some late."""
    now = time.time()
    for number in range(count):
        third = number // 3
        late = 0.3 if third % 7 == 3 else 0.02
        server.put(group, now + seconds * third * 3 / count, f"line {third}", delay=late)


@pytest.mark.usefixtures("quick")
async def test_live_lines_are_shown_once_and_what_it_leaves_out_is_not_lost(tmp_path: Path) -> None:
    server = LogServer(time.time)
    for group in (GROUP, OTHER):
        server.put(group, time.time() - 5, "before")
    live_tail_of = server.live = Live(server, misses=0.2, silently=0.2)
    async with server.running(), followed(server, tmp_path, GROUP, OTHER) as job:
        await job.until(lambda: len(job.lines) == 2)
        job.inbox.tell(live=True)
        await job.until(lambda: "on" in job.phases)
        pour(server, GROUP, 150)
        pour(server, OTHER, 60)
        await job.until(lambda: job.lines.total() == 212 and live_tail_of.sent)
        await job.until(
            lambda: not job.state["live"]["provisional"] and not job.state["live"]["marks"]
        )
        assert job.unsure == set(), "each provisional line is named once a poll has brought it"
        assert live_tail.SAMPLED in job.marked
        assert 20 < live_tail_of.sent < 210
        job.inbox.tell(live=False)
        await job.until(lambda: job.phases[-1] == "off")
        swept = job.state["groups"][0]["polled"] + QUICK.sweep
        await job.until(lambda: job.state["groups"][0]["polled"] > swept)
        assert job.lines == truth(server, GROUP, OTHER), "each once, none lost"
        await asyncio.wait_for(live_tail_of.left.wait(), PATIENCE)
        assert live_tail_of.sessions == 1, "it is paid for no longer"


@pytest.mark.usefixtures("quick")
async def test_it_goes_on_after_every_end_of_a_stream(tmp_path: Path) -> None:
    server = LogServer(time.time)
    server.group(GROUP)
    server.live = feed = Live(server, ends=ENDS)
    async with server.running(), followed(server, tmp_path, GROUP) as job:
        await job.until(lambda: job.state)
        job.inbox.tell(live=True)
        await job.until(lambda: "on" in job.phases)
        pour(server, GROUP, 300, seconds=1.2)
        await job.until(lambda: feed.sessions == len(ENDS) + 1)
        await job.until(lambda: job.lines.total() == 300)
        await job.until(
            lambda: not job.state["live"]["provisional"] and not job.state["live"]["marks"]
        )
        assert job.lines == truth(server, GROUP)
        assert job.marked == {live_tail.CUT}
        for said in ("ended the session", "broke inside AWS", "cut off", "damaged", "silent"):
            assert any(said in one for one in job.said), said


@pytest.mark.usefixtures("quick")
async def test_without_live_tail_polling_goes_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(live_tail, "TRIES", 1)
    server = LogServer(time.time)
    server.group(GROUP)
    async with server.running(), followed(server, tmp_path, GROUP) as job:
        await job.until(lambda: job.state)
        job.inbox.tell(live=True)
        await job.until(lambda: any("given up, polling goes on" in one for one in job.said))
        server.put(GROUP, time.time(), "still here")
        await job.until(lambda: job.lines.total() == 1)
