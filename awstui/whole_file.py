"""A file that is there whole or not at all."""

from __future__ import annotations

import asyncio
import contextlib
import errno
import os
from collections.abc import AsyncIterable
from pathlib import Path

from awstui.errors import AwstuiError
from awstui.wire import Problem


async def write_whole(path: Path, parts: AsyncIterable[str]) -> None:
    """Write a new file for its owner alone; it gets its name once all of it is on disk.

    The disk is waited for in a thread. Whatever goes wrong, or whoever stops it, nothing is left of it.
    """
    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        if await asyncio.to_thread(os.path.lexists, path):
            raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST))
        handle = await asyncio.to_thread(
            os.open, part, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600
        )
        try:
            await _fill(handle, parts)
            await asyncio.to_thread(_name, part, path)
        finally:
            with contextlib.suppress(FileNotFoundError):
                await asyncio.to_thread(part.unlink)
    except OSError as error:
        raise AwstuiError(_problem(path, error)) from error


async def _fill(handle: int, parts: AsyncIterable[str]) -> None:
    file = os.fdopen(handle, "w", encoding="utf-8", errors="surrogateescape")
    try:
        async for text in parts:
            await asyncio.to_thread(file.write, text)
        await asyncio.to_thread(file.flush)
        await asyncio.to_thread(os.fsync, handle)
    finally:
        await asyncio.to_thread(file.close)


def _name(part: Path, path: Path) -> None:
    """Give a file its name; one that came to be meanwhile is not written over."""
    try:
        os.link(part, path)
    except FileExistsError:
        raise
    except OSError:  # a file system without links
        if os.path.lexists(path):
            raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST)) from None
        part.rename(path)


def _problem(path: Path, error: OSError) -> Problem:
    why = "The file was there before; it is as it was."
    if not isinstance(error, FileExistsError):
        why = "Nothing is left of what was written."
    full = error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
    do = "Make room, or name a file on another disk." if full else "Name another file."
    return Problem(f"{path} cannot be written: {error.strerror}.", why=why, do=do)
