"""A CloudWatch Logs of ours over HTTP that delivers as badly as the real one may, and keeps the truth.

Events are late, out of order, in the same millisecond, stamped in the future; pages are empty on the
way; calls are throttled and cut off. ``server.taken`` says what it took in. Its clock is given to it, so
that ten minutes of a following are over in seconds.
"""

from __future__ import annotations

import asyncio
import base64
import heapq
import json
import random
import time
from bisect import bisect_left, bisect_right, insort
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Coroutine, Iterable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from tests.faults import event_stream, http

ACCOUNT = "123456789012"
REGION = "eu-west-1"


class Event(NamedTuple):
    """One event as the server holds it, in the order in which it lists them."""

    at: int
    taken: int
    number: int
    stream: str
    message: str

    @property
    def ident(self) -> str:
        """Its event id."""
        return f"{self.number:056d}"


@dataclass
class Weather:
    """How badly calls fare: the chance of each."""

    empty: float = 0.0
    """An empty page with a token."""

    throttled: float = 0.0
    cut: float = 0.0
    """The answer ends in its middle."""

    stale: float = 0.0
    """A token is refused, as one that is older than a day is."""

    storms: tuple[tuple[float, float, str], ...] = ()
    """From, to (by the server's clock) and ``throttled`` or ``cut``: every call then."""


