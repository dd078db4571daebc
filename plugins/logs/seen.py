"""Which events were shown already: remembered as long as a reading can bring them again, no longer."""

from __future__ import annotations


class Seen:
    """Ids of events, each with its time and when it was first seen."""

    def __init__(self) -> None:
        self._first: dict[str, tuple[int, int]] = {}
        self._ahead: dict[str, int] = {}
        """Events stamped in the future: every reading brings them again until their time has come."""

    def __len__(self) -> int:
        return len(self._first) + len(self._ahead)

    def __contains__(self, ident: str) -> bool:
        return ident in self._first or ident in self._ahead

    def add(self, ident: str, at: int, now: int) -> bool:
        """Remember an event stamped ``at``; False when it is known. Both in milliseconds."""
        if ident in self:
            return False
        if at > now:
            self._ahead[ident] = at
        else:
            self._first[ident] = (at, now)
        return True

    def forget(self, before: int) -> None:
        """Forget what was stamped and first seen before a time that no reading goes back to."""
        gone = []
        for ident, (at, seen) in self._first.items():
            if seen >= before:
                break  # in the order in which they were seen: the rest is newer
            if at < before:
                gone.append(ident)
        for ident in gone:
            del self._first[ident]
        for ident in [ident for ident, at in self._ahead.items() if at < before]:
            del self._ahead[ident]
