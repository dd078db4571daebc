"""Typed settings from the user's ``config.toml``; what is wrong in it is named, nothing is guessed."""

from __future__ import annotations

import dataclasses
import re
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from awstui.errors import AwstuiError
from awstui.wire import Problem


@dataclass(frozen=True, slots=True, kw_only=True)
class Config:
    """What a person may set; the defaults are what applies without a file."""

    profile: str = ""
    region: str = ""
    endpoint_url: str = ""
    read_only: bool = False
    read_only_for: tuple[str, ...] = ()
    """Regular expressions over account ids and profile names under which nothing is changed."""

    plugin_folders: tuple[str, ...] = ()
    """More folders with plugins, beside the one next to the file."""

    theme: str = ""
    """The name of a theme; empty takes the terminal's."""

    production: tuple[str, ...] = ()
    """Regular expressions over account ids and profile names that mark production."""

    keys: Mapping[str, str] = field(default_factory=dict)
    """From the id of a binding, such as ``queues.purge``, to the key it gets."""

    cadence: Mapping[str, float] = field(default_factory=dict)
    """From ``plugin.resource`` to seconds between refreshes; 0 never refreshes by itself."""


class _WrongError(Exception):
    """A value is not what is allowed; the text says what is."""


def load(path: Path) -> Config:
    """Read the settings; the defaults when there is no file."""
    try:
        told = tomllib.loads(path.read_text("utf-8"))
    except FileNotFoundError:
        return Config()
    except (OSError, UnicodeDecodeError) as error:
        raise _problem(path, "cannot be read", str(error)) from error
    except tomllib.TOMLDecodeError as error:
        raise _problem(path, "is not valid TOML", str(error)) from error
    return _settings(path, told)


def _settings(path: Path, told: Mapping[str, Any]) -> Config:
    unknown = sorted(set(told) - set(_READ))
    if unknown:
        raise _problem(
            path, f"sets {unknown[0]!r}, which is unknown", f"Known: {', '.join(sorted(_READ))}."
        )
    values: dict[str, Any] = {}
    for name, value in told.items():
        try:
            values[name] = _READ[name](value)
        except _WrongError as error:
            raise _problem(
                path, f"sets {name!r} wrongly", f"{error} is allowed, not {value!r}."
            ) from None
    return dataclasses.replace(Config(), **values)


def _problem(path: Path, what: str, why: str) -> AwstuiError:
    return AwstuiError(
        Problem(
            f"{path} {what}.", why, "Correct the file; nothing in it was changed.", kind="error"
        )
    )


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise _WrongError("Text in quotes")
    return value


def _flag(value: Any) -> bool:
    if not isinstance(value, bool):
        raise _WrongError("true or false")
    return value


def _texts(value: Any) -> tuple[str, ...]:
    if not isinstance(value, list) or not all(isinstance(held, str) for held in value):
        raise _WrongError("A list of texts")
    return tuple(value)


def _folders(value: Any) -> tuple[str, ...]:
    return tuple(str(Path(folder).expanduser()) for folder in _texts(value))


def _patterns(value: Any) -> tuple[str, ...]:
    for pattern in _texts(value):
        try:
            re.compile(pattern)
        except re.error as error:
            raise _WrongError(f"A list of regular expressions ({pattern!r}: {error})") from error
    return _texts(value)


def _url(value: Any) -> str:
    if not re.match(r"https?://[^/\s]+", _text(value)):
        raise _WrongError("A URL that begins with http:// or https://")
    return str(value)


def _keys(value: Any) -> Mapping[str, str]:
    if not isinstance(value, dict) or not all(isinstance(held, str) for held in value.values()):
        raise _WrongError('A table such as { "queues.purge" = "ctrl+x" }')
    return dict(value)


def _cadence(value: Any) -> Mapping[str, float]:
    if not isinstance(value, dict) or not all(_is_number(held) for held in value.values()):
        raise _WrongError('A table of seconds such as { "queues.queues" = 10 }')
    return {name: float(held) for name, held in value.items()}


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and value >= 0


_READ: Mapping[str, Callable[[Any], Any]] = {
    "profile": _text,
    "region": _text,
    "endpoint_url": _url,
    "read_only": _flag,
    "read_only_for": _patterns,
    "plugin_folders": _folders,
    "theme": _text,
    "production": _patterns,
    "keys": _keys,
    "cadence": _cadence,
}
