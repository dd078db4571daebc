"""Lists queues and fetches the attributes of each with aiohttp and a signature, nothing else; prints as the others do.

It is the floor: no retries, no checks, no limits, no model of the service.
"""

from __future__ import annotations

import asyncio
import os
import sys
import time
from typing import Any

import aiohttp
import msgspec
from botocore.credentials import ReadOnlyCredentials

from awstui.engine.signing import Signer

TYPE = "application/x-amz-json-1.0"
AT_ONCE = 100


class Raw:
    """Calls SQS by hand."""

    def __init__(self, session: aiohttp.ClientSession, url: str) -> None:
        self._session, self._url = session, url
        self._host = url.split("://", 1)[1]
        self._keys = ReadOnlyCredentials("bench", "bench", None)
        self._signers: dict[str, Signer] = {}

    async def call(self, operation: str, **asked: Any) -> Any:
        """The answer to one call."""
        headers = {"content-type": TYPE, "x-amz-target": f"AmazonSQS.{operation}"}
        body = msgspec.json.encode(asked)
        if operation not in self._signers:
            self._signers[operation] = self._signer(headers)
        signed = headers | self._signers[operation].headers(self._keys, body)
        async with self._session.post(self._url, data=body, headers=signed) as answer:
            return msgspec.json.decode(await answer.read())

    def _signer(self, headers: dict[str, str]) -> Signer:
        scope = f"bench/20260101/{os.environ['AWS_REGION']}/sqs/aws4_request"
        signed = "content-type;host;x-amz-date;x-amz-target"
        authorization = (
            f"AWS4-HMAC-SHA256 Credential={scope}, SignedHeaders={signed}, Signature={'0' * 64}"
        )
        told = {**headers, "x-amz-date": "", "authorization": authorization}
        made = Signer.like(told, self._host)
        assert made is not None
        return made


async def main(queues: int) -> None:
    """Read once, everything warm."""
    connector = aiohttp.TCPConnector(limit=AT_ONCE)
    async with aiohttp.ClientSession(connector=connector) as session:
        raw = Raw(session, os.environ["AWS_ENDPOINT_URL"])
        await raw.call("ListQueues", MaxResults=1)
        began, used = time.perf_counter(), time.process_time()
        urls: list[str] = []
        page: dict[str, Any] = {}
        while not urls or "NextToken" in page:
            more = {"NextToken": page["NextToken"]} if "NextToken" in page else {}
            page = await raw.call("ListQueues", MaxResults=1000, **more)
            urls += page["QueueUrls"]
        left, found = iter(urls), []

        async def work() -> None:
            for url in left:
                answer = await raw.call("GetQueueAttributes", QueueUrl=url, AttributeNames=["All"])
                found.append(answer["Attributes"])

        await asyncio.gather(*(work() for _ in range(AT_ONCE)))
        print(time.perf_counter() - began, time.process_time() - used)
        assert len(found) == queues
        assert all(found)


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1])))
