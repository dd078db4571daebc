"""F03, F04: without credentials it is said at once; an instance metadata service that is silent is given up."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from awstui.engine.door import Doors
from awstui.errors import AwsError
from awstui.wire import Scope
from tests.faults.proxy import FaultProxy

NOBODY = Scope("default", "eu-west-1")


async def told(tmp_path: Path) -> tuple[AwsError, float]:
    """What somebody without any credentials is told, and after how many seconds."""
    doors = Doors(audit_folder=tmp_path / "audit")
    began = time.monotonic()
    with pytest.raises(AwsError) as failed:
        await doors.open(NOBODY, "sqs").read("list_queues")
    await doors.close()
    return failed.value, time.monotonic() - began


async def test_f03_without_credentials_it_is_said_at_once(tmp_path: Path) -> None:
    error, _ = await told(tmp_path)
    assert error.problem.kind == "credentials"
    assert "There are no credentials" in error.problem.what
    assert "aws configure" in error.problem.do


async def test_f04_an_instance_metadata_service_that_hangs_is_given_up(
    proxy: FaultProxy, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "false")
    monkeypatch.setenv("AWS_EC2_METADATA_SERVICE_ENDPOINT", proxy.url)
    proxy.rule("hang")
    error, waited = await told(tmp_path)
    assert proxy.count("-", "PUT /latest/api/token") >= 1, "it was asked"
    assert waited < 5
    assert "There are no credentials" in error.problem.what
