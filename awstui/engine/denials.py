"""What AWS has denied is remembered: details that may not be read are not asked for row by row."""

from __future__ import annotations

import asyncio

from awstui.wire import Problem

SCOUTS = 20
"""So many rows are denied, and none allowed, before the others are not asked for."""


class Denials:
    """The denials of one list's details, from one reading to the next.

    A policy may deny one row and allow the next, so each row is asked for once; but where the first
    ones are all denied, or were at the last reading, one row a reading is enough to see a change.
    """

    def __init__(self) -> None:
        self._known: dict[str, Problem] = {}
        self._allowed = False
        self._out = 0
        self._retry = ""
        self._scout = False
        self._moved = asyncio.Condition()

    @property
    def problem(self) -> Problem | None:
        """The first denial there was."""
        return next(iter(self._known.values()), None)

    def begin(self, *, anew: bool) -> None:
        """A reading begins; ``anew`` when a person asked for it, so that everything is tried."""
        if anew:
            self._known.clear()
            self._allowed = False
        self._out = 0
        self._scout = not self._allowed and len(self._known) >= SCOUTS
        self._retry = "" if self._scout else next(iter(self._known), "")
        if self._retry:
            self._known[self._retry] = self._known.pop(self._retry)

    async def of(self, key: str) -> Problem | None:
        """Why a row is not to be asked for; None when it is."""
        if self._allowed:
            return self._remembered(key)
        async with self._moved:
            await self._moved.wait_for(self._may_go_on)
            if self._allowed or key in self._known:
                return self._remembered(key)
            if len(self._known) >= SCOUTS and not self._scout:
                return self._not_asked()
            self._scout = False
            self._out += 1
        return None

    async def told(self, key: str, problem: Problem | None) -> None:
        """What came of asking for a row."""
        if problem is None and not self._known and self._allowed:
            return
        async with self._moved:
            self._out = max(0, self._out - 1)
            if problem is None:
                if key in self._known or not self._allowed:
                    self._known.clear()  # somebody may have changed a policy: each is tried once more
                self._allowed = True
            elif problem.kind == "denied":
                self._known[key] = problem
            self._moved.notify_all()

    def _may_go_on(self) -> bool:
        known = len(self._known)
        return self._allowed or known >= SCOUTS or known + self._out < SCOUTS

    def _remembered(self, key: str) -> Problem | None:
        if key and key == self._retry:
            self._retry = ""
            return None
        return self._known.get(key)

    def _not_asked(self) -> Problem:
        first = next(iter(self._known.values()))
        return Problem(
            f"Not asked for: {first.action or 'it'} was denied for {len(self._known)} other rows.",
            first.what,
            "One row is tried at each refresh; r tries them all.",
            action=first.action,
            code=first.code,
            kind="denied",
        )
