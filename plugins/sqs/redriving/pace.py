"""How fast a redrive goes: its rate, and the canary that goes before the others."""

from __future__ import annotations

import math

BOUNCES = 0.2
"""The share of messages that may come back before a canary's redrive is stopped."""

RAMP = 10.0
"""Seconds after which a rate that is being raised is doubled."""

BURST = 1.0
"""Seconds' worth of messages that may go at once after a pause."""


class Bucket:
    """A token bucket: so many each second, and not much more at once."""

    def __init__(self, rate: float, now: float) -> None:
        self.rate = rate
        self._tokens, self._at = 1.0, now

    def most(self, now: float) -> int:
        """How many may go at this moment."""
        room = max(1.0, self.rate * BURST)
        self._tokens = min(room, self._tokens + max(0.0, now - self._at) * self.rate)
        self._at = now
        return math.floor(self._tokens)

    def spend(self, count: int) -> None:
        """So many went."""
        self._tokens -= count

    def wait(self) -> float:
        """Seconds until one more may go."""
        return max(0.0, (1.0 - self._tokens) / self.rate)


class Pace:
    """The rate at this moment; behind a canary it begins with one message and is doubled."""

    def __init__(self, rate: float, now: float, *, canary: float = 0.0) -> None:
        """``canary`` is for how many seconds the first message is watched; 0: there is none."""
        self.cap, self._canary = rate, canary
        self._watched_from = 0.0
        """When the canary was acknowledged; 0 while it was not."""

        self._passed_at = 0.0 if canary else now
        self._out = False
        self._bucket = Bucket(1.0 if canary else rate, now)

    @property
    def is_watching(self) -> bool:
        """Whether the canary has still to prove good."""
        return not self._passed_at

    @property
    def is_out(self) -> bool:
        """Whether the canary was taken, and it is watched whether it comes back."""
        return self.is_watching and bool(self._watched_from)

    def is_due(self, now: float) -> bool:
        """Whether the canary was watched long enough, and has not been found to be good or bad."""
        return self.is_out and not self.left(now)

    def left(self, now: float) -> float:
        """Seconds for which the canary is watched still."""
        return max(0.0, self._watched_from + self._canary - now) if self._watched_from else 0.0

    def rate(self, now: float) -> float:
        """Messages each second at this moment."""
        if self.is_watching:
            return 0.0
        if not self._canary:
            return self.cap
        return min(self.cap, 2.0 ** int((now - self._passed_at) / RAMP))

    def most(self, now: float) -> int:
        """How many may go now."""
        if self.is_watching:
            return 0 if self._out else 1
        self._bucket.rate = max(0.01, self.rate(now))
        return self._bucket.most(now)

    def spend(self, count: int) -> None:
        """So many went."""
        self._out = self._out or count > 0
        self._bucket.spend(count)

    def look(
        self, now: float, *, sent: int, bounced: int, out: int, holds: bool = False
    ) -> str:  # fmt: skip
        """Take note of how it goes; returns why to stop, or nothing.

        ``out`` are under way; ``holds`` says that the canary may have come back unseen.
        """
        if not self._canary:
            return ""
        if self.is_watching:
            self._watch(now, sent=sent, out=out, bounced=bounced + holds)
        if bounced and bounced > sent * BOUNCES:
            return f"{bounced:,} of {sent:,} came back: that is more than {BOUNCES:.0%}."
        return ""

    def _watch(self, now: float, *, sent: int, out: int, bounced: int) -> None:
        if self._out and not sent and not out:
            self._out = False  # it was refused: the next one is the canary
        if sent and not self._watched_from:
            self._watched_from = now
        if self._watched_from and not bounced and not self.left(now):
            self._passed_at = now

    def pass_canary(self, now: float) -> None:
        """A person has seen enough of the canary."""
        if self.is_watching and self._watched_from:
            self._passed_at = now

    def change(self, rate: float) -> None:
        """Go at another rate from now on."""
        self.cap = self._bucket.rate = rate
