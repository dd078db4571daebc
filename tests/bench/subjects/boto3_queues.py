"""Lists queues and fetches the attributes of each with boto3; prints seconds and CPU seconds."""

from __future__ import annotations

import sys
import time
from concurrent.futures import ThreadPoolExecutor

import boto3
from botocore.config import Config


def main(queues: int, threads: int, most: int) -> None:
    """Read once, everything warm; of ``most`` queues at most, one after another when ``threads`` is 1."""
    sqs = boto3.client("sqs", config=Config(max_pool_connections=threads))
    sqs.list_queues(MaxResults=1)

    def fetch(url: str) -> dict[str, str]:
        found: dict[str, str] = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["All"])[
            "Attributes"
        ]
        return found

    began, used = time.perf_counter(), time.process_time()
    pages = sqs.get_paginator("list_queues").paginate(PaginationConfig={"PageSize": 1000})
    urls = [url for page in pages for url in page.get("QueueUrls", ())]
    assert len(urls) == queues
    if threads == 1:
        found = [fetch(url) for url in urls[:most]]
    else:
        with ThreadPoolExecutor(threads) as pool:
            found = list(pool.map(fetch, urls[:most]))
    assert all(found)
    print(time.perf_counter() - began, time.process_time() - used)


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
