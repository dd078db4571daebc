"""The audit's files as they are read: chained lines, a torn one among them, intents beside outcomes."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

TAIL = 65_536
"""Bytes that are read at once from a file's end."""


@dataclass(frozen=True, slots=True)
class Deed:
    """One write: its intent, and what came of it."""

    intent: dict[str, Any]
    outcome: dict[str, Any] = field(default_factory=dict)

    @property
    def phase(self) -> str:
        """``ok``, ``error``, ``unknown``, ``cancelled``; ``no outcome`` when none was written."""
        return str(self.outcome.get("phase") or "no outcome")


@dataclass(frozen=True, slots=True)
class Verdict:
    """What verifying the chain found."""

    lines: int
    files: int
    broken: tuple[str, ...] = ()
    """Each place where the chain does not hold, as a sentence."""

    torn: tuple[str, ...] = ()
    """Each line that was cut, as by a full disk or a kill; the chain holds over it."""

    open: int = 0
    """Intents without an outcome."""

    def __str__(self) -> str:
        """Whether it holds, and how much of it there is."""
        held = "The chain is broken" if self.broken else "The chain holds"
        files = "1 file" if self.files == 1 else f"{self.files:,} files"
        lines = "1 line" if self.lines == 1 else f"{self.lines:,} lines"
        return f"{held}: {lines} in {files}, {self.open:,} without an outcome."


def files(folder: Path) -> list[Path]:
    """The audit's files, the oldest first."""
    return sorted(folder.glob("[0-9][0-9][0-9][0-9]-[0-9][0-9].jsonl"))


def raw_lines(path: Path) -> Iterator[bytes]:
    """Each line without its end."""
    with path.open("rb") as file:
        for line in file:
            yield line.removesuffix(b"\n")


def parsed(line: bytes) -> dict[str, Any] | None:
    """What a line says; None when it was torn."""
    try:
        told = json.loads(line)
    except ValueError:
        return None
    return told if isinstance(told, dict) else None


def digest(line: bytes) -> str:
    """What the line after it keeps of it."""
    return hashlib.sha256(line).hexdigest()


def deeds(folder: Path) -> list[Deed]:
    """Every write that was accounted for, the newest first."""
    intents: dict[str, dict[str, Any]] = {}
    outcomes: dict[str, dict[str, Any]] = {}
    for path in files(folder):
        for line in raw_lines(path):
            told = parsed(line)
            if told is not None:
                ident = str(told.get("id", ""))
                if told.get("phase") in ("intent", "reveal"):
                    intents[ident] = told
                if told.get("phase") != "intent":
                    outcomes[ident] = told
    found = [Deed(intent, outcomes.get(ident, {})) for ident, intent in intents.items()]
    return sorted(found, key=lambda one: str(one.intent.get("ts", "")), reverse=True)


def verify(folder: Path) -> Verdict:
    """Whether each line still holds the hash of the one before it, from file to file."""
    broken: list[str] = []
    torn: list[str] = []
    before, lines = "", 0
    paths = files(folder)
    for path in paths:
        for number, line in enumerate(raw_lines(path), 1):
            lines += 1
            told = parsed(line)
            if told is None:
                torn.append(f"{path.name} line {number} is torn")
            elif told.get("prev_sha256", "") != before:
                broken.append(
                    f"{path.name} line {number} does not follow the line before it: something was"
                    " changed, put in or taken out"
                )
            before = digest(line)
    unsettled = sum(one.phase == "no outcome" for one in deeds(folder))
    return Verdict(lines, len(paths), tuple(broken), tuple(torn), unsettled)


def last_line(path: Path) -> bytes:
    """The last line of a file, torn or whole; empty when there is none."""
    with path.open("rb") as file:
        at = file.seek(0, 2)
        held = b""
        while at and b"\n" not in held.removesuffix(b"\n"):
            step = min(TAIL, at)
            at = file.seek(at - step)
            held = file.read(step) + held
    return held.removesuffix(b"\n").rpartition(b"\n")[2]
