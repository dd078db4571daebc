"""Canaries: secrets planted wherever one can be, looked for wherever one could leak."""

from __future__ import annotations

import io
import itertools
import json
import logging
import os
import stat
from contextlib import AbstractContextManager, nullcontext, redirect_stderr, redirect_stdout
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from unittest.mock import patch

import boto3
import pytest

from awstui import paths, wire
from awstui.cli import main
from awstui.engine.logs import log_to
from awstui.headless.exits import Exit
from awstui.ui.editor import edit
from awstui.ui.terminal import write_crash

AKIA = "AKIACANARY7CANARY7CA"
ENV_SECRET = "canaryEnvSecret/K7MDENG/bPxRfiCY"
SESSION = "canarySessionTokenFwoGZXIvYXdzEBYaD"
LAMBDA = "canary-lambda-variable"
OPTION = "canary-beanstalk-option"
JWT = "eyJhbGciOiJIUzI1NiJ9.eyJjYW5hcnkiOiJqd3QifQ.Y2FuYXJ5c2lnbmF0dXJl"
_numbers = itertools.count(os.getpid())
TYPED = "canary-typed-body"
CANARIES = (AKIA, ENV_SECRET, SESSION, LAMBDA, OPTION, JWT, TYPED)


@pytest.fixture
def planted(empty_aws: dict[str, str], tmp_path: Path) -> dict[str, str]:
    """An account and an environment full of secrets; the environment of a process in them."""

    def client(service: str) -> Any:
        return boto3.client(
            service, endpoint_url=empty_aws["AWS_ENDPOINT_URL"], region_name="eu-west-1",
            aws_access_key_id="x", aws_secret_access_key="x",
        )  # fmt: skip

    sqs, functions, iam = client("sqs"), client("lambda"), client("iam")
    url = sqs.create_queue(QueueName="canaries")["QueueUrl"]
    sqs.send_message(QueueUrl=url, MessageBody=json.dumps({"jwt": JWT, "key": AKIA}))
    sqs.create_queue(QueueName="canaries-source")
    role = f"canary{next(_numbers)}"
    arn = iam.create_role(RoleName=role, AssumeRolePolicyDocument="{}")["Role"]["Arn"]
    functions.create_function(
        FunctionName=role, Runtime="python3.12", Role=arn, Handler="a.b", Code={"ZipFile": b""},
        Environment={"Variables": {"NAME": LAMBDA}},
    )  # fmt: skip
    beanstalk = client("elasticbeanstalk")
    beanstalk.create_application(ApplicationName=role)
    beanstalk.create_environment(ApplicationName=role, EnvironmentName=role)
    option = {"Namespace": "aws:elasticbeanstalk:application:environment", "OptionName": "NAME"}
    beanstalk.update_environment(EnvironmentName=role, OptionSettings=[{**option, "Value": OPTION}])
    temp = tmp_path / "temp"
    temp.mkdir()
    return {
        **empty_aws, "AWS_ACCESS_KEY_ID": AKIA, "AWS_SECRET_ACCESS_KEY": ENV_SECRET,
        "AWS_SESSION_TOKEN": SESSION, "TMPDIR": str(temp), "FUNCTION": role,
    }  # fmt: skip


@dataclass
class Ran:
    """How a command ended, and what it wrote."""

    returncode: int
    stdout: str
    stderr: str


def awstui(environment: dict[str, str], *words: str) -> Ran:
    """Run a command as a process of that environment would, in this one: there are many."""
    out, err = io.StringIO(), io.StringIO()
    with (
        patch.dict(os.environ, environment, clear=True), patch("sys.stdin", io.StringIO()),
        patch("tempfile.tempdir", environment["TMPDIR"]), redirect_stdout(out), redirect_stderr(err),
    ):  # fmt: skip
        status = main(words)
    return Ran(int(status), out.getvalue(), err.getvalue())


def leaks(*texts: str) -> set[str]:
    return {canary for canary in CANARIES for text in texts if canary in text}


def leaking(paths: list[Path]) -> dict[str, set[str]]:
    """The files that hold canaries, and which."""
    found = {str(path): leaks(path.read_bytes().decode(errors="replace")) for path in paths}
    return {path: canaries for path, canaries in found.items() if canaries}


def files(*folders: Path) -> list[Path]:
    return [path for folder in folders for path in folder.rglob("*") if path.is_file()]


