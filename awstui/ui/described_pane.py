"""All about one row of a declared resource, and the ways that lead on from it."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable
from typing import Any

from textual.binding import Binding

from awstui.plugin import Plugin, Resource
from awstui.ui import declared
from awstui.ui.detail_pane import DetailPane
from awstui.ui.doing_pane import DoingPane
from awstui.ui.lines import Lines
from awstui.ui.target import Target


class DescribedPane(DetailPane, DoingPane):
    """Describe or JSON of a row; the keys of its links are those of its list."""

    def __init__(
        self,
        subject: Target,
        title: str,
        load: Callable[[], Awaitable[Any]],
        *,
        raw: bool = False,
        asks: str = "",
    ) -> None:
        """``load`` fetches what is shown of the row ``subject``."""
        super().__init__(title, load, raw=raw, asks=asks)
        self._subject = subject
        self.bound_to = subject.ref.scope

    def subject(self) -> Target:
        """The row."""
        return self._subject


def described_type(plugin: Plugin, resource: Resource) -> type[DescribedPane]:
    """The pane class for rows of a resource: links whose keys a text needs for itself have none here."""
    own = [
        one for owner in (DetailPane, Lines) for one in owner.BINDINGS if isinstance(one, Binding)
    ]
    taken = {key for binding in own for key in binding.key.split(",")}
    ways = [
        binding
        for binding in declared.bindings(plugin, resource)
        if binding.action.startswith("follow(") and binding.key not in taken
    ]
    name = "".join(part.capitalize() for part in re.split(r"\W+", f"{plugin.name}.{resource.name}"))
    held = {"plugin": plugin, "resource": resource, "BINDINGS": ways, "__doc__": resource.title}
    return type(f"{name}Described", (DescribedPane,), held)
