"""Foreign code runs in a guard that names the culprit: what went wrong becomes a problem to show."""

from __future__ import annotations

import asyncio
import errno
import traceback

from awstui.errors import AwsError, AwstuiError
from awstui.wire import Problem

FULL = frozenset((errno.ENOSPC, errno.EDQUOT, errno.EFBIG))
"""What the system says when there is no room for what is written."""


def problem_of(error: BaseException, where: str) -> Problem:
    """What a person is told about an error; ``where`` names the code it came from, such as ``sqs.queues``."""
    if isinstance(error, BaseExceptionGroup):
        return problem_of(_telling(error), where)
    if isinstance(error, AwstuiError):
        return error.problem
    if isinstance(error, OSError) and error.errno in FULL:
        return Problem(
            f"{where} could not write all of it: {error.strerror}.",
            "What was written is not whole.",
            "Make room, and do it again.",
            kind="error",
        )
    frames = traceback.extract_tb(error.__traceback__)
    place = f" at {frames[-1].filename.rsplit('/', 1)[-1]}:{frames[-1].lineno}" if frames else ""
    return Problem(
        what=f"{where} failed: {type(error).__name__}: {error}",
        why=f"This is a fault in the plugin or in awstui{place}, not in your account.",
        do="The rest of the console goes on; report it with the line above.",
        kind="fault",
    )


def again_after(error: BaseException) -> float:
    """In how many seconds another try is worth it; 0 when nobody knows."""
    if isinstance(error, BaseExceptionGroup):
        return again_after(_telling(error))
    return error.again if isinstance(error, AwsError) else 0.0


def _telling(group: BaseExceptionGroup[BaseException]) -> BaseException:
    """The one of several errors that says most: not a cancellation that another one caused."""
    leaves = [
        _telling(error) if isinstance(error, BaseExceptionGroup) else error
        for error in group.exceptions
    ]
    return next((e for e in leaves if not isinstance(e, asyncio.CancelledError)), leaves[0])
