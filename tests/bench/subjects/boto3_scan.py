"""Sees so many messages with boto3, ten at a time, and gives them back; prints seconds and CPU seconds."""

from __future__ import annotations

import sys
import time

import boto3


def main(messages: int) -> None:
    """Receive until nothing comes, then release ten by ten: one request after another."""
    sqs = boto3.client("sqs")
    here = sqs.get_queue_url(QueueName="bench-dlq")["QueueUrl"]
    seen: dict[str, str] = {}
    began, used = time.perf_counter(), time.process_time()
    while found := sqs.receive_message(
        QueueUrl=here, MaxNumberOfMessages=10, WaitTimeSeconds=1, VisibilityTimeout=120,
        MessageSystemAttributeNames=["All"], MessageAttributeNames=["All"],
    ).get("Messages"):  # fmt: skip
        seen |= {one["MessageId"]: one["ReceiptHandle"] for one in found}
    handles = list(seen.values())
    for start in range(0, len(handles), 10):
        sqs.change_message_visibility_batch(
            QueueUrl=here,
            Entries=[
                {"Id": str(n), "ReceiptHandle": handle, "VisibilityTimeout": 0}
                for n, handle in enumerate(handles[start : start + 10])
            ],
        )
    print(time.perf_counter() - began, time.process_time() - used)
    assert len(seen) == messages, len(seen)


if __name__ == "__main__":
    main(int(sys.argv[1]))
