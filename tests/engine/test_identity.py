"""Identity: the user's own files and environment decide, and what is wrong with them is said."""

from __future__ import annotations

import asyncio
import stat
from pathlib import Path

import pytest

from awstui.engine.door import Doors
from awstui.engine.identity import Identities, listening
from awstui.engine.partitions import partition, regions
from awstui.errors import AwsError, AwstuiError
from awstui.wire import Scope
from tests.engine.conftest import MakeDoors, Reply, Scripted

KEYS = "aws_access_key_id = AKIDEXAMPLE\naws_secret_access_key = notasecret\n"


def configure(home: Path, config: str, credentials: str = "") -> None:
    """Write the user's AWS files."""
    folder = home / ".aws"
    folder.mkdir(exist_ok=True)
    (folder / "config").write_text(config)
    (folder / "credentials").write_text(credentials)


def real(make_doors: MakeDoors, url: str) -> Doors:
    """Doors that resolve credentials as they do on the real AWS."""
    return make_doors(url, demo=False)


async def test_the_embedded_aws_says_who_we_are(server: str, make_doors: MakeDoors) -> None:
    doors = make_doors(server)
    known = await Identities(doors).identify()
    assert known.scope == Scope("demo", "eu-west-1", "123456789012")
    assert known.partition == "aws"
    assert doors.principals["demo"] == known.arn
    assert await Identities(doors).profiles() == ("demo",)


