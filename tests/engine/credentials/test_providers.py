"""Providers beyond the user's files: a web identity, a container and the instance give keys that sign."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from awstui.wire import Scope
from tests.engine.conftest import MakeDoors
from tests.identities import ACCOUNT, Configure, IdentityServer

END = "2099-01-01T00:00:00Z"
KEYS = {"AccessKeyId": "ASIAOFFERED", "SecretAccessKey": "s", "Token": "t", "Expiration": END}
WEB = f"arn:aws:iam::{ACCOUNT}:role/web"
OFFERED = (
    '<AssumeRoleWithWebIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/">'
    "<AssumeRoleWithWebIdentityResult><Credentials><AccessKeyId>ASIAOFFERED</AccessKeyId>"
    f"<SecretAccessKey>s</SecretAccessKey><SessionToken>t</SessionToken><Expiration>{END}</Expiration>"
    "</Credentials></AssumeRoleWithWebIdentityResult></AssumeRoleWithWebIdentityResponse>"
)


async def caller(make_doors: MakeDoors, profile: str) -> str:
    """Whose keys a call was signed with, as the server sees it."""
    doors = make_doors("", demo=False)
    told: dict[str, Any] = await doors.open(Scope(profile, "eu-west-1", ""), "sts").read(
        "get_caller_identity"
    )
    return str(told["Arn"])


@pytest.mark.parametrize("by", ["profile", "environment"])
async def test_a_web_identity_is_exchanged_for_keys(
    sts: IdentityServer, configure: Configure, make_doors: MakeDoors, world: Path,
    monkeypatch: pytest.MonkeyPatch, *, by: str,
) -> None:  # fmt: skip
    token = world / "token"
    token.write_text("a-web-identity")
    if by == "profile":
        configure(f"[profile web]\nrole_arn = {WEB}\nweb_identity_token_file = {token}\n")
    else:
        configure("", "")
        monkeypatch.setenv("AWS_ROLE_ARN", WEB)
        monkeypatch.setenv("AWS_WEB_IDENTITY_TOKEN_FILE", str(token))
    sts.says["AssumeRoleWithWebIdentity"] = [(200, OFFERED)]
    assert "asiaoffered" in await caller(make_doors, "web" if by == "profile" else "default")
    (asked,) = [form for form in sts.forms if "WebIdentityToken" in form]
    assert (asked["WebIdentityToken"], asked["RoleArn"]) == ("a-web-identity", WEB)


async def test_a_container_offers_its_role(
    sts: IdentityServer, configure: Configure, make_doors: MakeDoors,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    configure("", "")
    monkeypatch.setenv("AWS_CONTAINER_CREDENTIALS_FULL_URI", f"{sts.url}/role")
    sts.says["/role"] = [(200, json.dumps(KEYS))]
    assert "asiaoffered" in await caller(make_doors, "default")


async def test_an_instance_offers_its_role(
    sts: IdentityServer, configure: Configure, make_doors: MakeDoors,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    configure("", "")
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "false")
    monkeypatch.setenv("AWS_EC2_METADATA_SERVICE_ENDPOINT", sts.url)
    place = "/latest/meta-data/iam/security-credentials/"
    sts.says["/latest/api/token"] = [(200, "a-session")]
    sts.says[place] = [(200, "operator")]
    sts.says[f"{place}operator"] = [
        (200, json.dumps({**KEYS, "Code": "Success", "LastUpdated": "2026-01-01T00:00:00Z"}))
    ]
    assert "asiaoffered" in await caller(make_doors, "default")
