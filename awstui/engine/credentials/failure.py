"""One failure to get credentials, taken apart: what its sentences can name."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from botocore.exceptions import ClientError

from awstui.wire import Problem

Config = Mapping[str, Any]
"""botocore's reading of the user's files; empty when they cannot be read."""


_LOGINS = ("sso_session", "sso_start_url", "login_session")


def logs_in(config: Config, profile: str) -> str:
    """The profile that a person logs in to for this one: itself, or where its role has its credentials from."""
    profiles, seen, one = config.get("profiles", {}), set(), profile
    while one and one not in seen:
        seen.add(one)
        told = profiles.get(one, {})
        if any(name in told for name in _LOGINS):
            return one
        one = str(told.get("source_profile", ""))
    return profile


class Failure:
    """One failure to get the credentials of a profile, taken apart."""

    def __init__(self, error: BaseException, profile: str, config: Config) -> None:
        self.error, self.profile = error, profile
        self.text = str(error)
        self.config = config
        self.told: Config = config.get("profiles", {}).get(profile, {})
        self.name = type(error).__name__
        owner = logs_in(config, profile)
        self.login: Config = config.get("profiles", {}).get(owner, {})
        """What the files say of the profile that one logs in to."""

        self.flag = f" --profile {owner}" if owner not in ("", "default") else ""
        self.session = str(self.login.get("sso_session", ""))

    @property
    def sso_login(self) -> str:
        """What to run, or press, for a profile of SSO."""
        return f"Run `aws sso login{self.flag}`, or type :login."

    def say(self, what: str, why: str, do: str, kind: str = "credentials") -> Problem:
        """The problem in these words; the profile stands where it is named."""
        code = self.name
        if isinstance(self.error, ClientError):
            code = str(self.error.response.get("Error", {}).get("Code", code))
        return Problem(
            what.replace("{who}", f"profile {self.profile}"), why, do, "", code, kind=kind
        )
