"""Whether this machine is one of EC2: only there a metadata service answers, elsewhere it is waited for in vain."""

from __future__ import annotations

import os
from pathlib import Path

SYSTEM = Path("/sys")
"""Where Linux tells of the machine, and of the host of a container."""

_SAID = (
    ("class/dmi/id/sys_vendor", "amazon ec2"),
    ("class/dmi/id/bios_vendor", "amazon ec2"),
    ("class/dmi/id/product_version", "amazon"),
    ("hypervisor/uuid", "ec2"),
)
"""Files of the firmware or the hypervisor, and what stands in them on EC2."""


def asks_metadata() -> bool:
    """Whether the metadata service is asked for credentials: on EC2, or where somebody has said so."""
    disabled = os.environ.get("AWS_EC2_METADATA_DISABLED", "").lower()
    if disabled == "true":
        return False
    told = disabled == "false" or "AWS_EC2_METADATA_SERVICE_ENDPOINT" in os.environ
    return told or is_instance()


def is_instance() -> bool:
    """Whether firmware or hypervisor are those of EC2."""
    return any(word in _first_line(SYSTEM / file) for file, word in _SAID)


def _first_line(path: Path) -> str:
    try:
        return path.read_text(errors="replace").partition("\n")[0].lower()
    except OSError:
        return ""
