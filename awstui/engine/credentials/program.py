"""Running a ``credential_process``: it gets no terminal, fifteen seconds, and leaves nothing behind."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
from typing import Any

from botocore.exceptions import CredentialRetrievalError

from awstui.masking import for_child

PATIENCE = 15.0
"""Seconds until a program that does not answer is killed, with all that it started."""

OUTPUT_LIMIT = 1024 * 1024
"""Bytes of a program's answer that are read at most."""

METHOD = "custom-process"


class Program:
    """A program under way, as botocore's provider expects one."""

    def __init__(self, process: asyncio.subprocess.Process, name: str) -> None:
        self._process, self._name = process, name

    @property
    def returncode(self) -> int | None:
        """How it ended; None while it has not."""
        return self._process.returncode

    async def communicate(self) -> tuple[bytes, bytes]:
        """All it writes; when it takes too long, or nobody waits any more, its whole group dies."""
        try:
            async with asyncio.timeout(PATIENCE):
                out, err = await asyncio.gather(
                    _read(self._process.stdout), _read(self._process.stderr)
                )
                await self._process.wait()
        except TimeoutError:
            raise CredentialRetrievalError(
                provider=METHOD,
                error_msg=f"{self._name} gave no answer within {PATIENCE:.0f} s and was ended",
            ) from None
        finally:
            await self._end()
        return out, err

    async def _end(self) -> None:
        """Kill what is left of the group: a program that forked leaves its children."""
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self._process.pid, signal.SIGKILL)
        if self._process.returncode is None:
            await self._process.wait()


async def start(*words: str, **_: Any) -> Program:
    """Start a program in a session of its own, so that it can neither read nor draw on our terminal."""
    process = await asyncio.create_subprocess_exec(
        *words,
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        start_new_session=True,
        env=for_child(),
    )
    return Program(process, words[0])


async def _read(stream: asyncio.StreamReader | None) -> bytes:
    """All of a stream; what comes after the limit is dropped."""
    held = b""
    while stream is not None and (piece := await stream.read(65_536)):
        held = (held + piece)[:OUTPUT_LIMIT]
    return held
