"""Text edited in the person's own editor."""

from __future__ import annotations

import contextlib
import os
import re
import shlex
import stat
import subprocess
import tempfile
from pathlib import Path
from typing import Any

from textual.app import App

from awstui import paths
from awstui.text import safe

_NAME = re.compile(r"awstui-edit-(\d+)-\w+\.json")
_open: dict[Path, subprocess.Popen[bytes] | None] = {}
"""What is being edited, and by which process: one at a time, for the screen is the editor's."""


def edit(app: App[Any], text: str) -> str:
    """Suspend the screen, open ``$VISUAL`` or ``$EDITOR`` on ``text``, and return what was saved.

    The file is readable by its owner alone and gone afterwards; the editor gets no AWS credentials.
    """
    path: Path | None = None
    try:
        path = _written(text)
        if not edit_file(app, path):
            return text
        return path.read_text(encoding="utf-8", errors="surrogateescape")
    except OSError as error:
        _complain(app, error)
        return text
    finally:
        if path is not None:
            path.unlink(missing_ok=True)


def edit_file(app: App[Any], path: Path) -> bool:
    """Suspend the screen and open the editor on a file that is the caller's to keep; whether it ended well."""
    try:
        with app.suspend():
            _run([*_command(), str(path)], path)
    except (OSError, subprocess.CalledProcessError) as error:
        _complain(app, error)
        return False
    finally:
        _open.pop(path, None)
    return True


def _command() -> list[str]:
    return shlex.split(os.environ.get("VISUAL") or os.environ.get("EDITOR") or "vi")


def _complain(app: App[Any], error: Exception) -> None:
    said = f"{_command()[0]} did not save: {error}"
    app.notify(safe(said), severity="error", markup=False)


def give_up(*, kill: bool = False) -> None:
    """Have an editor end, because the console is to; ``kill`` when it has not, and nothing may stay."""
    for path, process in list(_open.items()):
        if process is not None and process.poll() is None:
            (process.kill if kill else process.terminate)()
        if kill and _NAME.fullmatch(path.name):
            with contextlib.suppress(OSError):
                path.unlink(missing_ok=True)


def sweep() -> None:
    """Delete what consoles left that could not end in order, such as those that were killed."""
    with contextlib.suppress(OSError):
        for entry in os.scandir(_folder()):
            found = _NAME.fullmatch(entry.name)
            if found is None or paths.lives(int(found[1])):
                continue
            with contextlib.suppress(OSError):
                status = entry.stat(follow_symlinks=False)
                if stat.S_ISREG(status.st_mode) and status.st_uid == os.getuid():
                    Path(entry.path).unlink()


def _folder() -> str:
    """In memory where the system has such a place; else where temporary files go."""
    runtime = os.environ.get("XDG_RUNTIME_DIR", "")
    return runtime if os.access(runtime, os.W_OK) else tempfile.gettempdir()


def _written(text: str) -> Path:
    handle, name = tempfile.mkstemp(
        prefix=f"awstui-edit-{os.getpid()}-", suffix=".json", dir=_folder()
    )
    path = Path(name)
    _open[path] = None
    with os.fdopen(handle, "w", encoding="utf-8", errors="surrogateescape") as file:
        file.write(text)
    return path


def _run(command: list[str], path: Path) -> None:
    clean = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
    with subprocess.Popen(command, env=clean) as process:
        _open[path] = process
        status = process.wait()
    if status:
        raise subprocess.CalledProcessError(status, command[0])
