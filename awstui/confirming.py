"""What a person has to say before something is done: nothing, yes, or the name of what it is done to."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence

from awstui.plugin import Effect
from awstui.wire import Scope

PRODUCTION = (r"(?i)(?<![a-z])(prod|production|prd|live)(?![a-z])",)
"""What marks a profile as production where the settings do not say."""

_WORDS = re.compile(r"(?:[A-Za-z_\-|()^$?*+:<=! ]|\\b|\[[A-Za-z-]+\])*")
"""Regular expressions of nothing but letters: what holds anything else may stand for digits."""

FRESH = 60.0
"""Seconds after which a plan is too old to be carried out."""


def demanded(effect: Effect, target: str, scope: Scope, *, production: bool) -> str | None:
    """What has to be typed: a text, nothing but a yes (empty), or not even that (None).

    Each effect is one step stricter on production, where the last step names the account too.
    """
    step = ("touch", "change", "destroy").index(effect) + production
    account = scope.account or scope.profile or "default"
    steps: Sequence[str | None] = (None, "", target or account, f"{account}/{target}")
    return steps[step]


def matching(patterns: Iterable[str]) -> Callable[[Scope], bool]:
    """Whether a scope's profile or account matches one of the regular expressions.

    An account that is not known yet matches what may match an account: it could be that one.
    """
    patterns = tuple(patterns)
    compiled = [re.compile(pattern) for pattern in patterns]
    any_account = any(map(_may_be_an_account, patterns))

    def matches(scope: Scope) -> bool:
        if not scope.account and any_account:
            return True
        return any(one.search(scope.profile) or one.search(scope.account) for one in compiled)

    return matches


def _may_be_an_account(pattern: str) -> bool:
    """Whether a regular expression may match the digits of some account; surely not when it spells words."""
    return not _WORDS.fullmatch(pattern) or re.search(pattern, "0" * 12) is not None


def named(keys: Sequence[str]) -> str:
    """What is typed for these rows: the name of one, the number of several."""
    return keys[0] if len(keys) == 1 else str(len(keys))


def unknown_account(scope: Scope) -> str:
    """Why more is asked where AWS has not named the account; empty where it has."""
    if scope.account:
        return ""
    return "AWS has not said which account this is: it counts as one that is guarded."
