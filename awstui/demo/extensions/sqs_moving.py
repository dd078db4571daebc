"""Message move tasks: the redrive that SQS does itself, with the errors that AWS answers."""

from __future__ import annotations

import base64
import json
import threading
import time
import uuid
from collections import defaultdict, deque
from dataclasses import dataclass, field
from typing import Any

from moto.core.responses import ActionResult
from moto.sqs.models import Message, Queue, SQSBackend
from moto.sqs.responses import SQSResponse

from awstui.demo.extensions import Refused, operation
from awstui.demo.extensions.sqs_receiving import deliverable, held, lock, source_of

DEFAULT_RATE = 100
"""Messages a second when the caller names no rate: several hundred take a few visible seconds."""

HIGHEST_RATE = 500
KEPT = 10
"""Tasks that AWS lists for a source."""

CANCELLING = 0.3
"""Seconds a task takes to notice that it was cancelled, so that CANCELLING can be seen."""


@dataclass(eq=False, slots=True)
class MoveTask:
    """One task, and the thread's view of it."""

    backend: SQSBackend
    source: Queue
    destination_arn: str | None
    rate: int | None
    to_move: int
    status: str = "RUNNING"
    moved: int = 0
    failure: str | None = None
    started: int = field(default_factory=lambda: int(time.time() * 1000))
    task_id: str = field(default_factory=lambda: str(uuid.uuid4()))
    cancelled: threading.Event = field(default_factory=threading.Event)

    @property
    def active(self) -> bool:
        """Whether it still holds its source's only place."""
        return self.status in {"RUNNING", "CANCELLING"}

    @property
    def handle(self) -> str:
        """What names the task to AWS: its id and source, encoded."""
        named = {"taskId": self.task_id, "sourceArn": self.source.queue_arn}
        return base64.b64encode(json.dumps(named).encode()).decode()

    def as_result(self) -> dict[str, Any]:
        """The entry of ListMessageMoveTasks."""
        entry = {
            "TaskHandle": self.handle if self.status == "RUNNING" else None,
            "Status": self.status,
            "SourceArn": self.source.queue_arn,
            "DestinationArn": self.destination_arn,
            "MaxNumberOfMessagesPerSecond": self.rate,
            "ApproximateNumberOfMessagesMoved": self.moved,
            "ApproximateNumberOfMessagesToMove": self.to_move,
            "FailureReason": self.failure,
            "StartedTimestamp": self.started,
        }
        return {name: value for name, value in entry.items() if value is not None}

    def run(self) -> None:
        """Move what was there at the start, oldest first, at the task's rate."""
        with lock(self.source):
            waiting = {id(message) for message in held(self.source)}
        begun, pace = time.monotonic(), 1 / (self.rate or DEFAULT_RATE)
        while not self.cancelled.wait(max(0.0, begun + self.moved * pace - time.monotonic())):
            if not self._move_one(waiting):
                break
        if self.cancelled.is_set():
            time.sleep(CANCELLING)
            self.status = "CANCELLED"
        else:
            self.status = "FAILED" if self.failure else "COMPLETED"

    def _move_one(self, waiting: set[int]) -> bool:
        with lock(self.source):
            candidates = (m for m in deliverable(self.source) if id(m) in waiting)
            message = next(candidates, None)
            if message is None:
                return False
            arn = self.destination_arn or source_of(message)
            destination = queue_by_arn(self.backend, arn) if arn else None
            if destination is None:
                gone = "AWS.SimpleQueueService.NonExistentQueue"
                self.failure = gone if arn else "CouldNotDetermineMessageSource"
                return False
            held(self.source).remove(message)
            waiting.discard(id(message))
        destination.add_message(_as_new(message))
        self.moved += 1
        return True


def _as_new(message: Message) -> Message:
    """What arrives: body and attributes are kept, everything that SQS gave is given anew."""
    fresh = Message(str(uuid.uuid4()), message.body, message.system_attributes)
    fresh.message_attributes = message.message_attributes
    fresh.group_id = message.group_id
    fresh.sender_id = message.sender_id
    # The old deduplication id may have been used within 5 minutes, which would lose the message.
    fresh.deduplication_id = message.id if message.deduplication_id else None
    fresh.mark_sent()
    return fresh


