"""Every way that credentials fail: made to happen, each with its own sentence and its own next step."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from awstui.engine.credentials import program
from awstui.engine.credentials.asking import TerminalAsker
from awstui.engine.identity import Identities
from awstui.errors import AwstuiError
from awstui.wire import Ask, Problem
from tests.engine.conftest import MakeDoors
from tests.engine.credentials.test_sso import keep, token_file
from tests.identities import START_URL, Configure, IdentityServer, json_error, role, sso, xml_error

WEB = "arn:aws:iam::123456789012:role/web"


@dataclass
class World:
    """What a way of failing may change."""

    home: Path
    configure: Configure
    sts: IdentityServer
    patch: pytest.MonkeyPatch

    def program(self, text: str) -> None:
        """Have a credential program of that text."""
        path = self.home / "program"
        path.write_text(f"#!/bin/sh\n{text}\n")
        path.chmod(0o700)
        self.configure(f"[profile shop]\ncredential_process = {path}\n")

    def web(self, text: str | None = "token") -> None:
        """Have a web identity token."""
        path = self.home / "token"
        if text is not None:
            path.write_text(text)
        self.configure(f"[profile shop]\nrole_arn = {WEB}\nweb_identity_token_file = {path}\n")

    def login(self, *, session: bool = True, seconds: float = 3600, **more: Any) -> None:
        """Have a profile of SSO with a token."""
        self.configure(sso(session=session))
        keep(self.home, "corp" if session else START_URL, seconds=seconds, **more)


REGISTERED: dict[str, Any] = {
    "refreshToken": "more",
    "clientId": "c",
    "clientSecret": "s",
    "registrationExpiresAt": "2099-01-01T00:00:00Z",
}


def unreachable_oidc(w: World) -> None:
    w.login(seconds=-60, **REGISTERED)
    w.patch.setenv("AWS_ENDPOINT_URL_SSO_OIDC", "http://127.0.0.1:9")


def refused(operation: str, code: str, message: str = "") -> Callable[[World], None]:
    def make(w: World) -> None:
        w.configure(role("shop", mfa="MFA" in message))
        w.sts.says[operation] = [xml_error(code, message)]

    return make


def damaged(w: World) -> None:
    w.login()
    token_file(w.home, "corp").write_text("{")


def ended(w: World) -> None:
    w.login()
    w.sts.says["/federation/credentials"] = [json_error("UnauthorizedException", 401)]


def unassigned(w: World) -> None:
    w.login()
    w.sts.says["/federation/credentials"] = [json_error("ForbiddenException", 403)]


def unwell(code: str, status: int) -> Callable[[World], None]:
    def make(w: World) -> None:
        w.login()
        w.sts.says["/federation/credentials"] = [json_error(code, status)] * 2

    return make


def web_slowed(w: World) -> None:
    w.web()
    w.sts.says["AssumeRoleWithWebIdentity"] = [xml_error("Throttling", "Rate exceeded")] * 2


def too_long(w: World) -> None:
    w.configure(role("shop", more="duration_seconds = 43200\n"))
    said = "The requested DurationSeconds exceeds the MaxSessionDuration set for this role."
    w.sts.says["AssumeRole"] = [xml_error("ValidationError", said)]


def not_renewed(w: World) -> None:
    w.login(seconds=-60, **REGISTERED)
    w.sts.says["/token"] = [json_error("InvalidGrantException")]


def web_refused(w: World) -> None:
    w.web()
    w.sts.says["AssumeRoleWithWebIdentity"] = [xml_error("InvalidIdentityToken", "no such issuer")]


def hangs(w: World) -> None:
    w.patch.setattr(program, "PATIENCE", 0.2)
    w.program("sleep 60")


def without_runtime(w: World) -> None:
    w.configure("[profile shop]\nlogin_session = x\n")
    w.patch.setattr("aiobotocore.credentials.EC", None)


def container(w: World) -> None:
    w.configure("", "")
    w.patch.setenv("AWS_CONTAINER_CREDENTIALS_FULL_URI", "http://127.0.0.1:9/x")
    w.patch.setenv("AWS_METADATA_SERVICE_NUM_ATTEMPTS", "1")


def circle(w: World) -> None:
    roles = [
        f"[profile {name}]\nrole_arn = {WEB}\nsource_profile = {source}\n"
        for name, source in (("shop", "b"), ("b", "shop"))
    ]
    w.configure("".join(roles))


def not_utf8(w: World) -> None:
    w.configure("")
    (w.home / ".aws" / "config").write_bytes(b"[profile caf\xe9]\n")


WAYS: dict[str, tuple[Callable[[World], None], str, str, str]] = {
    "sso: no token": (
        lambda w: w.configure(sso()),
        "expired",
        "not logged in to SSO",
        "aws sso login --profile shop",
    ),
    "sso: legacy token over": (
        lambda w: w.login(session=False, seconds=-60),
        "expired",
        "SSO login of profile shop has expired",
        "aws sso login --profile shop",
    ),
    "sso: session over, nothing to renew it": (
        lambda w: w.login(seconds=-60),
        "expired",
        "SSO session of profile shop has expired",
        "aws sso login --profile shop",
    ),
    "sso: renewal refused": (not_renewed, "expired", "could not be renewed", ":login"),
    "sso: oidc unreachable": (unreachable_oidc, "offline", "SSO cannot be reached", "network"),
    "sso: token refused": (ended, "expired", "does not accept the login", "aws sso login"),
    "sso: role not assigned": (
        unassigned,
        "denied",
        "may not use the role operator in 123456789012",
        "assignment",
    ),
    "sso: too many calls": (
        unwell("TooManyRequestsException", 429),
        "throttled",
        "sso:GetRoleCredentials was throttled",
        "retry",
    ),
    "sso: out of order": (
        unwell("InternalServerException", 500),
        "fault",
        "sso:GetRoleCredentials failed inside AWS",
        "Health",
    ),
    "sso: cache damaged": (damaged, "expired", "damaged", "aws sso login --profile shop"),
    "sso: session not in the files": (
        lambda w: w.configure(sso().split("[sso-session")[0]),
        "credentials",
        "sso-session corp, which does not exist",
        "aws configure sso-session",
    ),
    "login: without crt": (
        without_runtime,
        "credentials",
        "package that is not loaded",
        "botocore[crt]",
    ),
    "web: no token file": (
        lambda w: w.web(None),
        "credentials",
        "web identity token of profile shop is not there",
        "web_identity_token_file",
    ),
    "web: token refused": (
        web_refused,
        "credentials",
        "does not accept the web identity token",
        "trust policy",
    ),
    "web: too many calls": (
        web_slowed,
        "throttled",
        "sts:AssumeRoleWithWebIdentity was throttled",
        "retry",
    ),
    "role: for too long": (too_long, "credentials", "for 43200 seconds", "Lower duration_seconds"),
    "role: denied": (
        refused("AssumeRole", "AccessDenied", "not authorized to perform: sts:AssumeRole"),
        "denied",
        "may not assume arn:aws:iam::123456789012:role/shop",
        "sts:AssumeRole",
    ),
    "role: unknown device": (
        refused(
            "AssumeRole",
            "AccessDenied",
            "MultiFactorAuthentication failed, unable to validate MFA code. Please verify your MFA serial number",
        ),
        "credentials",
        "does not know the MFA device",
        "mfa_serial",
    ),
    "role: nobody to ask for the code": (
        lambda w: w.configure(role("shop", mfa=True)),
        "credentials",
        "needs an MFA code",
        "in a terminal",
    ),
    "program: fails": (
        lambda w: w.program("echo no vault >&2; exit 1"),
        "credentials",
        "program of profile shop failed",
        "by hand",
    ),
    "program: hangs": (hangs, "credentials", "program of profile shop hangs", "password"),
    "program: no JSON": (
        lambda w: w.program("echo hello"),
        "credentials",
        "is no JSON",
        "standard error",
    ),
    "program: another form": (
        lambda w: w.program("echo '{\"Version\": 2}'"),
        "credentials",
        "contract",
        "Version 1",
    ),
    "program: not there": (
        lambda w: w.configure("[profile shop]\ncredential_process = /nowhere/x\n"),
        "credentials",
        "program of profile shop is not there",
        "install",
    ),
    "program: gives old keys": (
        lambda w: w.program(
            'echo \'{"Version": 1, "AccessKeyId": "a", "SecretAccessKey": "b", "Expiration": "2020-01-01T00:00:00Z"}\''
        ),
        "expired",
        "has expired already",
        "date -u",
    ),
    "container: unreachable": (
        container,
        "credentials",
        "container gave",
        "AWS_CONTAINER_CREDENTIALS_FULL_URI",
    ),
    "none at all": (
        lambda w: w.configure("[profile shop]\n", ""),
        "credentials",
        "no credentials for profile shop",
        "aws configure",
    ),
    "files: unknown profile": (
        lambda w: w.configure("[profile other]\n"),
        "credentials",
        "no profile shop",
        ":profile",
    ),
    "files: no source": (
        lambda w: w.configure(
            "[profile shop]\nrole_arn = arn:aws:iam::123456789012:role/x\nsource_profile = gone\n"
        ),
        "credentials",
        "profile gone, which does not exist",
        "add profile gone",
    ),
    "files: a circle": (
        circle,
        "credentials",
        "circle",
        "keys",
    ),
    "files: half of the keys": (
        lambda w: w.configure("", "[shop]\naws_access_key_id = a\n"),
        "credentials",
        "aws_secret_access_key is missing",
        "~/.aws/credentials",
    ),
    "files: malformed": (
        lambda w: w.configure("[profile shop\n"),
        "credentials",
        ".aws/config cannot be read",
        "[profile NAME]",
    ),
    "files: not UTF-8": (not_utf8, "credentials", "is not UTF-8", "UTF-8"),
    "aws: keys unknown": (
        refused("GetCallerIdentity", "InvalidClientTokenId", "invalid"),
        "credentials",
        "does not accept the credentials",
        "keys",
    ),
    "aws: keys over": (
        refused("GetCallerIdentity", "ExpiredToken", "expired"),
        "expired",
        "has expired",
        "Log in again",
    ),
    "aws: wrong secret": (
        refused("GetCallerIdentity", "SignatureDoesNotMatch", "x"),
        "credentials",
        "signature",
        "date -u",
    ),
}
"""How it is made to happen; the kind, words of the sentence, words of the next step."""


class Mistaken(TerminalAsker):
    """Somebody who has a code, if of a device that AWS does not know."""

    async def ask(self, question: Ask) -> str:
        """A code."""
        return "123456"


async def fail(world: World, make_doors: MakeDoors, name: str) -> Problem:
    """Make it happen, and the problem that comes of it."""
    WAYS[name][0](world)
    doors = make_doors("", demo=False)
    doors.sessions.asker = (
        Mistaken() if name == "role: unknown device" else TerminalAsker("/no/tty")
    )
    profile = "" if name.startswith("container") else "shop"
    with pytest.raises(AwstuiError) as told:
        await Identities(doors).identify(profile, "eu-west-1")
    return told.value.problem


@pytest.fixture
def made(
    world: Path, configure: Configure, sts: IdentityServer, monkeypatch: pytest.MonkeyPatch
) -> World:
    """A world to break."""
    return World(world, configure, sts, monkeypatch)


@pytest.mark.parametrize("name", WAYS)
async def test_each_way_of_failing_has_its_sentence_and_its_next_step(
    name: str, made: World, make_doors: MakeDoors
) -> None:
    _, kind, what, do = WAYS[name]
    problem = await fail(made, make_doors, name)
    assert what in problem.what
    assert do in problem.do
    assert problem.kind == kind
    assert "Traceback" not in problem.why


async def test_whoever_has_no_credentials_is_told_which_profiles_there_are(
    made: World, make_doors: MakeDoors
) -> None:
    made.configure("[default]\n" + "".join(f"[profile p{number}]\n" for number in range(6)), "")
    with pytest.raises(AwstuiError) as told:
        await Identities(make_doors("", demo=False)).identify("", "eu-west-1")
    assert "choose a profile (p0, p1, p2, p3 and 2 more): :profile" in told.value.problem.do


@pytest.mark.parametrize("told", ["by AWS", "beforehand"])
async def test_keys_of_the_environment_that_are_over_are_renewed_outside(
    made: World, make_doors: MakeDoors, told: str
) -> None:
    made.configure("", "")
    for name in ("ACCESS_KEY_ID", "SECRET_ACCESS_KEY", "SESSION_TOKEN"):
        made.patch.setenv(f"AWS_{name}", "given")
    if told == "beforehand":
        made.patch.setenv("AWS_CREDENTIAL_EXPIRATION", "2020-01-01T00:00:00Z")
    else:
        made.sts.says["GetCallerIdentity"] = [xml_error("ExpiredToken", "over")]
    doors = make_doors("", demo=False)
    for _ in range(2):
        with pytest.raises(AwstuiError) as failed:
            await Identities(doors).identify("", "eu-west-1")
        problem = failed.value.problem
        assert problem.what == "The keys that the environment gave have expired."
        assert "start awstui again" in problem.do
        assert "sso" not in problem.do
        assert problem.kind == "expired"


async def test_keys_of_a_file_that_are_over_are_renewed_there(
    made: World, make_doors: MakeDoors
) -> None:
    made.configure("[profile base]\n")
    made.sts.says["GetCallerIdentity"] = [xml_error("ExpiredToken", "over")]
    with pytest.raises(AwstuiError):
        await Identities(doors := make_doors("", demo=False)).identify("base", "eu-west-1")
    keeper = doors.sessions.keeper("base")
    assert keeper is not None
    assert keeper.problem is not None
    assert "Renew the keys in ~/.aws/credentials" in keeper.problem.do


async def test_without_a_region_it_is_said_where_to_set_one(
    made: World, make_doors: MakeDoors
) -> None:
    made.configure("[profile base]\n")
    with pytest.raises(AwstuiError) as told:
        await Identities(make_doors("", demo=False)).identify("base")
    assert told.value.problem.what.startswith("No region is set for profile ")
    assert "~/.aws/config" in told.value.problem.do


def test_no_two_ways_have_the_same_sentence() -> None:
    assert len({way[2] for way in WAYS.values()}) == len(WAYS)
