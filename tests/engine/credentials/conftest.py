"""The identity server and the user's files, for every test of credentials."""

from __future__ import annotations

from tests.identities import configure, sts

__all__ = ["configure", "sts"]
