"""What the embedded AWS adds to moto: an operation is one method on the service's response class."""

from __future__ import annotations

import datetime as dt
import functools
from collections.abc import Callable
from typing import Any, TypeVar

from moto.core.exceptions import ServiceException
from moto.core.responses import ActionResult, BaseResponse

Response = TypeVar("Response", bound=BaseResponse)
Operation = Callable[[Response], ActionResult]


class Refused(ServiceException):
    """An error of AWS: its code, its sentence and its HTTP status."""

    def __init__(self, code: str, sentence: str, status: int = 400) -> None:
        """``status`` is for the errors whose status the service model does not say."""
        super().__init__(code, sentence)
        self.status = status


def operation(
    response_class: type[Response],
) -> Callable[[Operation[Response]], Operation[Response]]:
    """Give a moto response class this function as the operation of the function's name."""

    def add(function: Operation[Response]) -> Operation[Response]:
        @functools.wraps(function)
        def perform(self: Response) -> Any:
            try:
                return function(self)
            except Refused as refusal:
                _, headers, body = self.serialized(ActionResult(refusal))
                return body, {**headers, "status": refusal.status}

        setattr(response_class, function.__name__, perform)
        return function

    return add


def replace(owner: type, name: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Put this function in the place of a method of moto."""

    def put(function: Callable[..., Any]) -> Callable[..., Any]:
        setattr(owner, name, function)
        return function

    return put


def page(rows: list[Any], token: str | None, size: int) -> tuple[list[Any], str | None]:
    """The rows of one page and the token of the next; a token is where the page starts."""
    start = int(token) if token and token.isdecimal() else 0
    end = start + size
    return rows[start:end], str(end) if end < len(rows) else None


def plain(moment: dt.datetime | None) -> dt.datetime | None:
    """In UTC and without a zone, as moto keeps its moments."""
    if moment is None or moment.tzinfo is None:
        return moment
    return moment.astimezone(dt.UTC).replace(tzinfo=None)
