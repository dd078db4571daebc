"""SSO: what is wrong names the command, and a login from inside serves the AWS command line, too."""

from __future__ import annotations

import asyncio
import datetime as dt
import hashlib
import json
import re
import stat
from pathlib import Path

import pytest

from awstui.engine.credentials.asking import InterfaceAsker
from awstui.engine.credentials.login import renew
from awstui.engine.door import Doors
from awstui.errors import AwsError, AwstuiError
from awstui.wire import Answer, Ask, Scope, Withdrawn
from tests.engine.conftest import MakeDoors
from tests.identities import START_URL, Configure, IdentityServer, json_error, sso

SCOPE = Scope("shop", "eu-west-1", "")


class Browser:
    """Sees the page that is to be opened; ``gives_up`` is Esc."""

    def __init__(self, *, gives_up: bool = False) -> None:
        self.seen: list[Ask] = []
        self.withdrawn = 0
        self.asker = InterfaceAsker(self._told)
        self._gives_up = gives_up

    def _told(self, message: Ask | Withdrawn) -> None:
        if isinstance(message, Withdrawn):
            self.withdrawn += 1
            return
        self.seen.append(message)
        if self._gives_up:
            answer = Answer(message.id, given=False)
            asyncio.get_running_loop().call_soon(self.asker.answered, answer)


def token_file(world: Path, name: str) -> Path:
    """Where the AWS command line keeps the token of that session or page."""
    key = hashlib.sha1(name.encode()).hexdigest()
    return world / ".aws" / "sso" / "cache" / f"{key}.json"


def keep(world: Path, name: str, *, seconds: float, **more: object) -> None:
    """Have a token that ends in so many seconds."""
    end = dt.datetime.now(dt.UTC) + dt.timedelta(seconds=seconds)
    path = token_file(world, name)
    path.parent.mkdir(parents=True, exist_ok=True)
    held = {"startUrl": START_URL, "region": "eu-west-1", "accessToken": "old"}
    path.write_text(json.dumps({**held, "expiresAt": end.strftime("%Y-%m-%dT%H:%M:%SZ"), **more}))


async def read(doors: Doors) -> object:
    return await doors.open(SCOPE, "sts").read("get_caller_identity")


@pytest.mark.parametrize("session", [True, False], ids=["sso-session", "the old way"])
async def test_a_login_from_inside_is_kept_as_the_cli_keeps_it_and_the_call_goes_on(
    session: bool, sts: IdentityServer, configure: Configure, make_doors: MakeDoors, world: Path
) -> None:
    configure(sso(session=session))
    doors = make_doors("", demo=False)
    with pytest.raises(AwsError) as told:
        await read(doors)
    assert "`aws sso login --profile shop`" in told.value.problem.do
    assert told.value.problem.kind == "expired"
    sts.says["/token"] = [json_error("AuthorizationPendingException")]
    browser = Browser()
    doors.sessions.asker = browser.asker
    await renew(doors.sessions, "shop")
    (page,) = browser.seen
    assert (page.kind, page.code) == ("device", "ABCD-EFGH")
    assert page.subject.endswith("user_code=ABCD-EFGH")
    assert browser.withdrawn == 1
    assert sts.asked["/token"] == 2
    kept = token_file(world, "corp" if session else START_URL)
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600
    held = json.loads(kept.read_text())
    assert set(held) >= {"startUrl", "region", "accessToken", "expiresAt", "clientId"}
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", held["expiresAt"])
    await read(doors)


async def test_what_a_login_elsewhere_left_is_found_without_another_login(
    sts: IdentityServer, configure: Configure, make_doors: MakeDoors, world: Path
) -> None:
    configure(sso())
    doors = make_doors("", demo=False)
    with pytest.raises(AwsError):
        await read(doors)
    browser = Browser()
    doors.sessions.asker = browser.asker
    with pytest.raises(AwsError, match="Profile shop is not logged in"):
        await renew(doors.sessions, "shop", by="done")
    keep(world, "corp", seconds=3600)
    await renew(doors.sessions, "shop", by="done")
    await read(doors)
    assert (browser.seen, sts.asked["/device_authorization"]) == ([], 0)


async def test_esc_gives_the_login_up_and_nothing_is_kept(
    sts: IdentityServer, configure: Configure, make_doors: MakeDoors, world: Path
) -> None:
    configure(sso())
    doors = make_doors("", demo=False)
    sts.says["/token"] = [json_error("AuthorizationPendingException") for _ in range(9)]
    doors.sessions.asker = Browser(gives_up=True).asker
    with pytest.raises(AwstuiError, match="given up"):
        await renew(doors.sessions, "shop")
    assert not token_file(world, "corp").exists()


