"""The exit statuses of the command line, the same for every command."""

from __future__ import annotations

import enum


class Exit(enum.IntEnum):
    """How a command ended, for the shell."""

    OK = 0
    FAILED = 1
    USAGE = 2
    REFUSED = 3
    PARTIAL = 4
    UNKNOWN = 5
    INTERRUPTED = 130


MEANINGS = {
    Exit.OK: "done",
    Exit.FAILED: "AWS refused, failed or could not be reached; or something else went wrong",
    Exit.USAGE: "the command line makes no sense, or there is no terminal for the console",
    Exit.REFUSED: "refused: read-only, nobody confirmed it, or it makes no sense as things are",
    Exit.PARTIAL: "done, but some rows are incomplete; standard error says which and why",
    Exit.UNKNOWN: "sent, but the reply was lost: nobody knows whether it happened",
    Exit.INTERRUPTED: "interrupted with Ctrl+C",
}


def explained() -> str:
    """The table of exit statuses, for ``--help``."""
    told = "\n".join(f"  {status.value:>3}  {meaning}" for status, meaning in MEANINGS.items())
    return f"{told}\n  128+n  ended by signal n"
