"""What is hidden from others for us: the newest handle of each message, and until when."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from awstui.plugin import Row

from ..peek import BATCH, is_visible_already


class Handle(NamedTuple):
    """A receipt handle, and when it lapses in epoch seconds: counted from before the request."""

    receipt: str
    until: float


class Holding:
    """The messages that are in flight for us."""

    def __init__(self) -> None:
        self._handles: dict[str, Handle] = {}

    def __len__(self) -> int:
        return len(self._handles)

    def __contains__(self, ident: str) -> bool:
        return ident in self._handles

    def take(self, message: Row, until: float) -> None:
        """Hold a message; when it came again its newest handle counts: an old one may do nothing."""
        self._handles[str(message["MessageId"])] = Handle(str(message["ReceiptHandle"]), until)

    def handle(self, ident: str) -> Handle:
        """The newest handle of a message."""
        return self._handles[ident]

    def drop(self, idents: Iterable[str]) -> None:
        """Hold these no longer."""
        for ident in idents:
            self._handles.pop(ident, None)

    def until(self) -> float:
        """When the first of them becomes visible by itself; 0 when nothing is held."""
        return min((held.until for held in self._handles.values()), default=0.0)

    def drop_expired(self, now: float) -> int:
        """Forget what has become visible by itself; how many that were."""
        gone = [ident for ident, held in self._handles.items() if held.until <= now]
        self.drop(gone)
        return len(gone)

    def batches(self, idents: Iterable[str] | None = None) -> Iterator[tuple[list[str], list[Row]]]:
        """Ids and the entries of one batch request each, for all that is held or some of it."""
        chosen = [i for i in (self._handles if idents is None else idents) if i in self._handles]
        for start in range(0, len(chosen), BATCH):
            part = chosen[start : start + BATCH]
            yield (
                part,
                [
                    {"Id": str(place), "ReceiptHandle": self._handles[ident].receipt}
                    for place, ident in enumerate(part)
                ],
            )

    def released(self, idents: Iterable[str], failed: list[Row]) -> list[Row]:
        """Note what one batch of releases did; the failures that matter.

        A handle that has lapsed, or a message that is not in flight, is visible already.
        """
        self.drop(idents)
        return [entry for entry in failed if not is_visible_already(str(entry.get("Code", "")))]
