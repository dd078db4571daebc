"""Live Tail in a tail: a key that turns it on once its price was read, what it costs, what it leaves out."""

from __future__ import annotations

import math
import time
from collections.abc import Iterator
from typing import ClassVar

from textual.binding import Binding, BindingType

from awstui.plugin import Row
from awstui.text import safe

from . import moments
from .facts import Fact
from .live import PRICE, cost
from .painting import PROVISIONAL
from .tail_following import Following
from .tail_standing import Run

DECIDES = 15.0
"""Seconds in which a second key agrees to the price."""


class OnLive(Following):
    """The part of a tail that speeds it up for money."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("L", "live", "live tail", show=False, id="tail.live",
                tooltip=f"Live Tail: lines at once, for ${PRICE} a minute; again ends it. "
                f"{PROVISIONAL} behind the time: no poll has brought the line yet"),
    ]  # fmt: skip

    _asked = 0.0
    """When the price was told, on the monotonic clock; infinite once it was agreed to."""

    _wanted = False
    _spent: tuple[int, float] = (0, 0.0)
    """Minutes and dollars of jobs that are over."""

    def __init__(self, title: str) -> None:
        super().__init__(title)
        self._told: set[int] = set()
        """The jobs that were told to turn it on or off, by the ids of their streams."""

    def action_live(self) -> None:
        """Turn Live Tail on, once its price was read, or off."""
        sessions = sum(run.stream is not None for run in self._runs)
        if self._wanted or self._is_live():
            self._turn(on=False)
            self.console.say(f"Live Tail ends; polling goes on. It took {_said(self._cost())}.")
        elif self.until or not sessions:
            self.console.say("Live Tail brings what comes from now on: G follows first.", "warn")
        elif time.monotonic() - self._asked > DECIDES:
            self._asked = time.monotonic()
            each = f" ({sessions} sessions)" if sessions > 1 else ""
            self.console.say(
                f"Live Tail costs ${PRICE * sessions:.2f} a minute{each} until L ends it or the pane is "
                "closed. L again turns it on.",
                "warn",
            )
        else:
            self._asked = math.inf
            self._turn(on=True)

    def _turn(self, *, on: bool) -> None:
        self._wanted = on
        for run in self._runs:
            if live := _live(run):
                live["said"] = ""  # what it said before is over
            self._tell(run, on=on)

    def _tell(self, run: Run, *, on: bool) -> None:
        if run.stream is not None:
            run.stream.tell(live=on)
            self._told.add(run.stream.id)

    # ---- jobs that come and go -----------------------------------------------------------------------

    def stop(self) -> None:
        """Follow no longer; what it has cost is kept count of."""
        for run in self._runs:
            self._keep(run)
        super().stop()

    def _start(self, run: Run) -> None:
        self._keep(run)
        super()._start(run)

    def _keep(self, run: Run) -> None:
        """Keep what a job has spent, for the next one counts from nothing."""
        if run.state and run.state.get("live"):
            self._spent = _sum(self._spent, cost(run.state["live"]["seconds"]))
            run.state["live"] = None

    # ---- how it stands -------------------------------------------------------------------------------

    def stand(self) -> None:
        """Show what the jobs say of themselves, and once why Live Tail was given up."""
        super().stand()
        for run in self._runs:
            # A job begun anew is told once it speaks: before it would not hear it.
            if self._wanted and _live(run) and run.stream and run.stream.id not in self._told:
                self._tell(run, on=True)
        lives = self._lives
        gave_up = next((one["said"] for one in lives if one["phase"] == "off" and one["said"]), "")
        if self._wanted and gave_up:
            self._wanted = any(one["phase"] != "off" for one in lives)
            self.console.say(safe(gave_up), "warn")
            for one in lives:
                one["said"] = ""

    def live_fact(self) -> Fact:
        """What it costs, and whether it brings all; empty while it was never on."""
        spent, lives = self._cost(), self._lives
        running = [one for one in lives if one["phase"] != "off"]
        if not running:
            off = f"live off, {_said(spent)}" if spent[0] else ""
            return Fact(off, 5, f"live off ${spent[1]:.2f}" if off else "")
        waiting = all(one["phase"] == "waiting" for one in running)
        sampled = any(one["sampled"] for one in running)
        provisional = sum(one["provisional"] for one in lives)
        state = "interrupted" if waiting else "sampled" if sampled else ""
        parts = [
            f"live ${PRICE * len(running):.2f}/min",
            _said(spent),
            state,
            f"{provisional:,} provisional {PROVISIONAL}" if provisional else "",
        ]
        short = f"live ${spent[1]:.2f}{f' {state}' if state else ''}"
        return Fact(" · ".join(part for part in parts if part), 0, short)

    def _missing(self, run: Run, state: Row) -> Iterator[tuple[int, int, str]]:
        yield from super()._missing(run, state)
        for start, end, why in (state.get("live") or {}).get("marks", ()):
            since = moments.shown(start, utc=self.lines.look.utc)[:8]
            yield start, end, f"from {since} {why}; a sweep reads what it left out"

    def _is_live(self) -> bool:
        return any(one["phase"] != "off" for one in self._lives)

    @property
    def _lives(self) -> list[Row]:
        """How Live Tail stands in each job."""
        return [live for run in self._runs if (live := _live(run))]

    def _cost(self) -> tuple[int, float]:
        """Minutes and dollars, of all jobs."""
        spent = self._spent
        for one in self._lives:
            spent = _sum(spent, cost(one["seconds"]))
        return spent


def _live(run: Run) -> Row | None:
    live: Row | None = (run.state or {}).get("live")
    return live


def _sum(one: tuple[int, float], other: tuple[int, float]) -> tuple[int, float]:
    return one[0] + other[0], one[1] + other[1]


def _said(spent: tuple[int, float]) -> str:
    return f"{spent[0]} min ${spent[1]:.2f}"
