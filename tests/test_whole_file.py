"""A file is there whole or not at all."""

from __future__ import annotations

import asyncio
import errno
import os
import resource
import stat
import threading
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from awstui.errors import AwstuiError
from awstui.whole_file import write_whole
from tests.patience import PATIENCE


async def parts(*texts: str) -> AsyncIterator[str]:
    for text in texts:
        yield text


def left(folder: Path) -> dict[str, str]:
    """What is in a folder."""
    return {one.name: one.read_text(errors="replace") for one in folder.iterdir()}


async def test_it_is_its_owner_s_alone_and_exact(tmp_path: Path) -> None:
    path = tmp_path / "lines"
    await write_whole(path, parts("é\n", "b\udc80"))
    assert path.read_bytes() == b"\xc3\xa9\nb\x80"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert set(left(tmp_path)) == {"lines"}


async def test_what_is_there_already_stays(tmp_path: Path) -> None:
    path = tmp_path / "lines"
    path.write_text("before")
    with pytest.raises(AwstuiError, match="File exists") as raised:
        await write_whole(path, parts("after"))
    assert "as it was" in raised.value.problem.why
    assert path.read_text() == "before"

    async def beaten_to_it() -> AsyncIterator[str]:
        yield "after"
        (tmp_path / "other").write_text("meanwhile")

    with pytest.raises(AwstuiError, match="File exists"):
        await write_whole(tmp_path / "other", beaten_to_it())
    assert left(tmp_path) == {"lines": "before", "other": "meanwhile"}


@contextmanager
def little_room(size: int) -> Iterator[None]:
    """No file may grow beyond so many bytes: as where a disk is full."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


async def test_where_there_is_no_room_nothing_is_left(tmp_path: Path) -> None:
    with little_room(64 * 1024), pytest.raises(AwstuiError) as raised:
        await write_whole(tmp_path / "lines", parts(*["x" * 10_000] * 20))
    problem = raised.value.problem
    assert os.strerror(errno.EFBIG) in problem.what
    assert "Nothing is left" in problem.why
    assert "room" in problem.do
    assert left(tmp_path) == {}


async def test_who_stops_it_leaves_nothing(tmp_path: Path) -> None:
    async def endless() -> AsyncIterator[str]:
        yield "begun"
        limit.reschedule(0)
        await asyncio.Event().wait()

    with pytest.raises(TimeoutError):
        async with asyncio.timeout(None) as limit:
            await write_whole(tmp_path / "lines", endless())
    assert left(tmp_path) == {}


async def test_the_loop_goes_on_while_the_disk_is_slow(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    slow, asked = threading.Event(), asyncio.Event()
    loop = asyncio.get_running_loop()

    def fsync(_: int) -> None:
        loop.call_soon_threadsafe(asked.set)
        assert slow.wait(PATIENCE), "nobody else came to act"

    monkeypatch.setattr(os, "fsync", fsync)

    async def someone_else() -> None:
        await asked.wait()
        slow.set()

    async with asyncio.TaskGroup() as group:
        group.create_task(write_whole(tmp_path / "lines", parts("x")))
        group.create_task(someone_else())
    assert left(tmp_path) == {"lines": "x"}
