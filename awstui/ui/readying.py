"""What panes are made of is imported beside the loop before anybody asks for it: no key waits for files."""

from __future__ import annotations

import asyncio
import contextlib
import importlib
import pkgutil
import sys
from collections.abc import Iterable
from types import ModuleType

from awstui import ui
from awstui.discovery import built_in_package

CALM = 2.0
"""Seconds after the first paint that belong to the first rows."""


async def import_plugins() -> None:
    """Import the plugins of ours, not yet what they open."""
    package = await asyncio.to_thread(built_in_package)
    await _import(
        f"{package.__name__}.{one.name}" for one in pkgutil.iter_modules(package.__path__)
    )


async def import_panes() -> None:
    """Import all that the console and the plugins of ours may open, once the first rows have had their time."""
    await asyncio.sleep(CALM)
    await _import(await asyncio.to_thread(lambda: [*_modules(ui), *_modules(built_in_package())]))


async def _import(names: Iterable[str]) -> None:
    """Import one after the other in a thread, where the loop gets its turns."""
    for name in names:
        if name not in sys.modules:
            # What cannot be imported is told to whoever asks for it, and is asked for again.
            with contextlib.suppress(Exception):
                await asyncio.to_thread(importlib.import_module, name)


def _modules(package: ModuleType) -> list[str]:
    """The names of all modules of a package, also of those in packages of it."""
    found = pkgutil.walk_packages(package.__path__, f"{package.__name__}.", onerror=lambda _: None)
    return [one.name for one in found]
