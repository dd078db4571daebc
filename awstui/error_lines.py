"""Which line of the tables an error gets, and the words that are filled into it."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from awstui.error_tables import (
    CLOCK,
    CLOCK_MATTERS,
    CODES,
    CONNECT,
    CUT_OFF,
    DENIED,
    DNS_SILENT,
    EXPIRED,
    EXPLICITLY_DENIED,
    FAILED,
    INVALID,
    INVALID_REQUEST,
    LOCAL,
    MISSING,
    NO_HTTP,
    NO_SUCH_HOST,
    PROXY_LOGIN,
    REFUSED,
    TOLERATED,
    TOO_MANY,
    UNKNOWN_HERE,
    UNKNOWN_OUTCOME,
    UNSUPPORTED,
    Line,
)
from awstui.errors import Attempt, Said
from awstui.wire import Problem

_NEVER_SENT = (
    "ClientConnectorError",
    "ClientConnectorDNSError",
    "ClientConnectorCertificateError",
    "gaierror",
)
_UNCERTAIN = frozenset(
    (
        "EndpointConnectionError",
        "ConnectionClosedError",
        "ReadTimeoutError",
        "TimeoutError",
        "ClientPayloadError",
        "ResponseStreamingError",
        "IncompleteReadError",
        "HTTPClientError",
        "UnexpectedResponse",
        "ResponseParserError",
    )
)
_TOLD_BY_TEXT = (
    ("ResponseParserError", "unclosed token", CUT_OFF),
    ("ResponseParserError", "no element found", CUT_OFF),
    ("UnexpectedResponse", "cut off", CUT_OFF),
    ("ProxyConnectionError", "407", PROXY_LOGIN),
    ("HTTPClientError", "Bad status line", NO_HTTP),
    ("HTTPClientError", "Invalid header", NO_HTTP),
)
"""Errors of one class that mean different things, by what their text says."""

_TITLE = re.compile(r"<title[^>]*>([^<]{1,200})", re.IGNORECASE)
_ACTION = re.compile(r"not authorized to perform:? (?:\()?([a-z0-9-]+:[A-Za-z0-9*]+)")
_PRINCIPAL = re.compile(r"(?:User|Principal):? (arn:[^\s]+) is not authorized")


def problem_for(said: Said, attempt: Attempt) -> Problem:
    """The problem that an error is, when that was attempted."""
    line = _line(said, attempt)
    words = _words(said, attempt)
    return Problem(
        what=_fill(line.what, words),
        why=_fill(line.why, words),
        do=_fill(line.do, words),
        action=words["action"] if line.kind == "denied" and attempt.action + said.message else "",
        code=said.code or said.name,
        request_id=said.request_id,
        kind=line.kind,
    )


def _line(said: Said, attempt: Attempt) -> Line:
    if said.answered:
        return _answered(said, attempt)
    if attempt.write and said.name in _UNCERTAIN and not _never_sent(said):
        return UNKNOWN_OUTCOME
    if said.name == "EndpointConnectionError":
        return _unreached(said)
    for name, sign, line in _TOLD_BY_TEXT:
        if said.name == name and sign in said.text:
            return line
    found = LOCAL.get(said.name)
    return found or Line(
        "fault", "{action} failed: {name}: {text}", "This is not an answer of AWS.", ""
    )


def _answered(said: Said, attempt: Attempt) -> Line:
    code = said.code.rsplit("#", 1)[-1].rsplit(".", 1)[-1]
    line = CODES.get(code) or CODES.get(said.name) or _unlisted(code, said.status)
    if code in CLOCK_MATTERS and abs(attempt.skew) > TOLERATED:
        line = CLOCK
    elif line is INVALID and attempt.elsewhere:
        line = UNKNOWN_HERE
    elif line is DENIED:
        line = _denied(said)
    elif line is UNSUPPORTED and ":Head" in attempt.action:
        line = MISSING
    elif line is UNSUPPORTED and not attempt.endpoint:
        line = FAILED if said.status >= 500 else INVALID_REQUEST
    return line


def _unlisted(code: str, status: int) -> Line:
    """What a code means that no table has."""
    if status == 429:
        return TOO_MANY
    if code.endswith(("NotFound", "NotFoundException", "DoesNotExist", "DoesNotExistException")):
        return MISSING
    return FAILED if status >= 500 else INVALID_REQUEST


def _denied(said: Said) -> Line:
    if "explicit deny" in said.message:
        return EXPLICITLY_DENIED
    message = said.message.lower()
    return EXPIRED if "expired" in message and "token" in message else DENIED


def _unreached(said: Said) -> Line:
    """Why there was no connection."""
    inner = said.extra.get("error")
    reason = getattr(inner, "os_error", inner)
    kinds = {kind.__name__ for error in (inner, reason) for kind in type(error).__mro__}
    if "DNS did not answer" in str(reason):
        return DNS_SILENT
    if kinds & {"ClientConnectorDNSError", "gaierror"}:
        return NO_SUCH_HOST
    return REFUSED if isinstance(reason, ConnectionRefusedError) else CONNECT


def _never_sent(said: Said) -> bool:
    """Whether no byte of the request can have reached AWS."""
    inner = said.extra.get("error")
    return inner is not None and any(kind.__name__ in _NEVER_SENT for kind in type(inner).__mro__)


def _words(said: Said, attempt: Attempt) -> dict[str, str]:
    action = _ACTION.search(said.message)
    principal = _PRINCIPAL.search(said.message)
    profile = attempt.profile
    where = str(attempt.endpoint or said.extra.get("endpoint_url") or "AWS")
    inner = said.extra.get("error")
    within = f" within {attempt.deadline:g} s" if attempt.deadline else ""
    return {
        "action": action[1] if action else attempt.action or "the call",
        "principal": principal[1] if principal else attempt.principal or "This identity",
        "message": _message(said),
        "text": f"no answer{within}" if said.name == "TimeoutError" else said.text,
        "inner": str(getattr(inner, "os_error", None) or inner or said.text),
        "host": urlsplit(where).hostname or where,
        "skew": _off(attempt.skew),
        "elsewhere": attempt.elsewhere,
        "name": said.name,
        "status": str(said.status or "an error"),
        "profile": profile,
        "profile_flag": f" --profile {profile}" if profile and profile != "default" else "",
        "who": f"profile {profile}" if profile else "this machine",
        "region": attempt.region or "this region",
        "where": where,
        "within": within,
    }


def _message(said: Said) -> str:
    """What AWS said; of a page only its title."""
    if not said.message.lstrip().startswith("<"):
        return said.message or said.code or said.text
    title = _TITLE.search(said.message)
    return f"a web page, {title[1].strip()!r}" if title else "a web page"


def _off(skew: float) -> str:
    """How far a clock is off, such as ``10 m 12 s fast``."""
    minutes, seconds = divmod(round(abs(skew)), 60)
    hours, minutes = divmod(minutes, 60)
    parts = (f"{hours} h", f"{minutes} m") if hours else (f"{minutes} m", f"{seconds} s")
    return f"{' '.join(parts)} {'fast' if skew > 0 else 'slow'}"


def _fill(template: str, words: dict[str, str]) -> str:
    filled = template.format_map(words).strip()
    return filled if filled != "None" else ""
