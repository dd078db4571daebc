"""The keys that a declaration gives a pane, and in which order the line of keys names them."""

from __future__ import annotations

import re
from collections.abc import Iterable

from textual.binding import Binding

from awstui.plugin import Action, Link, Plugin, Resource, View

SHARED = ("grid.", "lines.", "rows.", "app.", "prompt.", "help.")
"""How the ids of keys begin that many panes share."""


def bindings(plugin: Plugin, resource: Resource) -> list[Binding]:
    """The keys of the views, actions and links of a resource; Enter is the list's own."""
    name = f"{plugin.name}.{resource.name}"
    found = [
        Binding(v.key, f"view('{v.name}')", v.title, id=f"{name}.{v.name}", tooltip=sentence(v.title))
        for v in resource.views
        if v.key != "enter"
    ]  # fmt: skip
    found += [
        Binding(a.key, f"act('{a.name}')", a.title, id=f"{name}.{a.name}",
                tooltip=f"{sentence(a.title)} ({a.effect})")
        for a in resource.actions
    ]  # fmt: skip
    found += [
        Binding(link.key, f"follow({number})", link.title,
                id=f"{name}.{_slug(link)}-{number}", tooltip=f"Go to the {link.title}")
        for number, link in enumerate(resource.links)
        if link.key
    ]  # fmt: skip
    return found


def sorting(plugin: Plugin, resource: Resource) -> list[Binding]:
    """A capital letter for each column, where the resource has not taken it."""
    found = []
    for letter, column in sort_letters(resource).items():
        said = f"Sort by {column.lower()}; again reverses"
        ident = f"{plugin.name}.{resource.name}.sort-{letter}"
        found.append(
            Binding(letter, f"sort_by('{column}')", said, show=False, id=ident, tooltip=said)
        )
    return found


def sort_letters(resource: Resource) -> dict[str, str]:
    """For each column the first letter of its title that is still free."""
    doings: list[View | Action | Link] = [*resource.views, *resource.actions, *resource.links]
    taken = {*"GRN", *(one.key for one in doings)}
    letters: dict[str, str] = {}
    for column in resource.columns:
        free = (c for c in column.title.upper() if c.isascii() and c.isalpha())
        for letter in free:
            if letter not in letters and letter not in taken:
                letters[letter] = column.title
                break
    return letters


def first(plugin: Plugin, resource: Resource) -> tuple[str, ...]:
    """The ids of the keys that the line of keys names before the others of this resource."""
    doings: list[View | Action] = [*resource.views, *resource.actions]
    wanted = [one.name for one in doings if one.first and one.key != "enter"]
    return tuple(f"{plugin.name}.{resource.name}.{name}" for name in wanted)


def in_line(shown: Iterable[Binding], first: tuple[str, ...]) -> list[Binding]:
    """Keys as the line of keys names them: those of this pane before those of every pane.

    What moves and opens in a grid is named only by a pane that says it opens something.
    """

    def place(binding: Binding) -> tuple[int, int]:
        ident = binding.id or ""
        if binding.action == "reveal":
            return -1, 0  # offered only where something is hidden, and one wonders how to see it
        if ident in first:
            return 0, first.index(ident)
        if ident.startswith(SHARED):
            return 3, 0
        return (2 if ident.count(".") > 1 else 1), 0

    named = (one for one in shown if one.id in first or not (one.id or "").startswith("grid."))
    return sorted(named, key=place)


def sentence(title: str) -> str:
    """A title as the beginning of a sentence."""
    return title[:1].upper() + title[1:]


def _slug(link: Link) -> str:
    """A link's title as part of an id."""
    return "to-" + re.sub(r"\W+", "-", link.title.lower()).strip("-")