def test_no_secret_is_written_anywhere_and_none_is_shown_unless_asked(
    planted: dict[str, str], world: Path
) -> None:
    function = planted["FUNCTION"]
    apart = (
        ("describe", "lambda", "functions", function),
        ("describe", "beanstalk", "environments", function),
        ("ls", "lambda", "-o", "json"),
        ("ls", "sqs", "-o", "csv"),
        ("do", "sqs.queues.send", "canaries", "--dry-run", "-o", "json",
         "--arg", f"body={AKIA} {JWT}"),
        ("ls", "sqs", "--endpoint-url", f"http://u:{ENV_SECRET}@127.0.0.1:9"),
        ("info", "-o", "json"),
    )  # fmt: skip
    in_turn = (
        ("peek", "canaries", "-o", "jsonl"),
        ("scan", "canaries", "-o", "jsonl"),
        ("redrive", "canaries", "--to", "canaries-source", "--filter", ".", "--yes"),
        ("do", "sqs.queues.send", "canaries", "--yes", "--arg", f"body={TYPED} {AKIA}"),
        ("do", "sqs.queues.purge", "canaries", "--confirm", "canaries"),
        ("audit", "-o", "jsonl"),
    )
    runs = [awstui(planted, *words) for words in (*apart, *in_turn)]
    assert [ran.returncode for ran in runs[:2]] == [Exit.OK, Exit.OK], runs[0].stderr
    shown = leaks(*(ran.stdout + ran.stderr for ran in runs))
    assert shown <= {TYPED}, "what a person types is shown to that person, in the plan"
    assert "(hidden)" in runs[0].stdout
    assert json.loads(runs[1].stdout)["OptionSettings"][0]["Value"] == "(hidden)"
    assert "--reveal shows it" in runs[0].stderr
    assert json.loads(runs[-1].stdout.splitlines()[-1])["outcome"]["phase"] == "ok"
    written = files(world, Path(planted["TMPDIR"]))
    journal = next(path for path in written if path.match("redrive/*.jsonl"))
    kept = leaking([journal])[str(journal)]
    assert kept == {AKIA, JWT}, "the message whole, so that it can be had back, and no key of ours"
    written.remove(journal)
    assert leaking(written) == {}

    revealed = awstui(planted, "describe", "lambda", "functions", function, "--reveal")
    assert LAMBDA in revealed.stdout
    revealed = awstui(planted, "describe", "beanstalk", "environments", function, "--reveal")
    assert OPTION in revealed.stdout
    noted = json.loads(awstui(planted, "audit", "-o", "jsonl").stdout.splitlines()[-1])
    assert noted["outcome"]["phase"] == "reveal"
    written = [path for path in files(world, Path(planted["TMPDIR"])) if path != journal]
    assert leaking(written) == {}
    state = world / "state" / "awstui"
    assert {stat.S_IMODE(path.stat().st_mode) for path in files(state)} == {0o600}
    folders = [state, *(path for path in state.rglob("*") if path.is_dir())]
    assert {stat.S_IMODE(path.stat().st_mode) for path in folders} == {0o700}


def test_no_secret_is_in_a_log_or_a_crash_report(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", ENV_SECRET)
    monkeypatch.setenv("AWS_SESSION_TOKEN", SESSION)
    log = tmp_path / "logs" / "awstui.log"
    root = logging.getLogger()
    before = list(root.handlers)
    log_to(log)
    said = logging.getLogger("some.library")
    try:
        raise ValueError(f"{AKIA} {JWT} password={LAMBDA} {ENV_SECRET} {SESSION}")  # noqa: TRY301
    except ValueError as error:
        said.exception("it failed with secret='%s', signed with %s", OPTION, ENV_SECRET)
        crash = write_crash(error, tmp_path / "crashes")
    finally:
        for handler in set(root.handlers) - set(before):
            root.removeHandler(handler)
            handler.close()
    for path in (log, crash):
        text = path.read_text()
        assert "ValueError" in text
        assert leaks(text) == set()
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
        assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700


class Screen:
    """An application that can be put aside."""

    def suspend(self) -> AbstractContextManager[None]:
        return nullcontext()


def test_an_editor_gets_no_credentials_and_leaves_no_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    script = tmp_path / "editor"
    script.write_text(f"#!/bin/sh\nenv > {tmp_path}/env; stat -c %a $1 > {tmp_path}/mode\n")
    script.chmod(0o700)
    for name, value in (
        ("AWS_ACCESS_KEY_ID", AKIA), ("AWS_SECRET_ACCESS_KEY", ENV_SECRET),
        ("AWS_SESSION_TOKEN", SESSION), ("VISUAL", str(script)), ("TMPDIR", str(tmp_path)),
    ):  # fmt: skip
        monkeypatch.setenv(name, value)
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))

    assert edit(Screen(), "body") == "body"  # type: ignore[arg-type]
    assert leaks((tmp_path / "env").read_text()) == set()
    assert (tmp_path / "mode").read_text().strip() == "600"
    assert list(tmp_path.glob("awstui-*")) == []


