"""What a declaration must hold to, said as sentences: for the tests and ``awstui plugins --check``."""

from __future__ import annotations

import inspect
import re
import sys
from collections import Counter
from collections.abc import Iterator
from typing import TYPE_CHECKING, get_args

import jmespath

from awstui.plugin import Action, Effect, Kind, Link, Plugin, Resource

if TYPE_CHECKING:
    from awstui.registry import Registry

RESERVED_KEYS = frozenset(
    {
        ":", "/", "?", "enter", "escape", "space", "tab", "shift+tab", "[", "]",
        "d", "y", "r", "R", "s", "q", "i", "c", "j", "k", "g", "G", "|", *"123456789",
        "up", "down", "left", "right", "home", "end", "pageup", "pagedown",
        "ctrl+c", "ctrl+h", "ctrl+i", "ctrl+j", "ctrl+m", "ctrl+p", "ctrl+q", "ctrl+z",
    }
)  # fmt: skip
"""The keys of the core: no plugin may take one, but Enter for the view that opens a row.

Capital letters sort by a column unless a plugin declares them.
"""

_KEY = re.compile(r"[a-zA-Z0-9]|[-+*=!@#$%&.,;_<>^~]|ctrl\+[a-z]|f([1-9]|1[0-2])|delete|insert")
_TITLE_WIDTH = 16


def check(plugin: Plugin, registry: Registry | None = None) -> list[str]:
    """What is wrong with a plugin's declaration; links to others are looked up in ``registry``."""
    complaints = [*_names(plugin)]
    for resource in plugin.resources:
        found = [*_columns(resource), *_keys(resource), *_paths(resource)]
        found += [*_ways(plugin, resource, registry), *_functions(resource)]
        complaints += [f"{plugin.name}.{resource.name}: {what}" for what in found]
    return complaints


def check_module(plugin: Plugin) -> list[str]:
    """What is wrong with the module that a plugin is declared in."""
    for module in list(sys.modules.values()):
        if vars(module).get("plugin") is plugin and not (module.__doc__ or "").strip():
            return [f"{plugin.name}: its module has no docstring"]
    return []


def _names(plugin: Plugin) -> Iterator[str]:
    if not plugin.title.strip():
        yield f"{plugin.name}: it has no title"
    for name, count in Counter(one.name for one in plugin.resources).items():
        if count > 1:
            yield f"{plugin.name}: {count} resources are called {name!r}"
    for resource in plugin.resources:
        if not re.fullmatch(r"[a-z][a-z0-9-]*", resource.name):
            yield f"{plugin.name}: {resource.name!r} is not lower-case letters, digits and dashes"
    for command in plugin.commands:
        if command.effect not in get_args(Effect):
            yield f"{plugin.name}: command {command.name} has effect {command.effect!r}"


def _columns(resource: Resource) -> Iterator[str]:
    if not resource.columns:
        yield "it has no columns"
    for title, count in Counter(column.title for column in resource.columns).items():
        if count > 1:
            yield f"{count} columns are called {title!r}"
        if not title.strip() or len(title) > _TITLE_WIDTH:
            yield f"the column title {title!r} is empty or longer than {_TITLE_WIDTH}"
    for column in resource.columns:
        if column.kind not in get_args(Kind):
            yield f"column {column.title!r} has kind {column.kind!r}"


def _keys(resource: Resource) -> Iterator[str]:
    """Complaints about keys; links may share one among themselves, since only one of them shows."""
    taken: dict[str, str] = {}
    doings = [(one.key, f"action {one.name}") for one in resource.actions]
    doings += [(one.key, f"view {one.name}") for one in resource.views]
    links = {one.key: f"link {one.title}" for one in resource.links if one.key}
    for key, what in [*doings, *links.items()]:
        if key == "enter" and what.startswith("view "):
            pass
        elif key in RESERVED_KEYS:
            yield f"{what} takes {key!r}, a key of the core"
        elif not _KEY.fullmatch(key):
            yield f"{what} has the key {key!r}, which no keyboard sends"
        if key in taken:
            yield f"{what} and {taken[key]} share the key {key!r}"
        taken.setdefault(key, what)
    named = [one.name for one in resource.actions]
    named += [one.name for one in resource.views] + [one.name for one in resource.jobs]
    for name, count in Counter(named).items():
        if count > 1:
            yield f"{count} of its actions, views and jobs are called {name!r}"
    effects = [(one.name, one.effect) for one in resource.actions]
    effects += [(one.name, one.effect) for one in resource.jobs]
    for name, effect in effects:
        if effect not in get_args(Effect):
            yield f"{name} has effect {effect!r}"


