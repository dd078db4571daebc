"""What would be done, before anybody is asked for it."""

from __future__ import annotations

from dataclasses import dataclass

from awstui.aws import Row


@dataclass(frozen=True, slots=True)
class Plan:
    """What an action would do, worked out by reading only: the dry run."""

    lines: tuple[str, ...]
    """Sentences: what will happen, to how much, what stays, what to beware of."""

    requests: tuple[str, ...] = ()
    """The requests it would send, such as ``sqs:StartMessageMoveTask × 1``."""

    calls: tuple[tuple[str, Row], ...] = ()
    """Of what takes time, one of each request as it would be sent: the operation and its arguments."""

    undo: str = "Cannot be undone."
    """How it can be taken back, or that it cannot."""

    refusal: str = ""
    """Why it must not be done at all; the dialog then offers nothing but the reason."""

    shows: str = ""
    """The view that answers instead, such as the progress of a task that already runs."""

    state: tuple[str, ...] = ()
    """What must still be so when it is carried out, else it is shown anew; the lines when empty."""
