"""What is there: the plugins that loaded, found by name, alias and resource; what clashes and what broke."""

from __future__ import annotations

import difflib
from collections.abc import Sequence
from functools import cached_property
from pathlib import Path

from awstui import discovery
from awstui.contract import RESERVED_KEYS, check, check_module
from awstui.discovery import Broken, Finder, Found
from awstui.plugin import Plugin, Resource

__all__ = [
    "RESERVED_KEYS",
    "Broken",
    "Found",
    "Registry",
    "UnknownNameError",
    "check",
    "check_module",
    "load",
]


class UnknownNameError(KeyError):
    """No plugin, or no resource of it, goes by that name."""

    def __init__(self, name: str, near: Sequence[str] = ()) -> None:
        super().__init__(name)
        self.name = name
        self.near = tuple(near)
        """The names that are most like it."""

    def __str__(self) -> str:
        """A sentence for the person who typed the name."""
        meant = f" Did you mean {' or '.join(self.near)}?" if self.near else ""
        return f"Nothing is called {self.name!r}.{meant}"


class Registry:
    """The plugins of this run; a plugin of ours is imported when it is first asked for by its name."""

    def __init__(
        self,
        found: Sequence[Found | Plugin] = (),
        broken: Sequence[Broken] = (),
        finder: Finder | None = None,
    ) -> None:
        """Either these, of which bare plugins count as built in, as tests give them; or a finder's."""
        self._finder = finder
        self._alone: dict[str, Plugin] = {}
        if finder is None:
            self._all = discovery.Discovered(
                [
                    one if isinstance(one, Found) else Found(one, discovery.BUILT_IN)
                    for one in found
                ],
                list(broken),
            )

    @cached_property
    def _all(self) -> discovery.Discovered:
        """Everything there is, imported."""
        return self._finder.all() if self._finder else discovery.Discovered()

    @cached_property
    def found(self) -> tuple[Found, ...]:
        """What loaded, with where it comes from."""
        return tuple(self._all.found)

    @cached_property
    def broken(self) -> tuple[Broken, ...]:
        """What did not load."""
        return tuple(self._all.broken)

    @cached_property
    def plugins(self) -> tuple[Plugin, ...]:
        """All of them, by name."""
        return tuple(sorted((one.plugin for one in self.found), key=lambda p: p.name))

    @property
    def warnings(self) -> tuple[str, ...]:
        """What clashes, in sentences."""
        return self._claims[1]

    @cached_property
    def _claims(self) -> tuple[dict[str, Plugin], tuple[str, ...]]:
        """What each name opens; names are claimed first, so that no alias hides a plugin."""
        warnings = []
        by_name = {plugin.name.lower(): plugin for plugin in self.plugins}
        for plugin in self.plugins:
            for alias in plugin.aliases:
                holder = by_name.setdefault(alias.lower(), plugin)
                if holder is not plugin:
                    warnings.append(
                        f"{plugin.name} and {holder.name} both answer to {alias!r}: "
                        f"it opens {holder.name}"
                    )
        return by_name, tuple(warnings)

    def plugin(self, name: str) -> Plugin:
        """The plugin of that name or alias, in whatever case; UnknownNameError when there is none."""
        wanted = name.strip().lower()
        if (plugin := self._by_itself(wanted)) is not None:
            return plugin
        by_name, _ = self._claims
        if wanted not in by_name:
            raise UnknownNameError(name, difflib.get_close_matches(wanted, by_name, 3))
        return by_name[wanted]

    def _by_itself(self, name: str) -> Plugin | None:
        """The plugin of that very name, without the others where that is possible."""
        if self._finder is None or "_all" in self.__dict__:
            return None
        if name not in self._alone and (found := self._finder.one(name)) is not None:
            self._alone[name] = found.plugin
        return self._alone.get(name)

    def resource(self, name: str) -> tuple[Plugin, Resource]:
        """The resource that ``plugin.resource`` or ``plugin resource`` names.

        The first one when only the plugin is named; UnknownNameError when there is none.
        """
        first, _, second = name.strip().replace(".", " ", 1).partition(" ")
        plugin = self.plugin(first)
        wanted = second.strip().lower()
        if not wanted:
            return plugin, plugin.resources[0]
        for resource in plugin.resources:
            if resource.name.lower() == wanted:
                return plugin, resource
        near = difflib.get_close_matches(wanted, [one.name for one in plugin.resources], 3)
        raise UnknownNameError(name, [f"{plugin.name}.{one}" for one in near])

    def linked(self, plugin: Plugin, to: str) -> tuple[Plugin, Resource]:
        """The resource that a link's ``to`` or a resource's ``child`` of that plugin names."""
        return self.resource(to) if "." in to else (plugin, _own(plugin, to))


def load(folders: Sequence[Path] = ()) -> Registry:
    """Find every plugin there is; see :mod:`awstui.discovery` for where."""
    return Registry(finder=Finder(folders))


def title_of(resource: Resource) -> str:
    """What a resource is called where a person reads it."""
    return resource.title or resource.name.replace("-", " ").capitalize()


def nested(plugin: Plugin, resource: Resource) -> bool:
    """Whether a resource can be listed only under a row of another."""
    return not resource.alone and bool(above(plugin, resource))


def above(plugin: Plugin, resource: Resource) -> list[Resource]:
    """The resources through whose rows one comes to those of a resource, from the top."""
    if resource is plugin.resources[0]:
        return []
    for one in plugin.resources:
        if one is not resource and way_down(plugin, one, resource):
            return [*above(plugin, one), one]
    return []


def way_down(plugin: Plugin, over: Resource, under: Resource) -> str:
    """The key that leads from a row of one resource to those of another under it; empty when none does."""
    if over.child == under.name:
        return "enter"
    to = (under.name, f"{plugin.name}.{under.name}")
    return next((one.key for one in over.links if not one.where and one.to in to), "")


def _own(plugin: Plugin, name: str) -> Resource:
    try:
        return plugin.resource(name)
    except KeyError:
        raise UnknownNameError(f"{plugin.name}.{name}") from None
