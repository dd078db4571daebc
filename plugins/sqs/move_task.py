"""A move task without the network: how it stands, how fast it goes, and what its refusals mean."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from awstui.plugin import Row
from awstui.wire import Problem

from . import attributes as the
from .around import refused

RATE_MAX = 500
"""The highest rate AWS takes, in messages each second."""


def active(tasks: list[Row]) -> Row | None:
    """The task that runs or is being cancelled; AWS allows one for each queue."""
    return next((task for task in tasks if task.get("Status") in ("RUNNING", "CANCELLING")), None)


def moved(task: Row) -> tuple[int, int]:
    """How many have been moved, of about how many."""
    done = int(task.get("ApproximateNumberOfMessagesMoved") or 0)
    return done, max(done, int(task.get("ApproximateNumberOfMessagesToMove") or 0))


def progress_line(task: Row) -> str:
    """How a task stands, in a few words."""
    done, total = moved(task)
    to = task.get("DestinationArn")
    goes = f" to {the.name_of(str(to))}" if to else " back to their source"
    return f"{done:,} of about {total:,} moved{goes}, {str(task.get('Status', '')).lower()}"


@dataclass(slots=True)
class Watch:
    """Follows one task from look to look, for its speed and what is left."""

    first: tuple[float, int] | None = None
    started: int = 0

    def see(self, tasks: list[Row], now: float) -> Row:
        """The tasks, with what can be said of the newest from having seen it before."""
        task = active(tasks) or (tasks[0] if tasks else None)
        if task is None:
            return {"kind": "tasks", "tasks": [], "status": ""}
        done, total = moved(task)
        begun = int(task.get("StartedTimestamp") or 0)
        if self.first is None or begun != self.started:
            self.first, self.started = (now, done), begun
        rate = self._rate(task, now, done)
        return {
            "kind": "tasks",
            "tasks": tasks,
            "status": str(task.get("Status", "")),
            "moved": done,
            "to_move": total,
            "rate": rate,
            "left": (total - done) / rate if rate else None,
            "started": begun / 1000,
            "source": str(task.get("SourceArn", "")),
            "destination": str(task.get("DestinationArn") or ""),
            "handle": str(task.get("TaskHandle") or ""),
            "failure": failure(str(task.get("FailureReason") or "")),
        }

    def _rate(self, task: Row, now: float, done: int) -> float:
        """Messages each second as seen here; what was asked for until something has been seen."""
        assert self.first is not None  # noqa: S101  see() has just set it
        since, before = self.first
        if now - since >= 1.0 and done > before:
            return (done - before) / (now - since)
        return float(task.get("MaxNumberOfMessagesPerSecond") or 0)


def rate_of(asked: Any) -> int:
    """The rate a person asked for; 0 for AWS's own. Refuses what AWS would refuse."""
    text = str(asked if asked is not None else "").strip()
    if not text:
        return 0
    if not text.isdigit() or not 1 <= int(text) <= RATE_MAX:
        raise refused(f"The rate is a whole number from 1 to {RATE_MAX}, not {text}.")
    return int(text)


def failure(reason: str) -> str:
    """Why a task failed, as a sentence; the reason itself where it is not one we know."""
    code = reason.rsplit(".", 1)[-1]
    if code == "CouldNotDetermineMessageSource":
        return (
            "A message was not dead-lettered by SQS (it was sent here directly, or by SNS or Lambda),"
            " so it has no source to go back to. Start again and name a destination."
        )
    if code == "NonExistentQueue":
        return "The destination was deleted while messages were being moved."
    if code in ("AccessDenied", "AccessDeniedException"):
        return (
            "The queue's policy refused AWS itself. A policy that allows only a VPC needs an exception"
            " for aws:ViaAWSService."
        )
    return reason


def explained(problem: Problem, queue: str) -> Problem:
    """A refusal of a move task as a sentence: SQS says most of these with InvalidParameterValue."""
    for sign, what, do in _REFUSALS:
        if sign in problem.what or sign in problem.why:
            return Problem(
                what.format(queue=queue), do=do, code=problem.code,
                request_id=problem.request_id, kind="refused",
            )  # fmt: skip
    return problem


_REFUSALS = (
    (
        "must be configured as a Dead Letter Queue",
        "{queue} is not the dead-letter queue of any queue.",
        "AWS moves messages only out of a queue that another one names in its redrive policy.",
    ),
    (
        "already a task running",
        "A task is already moving the messages of {queue}.",
        "Watch it, or cancel it and start another.",
    ),
    (
        "specified for the DestinationArn parameter doesn't exist",
        "The destination does not exist.",
        "Look at the name: it may be in another region or account.",
    ),
    (
        "TaskHandle is invalid",
        "That task cannot be cancelled any more.",
        "Only a running task can; look at how it ended.",
    ),
    (
        "Task does not exist",
        "AWS does not know that task.",
        "It has ended, or it belongs to another account or region.",
    ),
)
