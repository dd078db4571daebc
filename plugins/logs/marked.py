"""The marked rows that one question can be asked of, and in sentences those that it cannot."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from awstui.ui.acting import Target


def by_place(
    target: Target, targets: list[Target], most: int
) -> tuple[list[list[Target]], list[str]]:
    """The targets of each account and region, that of the first one first; what is left out."""
    scopes = dict.fromkeys([target.ref.scope, *(one.ref.scope for one in targets)])
    found, said = [], []
    for scope in scopes:
        own = [one for one in targets if one.ref.scope == scope]
        if len(own) > most:
            where = f" in {scope.profile or 'default'} {scope.region}" if len(scopes) > 1 else ""
            said.append(
                f"Only the first {most} of {len(own)} marked{where} are asked: AWS takes no more."
            )
        found.append(own[:most] or [target])
    return found, said


def together(target: Target, targets: list[Target]) -> tuple[list[Target], list[str]]:
    """The targets of one account and region; what is left out."""
    scope = target.ref.scope
    own = [one for one in targets if one.ref.scope == scope]
    said = []
    if others := len(targets) - len(own):
        where = f"{scope.profile or 'default'} {scope.region}"
        said.append(f"{others} marked elsewhere are left out: this asks {where} only.")
    return own, said
