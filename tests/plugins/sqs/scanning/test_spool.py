"""The spool keeps every byte, for its owner alone, up to its cap."""

from __future__ import annotations

import hashlib
import os
import random
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from awstui.plugin import Row
from plugins.sqs.scanning.groups import group_of
from plugins.sqs.scanning.spool import HEAD, WHOLE, Spool

SIGNS = 'abc {}"\\\n\té€𝄞\x85\u202e'


def messages(seed: int, count: int) -> list[Row]:
    chance = random.Random(seed)
    return [
        {
            "MessageId": f"m-{n}",
            "ReceiptHandle": "void",
            "Body": "".join(chance.choices(SIGNS, k=chance.randint(0, 200))),
            "Attributes": {"SentTimestamp": str(chance.randrange(10**13))},
            "MessageAttributes": {"b": {"DataType": "Binary", "BinaryValue": chance.randbytes(9)}},
        }
        for n in range(count)
    ]


def test_what_goes_in_comes_out_in_its_order(tmp_path: Path) -> None:
    spool = Spool.create(tmp_path)
    given = messages(1, 50)
    briefs = spool.add(given[:20]) + spool.add(given[20:])
    expected = [
        {name: held for name, held in one.items() if name != "ReceiptHandle"} for one in given
    ]
    assert list(spool) == expected == briefs
    assert len(spool) == 50
    assert spool.get("m-7") == expected[7]
    assert spool.get("nobody") is None
    spool.close(remove=True)
    assert list(tmp_path.iterdir()) == []


def test_it_is_for_its_owner_alone(tmp_path: Path) -> None:
    old = os.umask(0)
    try:
        spool = Spool.create(tmp_path / "deep" / "scans")
        spool.add(messages(1, 1))
    finally:
        os.umask(old)
    for path in (tmp_path / "deep" / "scans").iterdir():
        assert stat.S_IMODE(path.stat().st_mode) == 0o600, path
    assert stat.S_IMODE((tmp_path / "deep" / "scans").stat().st_mode) == 0o700
    spool.close(remove=True)


def test_over_the_cap_size_and_hash_are_kept(tmp_path: Path) -> None:
    spool = Spool.create(tmp_path, cap=10)
    first, second, third = spool.add(
        [{"MessageId": str(n), "Body": body} for n, body in enumerate(("12345678", "1234", "12"))]
    )
    assert spool.left_out == 1
    assert (first["Body"], third["Body"]) == ("12345678", "12")
    assert second["BodyBytes"] == 4
    assert second["BodySha256"] == hashlib.sha256(b"1234").hexdigest()
    assert not second["BodyKept"]
    assert "Body" not in (spool.get("1") or {})
    spool.close(remove=True)


def test_a_long_body_is_handed_on_by_its_head_and_kept_whole(tmp_path: Path) -> None:
    spool = Spool.create(tmp_path)
    body = "é" * WHOLE
    whole, brief = spool.add(
        [{"MessageId": "0", "Body": "x" * WHOLE}, {"MessageId": "1", "Body": body}]
    )
    assert len(whole["Body"]) == WHOLE
    assert len(brief["Body"]) == HEAD
    assert (brief["BodyBytes"], brief["BodyKept"]) == (2 * WHOLE, True)
    assert (spool.get("1") or {})["Body"] == body
    assert group_of(brief) != group_of(whole), "what was not looked into is in no other group"
    spool.close(remove=True)


def test_all_that_is_handed_on_is_bounded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("plugins.sqs.scanning.spool.HANDED", 50_000)
    spool = Spool.create(tmp_path)
    briefs = spool.add([{"MessageId": str(n), "Body": "x" * 20_000} for n in range(4)])
    assert [len(brief["Body"]) for brief in briefs] == [20_000, 20_000, HEAD, HEAD]
    assert [len(message["Body"]) for message in spool] == [20_000] * 4
    spool.close(remove=True)


def test_what_a_dead_process_left_goes_away_and_nothing_else(tmp_path: Path) -> None:
    with subprocess.Popen([sys.executable, "-c", ""]) as ended:
        pass
    for name in (f"scan-{ended.pid}-1.sqlite", f"scan-{ended.pid}-1.sqlite-wal", "scan-notes.txt"):
        (tmp_path / name).write_text("x")
    alive = tmp_path / f"scan-{os.getpid()}-999999.sqlite"
    alive.write_text("x")
    spool = Spool.create(tmp_path)
    assert {path.name for path in tmp_path.iterdir()} >= {"scan-notes.txt", alive.name}
    assert not [path for path in tmp_path.iterdir() if f"-{ended.pid}-" in path.name]
    spool.close(remove=True)
