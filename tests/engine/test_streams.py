"""Answers that are streams: every way in which one ends has its sentence, and none is left open."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing, asynccontextmanager

import pytest

from awstui.engine import streams
from awstui.engine.door import Door
from awstui.errors import AwsError
from awstui.plugin import Row
from tests.engine.conftest import SCOPE, MakeDoors
from tests.faults import http
from tests.faults.event_stream import CUT, damaged, event, exception, serve
from tests.patience import PATIENCE

ARN = "arn:aws:logs:eu-west-1:123456789012:log-group:g"
START = event("sessionStart", {"sessionId": "s"})
UPDATE = event("sessionUpdate", {"sessionMetadata": {"sampled": False}, "sessionResults": []})


class Streaming:
    """A server that answers every request with the same stream."""

    def __init__(self, *frames: bytes | None) -> None:
        """None among the frames is silence."""
        self.frames, self.requests, self.gone = frames, 0, asyncio.Event()
        self.url = ""

    @asynccontextmanager
    async def running(self) -> AsyncIterator[Streaming]:
        server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        self.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        try:
            yield self
        finally:
            server.close()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await http.read_request(reader, writer)
            self.requests += 1
            await serve(writer, self._frames(reader))
        except (OSError, asyncio.IncompleteReadError):
            return
        finally:
            writer.close()

    async def _frames(self, reader: asyncio.StreamReader) -> AsyncGenerator[bytes, None]:
        for one in self.frames:
            if one is None:
                await reader.read()  # until the client hangs up
                self.gone.set()
                return
            yield one


async def heard(door: Door) -> tuple[list[Row], AwsError | None]:
    """What came, and how it ended."""
    came: list[Row] = []
    try:
        async for one in door.stream("start_live_tail", logGroupIdentifiers=[ARN]):
            came.append(one)  # noqa: PERF401  what came before an error counts
    except AwsError as error:
        return came, error
    return came, None


@pytest.mark.parametrize(
    ("last", "code", "said"),
    [
        (exception("SessionTimeoutException", "3 h are over"), "SessionTimeoutException", "ended the session"),
        (exception("SessionStreamingException", "x"), "SessionStreamingException", "broke inside AWS"),
        (CUT, "ClientPayloadError", "cut off"),
        (damaged(UPDATE), "ChecksumMismatch", "damaged"),
        (None, "Silence", "gone silent"),
    ],
)  # fmt: skip
async def test_every_end_of_a_stream_has_its_sentence(
    make_doors: MakeDoors, monkeypatch: pytest.MonkeyPatch, last: bytes | None, code: str, said: str
) -> None:
    if last is None:
        monkeypatch.setattr(streams, "SILENCE", 0.2)
    async with Streaming(START, UPDATE, last).running() as server:
        came, error = await heard(make_doors(server.url).open(SCOPE, "logs"))
    assert [next(iter(one)) for one in came] == ["sessionStart", "sessionUpdate"]
    assert error is not None
    assert (error.problem.code, said in error.problem.what) == (code, True)
    assert server.requests == 1, "it costs money: it is not sent again by itself"


async def test_a_clean_end_is_the_end(make_doors: MakeDoors) -> None:
    async with Streaming(START, UPDATE).running() as server:
        came, error = await heard(make_doors(server.url).open(SCOPE, "logs"))
    assert (len(came), error) == (2, None)


async def test_who_has_enough_closes_the_stream_at_aws(make_doors: MakeDoors) -> None:
    async with Streaming(START, None).running() as server:
        door = make_doors(server.url).open(SCOPE, "logs")
        async with aclosing(door.stream("start_live_tail", logGroupIdentifiers=[ARN])) as coming:
            assert "sessionStart" in await anext(coming)
        await asyncio.wait_for(server.gone.wait(), PATIENCE)


async def test_a_stream_and_an_answer_are_not_taken_for_each_other(make_doors: MakeDoors) -> None:
    async with Streaming().running() as server:
        door = make_doors(server.url, read_only=True).open(SCOPE, "logs")
        with pytest.raises(AwsError, match=r"StartLiveTail was not sent"):
            await door.read("start_live_tail", logGroupIdentifiers=[ARN])
        with pytest.raises(AwsError, match=r"FilterLogEvents was not sent"):
            await anext(door.stream("filter_log_events", logGroupName="g"))
        assert server.requests == 0
        assert await heard(door) == ([], None), "reading is allowed in read-only mode"