def _paths(resource: Resource) -> Iterator[str]:
    """Complaints about expressions that JMESPath does not read."""
    paths = [column.value for column in resource.columns if isinstance(column.value, str)]
    told = [value for link in resource.links for value in (link.where, link.at)]
    paths += [value for value in told if isinstance(value, str)]
    paths += [resource.pick, *resource.given.values()]
    if isinstance(resource.arn, str):
        paths.append(resource.arn)
    if isinstance(resource.describe, tuple):
        paths += resource.describe[1].values()
    for path in filter(None, paths):
        try:
            jmespath.compile(path)
        except jmespath.exceptions.JMESPathError as error:
            yield f"{path!r} is no JMESPath: {str(error).splitlines()[0]}"


def _ways(plugin: Plugin, resource: Resource, registry: Registry | None) -> Iterator[str]:
    """Complaints about children, links and views that lead nowhere."""
    own = {one.name for one in plugin.resources}
    if resource.child and resource.child not in own:
        yield f"its child {resource.child!r} does not exist"
    for link in resource.links:
        yield from _led(plugin, link, own, registry)
    shown = {one.name for one in resource.views}
    for action in resource.actions:
        if action.shows and action.shows not in shown:
            yield f"{action.name} shows the view {action.shows!r}, which does not exist"


def _led(plugin: Plugin, link: Link, own: set[str], registry: Registry | None) -> Iterator[str]:
    """Complaints about where a link leads, and about the view that it opens there."""
    if link.at and not link.view:
        yield f"link {link.title!r} has a moment, but no view that could go there"
    if "." in link.to and registry is None:
        return
    if "." not in link.to and link.to not in own:
        yield f"link {link.title!r} leads to {link.to!r}, which does not exist"
        return
    try:
        _, there = (
            registry.linked(plugin, link.to) if registry else (plugin, plugin.resource(link.to))
        )
    except KeyError:
        yield f"link {link.title!r} leads to {link.to!r}, which does not exist"
        return
    if not link.view:
        return
    if link.view not in {one.name for one in there.views}:
        yield f"link {link.title!r} opens the view {link.view!r} of {link.to}, which does not exist"
    if not link.where or there.find is None:
        lacks = "this names no row of it" if not link.where else "that has no `find`"
        yield f"link {link.title!r} opens a view of {link.to}, but {lacks}"


def _functions(resource: Resource) -> Iterator[str]:
    if not isinstance(resource.rows, str) and not inspect.isasyncgenfunction(resource.rows):
        yield "`rows` is neither an operation's name nor an async generator"
    if resource.find is not None and not inspect.isasyncgenfunction(resource.find):
        yield "`find` is not an async generator"
    if resource.enrich is not None and not inspect.iscoroutinefunction(resource.enrich):
        yield "`enrich` is not an async function"
    if resource.order is not None and not callable(resource.order):
        yield "`order` is not a function"
    doings = {one.name for one in resource.actions}
    for action in resource.actions:
        yield from _asked(action)
        for how, other in (("undone", action.undo), ("stopped", action.stop)):
            if other and other not in doings:
                yield f"{action.name} is {how} by {other!r}, which does not exist"
    for job in resource.jobs:
        if not inspect.isasyncgenfunction(job.run):
            yield f"{job.name} is not an async generator"


def _asked(action: Action) -> Iterator[str]:
    """Complaints about what an action asks for and its functions take."""
    for run in filter(None, (action.run, action.plan)):
        if not inspect.iscoroutinefunction(run):
            yield f"{action.name} is not an async function"
        takes = inspect.signature(run).parameters
        free = any(one.kind is inspect.Parameter.VAR_KEYWORD for one in takes.values())
        for name, count in Counter(one.name for one in action.ask).items():
            if count > 1:
                yield f"{action.name} asks for {name!r} twice"
            if not free and name not in takes:
                yield f"{action.name} asks for {name!r}, but {run.__name__} does not take it"
