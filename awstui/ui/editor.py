"""Text edited in the person's own editor."""

from __future__ import annotations

import os
import shlex
import subprocess
import tempfile
from pathlib import Path
from typing import Any

from textual.app import App

from awstui.text import safe


def edit(app: App[Any], text: str) -> str:
    """Suspend the screen, open ``$VISUAL`` or ``$EDITOR`` on ``text``, and return what was saved.

    The file is readable by its owner alone and gone afterwards; the editor gets no AWS credentials.
    """
    command = shlex.split(os.environ.get("VISUAL") or os.environ.get("EDITOR") or "vi")
    clean = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
    folder = os.environ.get("XDG_RUNTIME_DIR") or None
    handle, name = tempfile.mkstemp(prefix="awstui-", suffix=".json", dir=folder)
    path = Path(name)
    try:
        with os.fdopen(handle, "w", encoding="utf-8", errors="surrogateescape") as file:
            file.write(text)
        with app.suspend():
            subprocess.run([*command, name], check=True, env=clean)
        return path.read_text(encoding="utf-8", errors="surrogateescape")
    except (OSError, subprocess.CalledProcessError) as error:
        said = f"{command[0]} did not save: {error}"
        app.notify(safe(said), severity="error", markup=False)
        return text
    finally:
        path.unlink(missing_ok=True)
