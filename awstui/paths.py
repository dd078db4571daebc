"""Where configuration, state, cache and logs live: the platform's places, private to the user."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import platformdirs

APP = "awstui"
PRIVATE = 0o700
"""Folders are for their owner alone: audit and journal name resources of production accounts."""


def config_file() -> Path:
    """``config.toml``; need not exist."""
    return _folder(platformdirs.user_config_path) / "config.toml"


def plugin_folder() -> Path:
    """Where a person drops plugins of their own; need not exist."""
    return _folder(platformdirs.user_config_path) / "plugins"


def state_folder() -> Path:
    """What must outlive a session: audit, journal, logs."""
    return _folder(platformdirs.user_state_path)


def cache_folder() -> Path:
    """What may be lost at any time, such as the rows last known."""
    return _folder(platformdirs.user_cache_path)


def audit_folder() -> Path:
    """Where every write is accounted for."""
    return state_folder() / "audit"


def log_file() -> Path:
    """The log of awstui and of the libraries under it."""
    return state_folder() / "logs" / "awstui.log"


def private(folder: Path) -> Path:
    """Make a folder, and every one above it that is missing, readable by its owner alone."""
    if not folder.is_dir():
        if not folder.parent.is_dir():
            private(folder.parent)
        folder.mkdir(mode=PRIVATE, exist_ok=True)
    return folder


def lives(process: int) -> bool:
    """Whether a process still is there, whose file has its number in its name."""
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except OSError:
        return True
    return True


def _folder(place: Callable[..., Path]) -> Path:
    return place(APP, appauthor=False, ensure_exists=False)
