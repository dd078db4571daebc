"""What is put off at the start is made up for."""

from __future__ import annotations

import os
import ssl
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from awstui.engine.early import certificates_later


def test_a_context_made_early_reads_its_certificates_later() -> None:
    before = set(threading.enumerate())
    with certificates_later(0.0):
        early = ssl.create_default_context()
        assert early.cert_store_stats()["x509"] == 0
        assert early.verify_mode is ssl.CERT_REQUIRED, "and until then it trusts nobody"
    for thread in set(threading.enumerate()) - before:
        thread.join(10)
    at_once = ssl.create_default_context()
    assert early.cert_store_stats() == at_once.cert_store_stats()


@pytest.mark.parametrize(("config", "loaded"), [("", "False"), ("login_session = x\n", "True")])
def test_the_common_runtime_is_loaded_where_a_profile_is_a_console_session(
    world: Path, config: str, loaded: str
) -> None:
    (world / ".aws").mkdir()
    (world / ".aws" / "config").write_text(f"[profile web]\n{config}")
    code = (
        "import os, sys\n"
        "from awstui.engine.early import runtime_where_needed\n"
        "with runtime_where_needed():\n"
        "    import botocore.credentials\n"
        "print(botocore.credentials.EC is not None, 'BOTO_DISABLE_CRT' in os.environ)\n"
    )
    ran = subprocess.run(
        [sys.executable, "-c", code],
        env=dict(os.environ),
        capture_output=True,
        text=True,
        check=True,
    )
    assert ran.stdout.split() == [loaded, "False"]
