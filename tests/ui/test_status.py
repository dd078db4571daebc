"""The line of keys: how each is written."""

from __future__ import annotations

import pytest

from awstui.ui.status import key_name


@pytest.mark.parametrize(
    ("key", "written"),
    [("slash", "/"), ("minus", "-"), ("plus", "+"), ("at", "@"), ("colon", ":"), ("ctrl+e", "^e"),
     ("escape", "esc"), ("f5", "f5"), ("down,j", "down"), ("less_than_sign", "<"), ("space", "space")],
)  # fmt: skip
def test_a_key_is_written_as_the_sign_it_types(key: str, written: str) -> None:
    assert key_name(key) == written
