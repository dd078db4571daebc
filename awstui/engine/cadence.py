"""How often a list is read: as it was asked for, less often while AWS refuses, not at all where it denies."""

from __future__ import annotations

from awstui.wire import Problem

WIDEST = 300.0
"""Seconds to which throttling widens a cadence at most."""

STOPS = frozenset(("denied", "expired"))
"""What another try by itself cannot change: read again only when a person asks."""


class Cadence:
    """The seconds between two readings of one list."""

    def __init__(self, every: float) -> None:
        self._asked_for = every
        self._factor = 1.0
        self._stopped = ""
        self._again = 0.0

    @property
    def every(self) -> float:
        """As it is at this moment; 0 is only when asked."""
        if self._stopped:
            return 0.0
        return min(self._asked_for * self._factor, max(WIDEST, self._asked_for))

    @property
    def slowed(self) -> str:
        """Why it is not what was asked for: denied, expired, throttled; empty when it is."""
        return self._stopped or ("throttled" if self._factor > 1 else "")

    @property
    def wait(self) -> float | None:
        """Seconds until the next reading, sooner where one is known to be worth it; None is never."""
        if not self.every:
            return None
        return min(self.every, self._again) if self._again else self.every

    def set(self, every: float) -> None:
        """Take another cadence."""
        self._asked_for = every
        self._factor = 1.0

    def after(self, problem: Problem | None, *, refused: bool, again: float = 0.0) -> None:
        """Draw the consequences of a reading; ``refused`` when AWS said that there were too many calls."""
        kind = problem.kind if problem is not None else ""
        self._stopped = kind if kind in STOPS else ""
        self._again = again
        if refused or kind == "throttled":
            widest = max(WIDEST / self._asked_for, 1.0) if self._asked_for else 1.0
            self._factor = min(self._factor * 2, widest)
        elif problem is None:
            self._factor = max(self._factor / 2, 1.0)
