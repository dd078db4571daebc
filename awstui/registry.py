"""What is there: the plugins that loaded, found by name, alias and resource; what clashes and what broke."""

from __future__ import annotations

import difflib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from awstui import discovery
from awstui.contract import RESERVED_KEYS, check, check_module
from awstui.discovery import Broken, Found
from awstui.plugin import Plugin, Resource

__all__ = [
    "RESERVED_KEYS",
    "Broken",
    "Completion",
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


@dataclass(frozen=True, slots=True)
class Completion:
    """What the prompt offers: what is typed, and what it opens."""

    typed: str
    """Such as ``sqs``, ``sqs queues`` or an alias."""

    title: str
    plugin: str
    resource: str


class Registry:
    """The plugins of this run."""

    def __init__(self, found: Sequence[Found | Plugin], broken: Sequence[Broken] = ()) -> None:
        """Plugins given bare, as tests do, count as built in."""
        self.found = tuple(
            one if isinstance(one, Found) else Found(one, discovery.BUILT_IN) for one in found
        )
        self.broken = tuple(broken)
        self.plugins = tuple(sorted((one.plugin for one in self.found), key=lambda p: p.name))
        self.warnings: tuple[str, ...] = ()
        """What clashes, in sentences."""

        self._by_name: dict[str, Plugin] = {}
        self._claim_names()

    def _claim_names(self) -> None:
        """Names are claimed first, so that no alias hides a plugin."""
        warnings = []
        self._by_name = {plugin.name.lower(): plugin for plugin in self.plugins}
        for plugin in self.plugins:
            for alias in plugin.aliases:
                holder = self._by_name.setdefault(alias.lower(), plugin)
                if holder is not plugin:
                    warnings.append(
                        f"{plugin.name} and {holder.name} both answer to {alias!r}: "
                        f"it opens {holder.name}"
                    )
        self.warnings = tuple(warnings)

    def plugin(self, name: str) -> Plugin:
        """The plugin of that name or alias, in whatever case; UnknownNameError when there is none."""
        plugin = self._by_name.get(name.strip().lower())
        if plugin is None:
            raise UnknownNameError(name, difflib.get_close_matches(name.lower(), self._by_name, 3))
        return plugin

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

    def completions(self, typed: str = "") -> list[Completion]:
        """What the prompt may complete to, the best first; a resource under a parent is left out.

        What begins with ``typed`` comes first, then what has it anywhere in its name or title.
        """
        wanted = " ".join(typed.lower().replace(".", " ").split())
        offers = [one for plugin in self.plugins for one in _offers(plugin)]
        begins = [one for one in offers if one.typed.lower().startswith(wanted)]
        holds = [
            one
            for one in offers
            if one not in begins and wanted in f"{one.typed} {one.title}".lower()
        ]
        return [*sorted(begins, key=lambda one: len(one.typed)), *holds]


def load(folders: Sequence[Path] = ()) -> Registry:
    """Find every plugin there is; see :mod:`awstui.discovery` for where."""
    discovered = discovery.load_all(folders)
    return Registry(discovered.found, discovered.broken)


def title_of(resource: Resource) -> str:
    """What a resource is called where a person reads it."""
    return resource.title or resource.name.replace("-", " ").capitalize()


def nested(plugin: Plugin, resource: Resource) -> bool:
    """Whether a resource can be listed only under a row of another."""
    if resource.given:
        return True
    return any(one.child == resource.name and one is not resource for one in plugin.resources)


def _own(plugin: Plugin, name: str) -> Resource:
    try:
        return plugin.resource(name)
    except KeyError:
        raise UnknownNameError(f"{plugin.name}.{name}") from None


def _offers(plugin: Plugin) -> list[Completion]:
    first = plugin.resources[0].name
    words = (plugin.name, *plugin.aliases)
    offers = [Completion(word, plugin.title, plugin.name, first) for word in words]
    offers += [
        Completion(f"{plugin.name} {one.name}", title_of(one), plugin.name, one.name)
        for one in plugin.resources
        if not nested(plugin, one)
    ]
    return offers
