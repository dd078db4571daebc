"""The AWS command line's caches: what it has stored serves us, and what we store serves it."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

from botocore.utils import JSONFileCache


def folder() -> Path:
    """Where the user's AWS files are."""
    return Path.home() / ".aws"


def config_file() -> Path:
    """The user's configuration."""
    return Path(os.environ.get("AWS_CONFIG_FILE") or "~/.aws/config").expanduser()


def credentials_file() -> Path:
    """The user's keys."""
    told = os.environ.get("AWS_SHARED_CREDENTIALS_FILE") or "~/.aws/credentials"
    return Path(told).expanduser()


def shown(path: Path) -> str:
    """A path as a person writes it."""
    home = Path.home()
    return f"~/{path.relative_to(home)}" if path.is_relative_to(home) else str(path)


class RoleCache(JSONFileCache):
    """Credentials of assumed roles, in ``~/.aws/cli/cache``; without a disk they stay in memory."""

    def __init__(self) -> None:
        self._where = folder() / "cli" / "cache"
        super().__init__(str(self._where))  # type: ignore[no-untyped-call]
        self._memory: dict[str, Any] = {}
        self._refused: set[str] = set()

    def refuse(self, access_key: str) -> None:
        """Give no more what holds this key: AWS does not take it, whatever the file says of its end."""
        self._refused.add(access_key)

    def __contains__(self, key: object) -> bool:
        """Whether there is something whole and usable under a key; a damaged file counts as none."""
        try:
            held = self[str(key)]["Credentials"]
            return bool(held["Expiration"]) and held["AccessKeyId"] not in self._refused
        except (KeyError, TypeError):
            return False

    def __getitem__(self, key: str) -> Any:
        """What is stored under a key; KeyError when nothing, or nothing readable, is."""
        if key in self._memory:
            return self._memory[key]
        return super().__getitem__(key)  # type: ignore[no-untyped-call]

    def __setitem__(self, key: str, value: Any) -> None:
        """Store for us and for the AWS command line, readable by the user alone."""
        try:
            private(self._where)
            super().__setitem__(key, value)  # type: ignore[no-untyped-call]
        except OSError:
            self._memory[key] = value


class TokenCache(JSONFileCache):
    """Tokens of SSO logins, in ``~/.aws/sso/cache``."""

    def __init__(self) -> None:
        self._where = folder() / "sso" / "cache"
        super().__init__(str(self._where), dumps_func=_dumps)  # type: ignore[no-untyped-call]

    def __setitem__(self, key: str, value: Any) -> None:
        """Store for us and for the AWS command line, readable by the user alone."""
        private(self._where)
        super().__setitem__(key, value)  # type: ignore[no-untyped-call]


def private(path: Path) -> None:
    """Make a folder that only the user can look into; one that exists stays as it is."""
    if not path.is_dir():
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        path.mkdir(exist_ok=True, mode=0o700)


def traces() -> tuple[tuple[str, int], ...]:
    """What a login elsewhere changes: the user's AWS files and when each was last written."""
    home = folder()
    found: list[tuple[str, int]] = []
    for place in (home, home / "sso" / "cache", home / "cli" / "cache", home / "login" / "cache"):
        try:
            found += [(one.path, one.stat().st_mtime_ns) for one in _entries(place)]
        except OSError:
            continue
    return tuple(sorted(found))


def _entries(place: Path) -> list[os.DirEntry[str]]:
    with os.scandir(place) as entries:
        return [one for one in entries if one.is_file()]


def _dumps(token: Any) -> str:
    return json.dumps(token, default=lambda moment: moment.strftime("%Y-%m-%dT%H:%M:%SZ"))
