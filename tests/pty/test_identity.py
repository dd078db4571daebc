"""Identity in a real terminal, with an engine in a process of its own."""

from __future__ import annotations

import asyncio
import hashlib
import json
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from awstui.demo.process import DemoServer
from tests.identities import IdentityServer
from tests.pty.conftest import Open
from tests.pty.terminal import Terminal

KEYS = "aws_access_key_id = AKIDEXAMPLE\naws_secret_access_key = s\n"
NONE = ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_REGION")
SSO = (
    "[profile shop]\nsso_session = corp\nsso_account_id = 123456789012\nsso_role_name = r\n"
    "region = eu-west-1\n[sso-session corp]\nsso_start_url = https://x.awsapps.com/start\n"
    "sso_region = eu-west-1\n"
)
TOKEN = f"{hashlib.sha1(b'corp').hexdigest()}.json"
"""The file in which the AWS command line keeps the token of that session."""


@pytest.fixture
def aws(world: Path) -> Path:
    """The folder of the user's AWS files."""
    folder = world / ".aws"
    folder.mkdir()
    (folder / "credentials").write_text(f"[a]\n{KEYS}")
    return folder


def opened(run: Open, fleet: DemoServer, *words: str, **env: str) -> Terminal:
    """The console of those profiles on the fleet."""
    return run(
        "--endpoint-url", fleet.url, *words,
        without=NONE, size=(120, 30), env={"AWS_ENDPOINT_URL": fleet.url, **env},
    )  # fmt: skip


def test_several_profiles_merge_and_one_that_fails_is_named(
    run: Open, fleet: DemoServer, aws: Path
) -> None:
    (aws / "config").write_text(
        "[profile a]\nregion = eu-west-1\n[profile c]\nregion = eu-west-1\n"
        "credential_process = /bin/false\n"
    )
    console = opened(run, fleet, "--profile", "a,c", "--go", "sqs")
    console.wait_for("orders-dlq")
    console.wait_for("1 sources of 2")
    console.wait_for("✗ c eu-west-1:")
    console.wait_for("The credential program of profile c failed")
    console.press("/", "dlq", "enter")
    console.wait_for("/dlq")


@pytest.fixture
def sso() -> Iterator[IdentityServer]:
    """What gives keys for a token, in a thread of its own."""
    loop, server = asyncio.new_event_loop(), IdentityServer()
    serving = loop.run_until_complete(asyncio.start_server(server.serve, "127.0.0.1", 0))
    server.url = f"http://127.0.0.1:{serving.sockets[0].getsockname()[1]}"
    thread = threading.Thread(target=loop.run_forever)
    thread.start()
    yield server
    loop.call_soon_threadsafe(loop.stop)
    thread.join()
    serving.close()
    loop.run_until_complete(serving.wait_closed())
    loop.close()


def test_a_login_of_the_command_line_gets_the_terminal_and_the_console_comes_back(
    run: Open, fleet: DemoServer, aws: Path, world: Path, sso: IdentityServer
) -> None:
    (aws / "config").write_text(SSO + "[profile a]\nregion = eu-west-1\n")
    tools, cache = world / "bin", aws / "sso" / "cache"
    tools.mkdir()
    token = {
        "startUrl": "https://x.awsapps.com/start", "region": "eu-west-1", "accessToken": "token",
        "expiresAt": "2100-01-01T00:00:00Z",
    }  # fmt: skip
    program = tools / "aws"
    program.write_text(
        '#!/bin/sh\necho here is "$@"; read answer; echo got $answer\n'
        f"mkdir -p {cache}; echo '{json.dumps(token)}' > {cache / TOKEN}\n"
    )
    program.chmod(0o700)
    console = opened(
        run, fleet, "--profile", "shop", "--go", "sqs",
        PATH=f"{tools}:/usr/bin:/bin", AWS_ENDPOINT_URL_SSO=sso.url, AWS_ENDPOINT_URL_SSO_OIDC=sso.url,
    )  # fmt: skip
    console.wait_for("aws sso login --profile shop")
    console.press(":login cli", "enter")
    console.wait_for("here is sso login --profile shop")
    console.press("yes", "enter")
    console.wait_for("orders-dlq")
    assert sso.asked["/federation/credentials"] >= 1
    assert sso.asked["/client/register"] == 0, "the command line has logged in: once is enough"
    console.press("/", "dlq", "enter")
    console.wait_for("/dlq")
