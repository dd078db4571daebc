"""What a person types after ``:``, understood: a place to go to, or a word for the console itself."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Protocol

import msgspec

from awstui.plugin import Plugin, Resource
from awstui.registry import nested

WORDS: Mapping[str, str] = {
    "home": "the services and what they hold",
    "plugins": "where each service comes from, and what is broken",
    "audit": "what was changed, by whom and how it went",
    "profile": "become another profile",
    "region": "go to another region",
    "login": "renew credentials: SSO, an MFA code",
    "help": "the keys of this pane",
    "tab": "a new tab",
    "quit": "leave",
    "q": "leave",
}
"""The console's own words, beside the services'."""


class Places(Protocol):
    """The services that can be gone to; the registry is one."""

    @property
    def plugins(self) -> Iterable[Plugin]:
        """All of them."""

    def plugin(self, name: str) -> Plugin:
        """The one of that name or alias; KeyError when there is none."""


class Go(msgspec.Struct, frozen=True):
    """Open a resource, perhaps at a row, perhaps filtered."""

    plugin: str
    resource: str
    key: str = ""
    filter: str = ""


class Say(msgspec.Struct, frozen=True):
    """One of the console's own words, with what follows it."""

    word: str
    argument: str = ""


class Unknown(msgspec.Struct, frozen=True):
    """Nothing goes by this name."""

    text: str


def understand(text: str, places: Places) -> Go | Say | Unknown:
    """What ``text`` asks for: ``sqs``, ``lambda versions``, ``queues orders-dlq``, ``sqs /dlq``."""
    text, _, pattern = text.strip().partition(" /")
    words = text.split()
    if not words:
        return Unknown(text)
    first, rest = words[0].lower(), words[1:]
    if first in WORDS:
        return Say(first, " ".join(rest))
    plugin = _plugin(places, first)
    if plugin is not None:
        named = _resource(plugin, rest[0]) if rest else None
        resource = named or plugin.resources[0]
        key = " ".join(rest[1:] if named else rest)
        return Go(plugin.name, resource.name, key, pattern)
    for candidate in places.plugins:
        if (resource_named := _resource(candidate, first)) is not None:
            return Go(candidate.name, resource_named.name, " ".join(rest), pattern)
    return Unknown(text)


def known(text: str, places: Places) -> bool:
    """Whether ``text`` names a place that a console can begin at."""
    meant = understand(text, places)
    return isinstance(meant, Go) or meant in (Say("home"), Say("plugins"), Say("audit"))


def _plugin(places: Places, name: str) -> Plugin | None:
    try:
        return places.plugin(name)
    except KeyError:
        return None


def _resource(plugin: Plugin, name: str) -> Resource | None:
    wanted = name.lower()
    for resource in plugin.resources:
        if wanted in (resource.name.lower(), resource.title.lower()):
            return resource
    return None


def complete(
    text: str,
    places: Places,
    *,
    regions: Iterable[str] = (),
    profiles: Iterable[str] = (),
    keys: Mapping[tuple[str, str], Iterable[str]] | None = None,
) -> list[str]:
    """What ``text`` could become; what begins with it first, then what contains it."""
    head, space, tail = text.lstrip().partition(" ")
    if not space:
        names = [*WORDS, *_names(places)]
        return _ranked(head, names)
    if head in ("region", "profile"):
        return [
            f"{head} {name}" for name in _ranked(tail, regions if head == "region" else profiles)
        ]
    plugin = _plugin(places, head)
    if plugin is None:
        return []
    known = (keys or {}).get((plugin.name, plugin.resources[0].name), ())
    resources = [one.name for one in plugin.resources if not nested(plugin, one)]
    return [f"{head} {name}" for name in _ranked(tail, [*resources, *known])]


def _names(places: Places) -> list[str]:
    names: list[str] = []
    for plugin in places.plugins:
        names += [plugin.name, *plugin.aliases]
        names += [one.name for one in plugin.resources if not nested(plugin, one)]
    return list(dict.fromkeys(names))


def _ranked(typed: str, names: Iterable[str]) -> list[str]:
    wanted = typed.strip().lower()
    found = [name for name in names if wanted in name.lower()]
    return sorted(found, key=lambda name: (not name.lower().startswith(wanted), len(name), name))
