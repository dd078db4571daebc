"""How a redrive stands, as a person reads it: a bar, the counts in words, what stays and why."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.text import Text
from textual.widgets import Static

from awstui.plugin import Row
from awstui.text import safe
from awstui.ui.tone import style

from .. import attributes as the

if TYPE_CHECKING:
    from collections.abc import Iterator

SHOWN = 5
"""How many ids of messages that may be in both queues are shown."""


class Progress(Static):
    """The bar of the redrive that runs or ran here, and what it says in words."""

    DEFAULT_CSS = """
    Progress { height: auto; padding: 1 2; }
    """

    def say(self, seen: Row, chosen: int) -> None:
        """Show how it stands; ``chosen`` is how many were asked for, 0 when that is not known."""
        width = max(10, min(60, self.size.width - 24))
        self.update(self._text(seen, chosen, width))

    def _text(self, seen: Row, chosen: int, width: int) -> Text:
        total = chosen or seen["done"] + seen["sent"] + seen.get("waiting", 0)
        share = min(1.0, seen["done"] / total) if total else 0.0
        filled = round(width * share)
        ended = seen["kind"] == "ended"
        text = Text.assemble(
            ("█" * filled, style(self.app, "good" if ended else "accent")),
            ("░" * (width - filled), style(self.app, "muted")),
            f" {share:.0%}\n",
            f"{seen['done']:,} redriven",
        )
        for words, tone in _parts(seen):
            text.append(f" · {safe(words)}", style(self.app, tone))
        for words, tone in _lines(seen):
            text.append(f"\n{safe(words)}", style(self.app, tone))
        return text


def _parts(seen: Row) -> Iterator[tuple[str, str]]:
    """What is told beside how many are done."""
    if seen.get("waiting"):
        yield f"{seen['waiting']:,} wait", "muted"
    if seen.get("rate"):
        yield f"up to {seen['rate']:,.3g} each second", "muted"
    for name, words, tone in (
        ("sent", "taken there, to be deleted here", "warn"),
        ("unknown", "unknown", "bad"),
        ("skipped", "refused", "warn"),
        ("bounced", "came back", "bad"),
        ("missing", "not found", "warn"),
    ):
        if seen.get(name):
            yield f"{seen[name]:,} {words}", tone


def _lines(seen: Row) -> Iterator[tuple[str, str]]:
    """What needs a line of its own."""
    if seen.get("canary"):
        yield (
            f"The canary is watched for another {the.span(seen['canary'])}; v lets the others go.",
            "warn",
        )
    for reason, count in seen.get("reasons", {}).items():
        yield f"{the.counted(count)} stay: {reason}.", "muted"
    unknown = seen.get("unknown_ids", ())
    if unknown:
        yield "No answer came for these: they may be in both queues, and are left alone.", "bad"
        yield f"{', '.join(unknown[:SHOWN])}{' …' if len(unknown) > SHOWN else ''}", "bad"
    if seen.get("why"):
        yield seen["why"], ""