_tasks: dict[str, deque[MoveTask]] = defaultdict(lambda: deque(maxlen=KEPT))
_starting = threading.Lock()


def queue_by_arn(backend: SQSBackend, arn: str) -> Queue | None:
    """The queue with this ARN in the caller's account and region."""
    queue = backend.queues.get(arn.rpartition(":")[2])
    return queue if queue is not None and queue.queue_arn == arn else None


def _invalid(sentence: str) -> Refused:
    return Refused("InvalidParameterValue", sentence)


def _missing(sentence: str) -> Refused:
    return Refused("ResourceNotFoundException", sentence, 404)


def _source(backend: SQSBackend, arn: str) -> Queue:
    source = queue_by_arn(backend, arn)
    if source is None:
        raise _missing("The resource that you specified for the SourceArn parameter doesn't exist.")
    policies = (queue.redrive_policy for queue in list(backend.queues.values()))
    if not any(policy and policy.get("deadLetterTargetArn") == arn for policy in policies):
        raise _invalid("Source queue must be configured as a Dead Letter Queue.")
    return source


@operation(SQSResponse)
def start_message_move_task(self: SQSResponse) -> ActionResult:
    """StartMessageMoveTask."""
    backend = self.sqs_backend
    source = _source(backend, self._get_param("SourceArn"))
    destination_arn: str | None = self._get_param("DestinationArn")
    rate: int | None = self._get_param("MaxNumberOfMessagesPerSecond")
    if destination_arn:
        destination = queue_by_arn(backend, destination_arn)
        if destination is None:
            raise _missing(
                "The resource that you specified for the DestinationArn parameter doesn't exist."
            )
        if destination.fifo_queue != source.fifo_queue:
            raise _invalid("Source queue and destination queue must be of the same type.")
    if rate is not None and not 1 <= rate <= HIGHEST_RATE:
        raise _invalid(
            f"Value {rate} for parameter MaxNumberOfMessagesPerSecond is invalid. "
            f"Reason: Must be between 1 and {HIGHEST_RATE}."
        )
    with _starting:
        tasks = _tasks[source.queue_arn]
        if any(task.active for task in tasks):
            raise _invalid(
                "There is already a task running. "
                "Only one active task is allowed for a source queue arn at a given time."
            )
        task = MoveTask(backend, source, destination_arn, rate, len(source.messages))
        tasks.append(task)
    threading.Thread(target=task.run, name="move", daemon=True).start()
    return ActionResult({"TaskHandle": task.handle})


@operation(SQSResponse)
def list_message_move_tasks(self: SQSResponse) -> ActionResult:
    """ListMessageMoveTasks, the newest first."""
    source = _source(self.sqs_backend, self._get_param("SourceArn"))
    most = int(self._get_param("MaxResults") or 1)
    if not 1 <= most <= KEPT:
        raise _invalid(
            f"Value {most} for parameter MaxResults is invalid. Reason: Must be between 1 and {KEPT}."
        )
    newest = [task for task in reversed(_tasks[source.queue_arn]) if task.source is source]
    return ActionResult({"Results": [task.as_result() for task in newest[:most]]})


@operation(SQSResponse)
def cancel_message_move_task(self: SQSResponse) -> ActionResult:
    """CancelMessageMoveTask: what was moved stays moved."""
    try:
        named = json.loads(base64.b64decode(self._get_param("TaskHandle"), validate=True))
        task_id, source_arn = named["taskId"], named["sourceArn"]
    except (ValueError, KeyError, TypeError):
        raise _invalid("Value for parameter TaskHandle is invalid.") from None
    running = [task for task in _tasks[source_arn] if task.task_id == task_id and task.active]
    if not running:
        raise _missing("Task does not exist.")
    task = running[0]
    task.status = "CANCELLING"
    task.cancelled.set()
    return ActionResult({"ApproximateNumberOfMessagesMoved": task.moved})