def test_a_login_on_the_terminal_gets_no_credentials(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from awstui.ui.identity_dialogs import run

    program = tmp_path / "aws"
    program.write_text(f"#!/bin/sh\nenv > {tmp_path}/env\n")
    program.chmod(0o700)
    for name, value in (
        ("AWS_ACCESS_KEY_ID", AKIA), ("AWS_SECRET_ACCESS_KEY", ENV_SECRET),
        ("AWS_SESSION_TOKEN", SESSION), ("AWS_PROFILE", "shop"), ("PATH", f"{tmp_path}:/usr/bin:/bin"),
    ):  # fmt: skip
        monkeypatch.setenv(name, value)
    run(Screen(), ["aws", "sso", "login"])  # type: ignore[arg-type]
    told = (tmp_path / "env").read_text()
    assert leaks(told) == set()
    assert "AWS_PROFILE=shop" in told


async def test_secrets_in_the_console_are_hidden_until_asked_for_and_hidden_again(
    planted: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    from awstui import audit_lines
    from tests.ui.conftest import app_of, console, screen, shows, type_in, until

    async with console(planted["AWS_ENDPOINT_URL"]) as pilot:
        name = planted["FUNCTION"]
        await type_in(pilot, f":lambda {name}")
        await pilot.press("enter")
        await shows(pilot, name)
        pane = app_of(pilot).workspace.pane
        await until(pilot, lambda: pane.row().get("FunctionName") == name)  # type: ignore[attr-defined]
        await pilot.press("d")
        await shows(pilot, "hidden, x reveals", "(hidden)")
        assert leaks(screen(pilot)) == set()
        await pilot.press("y")
        await shows(pilot, "JSON", "(hidden)")
        assert leaks(screen(pilot)) == set()
        await pilot.press("x")
        await shows(pilot, "secrets shown for")
        detail = app_of(pilot).workspace.pane
        assert LAMBDA in detail.lines.copy_text()  # type: ignore[attr-defined]
        (noted,) = audit_lines.deeds(paths.audit_folder())
        assert noted.phase == "reveal"
        assert planted["FUNCTION"] in noted.intent["target"]
        detail.tick(detail._revealed_until + 1)  # type: ignore[attr-defined]
        assert LAMBDA not in detail.lines.copy_text()  # type: ignore[attr-defined]
        await shows(pilot, "hidden, x reveals")


async def test_a_body_is_hidden_under_its_masked_cell_too(planted: dict[str, str]) -> None:
    from tests.ui.conftest import app_of, console, screen, shows, type_in, until

    async with console(planted["AWS_ENDPOINT_URL"]) as pilot:
        await type_in(pilot, ":sqs canaries")
        await pilot.press("enter")
        found = app_of(pilot).workspace.pane
        await until(pilot, lambda: found.row().get("QueueName") == "canaries")  # type: ignore[attr-defined]
        await pilot.press("p")
        await shows(pilot, "hidden, X reveals", " X reveal ")
        pane = app_of(pilot).workspace.pane
        assert leaks(screen(pilot)) == set()
        await pilot.press("o")
        assert leaks(screen(pilot)) == set()
        await pilot.press("X")
        await shows(pilot, "secrets shown for", AKIA)
        pane.tick(pane._revealed_until + 1)  # type: ignore[attr-defined]
        await shows(pilot, "hidden, X reveals")
        assert leaks(screen(pilot)) == set()


async def test_where_it_cannot_be_noted_nothing_is_revealed(world: Path) -> None:
    from awstui.engine.session import Session
    from awstui.errors import AwsError

    (world / "state").mkdir(exist_ok=True)
    (world / "state" / "awstui").write_text("a file where the folder should be")
    session = Session(wire.Start(endpoint_url="http://127.0.0.1:9", demo=True))
    with pytest.raises(AwsError, match="audit cannot be written"):
        await session.reveal(session.scope, "orders › describe")
    await session.close()
