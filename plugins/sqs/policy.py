"""A queue's access policy in sentences: who may do what, under which conditions."""

from __future__ import annotations

from typing import Any

from awstui.plugin import Row, Tone

from . import attributes as the

Said = tuple[str, str, Tone]


def sentences(detail: Row) -> list[Said]:
    """Each statement of the policy as a line; nothing where the queue has no policy."""
    policy = the.of(detail).get("Policy")
    if not policy:
        return []
    if not isinstance(policy, dict):
        return [("not JSON", str(policy), "warn")]
    return [_statement(one) for one in _listed(policy.get("Statement")) if isinstance(one, dict)]


def _statement(statement: dict[str, Any]) -> Said:
    conditions = [
        f"{key} {operator} {', '.join(map(str, _listed(value)))}"
        for operator, held in (statement.get("Condition") or {}).items()
        for key, value in held.items()
    ]
    who = _principals(statement)
    actions = ", ".join(map(str, _listed(statement.get("Action") or statement.get("NotAction"))))
    text = f"{who} · {'all but ' if 'NotAction' in statement else ''}{actions}"
    if conditions:
        text += f" · if {' and '.join(conditions)}"
    effect = str(statement.get("Effect", "")).lower()
    is_open = effect == "allow" and who == "anybody" and not conditions
    return effect, f"{text} · no condition" if is_open else text, "bad" if is_open else ""


def _principals(statement: dict[str, Any]) -> str:
    held = statement.get("Principal", statement.get("NotPrincipal"))
    prefix = "all but " if "NotPrincipal" in statement else ""
    if held == "*":
        return f"{prefix}anybody"
    if isinstance(held, dict):
        names = [str(one) for value in held.values() for one in _listed(value)]
        return prefix + ("anybody" if names == ["*"] else ", ".join(names))
    return f"{prefix}{held}"


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [] if value is None else [value]
