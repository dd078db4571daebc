"""F03, F04: without credentials it is said at once; an instance metadata service that is silent is given up."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from awstui.engine.credentials import machine
from awstui.engine.door import Doors
from awstui.errors import AwsError
from awstui.wire import Scope
from tests.faults.proxy import FaultProxy
from tests.patience import patiently

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
    for looked_at in (
        "AWS_ACCESS_KEY_ID is not set", "~/.aws/config (no such file)", "~/.aws/credentials",
        "a container's role", "switched off by AWS_EC2_METADATA_DISABLED",
    ):  # fmt: skip
        assert looked_at in error.problem.why


@pytest.mark.parametrize(
    ("file", "said", "asked"),
    [
        ("", "", False),
        ("class/dmi/id/sys_vendor", "QEMU\n", False),
        ("class/dmi/id/sys_vendor", "Amazon EC2\n", True),
        ("class/dmi/id/product_version", "4.11.amazon\n", True),
        ("hypervisor/uuid", "ec2e1916-9099-7caf-fd21-012345abcdef\n", True),
    ],
)
async def test_f03_the_metadata_service_is_asked_on_ec2_alone(
    proxy: FaultProxy, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *,
    file: str, said: str, asked: bool,
) -> None:  # fmt: skip
    monkeypatch.setattr(machine, "SYSTEM", tmp_path)
    monkeypatch.delenv("AWS_EC2_METADATA_DISABLED")
    if file:
        (tmp_path / file).parent.mkdir(parents=True)
        (tmp_path / file).write_text(said)
    assert machine.asks_metadata() is asked
    if asked:
        return
    error, _ = await told(tmp_path)
    assert "not asked for: this machine is none of EC2's" in error.problem.why


def test_f03_who_says_so_is_believed(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(machine, "SYSTEM", tmp_path)
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "false")
    assert machine.asks_metadata()
    monkeypatch.delenv("AWS_EC2_METADATA_DISABLED")
    monkeypatch.setenv("AWS_EC2_METADATA_SERVICE_ENDPOINT", "http://127.0.0.1:9")
    assert machine.asks_metadata()
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    assert not machine.asks_metadata()


async def test_f04_an_instance_metadata_service_that_hangs_is_given_up(
    proxy: FaultProxy, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "false")
    monkeypatch.setenv("AWS_EC2_METADATA_SERVICE_ENDPOINT", proxy.url)
    proxy.rule("hang")
    error, waited = await told(tmp_path)
    assert proxy.count("-", "PUT /latest/api/token") >= 1, "it was asked"
    assert waited < patiently(5)
    assert "There are no credentials" in error.problem.what