async def test_the_embedded_aws_never_sees_the_users_keys(
    scripted: Scripted, make_doors: MakeDoors, world: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    configure(world, "[default]\nregion = ap-south-1\n", f"[default]\n{KEYS}")
    monkeypatch.setenv("AWS_PROFILE", "gone")
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIDOTHER")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "x")
    doors = make_doors(scripted.url)
    scope = await Identities(doors).scope()
    await doors.open(scope, "sqs").read("list_queues")
    assert scope == Scope("demo", "eu-west-1", "")
    assert "Credential=awstui/" in scripted.requests[0].headers["authorization"].replace(
        "credential", "Credential"
    )


async def test_profiles_are_those_of_the_users_files(make_doors: MakeDoors, world: Path) -> None:
    configure(world, "[default]\n[profile shop]\n[profile bank]\n")
    identities = Identities(real(make_doors, "http://127.0.0.1:9"))
    assert set(await identities.profiles()) == {"default", "shop", "bank"}


@pytest.mark.parametrize(
    ("asked", "environment", "profile_region", "expected"),
    [
        ("eu-west-3", {"AWS_REGION": "us-east-1"}, "sa-east-1", "eu-west-3"),
        ("", {"AWS_REGION": "us-east-1", "AWS_DEFAULT_REGION": "us-east-2"}, "", "us-east-1"),
        ("", {"AWS_DEFAULT_REGION": "us-east-2"}, "sa-east-1", "us-east-2"),
        ("", {}, "sa-east-1", "sa-east-1"),
    ],
)
async def test_the_region_is_the_one_asked_for_the_environments_the_profiles(
    asked: str,
    environment: dict[str, str],
    profile_region: str,
    expected: str,
    *,
    make_doors: MakeDoors,
    world: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    line = f"region = {profile_region}\n" if profile_region else ""
    configure(world, f"[profile shop]\n{line}", f"[shop]\n{KEYS}")
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    identities = Identities(real(make_doors, "http://127.0.0.1:9"))
    assert await identities.scope("shop", asked) == Scope("shop", expected, "")


async def test_the_profile_that_is_named_is_the_one_that_signs(
    scripted: Scripted, make_doors: MakeDoors, world: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    keys = "aws_access_key_id = {0}\naws_secret_access_key = notasecret\n"
    told = "".join(f"[{name}]\n" + keys.format(f"KEY{name.upper()}") for name in ("a", "b"))
    configure(world, "[profile a]\nregion = eu-west-1\n[profile b]\nregion = eu-west-2\n", told)
    monkeypatch.setenv("AWS_PROFILE", "a")
    monkeypatch.setenv("AWS_DEFAULT_PROFILE", "b")
    doors = real(make_doors, scripted.url)
    scope = await Identities(doors).scope()
    await doors.open(scope, "sqs").read("list_queues")
    assert scope == Scope("a", "eu-west-1", "")
    assert "credential=keya/" in scripted.requests[-1].headers["authorization"].lower()


async def test_without_any_region_it_is_said_what_to_set(
    make_doors: MakeDoors, world: Path
) -> None:
    configure(world, "[profile shop]\n", f"[shop]\n{KEYS}")
    with pytest.raises(AwstuiError) as told:
        await Identities(real(make_doors, "http://127.0.0.1:9")).scope("shop")
    assert told.value.problem.what.startswith("No region is set for profile ")
    assert told.value.problem.what == "No region is set for profile shop."
    assert "--region" in told.value.problem.do
    assert "~/.aws/config" in told.value.problem.do


@pytest.mark.parametrize(
    ("config", "profile", "kind", "words"),
    [
        ("", "", "credentials", "no credentials"),
        ("[profile a]\n", "b", "credentials", "no profile b"),
        ("[profile a\n", "a", "credentials", "cannot be read"),
        (
            "[profile a]\nrole_arn = arn:aws:iam::123456789012:role/x\nsource_profile = b\n",
            "a",
            "credentials",
            "takes its credentials from profile b",
        ),
        (
            (
                "[profile a]\nweb_identity_token_file = /nowhere/token\n"
                "role_arn = arn:aws:iam::123456789012:role/x\n"
            ),
            "a",
            "credentials",
            "is not there",
        ),
        (
            (
                "[profile a]\nsso_start_url = https://x.awsapps.com/start\nsso_region = eu-west-1\n"
                "sso_account_id = 123456789012\nsso_role_name = r\n"
            ),
            "a",
            "expired",
            "not logged in to SSO",
        ),
    ],
    ids=["none", "unknown", "malformed", "no source", "no token file", "no sso token"],
)
async def test_what_is_wrong_with_the_files_is_said(
    config: str, profile: str, kind: str, words: str, *, make_doors: MakeDoors, world: Path
) -> None:
    configure(world, config)
    with pytest.raises(AwsError) as told:
        await Identities(real(make_doors, "http://127.0.0.1:9")).identify(profile, "eu-west-1")
    assert told.value.problem.kind == kind
    assert words in told.value.problem.what
    assert told.value.problem.do


async def test_five_who_ask_at_once_run_the_credential_program_once(
    scripted: Scripted, make_doors: MakeDoors, world: Path
) -> None:
    ran = world / "ran"
    program = world / "program"
    program.write_text(
        f"#!/bin/sh\necho x >> {ran}\n"
        'echo \'{"Version": 1, "AccessKeyId": "a", "SecretAccessKey": "b"}\'\n'
    )
    program.chmod(program.stat().st_mode | stat.S_IXUSR)
    configure(world, f"[profile p]\ncredential_process = {program}\n")
    doors = real(make_doors, scripted.url)
    scope = Scope("p", "eu-west-1", "")
    services = ("sqs", "logs", "stepfunctions", "events", "kms")
    await asyncio.gather(*(doors.clients.get(scope, name, write=False) for name in services))
    assert ran.read_text().split() == ["x"]


async def test_a_named_profile_comes_before_keys_in_the_environment(
    scripted: Scripted, make_doors: MakeDoors, world: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    configure(world, "[profile shop]\nregion = eu-west-1\n", f"[shop]\n{KEYS}")
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIDENVIRONMENT")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "x")
    for profile, key in (("shop", "akidexample"), ("", "akidenvironment")):
        doors = real(make_doors, scripted.url)
        scope = await Identities(doors).scope(profile, "eu-west-1")
        await doors.open(scope, "sqs").read("list_queues")
        assert key in scripted.requests[-1].headers["authorization"]


async def test_the_environments_endpoint_is_used_and_gets_no_host_prefix(
    scripted: Scripted, make_doors: MakeDoors, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL_SQS", scripted.url)
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "a")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "b")
    doors = real(make_doors, "")
    scope = await Identities(doors).scope("", "eu-west-1")
    await doors.open(scope, "sqs").read("list_queues")
    assert len(scripted.requests) == 1
    client = await doors.clients.get(scope, "sqs", write=False)
    assert client.meta.config.inject_host_prefix is False
    other = await doors.clients.get(scope, "sns", write=False)
    assert other.meta.endpoint_url == "https://sns.eu-west-1.amazonaws.com"
    assert other.meta.config.inject_host_prefix is True


async def test_credentials_that_aws_rejects_are_told_apart(
    scripted: Scripted, make_doors: MakeDoors, world: Path
) -> None:
    configure(world, "[profile shop]\nregion = eu-west-1\n", f"[shop]\n{KEYS}")
    body = (
        b"<ErrorResponse><Error><Type>Sender</Type><Code>ExpiredToken</Code>"
        b"<Message>The security token included in the request is expired</Message></Error>"
        b"<RequestId>r-2</RequestId></ErrorResponse>"
    )
    scripted.script(Reply(body, 403))
    with pytest.raises(AwsError) as told:
        await Identities(real(make_doors, scripted.url)).identify("shop")
    assert (told.value.problem.kind, told.value.problem.request_id) == ("expired", "r-2")
    assert "Renew the keys in ~/.aws/credentials" in told.value.problem.do


def test_partitions_and_regions_come_from_botocore() -> None:
    assert [partition(name) for name in ("eu-west-1", "cn-north-1", "us-gov-west-1")] == [
        "aws",
        "aws-cn",
        "aws-us-gov",
    ]
    assert partition("") == "aws"
    assert "eu-west-1" in regions("sqs")
    assert set(regions("sqs", "aws-cn")) == {"cn-north-1", "cn-northwest-1"}


async def test_a_server_that_never_listens_is_given_up() -> None:
    with pytest.raises(TimeoutError):
        await listening("http://127.0.0.1:9", patience=0.2)
