"""Logging in to SSO from inside: a page to open anywhere, a code to confirm there, a token in the CLI's cache."""

from __future__ import annotations

import asyncio
import datetime as dt
import hashlib
import time
from collections.abc import Coroutine
from dataclasses import dataclass
from typing import Any

from aiobotocore.config import AioConfig
from aiobotocore.session import AioSession
from botocore import UNSIGNED
from botocore.exceptions import ClientError

from awstui.engine.credentials.asking import Asker
from awstui.engine.credentials.caches import TokenCache
from awstui.errors import AwstuiError
from awstui.masking import remember
from awstui.wire import Ask, Problem

GRANT = "urn:ietf:params:oauth:grant-type:device_code"
CLIENT = "awstui"
SCOPES = ("sso:account:access",)

Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Portal:
    """Where a profile logs in."""

    start_url: str
    region: str
    session: str = ""
    """The name of its ``sso-session``; empty for a profile of the old kind."""

    scopes: tuple[str, ...] = ()

    @property
    def cache_key(self) -> str:
        """What the AWS command line calls the file of its token."""
        return hashlib.sha1((self.session or self.start_url).encode()).hexdigest()  # noqa: S324  its choice


def portal(config: Row, profile: str) -> Portal | None:
    """Where a profile, or the one whose credentials it uses, logs in; None when it is not of SSO."""
    profiles, seen = config.get("profiles", {}), set()
    while profile and profile not in seen:
        seen.add(profile)
        told: Row = profiles.get(profile, {})
        if name := told.get("sso_session"):
            session: Row = config.get("sso_sessions", {}).get(name, {})
            if not {"sso_start_url", "sso_region"} <= set(session):
                return None
            scopes = tuple(
                one.strip() for one in str(session.get("sso_registration_scopes", "")).split(",")
            )
            return Portal(
                session["sso_start_url"],
                session["sso_region"],
                name,
                tuple(one for one in scopes if one) or SCOPES,
            )
        if {"sso_start_url", "sso_region"} <= set(told):
            return Portal(told["sso_start_url"], told["sso_region"])
        profile = str(told.get("source_profile", ""))
    return None


async def log_in(session: AioSession, where: Portal, profile: str, asker: Asker) -> None:
    """Have the person confirm this device, and keep the token; raises when they give up or it lapses."""
    config = AioConfig(region_name=where.region, signature_version=UNSIGNED)
    async with session.create_client("sso-oidc", config=config) as client:
        wanted: Row = {"clientName": CLIENT, "clientType": "public"}
        if where.scopes:
            wanted["scopes"] = list(where.scopes)
        known = await client.register_client(**wanted)
        ours = {"clientId": known["clientId"], "clientSecret": known["clientSecret"]}
        device = await client.start_device_authorization(**ours, startUrl=where.start_url)
        ask = Ask(
            0,
            "device",
            profile,
            device.get("verificationUriComplete") or device["verificationUri"],
            code=device["userCode"],
            until=time.time() + device["expiresIn"],
        )
        token = await _confirmed(asker, ask, _poll(client, {**ours, **device}))
    TokenCache()[where.cache_key] = _as_the_cli_keeps_it(where, known, token)


async def _confirmed(asker: Asker, ask: Ask, polling: Coroutine[Any, Any, Row]) -> Row:
    """What polling gives, while the page is shown; giving up ends it."""

    async def polled() -> Row | AwstuiError:
        try:
            return await polling
        except AwstuiError as error:
            return error

    async with asyncio.TaskGroup() as group:
        shown, poll = group.create_task(asker.show(ask)), group.create_task(polled())
        await asyncio.wait({shown, poll}, return_when=asyncio.FIRST_COMPLETED)
        told = poll.result() if poll.done() else _given_up(ask.profile)
        shown.cancel()
        poll.cancel()
    if isinstance(told, AwstuiError):
        raise told
    return told


def _given_up(profile: str) -> AwstuiError:
    what = f"The login of profile {profile} was given up."
    return AwstuiError(Problem(what, do="Type :login to begin another.", kind="expired"))


async def _poll(client: Any, known: Row) -> Row:
    """Ask for the token, as often as the endpoint allows, until the person has confirmed."""
    pause = float(known.get("interval", 5))
    while True:
        try:
            token: Row = await client.create_token(
                clientId=known["clientId"],
                clientSecret=known["clientSecret"],
                deviceCode=known["deviceCode"],
                grantType=GRANT,
            )
        except ClientError as error:
            code = error.response["Error"]["Code"]
            if code == "SlowDownException":
                pause += 5
            elif code != "AuthorizationPendingException":
                raise AwstuiError(_why_not(code)) from error
        else:
            remember(token.get("accessToken"), token.get("refreshToken"))
            return token
        await asyncio.sleep(pause)


def _why_not(code: str) -> Problem:
    what = {
        "ExpiredTokenException": "The code was not confirmed in time.",
        "AccessDeniedException": "The login was refused on its page.",
    }.get(code, f"The login was not accepted: {code}.")
    return Problem(what, do="Type :login to begin another.", code=code, kind="expired")


def _as_the_cli_keeps_it(where: Portal, known: Row, token: Row) -> Row:
    now = dt.datetime.now(dt.UTC)
    kept: Row = {
        "startUrl": where.start_url,
        "region": where.region,
        "accessToken": token["accessToken"],
        "expiresAt": now + dt.timedelta(seconds=token["expiresIn"]),
        "clientId": known["clientId"],
        "clientSecret": known["clientSecret"],
        "registrationExpiresAt": dt.datetime.fromtimestamp(known["clientSecretExpiresAt"], dt.UTC),
    }
    if token.get("refreshToken"):
        kept["refreshToken"] = token["refreshToken"]
    return kept
