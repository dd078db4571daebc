"""What the embedded AWS adds to moto: an operation is one method on the service's response class."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

Operation = TypeVar("Operation", bound=Callable[..., Any])


def operation(response_class: type) -> Callable[[Operation], Operation]:
    """Give a moto response class this function as the operation of the function's name."""

    def add(function: Operation) -> Operation:
        setattr(response_class, function.__name__, function)
        return function

    return add
