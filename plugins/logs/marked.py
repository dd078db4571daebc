"""The marked rows that one question can be asked of, and in sentences those that it cannot."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from awstui.ui.acting import Target


def together(
    target: Target, targets: list[Target], most: int = 0
) -> tuple[list[Target], list[str]]:
    """The targets of one account and region, at most so many; what is left out."""
    scope = target.ref.scope
    own = [one for one in targets if one.ref.scope == scope]
    said = []
    if others := len(targets) - len(own):
        where = f"{scope.profile or 'default'} {scope.region}"
        said.append(f"{others} marked elsewhere are left out: this asks {where} only.")
    if most and len(own) > most:
        said.append(f"Only the first {most} of {len(own)} marked are asked: AWS takes no more.")
    return own[: most or None], said
