"""``python -m awstui``."""

import sys

from awstui.cli import main

sys.exit(main())
