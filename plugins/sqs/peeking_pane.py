"""A look as a pane lives through it: begun by opening, refused or held, and given back by leaving."""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from textual.binding import Binding, BindingType

from awstui.plugin import Plan, Row
from awstui.ui.acting import open_job
from awstui.ui.confirm import Confirm, Confirmation

from . import queues
from .message import Shown
from .queue_pane import QueuePane
from .scanning.long_bodies import judged
from .scanning.spool import Spool
from .snapshot import Snapshot

if TYPE_CHECKING:
    from awstui.ui.grid import GridRow
    from awstui.ui.remote import Stream


class PeekingPane(QueuePane):
    """Takes one snapshot when a person asks, and never renews it by itself."""

    JOB: ClassVar[str] = "peek"
    """The job that receives."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("p", "peek", "peek again", show=False, id="messages.peek",
                tooltip="Look again: costs each message another receive"),
        Binding("e", "release", "release", id="messages.release",
                tooltip="Make them visible to everybody at once"),
    ]  # fmt: skip

    def __init__(self, row: Row, what: str) -> None:
        super().__init__(row, what)
        self.snapshot = Snapshot()
        self._stream: Stream | None = None
        self._preflight: Row = {}
        self.scanned: Row = {}
        """How a scan ended; empty while it goes on, and for a peek."""

        self._spool: Spool | None = None
        self._phase, self._since, self._until, self._why = "asking", time.time(), 0.0, ""
        self._about = 0

    def on_mount(self) -> None:
        """Opening this pane is what a person did to look: look."""
        super().on_mount()
        self._peek()

    def on_unmount(self) -> None:
        """Leaving gives everything back; the engine sees to it."""
        self._stop()
        self._close_spool()

    def sleep(self) -> None:
        """Messages are not hidden from others while nobody looks at them."""
        super().sleep()
        if self._phase == "asking":
            self._stop()
        elif self._stream is not None:
            self._stream.tell(release=True)

    def _stop(self) -> None:
        if self._stream is not None:
            self._stream.close()
            self._stream = None
            self._phase = "stopped"

    def begin(self) -> None:
        """A peek begins: forget what the last one brought."""

    def came(self, rows: list[GridRow]) -> None:
        """Messages came; the rows of those that are to be shown."""

    def action_peek(self) -> None:
        """Look again, where nothing is held any more."""
        if self._stream is not None:
            self.console.say(
                "These are still held; release them with e before looking again.", "warn"
            )
            return
        self._peek()

    def _peek(self, confirmed: str = "") -> None:
        self._close_spool()
        self.snapshot, self.scanned = self.snapshot.anew(), {}
        self.begin()
        self._phase, self._since, self._why = "asking", time.time(), ""
        self.work(self._listen(confirmed), "peek")

    async def _listen(self, confirmed: str) -> None:
        job = next(job for job in queues.jobs if job.name == self.JOB)
        fields = {"confirmed": confirmed}
        stream = await open_job(self.console, job, self.target, fields, title=self.JOB)
        if stream is None:
            self._phase = "stopped"
            return
        self._stream = stream
        refused: Row = {}
        try:
            async for event in stream:
                if event["kind"] == "refused":
                    refused = event
                self._take(event)
        finally:
            if self._stream is stream:
                self._stream = None
                self._phase = {"held": "released", "released": "released", "kept": "kept"}.get(
                    self._phase, "stopped"
                )
                self.retitle()
        if refused and self.is_attached:
            await self._ask(refused)

    def _take(self, event: Row) -> None:
        held = self.holds
        self._understand(event)
        if self.holds != held:
            self.refresh_bindings()
        self.retitle()

    def _understand(self, event: Row) -> None:
        match event["kind"]:
            case "preflight":
                self._preflight = event
                self.snapshot = self.snapshot.anew(
                    lives=event["lives"], retention=event["retention"], limits=event["limits"]
                )
                tone = "warn" if event["verdict"] != "ok" else "muted"
                self.notice.say([(sentence, tone) for sentence in event["why"]], alone=False)
            case "message":
                self.came(self.snapshot.add([event["message"]]))
            case "messages":
                self._phase, self._about = "scanning", event["about"]
                self.came(self.snapshot.add(event["messages"]))
            case "spool":
                self._spool = Spool(Path(event["path"]))
            case "scanned":
                self._take_scanned(event)
            case "held":
                self._phase, self._until = "held", event["until"]
                self._why = event["why"] or self._why
                self._say_found()
            case "released":
                self._released(event)
            case kind:
                self._phase = kind

    def _take_scanned(self, event: Row) -> None:
        self.scanned, self._phase, self._why = event, "giving back", event["why"]
        self.notice.say([], alone=False)
        if not event["complete"] or not self.snapshot:
            tone = "muted" if event["complete"] else "warn"
            self.notice.say([(event["why"], tone)], alone=not self.snapshot)

    def _say_found(self) -> None:
        if not self.snapshot:
            self.notice.say([(self._why, "muted")], alone=True)

    def _released(self, event: Row) -> None:
        self._phase = "released"
        if not self.snapshot:
            return
        if not self.scanned:
            self.notice.say([], alone=False)
        if event["failed"]:
            self._phase = "kept"
            self.notice.say(
                [(f"{len(event['failed'])} could not be released: {event['failed'][0]}", "warn"),
                 ("They become visible by themselves when their time is over.", "muted")],
                alone=False,
            )  # fmt: skip

    async def _ask(self, refused: Row) -> None:
        """Have the queue's name typed where a look may cost messages their last life."""
        ref = self.target.ref
        question = Confirmation(
            title=f"Peek {ref.key}",
            verb="look all the same",
            effect="destroy",
            scope=ref.scope,
            target=refused["type"],
            plan=Plan(tuple(refused["why"]), undo="A receive cannot be taken back."),
            production=self.console.is_production(ref.scope),
        )
        reply = await self.console.push_screen_wait(Confirm(question))
        if reply is not None and self.is_attached:
            # Not this worker's own group again: it would end itself.
            self.call_later(self._peek, refused["type"])

    @property
    def holds(self) -> bool:
        """Whether something is hidden from others, or may come to be."""
        return self._stream is not None and self._phase not in ("released", "kept")

    def action_release(self) -> None:
        """Give back what is held, at once."""
        if self._stream is None:
            self.console.say("Nothing is held.")
        else:
            self._stream.tell(release=True)

    def action_act(self, name: str) -> None:
        """Give back first: what a peek holds is hidden from a move task, too."""
        if self._stream is not None:
            self._stream.tell(release=True)
        super().action_act(name)

    def standing(self) -> tuple[str, str]:
        """How the peek stands, and how that feels: what is hidden from others deserves a warning."""
        holding = self._phase == "held" and len(self.snapshot) > 0
        partly = bool(self.scanned) and (
            not self.scanned["complete"] or self.scanned["left_out"] > 0
        )
        tone = "warn" if holding or partly else ""
        return self._sentence(len(self.snapshot), time.time()), tone

    def whole(self, held: Shown) -> Row:
        """A message whole: where only the head of its body was handed on, as it was spooled."""
        if not held.is_cut or self._spool is None:
            return held.raw
        return self._spool.get(held.ident) or held.raw

    def read_long_bodies(self) -> None:
        """Look whether messages fit of which only the head is here, those of a spool."""
        if self._spool is not None and self.snapshot.unread():
            self.work(self._read_long_bodies(self._spool.path), "long bodies")

    async def _read_long_bodies(self, path: Path) -> None:
        snapshot = self.snapshot
        async for ident, fits in judged(path, snapshot):
            row = snapshot.read(ident, fits=fits)
            if row is not None:
                self.came([row])
            self.retitle()

    def is_sure(self) -> bool:
        """Whether it is known of each message if it fits what is looked for; says so where it is not."""
        if unread := len(self.snapshot.unread()):
            self.console.say(f"{unread:,} long bodies have yet to be looked into.", "warn")
        return not unread

    def _close_spool(self) -> None:
        if self._spool is not None:
            self._spool.close()
            self._spool = None

    def _sentence(self, count: int, now: float) -> str:
        waited = f"{now - self._since:.0f} s"
        if self.scanned:
            tail = {"giving back": "giving back", "kept": "some still hidden"}
            left_out = self.scanned["left_out"]
            cut = f" · {left_out:,} bodies too much to keep" if left_out else ""
            return f"{self.scanned['sentence']}{cut} · {tail.get(self._phase, 'released')}"
        want = self._preflight.get("want", 0)
        left = max(0.0, self._until - now)
        said = {
            "asking": f"asking what a look costs · {waited}",
            "scanning": f"scanning · {count:,} of about {self._about:,} · {waited} · e stops",
            "receiving": f"receiving · {count} of up to {want} · {waited}",
        }
        if count:
            seen = self._seen(count)
            said |= {
                "held": f"{seen} · held {left:.0f} s more",
                "released": f"{seen} · released: a snapshot",
                "kept": f"{seen} · some still hidden: a snapshot",
            }
        return said.get(self._phase, "nothing is held")

    def _seen(self, count: int) -> str:
        """How many of how many a peek has shown, and why no more of them."""
        about = max(count, int(self._preflight.get("waiting", 0)))
        why = self._why[:1].lower() + self._why[1:].rstrip(".")
        return f"{count:,} of ~{about:,}" + (f": {why}" if why else "")
