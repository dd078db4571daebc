"""A pilot that goes on as soon as its keys have acted, and no sooner, however long that takes."""

from __future__ import annotations

import asyncio
import unicodedata
from collections.abc import Iterator

import pytest
from textual import events
from textual.app import App
from textual.geometry import Size
from textual.keys import REPLACED_KEYS, _character_to_key, _get_unicode_name_from_key
from textual.pilot import Pilot

from awstui.ui import unhurried
from tests.patience import PATIENCE


@pytest.fixture(autouse=True, scope="session")
def _pilots_that_wait() -> Iterator[None]:
    """Textual's own pilot sleeps until the process has little to do, which on a busy machine says nothing."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Pilot, "press", _press)
        patch.setattr(Pilot, "pause", _pause)
        patch.setattr(Pilot, "resize_terminal", _resize)
        patch.setattr(unhurried, "PATIENCE", PATIENCE)
        yield


async def _press(pilot: Pilot[object], *keys: str) -> None:
    """Type keys, each once the one before has acted."""
    for key in keys:
        pilot.app.post_message(_typed(key, pilot.app))
        await _settled(pilot)
    await _painted(pilot)


async def _pause(pilot: Pilot[object], delay: float | None = None) -> None:
    """Let pass what there is to do, and some time."""
    await _settled(pilot)
    if delay is not None:
        await asyncio.sleep(delay)
    await _painted(pilot)


async def _resize(pilot: Pilot[object], width: int, height: int) -> None:
    """Make the terminal another size, and let everything have its place in it."""
    size = Size(width, height)
    pilot.app.post_message(events.Resize(size, size))
    async with asyncio.timeout(PATIENCE):
        while pilot.app.screen._compositor.size != size:  # noqa: ASYNC110  Textual puts it off for a moment
            await asyncio.sleep(0.005)
    await _painted(pilot)
    await _painted(pilot)


def _typed(key: str, app: App[object]) -> events.Key:
    """A key as the driver sends it."""
    if len(key) == 1 and not key.isalnum():
        key = _character_to_key(key)
    try:
        name = _get_unicode_name_from_key(REPLACED_KEYS.get(key, key))
        sign: str | None = unicodedata.lookup(name)
    except KeyError:
        sign = key if len(key) == 1 else None
    event = events.Key(key, sign)
    event.set_sender(app)
    return event


async def _painted(pilot: Pilot[object]) -> None:
    """Lay out and paint what has changed, and let pass what waited for that."""
    if pilot.app.screen_stack:
        pilot.app.screen._on_timer_update()
        await _settled(pilot)


async def _settled(pilot: Pilot[object]) -> None:
    """Let everybody come to the end of what was said to them, and of what they said to each other."""
    while await pilot._wait_for_screen(PATIENCE) and _has_more_to_hear(pilot.app):
        continue
    await pilot.app._animator.wait_until_complete()


def _has_more_to_hear(app: App[object]) -> bool:
    if app._exit or not app.screen_stack:
        return False
    return any(pump.message_queue_size for pump in (app, *app.screen.walk_children(with_self=True)))
