"""The log is a private file, and where there can be none nothing else is written to."""

from __future__ import annotations

import logging
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest

from awstui.engine.logs import log_to


@pytest.fixture(autouse=True)
def _root() -> Iterator[None]:
    root = logging.getLogger()
    before, level = list(root.handlers), root.level
    yield
    for handler in set(root.handlers) - set(before):
        root.removeHandler(handler)
        handler.close()
    root.setLevel(level)


def test_warnings_of_libraries_go_to_a_private_file(tmp_path: Path) -> None:
    file = tmp_path / "logs" / "awstui.log"
    log_to(file)
    logging.getLogger("botocore.credentials").warning("Refresh failed")
    logging.getLogger("botocore.auth").debug("Authorization: secret")
    assert "Refresh failed" in file.read_text()
    assert "secret" not in file.read_text()
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert stat.S_IMODE(file.parent.stat().st_mode) == 0o700


def test_where_no_file_can_be_nothing_fails(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "logs").write_text("in the way")
    log_to(tmp_path / "logs" / "awstui.log")
    logging.getLogger("botocore").warning("lost")
    assert capfd.readouterr().err == ""
