"""Whether an answer is AWS's: a login page with status 200 must never look like an empty list."""

from __future__ import annotations

import json
import re
from typing import Any
from urllib.parse import urlsplit

from awstui.plugin import Row

SMALL = len("{}")
"""Bytes of JSON that say nothing."""

_PAGES = (b"<!doctype html", b"<html")
_PAGE_STATUSES = frozenset((*range(200, 300), 400, 401, 403, 407, 511))
"""Statuses under which a captive portal, a proxy or a firewall gives its page; 404 and 5xx are others'."""

_REQUEST_IDS = ("x-amzn-requestid", "x-amz-request-id", "x-amzn-request-id")
_TITLE = re.compile(rb"<title[^>]*>([^<]{1,200})", re.IGNORECASE)


class UnexpectedResponse(Exception):  # noqa: N818  it is the name of what came
    """What came is not what the service says."""


class ProxyLogin(UnexpectedResponse):
    """The proxy answered, and wants a password."""


def look(operation_model: Any, response_dict: Row, **_: Any) -> None:
    """Raise when something between us and AWS has answered; botocore's ``before-parse`` of every client."""
    headers, status, body = (response_dict[name] for name in ("headers", "status_code", "body"))
    if any(name in headers for name in _REQUEST_IDS) or not isinstance(body, bytes):
        return
    if status == 407:
        raise ProxyLogin("The proxy answered with 407.")
    if 300 <= status < 400 and status != 304:
        where = urlsplit(str(headers.get("location", ""))).hostname or "another place"
        raise UnexpectedResponse(f"It sends us to {where}.")
    if status in _PAGE_STATUSES and body[:64].lstrip().lower().startswith(_PAGES):
        raise UnexpectedResponse(f"It is a web page{_called(body)}.")
    empty = not body.strip() and _promises_something(operation_model)
    if status < 300 and empty and operation_model.service_model.resolved_protocol == "query":
        raise UnexpectedResponse("It is empty and has no request id.")


async def check(http_response: Any, model: Any, parsed: Row | None = None, **_: Any) -> None:
    """Raise when a successful answer of JSON is none; botocore's ``after-call`` of every client."""
    if http_response.status_code >= 300 or _streams(model):
        return
    body = await http_response.content
    start = body[:64].lstrip()
    if "json" not in model.service_model.resolved_protocol:
        return
    if start:
        if not start.startswith((b"{", b"[", b"null")):
            raise UnexpectedResponse("It is not JSON.")
        if not _told(parsed) and len(body) > SMALL and not _whole(body):
            raise UnexpectedResponse("It is cut off.")
    elif _promises_something(model) and not any(
        name in http_response.headers for name in _REQUEST_IDS
    ):
        raise UnexpectedResponse("It is empty and has no request id.")


def _called(page: bytes) -> str:
    title = _TITLE.search(page)
    return f" called {title[1].decode(errors='replace').strip()!r}" if title else ""


def _promises_something(model: Any) -> bool:
    return model.output_shape is not None and bool(model.output_shape.members)


def _told(parsed: Row | None) -> bool:
    """Whether anything was found in the answer: botocore finds nothing in JSON that is cut off."""
    return any(name != "ResponseMetadata" for name in parsed or {})


def _whole(body: bytes) -> bool:
    try:
        json.loads(body)
    except ValueError:
        return False
    return True


def _streams(model: Any) -> bool:
    return bool(model.has_streaming_output or model.has_event_stream_output)
