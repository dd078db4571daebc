"""Settings: the defaults without a file, and each mistake named with what is allowed."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from awstui import paths
from awstui.config import Config, load
from awstui.errors import AwstuiError


def test_without_a_file_the_defaults_apply(tmp_path: Path) -> None:
    assert load(tmp_path / "none.toml") == Config()


def test_every_setting_is_read(tmp_path: Path) -> None:
    file = tmp_path / "config.toml"
    file.write_text(
        """
        profile = "shop"
        region = "eu-west-1"
        endpoint_url = "http://127.0.0.1:5000"
        read_only = true
        read_only_for = ["^live"]
        plugin_folders = ["~/plugins"]
        theme = "nord"
        production = ["^123456789012$", "prod"]
        [keys]
        "queues.purge" = "ctrl+x"
        [cadence]
        "queues.queues" = 10
        """
    )
    assert load(file) == Config(
        profile="shop",
        region="eu-west-1",
        endpoint_url="http://127.0.0.1:5000",
        read_only=True,
        read_only_for=("^live",),
        plugin_folders=(str(Path("~/plugins").expanduser()),),
        theme="nord",
        production=("^123456789012$", "prod"),
        keys={"queues.purge": "ctrl+x"},
        cadence={"queues.queues": 10.0},
    )


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("profil = 'x'", ("'profil'", "profile, read_only")),
        ("read_only = 'yes'", ("'read_only'", "true or false")),
        ("region = 1", ("'region'", "Text in quotes")),
        ("plugin_folders = 'x'", ("'plugin_folders'", "list of texts")),
        ("production = ['(']", ("'production'", "regular expressions")),
        ("endpoint_url = 'host'", ("'endpoint_url'", "http://")),
        ("cadence = {a = -1}", ("'cadence'", "seconds")),
        ("cadence = {a = true}", ("'cadence'", "seconds")),
        ("keys = {a = 1}", ("'keys'", "ctrl+x")),
        ("profile = =", ("is not valid TOML", "line 1")),
    ],
)
def test_a_mistake_is_named_with_what_is_allowed(
    text: str, words: tuple[str, str], tmp_path: Path
) -> None:
    file = tmp_path / "config.toml"
    file.write_text(text)
    with pytest.raises(AwstuiError) as told:
        load(file)
    problem = told.value.problem
    said = f"{problem.what} {problem.why}"
    assert str(file) in problem.what
    assert all(word in said for word in words)


def test_a_file_that_is_no_text_is_said_to_be(tmp_path: Path) -> None:
    file = tmp_path / "config.toml"
    file.write_bytes(b"\xff\xfe")
    with pytest.raises(AwstuiError, match="cannot be read"):
        load(file)


def test_places_follow_the_platform_and_new_folders_are_private(world: Path) -> None:
    assert paths.config_file() == world / "config" / "awstui" / "config.toml"
    assert paths.plugin_folder() == world / "config" / "awstui" / "plugins"
    assert paths.audit_folder() == world / "state" / "awstui" / "audit"
    assert paths.log_file() == world / "state" / "awstui" / "logs" / "awstui.log"
    assert paths.cache_folder() == world / "cache" / "awstui"
    made = paths.private(paths.audit_folder())
    assert [stat.S_IMODE(place.stat().st_mode) for place in (made, made.parent)] == [0o700, 0o700]
