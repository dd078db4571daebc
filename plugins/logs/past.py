"""The first reading of a group: all of a range, page after page, remembering only where it stands."""

from __future__ import annotations

from awstui.plugin import Row

from .page import Fetch


class Past:
    """Reads a range once, from its newest event back or from its oldest on.

    It may be millions of events, so ids are kept of one millisecond only: that at which it would begin
    again when AWS takes its token no more.
    """

    def __init__(self, fetch: Fetch, start: int, *, newest_first: bool, end: int = 0) -> None:
        self._fetch, self._newest_first = fetch, newest_first
        self._start, self._end, self._token = start, end, ""
        self._edge: tuple[int, frozenset[str]] = (0, frozenset())
        self.pages = 0
        self.oldest = 0
        """The time of the oldest event that was read, in milliseconds."""

        self.descends = newest_first
        """Whether it goes back in time: servers that ignore ``startFromHead`` begin with the oldest."""

        self.over = False

    async def read(self) -> list[Row]:
        """The events of the next page in the order of time, those left out that were read before."""
        page = await self._fetch(
            self._start, self._token, newest_first=self._newest_first, end=self._end
        )
        known = self._edge[1]
        self.pages += 1
        self.over = not page.token or page.token == self._token
        self._token = page.token
        self._note(page.events)
        events = page.events[::-1] if self.descends else page.events
        return [event for event in events if event["eventId"] not in known]

    def token_lost(self) -> bool:
        """The token is too old: go on at the last event that was read; False when there was none."""
        held, self._token = self._token, ""
        if held and self._edge[0]:
            if self.descends:
                self._end = self._edge[0]
            else:
                self._start = self._edge[0]
        return bool(held)

    def _note(self, events: list[Row]) -> None:
        if not events:
            return
        first, last = int(events[0]["timestamp"]), int(events[-1]["timestamp"])
        self.descends = self.descends and first >= last
        self.oldest = min(first, last, self.oldest or first)
        ids = frozenset(str(event["eventId"]) for event in events if event["timestamp"] == last)
        at, before = self._edge
        self._edge = (last, ids | before if at == last else ids)