class LogServer:
    """Groups, their events, and when each may be seen."""

    def __init__(
        self, clock: Callable[[], float], *, page: int = 10_000, weather: Weather | None = None,
        descends: bool = True, seed: int = 1, accepts: Callable[[str, str], bool] | None = None,
    ) -> None:  # fmt: skip
        """``descends`` is whether ``startFromHead: false`` is obeyed, which emulators do not."""
        self._clock, self._page, self._descends = clock, page, descends
        self.weather = weather or Weather()
        self._chance = random.Random(seed)
        self._accepts = accepts or (lambda pattern, message: pattern.strip('"') in message)
        self._coming: dict[str, list[tuple[int, Event]]] = {}
        self._seen: dict[str, list[Event]] = {}
        self._arrived: dict[str, list[Event]] = {}
        self._numbers = self._tokens = 0
        self.asked: list[tuple[str, dict[str, Any]]] = []
        self.most_per_second = 0.0
        """Calls of FilterLogEvents above which it throttles, per second of its clock; 0: never."""

        self._bucket, self._bucket_at = 0.0, 0.0
        self.classes: dict[str, str] = {}
        """The class of a group that is not STANDARD."""

        self.sizes: dict[str, int] = {}
        """The bytes that a group is said to store, where that is not what it holds."""

        self.live: Callable[[dict[str, Any]], AsyncGenerator[bytes, None]] | None = None
        """What answers StartLiveTail: the frames of a stream."""

        self.url = ""

    def group(self, name: str) -> None:
        """Make a group."""
        self._coming.setdefault(name, [])
        self._arrived.setdefault(name, [])
        self._seen.setdefault(name, [])

    def drop(self, name: str) -> None:
        """Delete a group."""
        for held in (self._coming, self._seen, self._arrived):
            held.pop(name)

    def put(
        self, group: str, at: float, message: str, *, delay: float = 0.2, stream: str = "s"
    ) -> Event:
        """Take in an event stamped ``at``, to be seen ``delay`` seconds later; both in seconds."""
        self.group(group)
        self._numbers += 1
        stamped = round(at * 1000)
        event = Event(stamped, round((at + delay) * 1000), self._numbers, stream, message)
        heapq.heappush(self._coming[group], (event.taken, event))
        return event

    def taken(self, group: str) -> set[str]:
        """The ids of all that could be seen by now: the truth."""
        self._arrive(group)
        return {event.ident for event in self._seen[group]}

    def shown(self, group: str, since: float) -> list[Event]:
        """The events stamped at or after a time in seconds that can be seen by now."""
        self._arrive(group)
        return [event for event in self._seen[group] if event.at >= round(since * 1000)]

    def _arrive(self, group: str) -> None:
        now, coming = self._clock() * 1000, self._coming[group]
        while coming and coming[0][0] <= now:
            _, event = heapq.heappop(coming)
            insort(self._seen[group], event)
            self._arrived[group].append(event)

    def arrived(self, group: str) -> list[Event]:
        """All that could be seen by now, in the order in which that came to be."""
        self._arrive(group)
        return self._arrived[group]

    # ---- answers -------------------------------------------------------------------------------------

    def answer(self, operation: str, body: dict[str, Any]) -> bytes | None:
        """The bytes to send; None to hang up."""
        self.asked.append((operation, body))
        if operation == "FilterLogEvents":
            return self._filter(body)
        if operation == "DescribeLogGroups":
            linked = bool(body.get("includeLinkedAccounts"))
            shown = [name for name in self._seen if linked or not name.startswith("arn:")]
            return _json({"logGroups": [self._described(name) for name in shown]})
        if operation == "DescribeLogStreams":
            name = self._meant(body)
            self._arrive(name)
            times: dict[str, list[int]] = {}
            for event in self._seen.get(name, ()):
                times.setdefault(event.stream, []).append(event.at)
            return _json({"logStreams": [_stream(name, at) for name, at in times.items()]})
        if operation == "GetCallerIdentity":
            return _identity()
        return _error("UnknownOperationException", operation)

    def _meant(self, body: dict[str, Any]) -> str:
        """The group that a call names; one of a linked account is held, and must be named, by its ARN."""
        named = str(body.get("logGroupName") or body["logGroupIdentifier"])
        return named if named in self._seen else named.rsplit(":", 1)[-1]

    def _described(self, name: str) -> dict[str, Any]:
        arn = f"arn:aws:logs:{REGION}:{ACCOUNT}:log-group:{name}"
        if name.startswith("arn:"):
            shown = {"logGroupName": name.rsplit(":", 1)[-1], "arn": f"{name}:*"}
            return {**shown, "logGroupArn": name, "creationTime": 1_700_000_000_000}
        size = self.sizes.get(name) or sum(len(event.message) for event in self._seen[name])
        return {
            "logGroupName": name, "arn": f"{arn}:*", "logGroupArn": arn, "storedBytes": size,
            "creationTime": 1_700_000_000_000, "logGroupClass": self.classes.get(name, "STANDARD"),
        }  # fmt: skip

    def _filter(self, body: dict[str, Any]) -> bytes | None:
        name = self._meant(body)
        if name not in self._seen:
            return _error("ResourceNotFoundException", "The specified log group does not exist.")
        if (kind := self.classes.get(name, "STANDARD")) != "STANDARD":
            return _error("InvalidOperationException", f"Not supported for the class {kind}.")
        if trouble := self._trouble():
            return (
                _error("ThrottlingException", "Rate exceeded") if trouble == "throttled" else None
            )
        if body.get("nextToken") and self._chance.random() < self.weather.stale:
            return _error("InvalidParameterException", "The specified nextToken is invalid.")
        self._arrive(name)
        return self._page_of(self._seen[name], body)

    def _trouble(self) -> str:
        now = self._clock()
        for start, end, what in self.weather.storms:
            if start <= now < end:
                return what
        if self.most_per_second:
            grown = (now - self._bucket_at) * self.most_per_second
            self._bucket = min(max(1.0, self.most_per_second), self._bucket + grown)
            self._bucket_at = now
            if self._bucket < 1:
                return "throttled"
            self._bucket -= 1
        luck = self._chance.random()
        if luck < self.weather.throttled:
            return "throttled"
        return "cut" if luck < self.weather.throttled + self.weather.cut else ""

    def _page_of(self, held: list[Event], body: dict[str, Any]) -> bytes:
        down = body.get("startFromHead") is False and self._descends
        low = bisect_left(held, (int(body.get("startTime", 0)),))
        high = bisect_right(held, (int(body.get("endTime", 1 << 60)), 1 << 60))
        if token := body.get("nextToken"):
            after = tuple(json.loads(base64.b64decode(token))[:3])
            if down:
                high = bisect_left(held, after)
            elif after[0] >= 0:
                low = bisect_left(held, (*after[:2], after[2] + 1))
        if self._chance.random() < self.weather.empty:
            start = (held[high] if high < len(held) else (1 << 60, 0, 0)) if down else (
                held[low - 1] if low else (-1, 0, 0))  # fmt: skip
            return _json({"events": [], "nextToken": self._token(start)})
        size = min(self._page, int(body.get("limit", 10_000)))
        window = (
            held[max(low, high - size) : high][::-1] if down else held[low : min(high, low + size)]
        )
        answer: dict[str, Any] = {
            "events": [_shown(event) for event in window if self._wanted(event, body)],
            "searchedLogStreams": [],
        }
        if window and len(window) == size and (high - size > low if down else low + size < high):
            answer["nextToken"] = self._token(window[-1])
        return _json(answer)

    def _token(self, after: Iterable[Any]) -> str:
        """A token for what comes after an event: another one each time, as AWS's are."""
        self._tokens += 1
        return base64.b64encode(json.dumps([*list(after)[:3], self._tokens]).encode()).decode()

    def _wanted(self, event: Event, body: dict[str, Any]) -> bool:
        names, prefix = body.get("logStreamNames"), str(body.get("logStreamNamePrefix", ""))
        if (names and event.stream not in names) or not event.stream.startswith(prefix):
            return False
        pattern = str(body.get("filterPattern", ""))
        return not pattern or self._accepts(pattern, event.message)

    # ---- HTTP ----------------------------------------------------------------------------------------

    @asynccontextmanager
    async def running(self) -> AsyncIterator[LogServer]:
        """Serve on a free port for the length of a ``with``."""
        server = await asyncio.start_server(self._serve, "127.0.0.1", 0, limit=1 << 20)
        self.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        try:
            yield self
        finally:
            server.close()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while True:
                request = await http.read_request(reader, writer)
                if request is None:
                    return
                operation = http.asked(request).operation
                if operation == "StartLiveTail" and self.live is not None:
                    self.asked.append((operation, _body(request)))
                    await event_stream.serve(writer, self.live(_body(request)))
                    return
                told = self.answer(operation, _body(request))
                if told is None:
                    writer.write(b'HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n{"events": [')
                    await writer.drain()
                    return
                writer.write(http.skewed(told, self._clock() - time.time()))
                await writer.drain()
        except (asyncio.IncompleteReadError, asyncio.CancelledError, ConnectionError):
            return  # the client has hung up, or the test is over
        finally:
            writer.close()


