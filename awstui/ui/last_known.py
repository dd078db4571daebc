"""The rows of a list as they were last known, in a file of their own: on screen before AWS has answered.

What is kept are the cells, their secrets hidden; nothing that could be acted on. A file is found again only
by who asks as things are configured: profile, region, endpoint, keys and the files that profiles are in.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import time
from collections.abc import Iterable, Sequence
from pathlib import Path

import msgspec

from awstui import paths
from awstui.masking import HIDDEN, is_secret, mask
from awstui.wire import Cell, PackedRow, Scope, Start

MOST = 1_000
"""Rows that are kept of one list, from its top."""

TOO_OLD = 7 * 86_400.0
"""Seconds after which what was known says nothing any more."""

_FILES = (
    ("AWS_CONFIG_FILE", "~/.aws/config"),
    ("AWS_SHARED_CREDENTIALS_FILE", "~/.aws/credentials"),
)
_WHO = ("AWS_PROFILE", "AWS_DEFAULT_PROFILE", "AWS_ACCESS_KEY_ID", "AWS_ROLE_ARN")
_WHERE = ("AWS_REGION", "AWS_DEFAULT_REGION", "AWS_ENDPOINT_URL")


class LastKnown(msgspec.Struct, frozen=True, array_like=True):
    """What was known of a list."""

    columns: tuple[str, ...]
    """The titles of its columns: of a list that has others now nothing is known."""

    scope: Scope
    """Whose rows they are, as AWS had confirmed it."""

    at: float
    """When AWS told them, in epoch seconds."""

    rows: tuple[PackedRow, ...]


_decoder: msgspec.msgpack.Decoder[LastKnown] = msgspec.msgpack.Decoder(LastKnown)


def file_of(start: Start, name: str) -> Path | None:
    """Where the rows of a list are kept; None where they are not, because it is of several places or a demo."""
    if start.demo or "," in start.profile + start.region:
        return None
    asked = [name, start.profile, start.region, start.endpoint_url]
    asked += [os.environ.get(variable, "") for variable in (*_WHO, *_WHERE)]
    asked += [_stamp(os.environ.get(variable) or usual) for variable, usual in _FILES]
    return paths.cache_folder() / "rows" / hashlib.sha256("\0".join(asked).encode()).hexdigest()


def recall(file: Path, columns: Sequence[str], now: float) -> LastKnown | None:
    """What was kept there, if it can be shown."""
    try:
        held = _decoder.decode(file.read_bytes())
    except (OSError, msgspec.MsgspecError):
        return None
    good = held.columns == tuple(columns) and 0 <= now - held.at < TOO_OLD
    return held if good else None


def keep(
    file: Path, columns: Sequence[str], scope: Scope, at: float, rows: Iterable[PackedRow]
) -> None:
    """Keep what is known; where that cannot be done nothing is kept, for it may be lost at any time."""
    hidden = [is_secret(title) for title in columns]
    shown = tuple(_shown(row, hidden) for row in rows)
    packed = msgspec.msgpack.encode(LastKnown(tuple(columns), scope, at, shown))
    part = file.with_name(f".{file.name}.{os.getpid()}")
    with contextlib.suppress(OSError):
        paths.private(file.parent)
        _drop_old(file.parent)
        handle = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW, 0o600)
        with os.fdopen(handle, "wb") as written:
            written.write(packed)
        part.replace(file)


def _shown(row: PackedRow, hidden: Sequence[bool]) -> PackedRow:
    """A row as it may be kept: its raw form is left out, and so is every secret."""
    cells = tuple(_safe(cell, secret) for cell, secret in zip(row.cells, hidden, strict=True))
    order = tuple(mask(part) if isinstance(part, str) else part for part in row.order)
    return PackedRow(row.key, cells, row.tones, b"", order, row.arn, mask(row.trouble))


def _safe(cell: Cell, secret: bool) -> Cell:
    if not isinstance(cell, str):
        return cell
    return HIDDEN if cell and secret else mask(cell)


def _stamp(path: str) -> str:
    """What changes whenever a file does."""
    try:
        held = Path(path).expanduser().stat()
    except OSError:
        return ""
    return f"{held.st_mtime_ns} {held.st_size}"


def _drop_old(folder: Path) -> None:
    """Delete what is too old to be shown."""
    for held in folder.iterdir():
        if time.time() - held.stat().st_mtime > TOO_OLD:
            held.unlink(missing_ok=True)
