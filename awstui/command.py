"""The command line of a plugin's own: what it declares, and where it writes."""

from __future__ import annotations

import argparse
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Literal, Protocol, TypeAlias

from awstui.aws import Aws, Row
from awstui.plan import Plan

Effect: TypeAlias = Literal["touch", "change", "destroy"]
"""What an action does to the account: decides how the gate asks for it."""

OFTEN = 1_000
"""How often an operation that is only declared may be sent, where nothing else is said."""


class Out(Protocol):
    """Where a command writes: rows to standard output, everything else to standard error."""

    def row(self, row: Row) -> None:
        """One row of the result, in the format that was asked for."""

    def line(self, text: str, *, exact: bool = False) -> None:
        """One line of text, written at once: for a format of the command's own.

        What looks like a secret is hidden unless it is asked for; ``exact`` is for what is read in again.
        """

    def each(self, rows: Sequence[Row]) -> None:
        """Many rows, written in one piece where the format lets it."""
        for row in rows:
            self.row(row)

    def each_line(self, texts: Sequence[str]) -> None:
        """Many lines that have nothing to do with each other, written in one piece."""
        for text in texts:
            self.line(text)

    def note(self, text: str) -> None:
        """A sentence for the person."""

    def progress(self, done: int, total: int, text: str) -> None:
        """How far it is; drawn on a terminal only."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """A command line of a plugin's own, such as ``awstui peek``.

    ``run`` is ``async (aws, arguments, out) -> exit status``; ``add`` declares its arguments. One that
    writes gets ``--yes``, ``--confirm``, ``--reason`` and ``--dry-run`` beside them where they mean something.
    """

    name: str
    help: str
    effect: Effect
    add: Callable[[argparse.ArgumentParser], None]
    run: Callable[[Aws, argparse.Namespace, Out], Awaitable[int]]
    plan: Callable[[Aws, argparse.Namespace], Awaitable[Plan | None]] | None = None
    """What it would do, worked out by reading only: it is said before anybody is asked. One without
    ``requests``, or None, is about nothing that writes: nothing is asked then, and nothing can be sent."""

    looks: tuple[str, ...] = ()
    """What ``plan`` itself writes to look first, such as a receive whose messages are given back. It may
    where a look is allowed without being asked for; elsewhere it has to plan without."""

    sends: tuple[str, ...] = ()
    """The operations it writes, on what its first argument or ``reaches`` names and nothing else."""

    lasts: float = 60.0
    """Seconds for which it may write."""

    often: int = OFTEN
    """How often it may send each of them."""

    reaches: Callable[[Aws, argparse.Namespace], Awaitable[Sequence[str]]] | None = None
    """What it writes on, found by reading only: keys, ARNs or URLs, first what has to be named to confirm it."""

    formats: tuple[str, ...] = ()
    """What ``-o`` takes, the default first, where it is not what every command takes."""
