"""What the console knows of its engine: who it is, how busy, whether it lives."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import msgspec

from awstui import wire
from awstui.errors import LAPSED
from awstui.ui.deeds import Deeds
from awstui.ui.home_pane import HomePane
from awstui.ui.places import sources_of, stands
from awstui.ui.questions import Questions
from awstui.ui.remote import Remote
from awstui.ui.rows_pane import RowsPane
from awstui.ui.status import Standing, time_left
from awstui.wire import Problem

if TYPE_CHECKING:
    from awstui.link import Link
    from awstui.ui.app import AwsTui


LONG = 20.0
"""Seconds for which is said what nobody waited for."""


class EngineWatch:
    """Listens to the engine, tells the console, and starts another engine when one has died."""

    def __init__(self, console: AwsTui, link: Link, start: wire.Start) -> None:
        """``start`` is what the engine was started with, to start it again."""
        self.remote = Remote(link, self._heard)
        self.questions = Questions(console)
        self.deeds = Deeds(console)
        self.identity: wire.Identity | None = None
        self.pulse: wire.Pulse | None = None
        self.died = ""
        """Why there is no engine; empty while there is one."""

        self._console, self._link = console, link
        self.start = start
        """What the engine was started with, or has become since."""

    @property
    def scope(self) -> wire.Scope:
        """Whose account and region a new pane is about."""
        if self.identity is not None:
            return self.identity.scope
        return wire.Scope(self.start.profile, self.start.region)

    def standing(self, age: str) -> Standing:
        """What the header says; ``age`` is that of the data on screen."""
        sources = sources_of(self.identity)
        settled = {source.scope for source in sources if not source.asking}
        return Standing(
            identity=self.identity,
            left=time_left(sources, time.time()),
            pulse=self.pulse,
            age=age,
            production=any(map(self._console.is_production, settled)),
            died=bool(self.died),
            sending=self.deeds.said,
            trying=self.questions.trying,
        )

    async def open(self) -> None:
        """Begin to listen; what panes have asked before goes out."""
        await self._link.open(self.remote.deliver, self._lost)
        self.remote.opened()

    async def close(self) -> None:
        """End the engine."""
        await self._link.close()

    def _heard(self, message: wire.ToInterface) -> None:
        """Take what is addressed to no pane in particular."""
        match message:
            case wire.Identity():
                before, self.identity = self.identity, message
                self._identified(before, message)
            case wire.Ask():
                self.questions.put(message)
            case wire.Withdrawn():
                self.questions.withdraw(message.id)
            case wire.Pulse():
                self.pulse = message
            case wire.LeftOver():
                self._console.say(message.text, message.tone, seconds=LONG)
            case wire.Dying():
                self._console.say(f"The engine: {message.reason}", "bad")
            case _:
                self._console.log.error(f"no one takes {message!r}")
        self._console.stand()

    def _identified(self, before: wire.Identity | None, now: wire.Identity) -> None:
        """Show whose data these are: another place's leave the screen before its name does."""
        known = {source.scope for source in sources_of(now)}
        self._console.stand()
        if _settled(before) - known or (before is not None and _profiles(before) != _profiles(now)):
            self._become(known)
            return
        back = _lapsed(before) - _lapsed(now)
        for pane in self._console.workspace.every():
            if isinstance(pane, RowsPane):
                pane.identified()
            for scope in back:
                pane.renewed(scope)
        told_by_banner = now.problem is not None and now.problem.kind in LAPSED
        if now.problem is not None and not told_by_banner:
            self._console.workspace.pane.fail(now.problem)

    def _become(self, known: set[wire.Scope]) -> None:
        """Another identity: what is on screen is read anew, the rest when it is seen."""
        workspace = self._console.workspace
        for tab in workspace.tabs:
            tab.leave(
                lambda pane: pane.bound_to is not None and not stands(pane.bound_to, known),
                HomePane,
            )
        for pane in workspace.every():
            if isinstance(pane, RowsPane):
                pane.sleep()
                pane.forget()
        for pane in workspace.seen():
            pane.wake()

    def _lost(self, reason: str) -> None:
        self.died = reason or "no reason given"
        self.questions.drop()
        self.pulse = None
        self.remote.lost(self.died)
        problem = Problem(
            "The engine stopped: nothing is read any more.",
            why=self.died,
            do="Press ctrl+e to start it again. What is on screen is what was last read.",
            kind="fault",
        )
        for pane in self._console.workspace.seen():
            pane.fail(problem)
        self._console.stand()

    async def restart(self) -> None:
        """Start another engine and follow anew what was followed."""
        await self._link.again(self.start)
        self.died = ""
        for pane in self._console.workspace.every():
            pane.notice.say([], alone=False)
            pane.sleep()
        for pane in self._console.workspace.seen():
            pane.wake()
        self._console.say("The engine runs again.")
        self._console.stand()

    async def switch(self, profile: str, region: str) -> None:
        """Become another profile or region; raises and stays when AWS does not confirm it."""
        if self.deeds.holds_back():
            return
        place = region or "its own region"
        self._console.say(f"Asking AWS who {profile or 'default'} is in {place} …")
        await self.remote.switch(profile, region)
        self.start = msgspec.structs.replace(self.start, profile=profile, region=region)


def _settled(identity: wire.Identity | None) -> set[wire.Scope]:
    """The places that AWS has said something about: their rows may be on screen."""
    return {source.scope for source in sources_of(identity) if not source.asking}


def _lapsed(identity: wire.Identity | None) -> set[wire.Scope]:
    """The places whose credentials are over."""
    return {
        source.scope
        for source in sources_of(identity)
        if source.problem is not None and source.problem.kind in LAPSED
    }


def _profiles(identity: wire.Identity) -> list[str]:
    """The profile of each place that is read; its region may still be unknown."""
    return [one.scope.profile for one in sources_of(identity)]
