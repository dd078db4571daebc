"""Whether an answer is AWS's: a login page with status 200 must never look like an empty list."""

from __future__ import annotations

import json
from typing import Any

from awstui.plugin import Row

SMALL = len("{}")
"""Bytes of JSON that say nothing."""

_PAGES = (b"<!doctype html", b"<html")
_REQUEST_IDS = ("x-amzn-requestid", "x-amz-request-id", "x-amzn-request-id")


class UnexpectedResponse(Exception):  # noqa: N818  it is the name of what came
    """What came is not what the service says."""


async def check(http_response: Any, model: Any, parsed: Row | None = None, **_: Any) -> None:
    """Raise when a successful answer is not one; botocore's ``after-call`` of every client."""
    if http_response.status_code >= 300 or _streams(model):
        return
    body = await http_response.content
    start = body[:64].lstrip().lower()
    if start.startswith(_PAGES):
        raise UnexpectedResponse("It is a web page.")
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