def _body(request: http.Message) -> dict[str, Any]:
    if not request.body.startswith(b"{"):
        return {}
    parsed: dict[str, Any] = json.loads(request.body)
    return parsed


def _shown(event: Event) -> dict[str, Any]:
    return {
        "eventId": event.ident, "timestamp": event.at, "ingestionTime": event.taken,
        "logStreamName": event.stream, "message": event.message,
    }  # fmt: skip


def _stream(name: str, times: list[int]) -> dict[str, Any]:
    first, last = min(times), max(times)
    return {
        "logStreamName": name, "creationTime": first, "firstEventTimestamp": first,
        "lastEventTimestamp": last, "lastIngestionTime": last,
    }  # fmt: skip


def _json(value: dict[str, Any]) -> bytes:
    return http.answer(200, json.dumps(value).encode(), "application/x-amz-json-1.1", _ids())


def _ids() -> dict[str, str]:
    return {"x-amzn-RequestId": "00000000-0000-4000-8000-000000000000"}


def _error(code: str, message: str) -> bytes:
    body = json.dumps({"__type": code, "message": message}).encode()
    return http.answer(400, body, "application/x-amz-json-1.1", _ids())


def _identity() -> bytes:
    inner = (
        f"<Account>{ACCOUNT}</Account><Arn>arn:aws:iam::{ACCOUNT}:user/test</Arn><UserId>T</UserId>"
    )
    said = f"<GetCallerIdentityResponse><GetCallerIdentityResult>{inner}</GetCallerIdentityResult>"
    return http.answer(200, f"{said}</GetCallerIdentityResponse>".encode(), "text/xml", _ids())


# ---- time and load ---------------------------------------------------------------------------------


@dataclass
class Simulated:
    """A clock that jumps to the next moment at which anybody wants to wake up."""

    now: float
    _sleeping: list[tuple[float, int, asyncio.Future[None]]] = field(default_factory=list)
    _parties: int = 0
    _count: int = 0
    _until: float = 0.0
    _over: asyncio.Event = field(default_factory=asyncio.Event)

    def __call__(self) -> float:
        """The time, in epoch seconds."""
        return self.now

    async def sleep(self, seconds: float) -> None:
        """Wait so long by this clock."""
        woken: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._count += 1
        heapq.heappush(self._sleeping, (self.now + seconds, self._count, woken))
        self._go_on()
        await woken

    def _go_on(self) -> None:
        if len(self._sleeping) < self._parties:
            return  # somebody still works at this moment
        at, _, woken = heapq.heappop(self._sleeping)
        if at > self._until:
            self._over.set()
        elif not woken.done():
            self.now = max(self.now, at)
            woken.set_result(None)

    async def run(self, seconds: float, parties: int, *work: Coroutine[Any, Any, Any]) -> None:
        """Let the work go on for so long; ``parties`` of it sleep by this clock."""
        self._until, self._parties = self.now + seconds, parties
        self._over.clear()
        self._sleeping.clear()
        tasks = [asyncio.ensure_future(one) for one in work]
        ended = asyncio.ensure_future(self._over.wait())
        try:
            await asyncio.wait([*tasks, ended], return_when=asyncio.FIRST_COMPLETED)
            for task in tasks:
                if task.done():
                    task.result()
        finally:
            for task in [*tasks, ended]:
                task.cancel()
            await asyncio.gather(*tasks, ended, return_exceptions=True)
        self.now = self._until


def shop_load(
    server: LogServer, group: str, *, start: float, seconds: float, count: int, seed: int = 7,
    ahead: int = 0, late: Sequence[float] = (8, 15, 45, 90, 300, 540),
    message: Callable[[int], str] = "line {}".format,
) -> None:  # fmt: skip
    """Events as a busy service sends them: 97 % soon, the rest ``late``, many in one millisecond."""
    chance = random.Random(seed)
    moments = [start + chance.random() * seconds for _ in range(count)]
    moments = [moment if chance.random() < 0.8 else round(moment, 1) for moment in moments]
    for number, at in enumerate(moments):
        soon = chance.random() < 0.97
        delay = chance.uniform(0.2, 3.0) if soon else chance.choice(late)
        server.put(group, at, message(number), delay=delay, stream=f"s{number % 5}")
    for number in range(ahead):
        at = start + seconds * chance.random()
        server.put(group, at + 7200, f"from the future {number}", delay=-7200 + 0.5)
