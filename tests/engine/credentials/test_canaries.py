"""Tokens and codes are kept nowhere but where the AWS command line keeps them, and handed to nobody."""

from __future__ import annotations

import json
import logging
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest

from awstui.engine.credentials.login import renew
from awstui.engine.logs import log_to
from awstui.ui.terminal import write_crash
from awstui.wire import Scope
from tests.engine.conftest import MakeDoors
from tests.engine.credentials.test_mfa import Person
from tests.engine.credentials.test_program import write
from tests.engine.credentials.test_sso import Browser
from tests.identities import Configure, IdentityServer, role, sso

TOKEN, MORE, SECRET, SESSION, CODE = (
    "canary-sso-access-token", "canary-sso-refresh-token", "canarySecretKey/bPxRfiCY",
    "canarySessionTokenFwoGZXIvYXdz", "735105",
)  # fmt: skip
CANARIES = (TOKEN, MORE, SECRET, SESSION, CODE)
SHOP, ADMIN = Scope("shop", "eu-west-1", ""), Scope("admin", "eu-west-1", "")


@pytest.fixture
def log(world: Path) -> Iterator[Path]:
    """The engine's log."""
    root = logging.getLogger()
    before = list(root.handlers)
    log_to(world / "logs" / "awstui.log")
    yield world / "logs" / "awstui.log"
    for handler in set(root.handlers) - set(before):
        root.removeHandler(handler)
        handler.close()


def leaking(path: Path, *more: str) -> set[str]:
    text = path.read_bytes().decode(errors="replace")
    return {canary for canary in (*CANARIES, *more) if canary in text}


def files_in(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


async def test_tokens_and_codes_are_only_where_the_command_line_keeps_them(
    sts: IdentityServer, configure: Configure, make_doors: MakeDoors, world: Path, log: Path
) -> None:
    configure(sso() + role(mfa=True))
    sts.right_code = CODE
    token = {"accessToken": TOKEN, "refreshToken": MORE, "tokenType": "Bearer", "expiresIn": 28800}
    sts.says["/token"] = [(200, json.dumps(token))]
    keys = {"accessKeyId": "ASIASSO", "secretAccessKey": SECRET, "sessionToken": SESSION}
    found = {"roleCredentials": {**keys, "expiration": 4102444800000}}
    sts.says["/federation/credentials"] = [(200, json.dumps(found))]
    doors = make_doors("", demo=False)
    doors.sessions.asker = Browser().asker
    await renew(doors.sessions, "shop")
    await doors.open(SHOP, "sts").read("get_caller_identity")
    doors.sessions.asker = Person(CODE).asker
    other = make_doors("", demo=False)
    other.sessions.asker = Person(CODE).asker
    await other.open(ADMIN, "sts").read("get_caller_identity")
    assert CODE in [form.get("TokenCode") for form in sts.forms]
    logging.getLogger("some.library").error("refused: %s, signed with %s", TOKEN, SECRET)
    crash = write_crash(ValueError(f"{MORE} {SECRET} {SESSION}"), world / "crashes")

    files = files_in(world)
    assert {log, crash} <= set(files)
    assert leaking(log, "refused:") == {"refused:"}
    caches = [path for path in files if "cache" in path.parts]
    assert set().union(*map(leaking, caches)) == {TOKEN, MORE, SECRET, SESSION}, (
        "they serve the command line, too"
    )
    assert {stat.S_IMODE(path.stat().st_mode) for path in caches} == {0o600}
    assert {path: leaks for path in files if path not in caches and (leaks := leaking(path))} == {}


async def test_a_credential_program_gets_no_credentials(
    sts: IdentityServer, configure: Configure, make_doors: MakeDoors, world: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    for name, value in (
        ("AWS_ACCESS_KEY_ID", "AKIDEXAMPLE"), ("AWS_SECRET_ACCESS_KEY", SECRET),
        ("AWS_SESSION_TOKEN", SESSION), ("AWS_PAGER", ""),
    ):  # fmt: skip
        monkeypatch.setenv(name, value)
    answer = '{"Version": 1, "AccessKeyId": "AKIDPROGRAM", "SecretAccessKey": "s"}'
    made = write(world, f"env > {world}/env\necho '{answer}'")
    configure(f"[profile p]\ncredential_process = {made}\n")
    doors = make_doors("", demo=False)
    await doors.open(Scope("p", "eu-west-1", ""), "sts").read("get_caller_identity")
    told = world / "env"
    assert leaking(told) == set()
    assert "AWS_PAGER" in told.read_text(), "what is no secret it may need"
