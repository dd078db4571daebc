"""What each process of awstui does first, so that nobody else reads what it leaves."""

from __future__ import annotations

import os
import resource


def keep_private() -> None:
    """Write files for their owner alone, and no core: it would hold credentials."""
    os.umask(0o077)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
