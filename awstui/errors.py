"""What an error means to a person, and the IAM action it names."""

from __future__ import annotations

from typing import Any

import msgspec

from awstui.wire import Problem

THROTTLED = frozenset(
    (
        "Throttling",
        "ThrottlingException",
        "ThrottledException",
        "Throttled",
        "RequestThrottled",
        "RequestThrottledException",
        "RequestLimitExceeded",
        "TooManyRequestsException",
        "TooManyRequests",
        "ProvisionedThroughputExceededException",
        "BandwidthLimitExceeded",
        "TransactionInProgressException",
        "LimitExceededException",
        "PriorRequestNotComplete",
        "SlowDown",
        "EC2ThrottledException",
        "KmsThrottled",
        "KMSThrottlingException",
        "429",
    )
)
"""Codes by which AWS says that there were too many calls."""

LAPSED = frozenset(("expired", "credentials"))
"""Kinds of problems that a login may help."""


class AwstuiError(Exception):
    """Something a person has to know, said as a :class:`Problem`."""

    def __init__(self, problem: Problem | str) -> None:
        self.problem = problem if isinstance(problem, Problem) else Problem(problem)
        super().__init__(self.problem.what)


class PartlyListedError(AwstuiError):
    """Raised by a resource's ``rows`` at its end: what it gave stands, the rest could not be listed."""


class AwsError(AwstuiError):
    """AWS refused, failed or could not be reached."""

    def __init__(self, problem: Problem | str, again: float = 0.0) -> None:
        """``again`` is in how many seconds it is worth asking again, when that is known."""
        super().__init__(problem)
        self.again = again


class Attempt(msgspec.Struct, frozen=True, kw_only=True):
    """What was being tried when an error came: what its sentence can name."""

    action: str = ""
    """The IAM action as far as the model tells, such as ``sqs:ListQueues``."""

    profile: str = ""
    region: str = ""
    principal: str = ""
    """The ARN of who called."""

    endpoint: str = ""
    """The custom endpoint, when there is one."""

    write: bool = False
    """Whether the call may have changed something."""

    deadline: float = 0.0
    """Seconds after which it was given up."""

    skew: float = 0.0
    """By how many seconds this machine's clock is ahead of AWS's, as its answers tell."""

    elsewhere: str = ""
    """A region where the same credentials work, when they never have in this one."""


class Said(msgspec.Struct, frozen=True):
    """An error taken apart: what AWS or the library said."""

    name: str
    """The class of the error, or of one it derives from that the tables know."""

    text: str
    code: str = ""
    message: str = ""
    status: int = 0
    request_id: str = ""
    answered: bool = False
    """Whether AWS answered at all."""

    extra: dict[str, Any] = msgspec.field(default_factory=dict)
    """The keyword arguments that botocore keeps on its errors."""


def explain(error: BaseException, attempt: Attempt | None = None) -> Problem:
    """Say what an error means; it is known by its class's name and what it carries, not by import."""
    from awstui.error_lines import problem_for

    if isinstance(error, AwstuiError):
        return error.problem
    return problem_for(said(error), attempt or Attempt())


def said(error: BaseException) -> Said:
    """Take an error apart."""
    response = getattr(error, "response", None)
    names = [kind.__name__ for kind in type(error).__mro__]
    if isinstance(error, KeyError | TypeError | AttributeError) and _while_parsing(error):
        names = ["ResponseParserError"]
    if not isinstance(response, dict) or "Error" not in response:
        text = str(error) or type(error).__name__
        return Said(_known(names), text, extra=dict(getattr(error, "kwargs", None) or {}))
    told, meta = response["Error"] or {}, response.get("ResponseMetadata") or {}
    return Said(
        name=type(error).__name__,
        text=str(error),
        code=str(told.get("QueryErrorCode") or told.get("Code") or ""),
        message=str(told.get("Message") or told.get("message") or response.get("message") or ""),
        status=int(meta.get("HTTPStatusCode") or 0),
        request_id=str(meta.get("RequestId") or ""),
        answered=True,
    )


def _while_parsing(error: BaseException) -> bool:
    """Whether an error came from taking an answer apart: a page that is not AWS's ends in a KeyError."""
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    return trace is not None and trace.tb_frame.f_code.co_filename.endswith("parsers.py")


def _known(names: list[str]) -> str:
    from awstui.error_tables import LOCAL

    return next((name for name in names if name in LOCAL), names[0])
