"""``python -m awstui``."""

import os
import sys

if not sys.flags.safe_path and os.path.join(sys.path[0], "awstui") != os.path.dirname(__file__):  # noqa: PTH118, PTH120  imports nothing yet
    del sys.path[0]  # the current directory, where anybody's modules may lie

from awstui.cli import main

sys.exit(main())
