"""Pages of the log server by a few lines of HTTP, so that peers and ours stand on the same footing."""

from __future__ import annotations

import asyncio
import json
from typing import Any
from urllib.parse import urlsplit

from awstui.errors import AwsError
from awstui.wire import Problem
from plugins.logs.follow import Fetch, Page


def raw_fetch(url: str, group: str, limit: int = 10_000) -> Fetch:
    """Reads pages without signing, retrying or limiting; errors are AwsError as the door's are."""
    where = urlsplit(url)

    async def fetch(
        start: int, token: str = "", *, newest_first: bool = False, end: int = 0
    ) -> Page:
        body: dict[str, Any] = {"logGroupName": group, "startTime": start, "limit": limit}
        if token:
            body["nextToken"] = token
        if newest_first:
            body["startFromHead"] = False
        if end:
            body["endTime"] = end
        answer = await _post(where.hostname or "", where.port or 80, json.dumps(body).encode())
        return Page(answer["events"], answer.get("nextToken", ""))

    return fetch


async def _post(host: str, port: int, body: bytes) -> dict[str, Any]:
    reader, writer = await asyncio.open_connection(host, port, limit=1 << 24)
    try:
        head = f"POST / HTTP/1.1\r\nX-Amz-Target: Logs_20140328.FilterLogEvents\r\nContent-Length: {len(body)}\r\n\r\n"
        writer.write(head.encode() + body)
        told = (await reader.readuntil(b"\r\n\r\n")).decode()
        length = int(told.lower().split("content-length:")[1].split("\r\n")[0])
        answer: dict[str, Any] = json.loads(await reader.readexactly(length))
    except asyncio.IncompleteReadError:
        raise AwsError(Problem("The answer was cut off.", kind="offline")) from None
    finally:
        writer.close()
    if " 200 " not in told.split("\r\n", 1)[0]:
        code = str(answer["__type"])
        kinds = {"ThrottlingException": "throttled", "ResourceNotFoundException": "missing"}
        raise AwsError(Problem(code, code=code, kind=kinds.get(code, "error")))
    return answer
