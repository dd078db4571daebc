"""The engine: takes the interface's messages, and answers them with what AWS says.

The same engine serves a pipe (``engine/process.py``) and a caller in this process (``LocalLink``).
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

from awstui import registry as plugins
from awstui import wire
from awstui.engine.acts import Acts
from awstui.engine.credentials.asking import InterfaceAsker
from awstui.engine.following import Following
from awstui.engine.guard import problem_of
from awstui.engine.session import Session
from awstui.engine.tasks import Tasks
from awstui.engine.waking import watch_for_waking
from awstui.engine.watching import IdentityWatch
from awstui.errors import AwstuiError
from awstui.plugin import Signal
from awstui.registry import Registry

LEFT_AFTER = 1.5
"""Seconds after which is told what earlier runs left undone: nobody waits for that."""

Send = Callable[[wire.ToInterface], None]


def _left(registry: Registry) -> list[Signal]:
    """What earlier runs left undone."""
    return [
        signal for plugin in registry.plugins if plugin.left is not None for signal in plugin.left()
    ]


async def _no_wait() -> None:
    """In one process nothing piles up on the way."""


class Engine:
    """One engine for one interface."""

    def __init__(
        self,
        start: wire.Start,
        send: Send,
        drain: Callable[[], Awaitable[None]] = _no_wait,
        registry: Registry | None = None,
    ) -> None:
        """``send`` hands a message to the interface; ``drain`` waits while too much is on the way.

        ``registry`` serves other plugins than those that are found, as tests do.
        """
        self._send, self._drain = send, drain
        self._session = Session(start)
        folders = [Path(folder) for folder in start.plugin_folders]
        self._registry = registry or plugins.load(folders)
        self._tasks = Tasks(self._unforeseen)
        self._following = Following(self._registry, self._session, send, drain)
        self._asker = InterfaceAsker(send)
        self._session.ask_through(self._asker)
        self._identity = IdentityWatch(self._session, send, self._following.wake)
        self._acts = Acts(self._registry, self._session)

    def begin(self) -> None:
        """Find out who we are; rows are read as soon as that is settled."""
        self._tasks.spawn("identity", self._identity.run())
        self._tasks.spawn("pulse", self._beat())
        self._tasks.spawn("waking", watch_for_waking(self._following.awake))
        self._tasks.spawn("what is left", self._tell_what_is_left())

    async def close(self) -> None:
        """End whatever runs, tidily, and hang up on AWS."""
        await self._tasks.close()
        await self._session.close()

    def _unforeseen(self, name: str, error: BaseException) -> None:
        """Tell of an error that no request waits for."""
        self._send(wire.Dying(problem_of(error, f"the engine's {name}").what))

    async def _tell_what_is_left(self) -> None:
        """Once the first rows had their time: to know it, every plugin has to be loaded."""
        await asyncio.sleep(LEFT_AFTER)
        for signal in await asyncio.to_thread(_left, self._registry):
            self._send(wire.LeftOver(signal.text, signal.tone))

    async def _beat(self) -> None:
        before: wire.Pulse | None = None
        while True:
            await asyncio.sleep(1.0)
            pulse = self._session.pulse()
            if pulse != before:
                self._send(pulse)
                before = pulse

    # ---- messages ------------------------------------------------------------------------------------

    def handle(self, message: wire.ToEngine) -> None:
        """Take one message; what it asks for happens in a task of its own."""
        match message:
            case wire.Unsubscribe() | wire.Cancel():
                self._following.forget(message.id)
                self._tasks.cancel(str(message.id))
            case wire.Refresh():
                self._following.refresh(message)
            case wire.Answer():
                self._asker.answered(message)
            case wire.Tell():
                self._acts.tell(message)
            case wire.Subscribe():
                self._tasks.spawn(str(message.id), self._following.rows(message))
            case wire.SubscribeHome():
                self._tasks.spawn(str(message.id), self._following.home(message))
            case wire.OpenJob():
                self._tasks.spawn(str(message.id), self._many(message.id, self._acts.job(message)))
            case wire.Call() if message.verb in ("pages", "rows", "stream"):
                self._tasks.spawn(str(message.id), self._many(message.id, self._acts.many(message)))
            case (
                wire.Describe() | wire.MakePlan() | wire.Act() | wire.Call()
                | wire.Switch() | wire.Login()
            ):  # fmt: skip
                self._tasks.spawn(str(message.id), self._answer(message))
            case _:
                raise TypeError(f"{type(message).__name__} is not for a running engine")

    async def _switch(self, message: wire.Switch) -> None:
        await self._session.switch(message.profile, message.region)
        self._identity.tell()
        self._tasks.spawn("identity", self._identity.run())

    async def _answer(
        self,
        message: wire.Describe | wire.MakePlan | wire.Act | wire.Call | wire.Switch | wire.Login,
    ) -> None:
        value: Any = None
        try:
            if isinstance(message, wire.Switch):
                await self._switch(message)
            elif isinstance(message, wire.Login):
                value = await self._session.renew(message.profile, by=message.by)
            else:
                value = await self._acts.answer(message)
            self._send(wire.Result(message.id, wire.pack(value)))
        except asyncio.CancelledError:
            raise
        except Exception as error:  # noqa: BLE001  whatever it was, the one who asked is told
            where = type(message).__name__.lower()
            self._send(wire.Result(message.id, problem=problem_of(error, where)))

    async def _many(self, ident: int, events: Any) -> None:
        problem: wire.Problem | None = None
        try:
            async for event in events:
                self._send(wire.Event(ident, wire.pack(event)))
                await self._drain()
        except asyncio.CancelledError:
            raise
        except Exception as error:  # noqa: BLE001  whatever it was, the one who listens is told
            problem = problem_of(error, "the job")
        finally:
            await events.aclose()
        self._send(wire.Ended(ident, problem))


class LocalLink:
    """An engine in this process, for headless commands and tests."""

    def __init__(self, start: wire.Start, registry: Registry | None = None) -> None:
        self._start, self._registry = start, registry
        self.engine: Engine | None = None

    async def open(
        self, deliver: Callable[[wire.ToInterface], None], gone: Callable[[str], None]
    ) -> None:
        """Begin to hand messages to ``deliver``, never from within ``send``."""
        loop = asyncio.get_running_loop()
        self.engine = Engine(
            self._start,
            lambda message: _later(loop, deliver, message),
            registry=self._registry,
        )
        self.engine.begin()

    def send(self, message: wire.ToEngine) -> None:
        """Send one message."""
        if self.engine is not None:
            self.engine.handle(message)

    async def again(self, start: wire.Start) -> None:
        """Only an engine in another process can die alone."""
        raise AwstuiError("The engine of this process cannot be started again.")

    async def close(self) -> None:
        """End the engine."""
        if self.engine is not None:
            await self.engine.close()


def _later(
    loop: asyncio.AbstractEventLoop,
    deliver: Callable[[wire.ToInterface], None],
    message: wire.ToInterface,
) -> None:
    loop.call_soon(deliver, message)
