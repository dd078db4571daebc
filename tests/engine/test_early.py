"""What is put off at the start is made up for."""

from __future__ import annotations

import ssl
import threading

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
