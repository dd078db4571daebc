"""The audit: a line before each write and one after it, in files that only their owner reads."""

from __future__ import annotations

import asyncio
import datetime as dt
import errno
import fcntl
import getpass
import hashlib
import json
import logging
import os
import socket
import uuid
from collections import deque
from collections.abc import Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from awstui import __version__, audit_lines
from awstui.errors import AwsError
from awstui.paths import private
from awstui.wire import Problem

KEPT = (
    "arn",
    "url",
    "name",
    "id",
    "ids",
    "type",
    "status",
    "state",
    "namespace",
    "mode",
    "version",
    "qualifier",
)
"""Ends of the names of arguments whose text is written down; of all other text only hash and length."""

FLAGS = os.O_RDWR | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC
"""How its files are opened; never through a link."""

PATIENCE = 5.0
"""Seconds that writing an intent may take, such as on a network folder."""

LONGEST = 2_048
"""Characters of an argument that are written down at most."""


class Audit:
    """Appends to one file a month; a write whose intent cannot be written down is refused."""

    def __init__(self, folder: Path) -> None:
        self.trouble = ""
        """Why the last line could not be written; empty when it could."""

        self._folder = folder
        self.session, self._seq = uuid.uuid4().hex[:12], 0
        """What each line, and the agent of each request, says of where it came from."""

        self._waiting: deque[_Line] = deque()
        self._called = False
        """Whether the thread has been asked to write what waits, and has not begun to."""

        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="awstui-audit")

    async def intent(self, *, phase: str = "intent", **about: Any) -> str:
        """Write down what is about to be sent, or shown; the id that its outcome is written under."""
        ident = uuid.uuid4().hex[:16]
        try:
            async with asyncio.timeout(PATIENCE):
                await self._submit({"phase": phase, "id": ident, **about}, sync=True)
        except OSError as error:
            self.trouble = str(error)
            raise AwsError(
                Problem(
                    f"{about.get('action', 'The call')} was not done: the audit cannot be written.",
                    str(error) or f"It took longer than {PATIENCE:g} s.",
                    "Make room or give access there; without an audit nothing is changed.",
                    kind="refused",
                )
            ) from error
        return ident

    def outcome(self, ident: str, phase: str, **about: Any) -> None:
        """Write down how it went: ok, error, unknown or cancelled; returns before it is written."""
        written = self._submit({"phase": phase, "id": ident, **about}, sync=False)
        written.add_done_callback(self._noted)

    async def flush(self) -> None:
        """Wait until every line so far is written."""
        await asyncio.get_running_loop().run_in_executor(self._thread, lambda: None)

    async def close(self) -> None:
        """Write what is left, and take no more."""
        await self.flush()
        self._thread.shutdown(wait=False)

    def _submit(self, line: dict[str, Any], *, sync: bool) -> asyncio.Future[None]:
        now = dt.datetime.now(dt.UTC)
        self._seq += 1
        whole = {
            "v": 1,
            "ts": now.isoformat(timespec="milliseconds"),
            "seq": self._seq,
            "session": self.session,
        }
        path = self._folder / f"{now:%Y-%m}.jsonl"
        written = _Line(path, {**whole, **_place(), **line}, sync=sync)
        self._waiting.append(written)
        if not self._called:
            self._called = True
            self._thread.submit(self._write_waiting)
        return asyncio.wrap_future(written.done)

    def _write_waiting(self) -> None:
        """Write all that waits."""
        self._called = False  # first: whatever is added from here on asks anew
        while self._waiting:
            self._write_together()

    def _write_together(self) -> None:
        """Write lines of one file with one wait for the disk: many writes at once wait together."""
        lines: list[_Line] = []
        while self._waiting and (not lines or self._waiting[0].path == lines[0].path):
            line = self._waiting.popleft()
            if line.done.set_running_or_notify_cancel():
                lines.append(line)
        if not lines:
            return
        try:
            Chained(lines[0].path).append_all(
                [line.told for line in lines], sync=any(line.sync for line in lines)
            )
        except Exception as error:  # noqa: BLE001  raised where each is waited for
            for line in lines:
                line.done.set_exception(error)
        else:
            for line in lines:
                line.done.set_result(None)

    def _noted(self, written: asyncio.Future[None]) -> None:
        error = None if written.cancelled() else written.exception()
        self.trouble = str(error) if error else ""
        if error:
            logging.getLogger(__name__).error("An outcome is missing in the audit: %s", error)


