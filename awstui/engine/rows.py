"""A subscription to a resource: read again and again, and sent as what changed."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Collection

from awstui import wire
from awstui.engine.cadence import Cadence
from awstui.engine.denials import Denials
from awstui.engine.guard import again_after, problem_of
from awstui.engine.limits import counted
from awstui.engine.reading import BATCH, PAUSE, Reading
from awstui.plugin import Aws, Row
from awstui.project import Projector


class Feed:
    """Keeps one subscriber's rows as AWS has them."""

    def __init__(
        self,
        ident: int,
        projector: Projector,
        aws: Aws,
        parent: Row,
        *,
        scope: wire.Scope,
        name: str,
        every: float,
        send: Callable[[wire.ToInterface], None],
        drain: Callable[[], Awaitable[None]],
        on_screen: Collection[str] = (),
    ) -> None:
        """``on_screen`` are the keys of rows that are shown as they were last known."""
        self._cadence = Cadence(every)
        self._denials = Denials()
        self._asked = True
        self._id, self._scope, self._name = ident, scope, name
        self._projector, self._aws, self._parent = projector, aws, parent
        self._send, self._drain = send, drain
        self._shown: dict[str, wire.PackedRow] = {}
        self._last_known = frozenset(on_screen)
        self._dirty: dict[str, None] = {}
        self._unsettled: dict[str, None] = {}
        self._reading = self._next_reading()
        self._at = 0.0
        self._sent_at = 0.0
        self._wake = asyncio.Event()

    def refresh(self, every: float = -1.0) -> None:
        """Read again at once; ``every`` of 0 or more also sets the cadence."""
        if every >= 0:
            self._cadence.set(every)
        self._asked = True
        self._wake.set()

    def hurry(self) -> None:
        """Read again at once, where that would happen by itself."""
        if self._cadence.every:
            self._wake.set()

    async def run(self) -> None:
        """Read, wait, and read again until cancelled."""
        while True:
            self._wake.clear()
            with counted() as refusals:
                problem, again = await self._read()
            self._cadence.after(problem, refused=refusals.count > 0, again=again)
            self._tell("failed" if problem else "ready", problem or self._reading.incomplete)
            try:
                await asyncio.wait_for(self._wake.wait(), self._cadence.wait)
            except TimeoutError:
                continue

    async def _read(self) -> tuple[wire.Problem | None, float]:
        """What went wrong, and in how many seconds another try is worth it, where that is known."""
        self._denials.begin(anew=self._asked)
        self._asked = False
        self._reading = self._next_reading()
        self._unsettled = {}
        self._tell("asking")
        try:
            await self._reading.run()
        except Exception as error:  # noqa: BLE001  whatever a plugin raises becomes the pane's state
            await self._flush()
            return problem_of(error, self._name), again_after(error)
        await self._flush()
        on_screen = self._last_known | self._shown.keys()
        gone = tuple(key for key in on_screen if key not in self._reading.rows)
        for key in gone:
            self._shown.pop(key, None)
        self._last_known = frozenset()
        if gone:
            self._send(wire.RowsChanged(self._id, self._scope, (), gone))
        self._at = time.time()
        return None, 0.0

    def _next_reading(self) -> Reading:
        return Reading(self._projector, self._aws, self._parent, self._note, self._denials)

    async def _note(self, keys: list[str]) -> None:
        for key in keys:
            # A row already on screen waits for its fill: a refresh must not blank its cells.
            on_screen = key in self._shown or key in self._last_known
            if on_screen and self._reading.is_bare(key):
                continue
            # Nor must it lose, for a moment, what is settled only once all rows are known.
            unsettled = self._at > 0 and key in self._shown and not self._reading.settled
            (self._unsettled if unsettled else self._dirty)[key] = None
        if len(self._dirty) >= BATCH or time.monotonic() - self._sent_at > PAUSE:
            await self._flush()
            self._tell("filling" if self._reading.listed_all else "listing")

    async def _flush(self) -> None:
        self._sent_at = time.monotonic()
        if self._reading.settled and self._unsettled:
            self._dirty |= self._unsettled
            self._unsettled = {}
        dirty = list(self._dirty)
        self._dirty.clear()
        for start in range(0, len(dirty), BATCH):
            changed = tuple(
                row for key in dirty[start : start + BATCH] if (row := self._changed(key))
            )
            if changed:
                self._send(wire.RowsChanged(self._id, self._scope, changed))
                await self._drain()
            await asyncio.sleep(0)  # the next batch is work, too: others come first

    def _changed(self, key: str) -> wire.PackedRow | None:
        """The row as it is to be shown, when that differs from what is shown."""
        trouble = self._reading.trouble.get(key)
        packed = self._projector.pack(
            self._reading.rows[key], trouble=trouble.what if trouble else ""
        )
        if self._shown.get(key) == packed:
            return None
        self._shown[key] = packed
        return packed

    def _tell(self, phase: str, problem: wire.Problem | None = None) -> None:
        reading = self._reading
        self._send(
            wire.RowsState(
                self._id,
                self._scope,
                phase,
                listed=len(reading.rows),
                filled=reading.filled,
                to_fill=len(reading.rows) if self._projector.resource.enrich else 0,
                troubled=len(reading.trouble),
                at=self._at,
                asks=self._name,
                every=self._cadence.every,
                slowed=self._cadence.slowed,
                problem=problem,
            )
        )
