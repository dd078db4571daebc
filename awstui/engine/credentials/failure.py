"""One failure to get credentials, taken apart: what its sentences can name."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from botocore.exceptions import ClientError

from awstui.wire import Problem

Config = Mapping[str, Any]
"""botocore's reading of the user's files; empty when they cannot be read."""


class Failure:
    """One failure to get the credentials of a profile, taken apart."""

    def __init__(self, error: BaseException, profile: str, config: Config) -> None:
        self.error, self.profile = error, profile
        self.text = str(error)
        self.config = config
        self.told: Config = config.get("profiles", {}).get(profile, {})
        self.name = type(error).__name__
        self.flag = f" --profile {profile}" if profile not in ("", "default") else ""
        self.session = str(self.told.get("sso_session", ""))

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