@pytest.mark.parametrize(
    ("code", "words"),
    [("ExpiredTokenException", "not confirmed in time"), ("AccessDeniedException", "refused")],
)
async def test_a_login_that_lapses_or_is_refused_says_so(
    code: str,
    words: str,
    *,
    sts: IdentityServer,
    configure: Configure,
    make_doors: MakeDoors,
) -> None:
    configure(sso())
    doors = make_doors("", demo=False)
    sts.says["/token"] = [json_error(code)]
    doors.sessions.asker = Browser().asker
    with pytest.raises(AwstuiError) as told:
        await renew(doors.sessions, "shop")
    assert words in told.value.problem.what
    assert ":login" in told.value.problem.do


async def test_a_login_elsewhere_is_noticed_without_being_asked(
    sts: IdentityServer, configure: Configure, make_doors: MakeDoors, world: Path
) -> None:
    configure(sso())
    doors = make_doors("", demo=False)
    with pytest.raises(AwsError):
        await read(doors)
    keep(world, "corp", seconds=3600)
    await read(doors)


async def test_five_calls_at_once_fetch_one_set_of_keys(
    sts: IdentityServer, configure: Configure, make_doors: MakeDoors, world: Path
) -> None:
    configure(sso())
    keep(world, "corp", seconds=3600)
    doors = make_doors("", demo=False)
    await asyncio.gather(*(read(doors) for _ in range(5)))
    assert sts.asked["/federation/credentials"] == 1


async def test_a_profile_whose_source_is_of_sso_logs_in_there(
    sts: IdentityServer, configure: Configure, make_doors: MakeDoors, world: Path
) -> None:
    role = "[profile last]\nrole_arn = arn:aws:iam::123456789012:role/last\nsource_profile = shop\nregion = eu-west-1\n"
    configure(sso() + role)
    doors = make_doors("", demo=False)
    browser = Browser()
    doors.sessions.asker = browser.asker
    await renew(doors.sessions, "last")
    assert len(browser.seen) == 1
    assert token_file(world, "corp").exists()


async def test_a_console_session_is_left_to_its_own_command(
    sts: IdentityServer, configure: Configure, make_doors: MakeDoors
) -> None:
    arn = "arn:aws:iam::123456789012:user/x"
    configure(f"[profile web]\nlogin_session = {arn}\nregion = eu-west-1\n")
    told = await renew(make_doors("", demo=False).sessions, "web")
    assert told == {"run": ["aws", "login", "--profile", "web"]}


async def test_what_the_command_left_of_a_console_session_is_used(
    sts: IdentityServer, configure: Configure, make_doors: MakeDoors, world: Path
) -> None:
    arn = "arn:aws:iam::123456789012:user/x"
    configure(f"[profile shop]\nlogin_session = {arn}\nregion = eu-west-1\n")
    end = dt.datetime.now(dt.UTC) + dt.timedelta(hours=1)
    cache = world / ".aws" / "login" / "cache"
    cache.mkdir(parents=True)
    keys = {
        "accessKeyId": "ASIALOGIN", "secretAccessKey": "s", "sessionToken": "t",
        "accountId": "123456789012", "expiresAt": f"{end:%Y-%m-%dT%H:%M:%SZ}",
    }  # fmt: skip
    token = {
        "accessToken": keys,
        "refreshToken": "r",
        "clientId": "c",
        "tokenType": "t",
        "dpopKey": "k",
    }
    name = hashlib.sha256(arn.encode()).hexdigest()
    (cache / f"{name}.json").write_text(json.dumps(token))
    told = await make_doors("", demo=False).open(SCOPE, "sts").read("get_caller_identity")
    assert told["Arn"].endswith("user/asialogin")


@pytest.mark.parametrize("renews", [False, True])
async def test_the_end_of_a_login_is_told_where_it_does_not_renew_itself(
    sts: IdentityServer, configure: Configure, make_doors: MakeDoors, world: Path, *, renews: bool
) -> None:
    configure(sso())
    keep(world, "corp", seconds=5400, **({"refreshToken": "more"} if renews else {}))
    doors = make_doors("", demo=False)
    await read(doors)
    keeper = doors.sessions.keeper("shop")
    assert keeper is not None
    left = keeper.expires - dt.datetime.now(dt.UTC).timestamp()
    assert (keeper.expires == 0.0) if renews else (5300 < left <= 5400)
