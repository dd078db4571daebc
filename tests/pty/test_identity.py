"""Identity in a real terminal, with an engine in a process of its own."""

from __future__ import annotations

from pathlib import Path

import pytest

from awstui.demo.process import DemoServer
from tests.pty.conftest import Open
from tests.pty.terminal import Terminal

KEYS = "aws_access_key_id = AKIDEXAMPLE\naws_secret_access_key = s\n"
NONE = ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_REGION")
SSO = (
    "[profile shop]\nsso_session = corp\nsso_account_id = 123456789012\nsso_role_name = r\n"
    "region = eu-west-1\n[sso-session corp]\nsso_start_url = https://x.awsapps.com/start\n"
    "sso_region = eu-west-1\n"
)


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


def test_a_login_of_the_command_line_gets_the_terminal_and_the_console_comes_back(
    run: Open, fleet: DemoServer, aws: Path, world: Path
) -> None:
    (aws / "config").write_text(SSO + "[profile a]\nregion = eu-west-1\n")
    tools = world / "bin"
    tools.mkdir()
    program = tools / "aws"
    program.write_text(
        '#!/bin/sh\necho here is "$@"; read answer; echo got $answer\n'
        f"printf '[profile shop]\\nregion = eu-west-1\\n' > {aws}/config\n"
        f"printf '[shop]\\n%s' '{KEYS}' > {aws}/credentials\n"
    )
    program.chmod(0o700)
    console = opened(run, fleet, "--profile", "shop", "--go", "sqs", PATH=f"{tools}:/usr/bin:/bin")
    console.wait_for("aws sso login --profile shop")
    console.press(":login cli", "enter")
    console.wait_for("here is sso login --profile shop")
    console.press("yes", "enter")
    console.wait_for("orders-dlq")
    console.press("/", "dlq", "enter")
    console.wait_for("/dlq")
