"""Sessions of ``aws login``: renewed by AWS Sign-In over HTTP, and what is said when it will not."""

from __future__ import annotations

import asyncio
import base64
import datetime as dt
import hashlib
import json
from pathlib import Path
from typing import Any

import pytest
from awscrt.crypto import EC, ECExportFormat, ECType  # type: ignore[import-untyped]

from awstui.engine.credentials.login import renew
from awstui.engine.identity import Identities
from awstui.errors import AwstuiError
from awstui.wire import Problem, Scope
from tests.engine.conftest import MakeDoors
from tests.identities import Answer, Configure, IdentityServer, sso

SESSION = "arn:aws:iam::123456789012:user/ops"
RENEW = "/v1/token"
PROFILE = f"[profile shop]\nlogin_session = {SESSION}\nregion = eu-west-1\n"


def token_file(home: Path) -> Path:
    """Where the AWS command line keeps the session."""
    return (
        home / ".aws" / "login" / "cache" / f"{hashlib.sha256(SESSION.encode()).hexdigest()}.json"
    )


def keep(home: Path, seconds: float) -> None:
    """Be logged in until so many seconds from now."""
    key = EC.new_generate(ECType.P_256).export_key(ECExportFormat.SEC1)
    ends = dt.datetime.now(dt.UTC) + dt.timedelta(seconds=seconds)
    path = token_file(home)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(
        json.dumps(
            {
                "accessToken": {
                    "accessKeyId": "ASIAOLD", "secretAccessKey": "s", "sessionToken": "t",
                    "accountId": "123456789012", "expiresAt": f"{ends:%Y-%m-%dT%H:%M:%SZ}",
                },
                "tokenType": "urn:aws:params:oauth:token-type:access_token_sigv4",
                "refreshToken": "more",
                "clientId": "arn:aws:signin:::devtools/same-device",
                "dpopKey": f"-----BEGIN EC PRIVATE KEY-----\n{base64.b64encode(key).decode()}\n"
                "-----END EC PRIVATE KEY-----\n",
            }
        )
    )  # fmt: skip


def renewed(key: str) -> Answer:
    """What AWS Sign-In gives for a refresh token."""
    keys = {"accessKeyId": key, "secretAccessKey": "s", "sessionToken": "t"}
    told = {"accessToken": keys, "tokenType": "x", "expiresIn": 900, "refreshToken": "even more"}
    return 200, json.dumps(told)


def refused(code: str, error: str, status: int = 403) -> Answer:
    """What it says when it will not."""
    return status, json.dumps({"__type": code, "error": error, "message": f"{error} it is"})


async def test_what_has_run_out_is_renewed_once_and_kept_for_the_command_line(
    sts: IdentityServer, configure: Configure, make_doors: MakeDoors, world: Path
) -> None:
    configure(PROFILE)
    keep(world, seconds=-60)
    sts.says[RENEW] = [renewed("ASIANEW")]
    doors = make_doors("", demo=False)
    door = doors.open(Scope("shop", "eu-west-1"), "sts")
    told = await asyncio.gather(*(door.read("get_caller_identity") for _ in range(5)))
    assert {one["Arn"].rsplit("/", 1)[-1] for one in told} == {"asianew"}
    assert sts.asked[RENEW] == 1
    (form,) = [one for one in sts.forms if "grantType" in one]
    assert (form["grantType"], form["refreshToken"]) == ("refresh_token", "more")
    kept: dict[str, Any] = json.loads(token_file(world).read_text())
    assert kept["refreshToken"] == "even more"
    assert kept["accessToken"]["accessKeyId"] == "ASIANEW"
    assert token_file(world).stat().st_mode & 0o077 == 0
    keeper = doors.sessions.keeper("shop")
    assert keeper is not None
    assert keeper.expires == 0.0, (
        "it renews itself: no person is called for in a quarter of an hour"
    )
    inner = keeper._inner
    inner._expiry_time = dt.datetime.now(dt.UTC) + dt.timedelta(seconds=200)
    assert keeper.expires > 0, "it is overdue"


async def failed(make_doors: MakeDoors, profile: str = "shop") -> Problem:
    with pytest.raises(AwstuiError) as told:
        await Identities(make_doors("", demo=False)).identify(profile, "eu-west-1")
    return told.value.problem


@pytest.mark.parametrize(
    ("answer", "what"),
    [
        (refused("AccessDeniedException", "TOKEN_EXPIRED"), "session of profile shop is over"),
        (refused("AccessDeniedException", "USER_CREDENTIALS_CHANGED"), "profile shop is over"),
        (refused("ValidationException", "INVALID_REQUEST", 400), "session of profile shop is over"),
        (
            refused("AccessDeniedException", "INSUFFICIENT_PERMISSIONS"),
            "session of profile shop may not be renewed",
        ),
    ],
    ids=["expired", "changed", "invalid", "permission"],
)
async def test_a_renewal_that_is_refused_says_what_to_run(
    sts: IdentityServer, configure: Configure, make_doors: MakeDoors, world: Path,
    *, answer: Answer, what: str,
) -> None:  # fmt: skip
    configure(PROFILE)
    keep(world, seconds=-60)
    sts.says[RENEW] = [answer]
    problem = await failed(make_doors)
    assert what in problem.what
    assert "Run `aws login --profile shop`" in problem.do
    assert problem.kind == "expired"
    assert sts.asked[RENEW] == 1
    allowed = "may not" in what
    assert problem.action == ("signin:CreateOAuth2Token" if allowed else "")


@pytest.mark.parametrize("text", ["{", '{"accessToken": {}}', None], ids=["cut", "parts", "none"])
async def test_a_session_that_is_not_there_or_damaged_says_what_to_run(
    sts: IdentityServer, configure: Configure, make_doors: MakeDoors, world: Path,
    text: str | None,
) -> None:  # fmt: skip
    configure(PROFILE)
    if text is not None:
        token_file(world).parent.mkdir(parents=True)
        token_file(world).write_text(text)
    problem = await failed(make_doors)
    assert "profile shop" in problem.what.lower()
    assert "aws login --profile shop" in problem.do
    assert "sso" not in problem.why
    assert problem.kind == "expired"


async def test_out_of_reach_it_is_named(
    sts: IdentityServer, configure: Configure, make_doors: MakeDoors, world: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    configure(PROFILE)
    keep(world, seconds=-60)
    monkeypatch.setenv("AWS_ENDPOINT_URL_SIGNIN", "http://127.0.0.1:9")
    problem = await failed(make_doors)
    assert problem.what.startswith("AWS Sign-In cannot be reached")
    assert problem.kind == "offline"


@pytest.mark.parametrize(
    ("more", "command"),
    [
        (PROFILE, "aws login --profile shop"),
        (sso("shop", session=False), "aws sso login --profile shop"),
    ],
    ids=["console", "sso"],
)
async def test_a_role_names_the_profile_that_one_logs_in_to(
    sts: IdentityServer, configure: Configure, make_doors: MakeDoors, more: str, command: str
) -> None:
    configure(f"[profile admin]\nrole_arn = {SESSION}\nsource_profile = shop\n{more}")
    problem = await failed(make_doors, "admin")
    assert f"`{command}`" in problem.do
    for by in ("command",) if "sso" in command else ("command", ""):
        told = await renew(make_doors("", demo=False).sessions, "admin", by=by)
        assert told == {"run": command.split()}
