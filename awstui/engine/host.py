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
from awstui.engine.guard import problem_of
from awstui.engine.home import HomeFeed
from awstui.engine.rows import Feed
from awstui.engine.session import Session
from awstui.engine.tasks import Tasks
from awstui.errors import AwstuiError
from awstui.plugin import Aws, Plugin
from awstui.project import Projector
from awstui.registry import Registry

CHOICES_AFTER = 0.7
"""Seconds until profiles and regions are looked up: it takes a tenth of one from the first rows."""

ASK_AGAIN = 10.0
"""Seconds until AWS is asked again who we are, while it could not say."""

Send = Callable[[wire.ToInterface], None]


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
        self._feeds: dict[int, Feed | HomeFeed] = {}
        self._ready = asyncio.Event()
        self._acts = Acts(self._registry, self._session)

    def begin(self) -> None:
        """Find out who we are; rows are read as soon as that is settled."""
        self._tasks.spawn("identity", self._identify())
        self._tasks.spawn("pulse", self._beat())

    async def close(self) -> None:
        """End whatever runs, tidily, and hang up on AWS."""
        await self._tasks.close()
        await self._session.close()

    def _unforeseen(self, name: str, error: BaseException) -> None:
        """Tell of an error that no request waits for."""
        self._send(wire.Dying(problem_of(error, f"the engine's {name}").what))

    async def _identify(self) -> None:
        before: wire.Identity | None = None
        while True:
            identity = await self._session.identify()
            if identity != before:
                self._send(identity)
                self._ready.set()
                await self._offer_choices(identity)
            before = identity
            if identity.problem is None:
                return
            await asyncio.sleep(ASK_AGAIN)

    async def _offer_choices(self, identity: wire.Identity) -> None:
        """Tell what one could change to, once the first rows had their time."""
        await asyncio.sleep(CHOICES_AFTER)
        complete = await self._session.with_choices(identity)
        if complete.scope == self._session.scope:  # it may have been switched meanwhile
            self._send(complete)

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
                self._feeds.pop(message.id, None)
                self._tasks.cancel(str(message.id))
            case wire.Refresh():
                if feed := self._feeds.get(message.id):
                    feed.refresh(message.every)
            case wire.Tell():
                self._acts.tell(message)
            case wire.Subscribe():
                self._tasks.spawn(str(message.id), self._follow(message))
            case wire.SubscribeHome():
                self._tasks.spawn(str(message.id), self._follow_home(message))
            case wire.OpenJob():
                self._tasks.spawn(str(message.id), self._many(message.id, self._acts.job(message)))
            case wire.Call() if message.verb in ("pages", "rows"):
                self._tasks.spawn(str(message.id), self._many(message.id, self._acts.many(message)))
            case wire.Describe() | wire.MakePlan() | wire.Act() | wire.Call() | wire.Switch():
                self._tasks.spawn(str(message.id), self._answer(message))
            case _:
                raise TypeError(f"{type(message).__name__} is not for a running engine")

    async def _answer(
        self, message: wire.Describe | wire.MakePlan | wire.Act | wire.Call | wire.Switch
    ) -> None:
        try:
            if isinstance(message, wire.Switch):
                self._send(await self._session.switch(message.profile, message.region))
                value: Any = None
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

    # ---- rows ----------------------------------------------------------------------------------------

    async def _follow(self, message: wire.Subscribe) -> None:
        try:
            plugin = self._registry.plugin(message.plugin)
            projector = Projector(plugin.resource(message.resource))
        except KeyError:
            problem = wire.Problem(
                f"The engine has no {message.plugin}.{message.resource}.", kind="missing"
            )
            self._send(wire.RowsState(message.id, wire.Scope(), "failed", problem=problem))
            return
        await self._ready.wait()
        scope = message.scopes[0] if message.scopes else self._session.scope
        own = projector.resource.every
        feed = Feed(
            message.id,
            projector,
            self._door(plugin, scope),
            wire.unpack(message.parent),
            scope=scope,
            name=asks(plugin, projector),
            every=own if message.every < 0 else message.every,
            send=self._send,
            drain=self._drain,
        )
        self._feeds[message.id] = feed
        await feed.run()

    async def _follow_home(self, message: wire.SubscribeHome) -> None:
        await self._ready.wait()
        scope = self._session.scope
        feed = HomeFeed(
            message.id,
            self._registry.plugins,
            lambda plugin: self._door(plugin, scope),
            scope=scope,
            every=60.0 if message.every < 0 else message.every,
            send=self._send,
        )
        self._feeds[message.id] = feed
        await feed.run()

    def _door(self, plugin: Plugin, scope: wire.Scope) -> Aws:
        return self._session.door(scope, plugin.botocore_name)


def asks(plugin: Plugin, projector: Projector) -> str:
    """What a list asks for, such as ``lambda:ListFunctions``."""
    rows = projector.resource.rows
    if isinstance(rows, str):
        words = "".join(part.capitalize() for part in rows.split("_"))
        return f"{plugin.botocore_name}:{words}"
    return f"{plugin.title} for its {projector.resource.name}"


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
