"""Moves so many messages with boto3, ten at a time, one request after another; prints seconds and CPU seconds."""

from __future__ import annotations

import sys
import time

import boto3


def main(messages: int) -> None:
    """Receive ten, send ten, delete ten, as scripts do: no journal, no audit, no check."""
    sqs = boto3.client("sqs")
    here, there = (sqs.get_queue_url(QueueName=name)["QueueUrl"] for name in ("bench-dlq", "bench"))
    moved = 0
    began, used = time.perf_counter(), time.process_time()
    while moved < messages:
        found = sqs.receive_message(
            QueueUrl=here, MaxNumberOfMessages=10, MessageAttributeNames=["All"]
        )["Messages"]
        sqs.send_message_batch(
            QueueUrl=there,
            Entries=[{"Id": str(n), "MessageBody": one["Body"]} for n, one in enumerate(found)],
        )
        sqs.delete_message_batch(
            QueueUrl=here,
            Entries=[
                {"Id": str(n), "ReceiptHandle": one["ReceiptHandle"]} for n, one in enumerate(found)
            ],
        )
        moved += len(found)
    print(time.perf_counter() - began, time.process_time() - used)


if __name__ == "__main__":
    main(int(sys.argv[1]))
