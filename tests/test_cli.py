"""The command line is read, refused in one line, and loads plugins only where it needs them."""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
from pathlib import Path

import pytest

from awstui import cli, confirming, console, wire
from awstui.headless.exits import Exit


def run(*words: str, **environment: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "awstui", *words]
    env = {**os.environ, **environment}
    return subprocess.run(
        command, env=env, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False
    )


def read(*words: str) -> argparse.Namespace:
    return cli._read(list(words))[0]


@pytest.mark.parametrize(
    "words",
    [
        ("--profile", "p", "--region", "r", "--read-only", "ls", "thing"),
        ("ls", "--profile", "p", "--region", "r", "--read-only", "thing"),
        ("--profile", "p", "ls", "thing", "--read-only", "--region=r"),
    ],
)
def test_options_stand_before_or_after_the_command(words: tuple[str, ...]) -> None:
    found = read(*words)
    assert (found.profile, found.region, found.read_only) == ("p", "r", True)
    assert (found.command, found.service, found.resource) == ("ls", "thing", None)


def test_an_option_after_the_command_wins() -> None:
    assert read("--region", "a", "ls", "x", "--region", "b").region == "b"


def test_without_a_command_the_console_opens_and_no_plugin_is_loaded() -> None:
    arguments, registry = cli._read(["--endpoint-url", "http://x"])
    assert arguments.command == ""
    assert registry is None
    assert arguments.endpoint_url == "http://x"


