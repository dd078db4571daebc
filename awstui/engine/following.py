"""The subscriptions of an interface: one feed for each place that is read, none waiting for another."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterator

from awstui import wire
from awstui.engine.home import HomeFeed
from awstui.engine.rows import Feed
from awstui.engine.session import Session
from awstui.plugin import Aws, Plugin
from awstui.project import Projector
from awstui.registry import Registry

HOME_EVERY = 60.0


class Following:
    """Feeds by the id of their subscription."""

    def __init__(
        self,
        registry: Registry,
        session: Session,
        send: Callable[[wire.ToInterface], None],
        drain: Callable[[], Awaitable[None]],
    ) -> None:
        self._registry, self._session = registry, session
        self._send, self._drain = send, drain
        self._feeds: dict[int, dict[wire.Scope, Feed | HomeFeed]] = {}

    def refresh(self, message: wire.Refresh) -> None:
        """Read again at once what a subscription follows."""
        for feed in self._feeds.get(message.id, {}).values():
            feed.refresh(message.every)

    def wake(self, scope: wire.Scope) -> None:
        """Read again whatever is read under a profile: its credentials are good again."""
        for feeds in self._feeds.values():
            for one, feed in feeds.items():
                if one.profile == scope.profile:
                    feed.refresh()

    def awake(self) -> None:
        """The machine has slept: read again what is read by itself."""
        for feeds in self._feeds.values():
            for feed in feeds.values():
                feed.hurry()

    def forget(self, ident: int) -> None:
        """A subscription is over."""
        self._feeds.pop(ident, None)

    async def rows(self, message: wire.Subscribe) -> None:
        """Follow a resource in every place until cancelled."""
        try:
            plugin = self._registry.plugin(message.plugin)
            projector = Projector(plugin.resource(message.resource))
        except KeyError:
            problem = wire.Problem(
                f"The engine has no {message.plugin}.{message.resource}.", kind="missing"
            )
            self._send(wire.RowsState(message.id, wire.Scope(), "failed", problem=problem))
            return

        def feed(scope: wire.Scope) -> Feed:
            own = projector.resource.every
            return Feed(
                message.id,
                projector,
                self._door(plugin, scope),
                wire.unpack(message.parent),
                scope=scope,
                name=asks(plugin, projector),
                every=own if message.every < 0 else message.every,
                send=self._send,
                drain=self._drain,
                on_screen=message.on_screen,
            )

        await self._everywhere(message.id, message.scopes, feed, once=plugin.is_global)

    async def home(self, message: wire.SubscribeHome) -> None:
        """Follow what each service holds in every place until cancelled."""
        profiles: set[str] = set()

        def feed(scope: wire.Scope) -> HomeFeed:
            again = scope.profile in profiles
            profiles.add(scope.profile)
            return HomeFeed(
                message.id,
                tuple(p for p in self._registry.plugins if not (again and p.is_global)),
                lambda plugin: self._door(plugin, scope),
                scope=scope,
                every=HOME_EVERY if message.every < 0 else message.every,
                send=self._send,
            )

        await self._everywhere(message.id, (), feed)

    async def _everywhere(
        self,
        ident: int,
        scopes: tuple[wire.Scope, ...],
        feed: Callable[[wire.Scope], Feed | HomeFeed],
        *,
        once: bool = False,
    ) -> None:
        """``once`` for what is the same in all regions of a profile."""
        feeds = self._feeds[ident] = {}

        async def follow(settled: Awaitable[wire.Scope]) -> None:
            scope = await settled
            if scope not in feeds:  # two profiles may name the same place
                feeds[scope] = feed(scope)
                await feeds[scope].run()

        async with asyncio.TaskGroup() as group:
            for settled in self._settled(scopes, once=once):
                group.create_task(follow(settled))

    def _settled(
        self, scopes: tuple[wire.Scope, ...], *, once: bool
    ) -> Iterator[Awaitable[wire.Scope]]:
        """The scopes asked for, or each of the session's as soon as AWS has said who it is."""

        async def known(scope: wire.Scope) -> wire.Scope:
            return scope

        if scopes:
            yield from map(known, scopes)
            return
        seen: set[str] = set()
        for place in self._session.sources.places:
            if not (once and place.scope.profile in seen):
                yield place.known()
            seen.add(place.scope.profile)

    def _door(self, plugin: Plugin, scope: wire.Scope) -> Aws:
        return self._session.door(scope, plugin.botocore_name)


def asks(plugin: Plugin, projector: Projector) -> str:
    """What a list asks for, such as ``lambda:ListFunctions``."""
    rows = projector.resource.rows
    if isinstance(rows, str):
        words = "".join(part.capitalize() for part in rows.split("_"))
        return f"{plugin.botocore_name}:{words}"
    return f"{plugin.title} for its {projector.resource.name}"
