"""``awstui audit``: what was written to AWS, by whom and how it went, and whether the record still holds."""

from __future__ import annotations

import argparse
import datetime as dt
import re

from awstui import audit_lines, paths
from awstui.audit_lines import Deed
from awstui.headless.asking import UsageError
from awstui.headless.exits import Exit
from awstui.headless.output import Output
from awstui.plugin import Row
from awstui.wire import as_json_line

_AGES = {"s": 1, "m": 60, "h": 3600, "d": 86400, "w": 604800}


def audit(arguments: argparse.Namespace, out: Output) -> Exit:
    """Write a row for each deed, the oldest first, or say whether the chain of lines holds."""
    folder = paths.audit_folder()
    try:
        return _verify(out) if arguments.verify else _list(arguments, out)
    except OSError as error:
        out.note(f"The audit in {folder} cannot be read: {error}")
        return Exit.FAILED


def _list(arguments: argparse.Namespace, out: Output) -> Exit:
    since = moment(arguments.since) if arguments.since else None
    try:
        wanted = re.compile(arguments.filter)
    except re.error as error:
        raise UsageError(f"--filter is not a regex: {error}") from None
    for deed in reversed(audit_lines.deeds(paths.audit_folder())):
        if since is not None and dt.datetime.fromisoformat(deed.intent["ts"]) < since:
            continue
        if wanted.search(as_json_line([deed.intent, deed.outcome])):
            whole = {"intent": deed.intent, "outcome": deed.outcome}
            out.row(summary(deed) if out.form == "table" else whole)
    return Exit.OK


def summary(deed: Deed) -> Row:
    """One deed on one line."""
    intent = deed.intent
    return {
        "when": intent.get("ts", ""),
        "outcome": deed.phase,
        "action": intent.get("action", ""),
        "target": intent.get("target", ""),
        "account": intent.get("account", ""),
        "region": intent.get("region", ""),
        "who": intent.get("principal_arn") or intent.get("os_user", ""),
        "reason": intent.get("reason", ""),
        "error": deed.outcome.get("error", ""),
    }


def _verify(out: Output) -> Exit:
    verdict = audit_lines.verify(paths.audit_folder())
    for sentence in (*verdict.broken, *verdict.torn):
        out.note(sentence)
    out.note(str(verdict))
    return Exit.FAILED if verdict.broken else Exit.OK


def moment(text: str) -> dt.datetime:
    """When ``--since`` means: an age such as ``2h`` or ``7d``, or a date with or without a time."""
    if found := re.fullmatch(r"(\d+)([smhdw])", text):
        return dt.datetime.now(dt.UTC) - dt.timedelta(seconds=int(found[1]) * _AGES[found[2]])
    try:
        given = dt.datetime.fromisoformat(text)
    except ValueError:
        raise UsageError(f"--since takes an age such as 2h or a date, not {text!r}") from None
    return given if given.tzinfo else given.astimezone()