@pytest.mark.parametrize("words", [("--go", "queues /dlq"), ("demo", "--go", "queues /dlq")])
def test_a_place_to_begin_at_is_no_command_and_loads_no_plugin(words: tuple[str, ...]) -> None:
    arguments, registry = cli._read(list(words))
    assert arguments.go == "queues /dlq"
    assert registry is None


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("frobnicate",), "invalid choice: 'frobnicate'"),
        (("ls",), "the following arguments are required: SERVICE"),
        (("--colour", "ls", "x"), "unrecognized arguments: --colour"),
        (("--profile",), "expected one argument"),
        (("ls", "x", "-o", "yaml"), "invalid choice: 'yaml'"),
        (("demo", "--serve", "http"), "'http' is no port"),
    ],
)
def test_nonsense_is_refused_in_one_line(
    words: tuple[str, ...], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as left:
        cli.main(words)
    error = capsys.readouterr().err
    assert left.value.code == Exit.USAGE
    assert said in error
    assert error.startswith("awstui: ")
    assert error.count("\n") == 1


def test_help_lists_the_commands_of_plugins_and_every_exit_status(
    capsys: pytest.CaptureFixture[str],
) -> None:
    with pytest.raises(SystemExit) as left:
        cli.main(["--help"])
    text = capsys.readouterr().out
    assert left.value.code == 0
    for word in ("ls", "describe", "plugins", "info", "demo", "peek", "redrive"):
        assert f"    {word} " in text
    for status in Exit:
        assert f"\n  {status.value:>3}  " in text


def test_a_command_of_a_plugin_takes_the_formats_and_options_of_all() -> None:
    arguments = read("peek", "orders", "-o", "jsonl", "--region", "r")
    assert arguments.run.name == "peek"
    assert arguments.plugin.name == arguments.plugin.botocore_name
    assert (arguments.output, arguments.region, arguments.target) == ("jsonl", "r", "queue")


def test_version() -> None:
    ran = run("--version")
    assert ran.stdout.startswith("awstui 0.")


def test_the_console_without_a_terminal_names_what_works_without_one() -> None:
    for term in ("xterm-256color", "dumb", ""):
        ran = run(TERM=term)
        assert ran.returncode == Exit.USAGE
        assert "awstui ls SERVICE" in ran.stderr
        assert ran.stderr.count("\n") == 1
        assert not ran.stdout


def test_a_slow_terminal_is_told_to_textual_before_it_is_imported(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    names = ("TEXTUAL_ANIMATIONS", "TEXTUAL_FPS", "TEXTUAL_SMOOTH_SCROLL", "TEXTUAL_COLOR_SYSTEM")
    for name in names:
        monkeypatch.setenv(name, "")
        monkeypatch.delenv(name)
    console.set_terminal(slow=False)
    assert not [name for name in names if name in os.environ]
    monkeypatch.setenv("SSH_CONNECTION", "somewhere")
    console.set_terminal(slow=False)
    assert [name for name in names if name in os.environ] == ["TEXTUAL_ANIMATIONS"]
    monkeypatch.setenv("TEXTUAL_FPS", "5")
    console.set_terminal(slow=True)
    assert os.environ["TEXTUAL_FPS"] == "5"
    assert os.environ["TEXTUAL_SMOOTH_SCROLL"] == "0"


def test_the_demo_forgets_every_real_account(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_PROFILE", "production")
    monkeypatch.setenv("AWS_SESSION_TOKEN", "token")
    console.only_demo({"AWS_REGION": "eu-west-1"})
    assert {n: v for n, v in os.environ.items() if n.startswith("AWS_")} == {
        "AWS_REGION": "eu-west-1"
    }


def test_the_engine_is_told_where_plugins_are(
    world: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    start = cli._start(read("--plugins", "mine", "--read-only"))
    assert start == wire.Start(
        read_only=True,
        plugin_folders=(str(world / "config" / "awstui" / "plugins"), str(tmp_path / "mine")),
    )


def settings(world: Path, text: str) -> None:
    path = world / "config" / "awstui" / "config.toml"
    path.parent.mkdir(parents=True)
    path.write_text(text)


def test_settings_apply_where_neither_options_nor_the_environment_say_otherwise(
    world: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings(
        world,
        'profile = "mine"\nregion = "eu-west-1"\nread_only = true\nplugin_folders = ["/p"]\n',
    )
    start = cli._start(read())
    assert (start.profile, start.region, start.read_only) == ("mine", "eu-west-1", True)
    assert start.plugin_folders[1:] == ("/p",)
    monkeypatch.setenv("AWS_PROFILE", "other")
    start = cli._start(read("--region", "us-east-1"))
    assert (start.profile, start.region) == ("", "us-east-1")


def test_a_mistake_in_the_settings_is_one_line(world: Path) -> None:
    settings(world, "colour = 3")
    ran = run("ls", "route53")
    assert ran.returncode == Exit.USAGE
    assert "sets 'colour', which is unknown" in ran.stderr
    assert ran.stderr.count("\n") == 1


def test_production_is_what_the_settings_or_the_name_say() -> None:
    by_name = confirming.matching(confirming.PRODUCTION)
    names = ("shop-prod", "PROD", "prod-eu", "shop_production", "product", "reprod", "live1", "dev")
    assert [name for name in names if by_name(wire.Scope(name))] == [
        "shop-prod", "PROD", "prod-eu", "shop_production", "live1",
    ]  # fmt: skip
    by_account = confirming.matching(("^123456789012$",))
    assert by_account(wire.Scope("dev", "eu-west-1", "123456789012"))
    assert not by_account(wire.Scope("prod", "eu-west-1", "000000000000"))


def test_nothing_that_lies_in_the_current_directory_is_run(tmp_path: Path) -> None:
    (tmp_path / "msgspec.py").write_text("raise AssertionError('a stranger ran')")
    command = [sys.executable, "-m", "awstui", "plugins"]
    ran = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert (ran.returncode, ran.stderr) == (Exit.OK, "")


def test_a_relative_folder_of_plugins_needs_a_current_directory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    gone = tmp_path / "gone"
    gone.mkdir()
    monkeypatch.chdir(gone)
    gone.rmdir()
    with pytest.raises(SystemExit):
        cli._folders(read("--plugins", "mine", "ls", "route53"))
    monkeypatch.chdir(tmp_path)
    assert "the current directory is gone" in capsys.readouterr().err


def test_what_a_command_writes_is_for_its_owner_and_it_leaves_no_core() -> None:
    code = (
        "import os, resource; from awstui.cli import main; main(['plugins', '-o', 'json']); "
        "print(oct(os.umask(0)), resource.getrlimit(resource.RLIMIT_CORE))"
    )
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ran.stdout.splitlines()[-1] == "0o77 (0, 0)"


@pytest.mark.parametrize(
    ("pattern", "guarded"),
    [
        ("^123456789012$", True),
        (r"^\d{12}$", True),
        ("prod|.*", True),
        ("^(?!shop)", True),
        ("[^a-z]$", True),
        ("prod", False),
        (r"(?i)\bprod\b|-live$", False),
        (confirming.PRODUCTION[0], False),
    ],
)
def test_an_unknown_account_counts_as_any_that_a_pattern_may_mean(
    pattern: str, guarded: bool
) -> None:
    assert confirming.matching((pattern,))(wire.Scope("dev", "eu-west-1")) is guarded