def redacted(value: Any, shape: Any = None, name: str = "") -> Any:
    """Arguments as they may be written down, by the model's shape of them.

    Names, numbers and flags stay; of bodies and of anything a user may have put into a map, which
    can be secrets, there is only a hash.
    """
    if value is None or isinstance(value, bool | int | float):
        return value
    kind = getattr(shape, "type_name", "")
    if isinstance(value, Mapping):
        if kind == "map":
            return {str(key): redacted(held) for key, held in value.items()}
        known = shape.members if kind == "structure" else {}
        return {str(key): redacted(held, known.get(key), str(key)) for key, held in value.items()}
    if isinstance(value, list | tuple):
        return [redacted(held, getattr(shape, "member", None), name) for held in value]
    if isinstance(value, str) and len(value) <= LONGEST and _is_name(name, shape):
        return value
    raw = value if isinstance(value, bytes) else str(value).encode("utf-8", "backslashreplace")
    return {"sha256": hashlib.sha256(raw).hexdigest(), "length": len(raw)}


def _is_name(name: str, shape: Any) -> bool:
    if shape is not None and shape.metadata.get("sensitive"):
        return False
    return bool(getattr(shape, "enum", None)) or name.lower().endswith(KEPT)


def fingerprint(arguments: Mapping[str, Any]) -> str:
    """One hash of all arguments, to tell whether two calls were the same."""
    plain = json.dumps(arguments, default=repr, sort_keys=True)
    return hashlib.sha256(plain.encode("utf-8", "backslashreplace")).hexdigest()


@cache
def _place() -> Mapping[str, Any]:
    try:
        user = getpass.getuser()
    except (KeyError, OSError):
        user = str(os.getuid())
    return {
        "pid": os.getpid(),
        "host": socket.gethostname(),
        "os_user": user,
        "ssh_client": os.environ.get("SSH_CLIENT", ""),
        "tool_version": __version__,
    }


@dataclass(frozen=True, slots=True)
class _Line:
    """A line that waits to be written."""

    path: Path
    told: Mapping[str, Any]
    sync: bool
    done: Future[None] = field(default_factory=Future)


class Chained:
    """A file in which each line keeps the hash of the one before it, whoever wrote that."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def append(self, line: Mapping[str, Any], *, sync: bool) -> None:
        """Write one line whole, or none of it."""
        self.append_all([line], sync=sync)

    def append_all(self, lines: Sequence[Mapping[str, Any]], *, sync: bool) -> None:
        """Write these lines whole, or nothing of them."""
        private(self._path.parent)
        lock = self._locked()
        try:
            # Who comes late with a line of the month before follows on what was written since.
            self._append(max([self._path, *self._files()]), lines, sync=sync)
        finally:
            os.close(lock)

    def _files(self) -> list[Path]:
        return audit_lines.files(self._path.parent)

    def _locked(self) -> int:
        """The oldest file, which no other console of this person has while we hold it."""
        while True:
            first = min(self._files(), default=self._path)
            file = os.open(first, FLAGS | os.O_NOFOLLOW, 0o600)
            fcntl.flock(file, fcntl.LOCK_EX)
            if first == min(self._files(), default=self._path):
                return file
            os.close(file)  # an older one was begun meanwhile

    def _append(self, path: Path, lines: Sequence[Mapping[str, Any]], *, sync: bool) -> None:
        file = os.open(path, FLAGS | os.O_NOFOLLOW, 0o600)
        try:
            size = os.fstat(file).st_size
            torn = size > 0 and os.pread(file, 1, size - 1) != b"\n"
            raw = (b"\n" if torn else b"") + self._chained(lines)
            if os.write(file, raw) != len(raw):
                os.ftruncate(file, size)
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(path))
            if sync:
                os.fsync(file)
        finally:
            os.close(file)

    def _chained(self, lines: Sequence[Mapping[str, Any]]) -> bytes:
        before, raw = self._before(), b""
        for line in lines:
            chained = {**line, "prev_sha256": before}
            made = json.dumps(chained, default=str, ensure_ascii=True).encode()
            before, raw = audit_lines.digest(made), raw + made + b"\n"
        return raw

    def _before(self) -> str:
        """The hash of the last line: of the last file, or of one before when that is new."""
        for path in reversed(self._files()):
            if line := audit_lines.last_line(path):
                return audit_lines.digest(line)
        return ""
