"""For tests of plugins: an ``Aws`` that answers from a table, and rows as the service model has them."""

from __future__ import annotations

import copy
import datetime as dt
import re
import time
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Mapping, Sequence
from typing import Any, TypeAlias

from awstui.plugin import Aws, Row

Answer: TypeAlias = Row | Sequence[Row | BaseException] | BaseException | Callable[..., Row]
"""A response, its pages or the events of its stream, an error to raise, or a function of the arguments that
gives a response."""


class FakeAws:
    """The ``Aws`` door without AWS: answers come from a table, calls are kept in ``calls``."""

    profile = "default"
    account = "123456789012"
    partition = "aws"
    reason = ""
    rehearses = False

    def __init__(
        self,
        answers: Mapping[str, Answer],
        *,
        service: str = "",
        region: str = "eu-west-1",
        clock: Callable[[], float] = time.time,
    ) -> None:
        """``answers`` by operation; ``service`` lets ``rows`` look into the service model."""
        self.answers = answers
        self.service = service
        self.region = region
        self._clock = clock
        self.calls: list[tuple[str, Row]] = []
        """Every operation that was called, with its arguments, in order."""

    def at(self, *, service: str = "", region: str = "", deadline: float = 0.0) -> Aws:
        """The same answers, kept in the same ``calls``, at another service or region."""
        other = copy.copy(self)
        other.service, other.region = service or self.service, region or self.region
        return other

    def now(self) -> float:
        """The time by the clock it was given."""
        return self._clock()

    async def read(self, operation: str, /, **arguments: Any) -> Row:
        """The first answer of an operation."""
        row: Row = self._answer(operation, arguments)[0]
        return row

    async def write(self, operation: str, /, **arguments: Any) -> Row:
        """The first answer of an operation."""
        row: Row = self._answer(operation, arguments)[0]
        return row

    async def pages(self, operation: str, /, **arguments: Any) -> AsyncIterator[Row]:
        """Each answer of an operation."""
        for page in self._answer(operation, arguments):
            yield page

    async def rows(self, operation: str, pick: str = "", /, **arguments: Any) -> AsyncIterator[Any]:
        """The rows in each answer: where ``pick`` says, else in the only list of a response."""
        import jmespath

        async for page in self.pages(operation, **arguments):
            lists = [value for value in page.values() if isinstance(value, list)]
            found = jmespath.search(pick, page) if pick else lists[0] if lists else []
            for row in found or ():
                yield row

    async def stream(self, operation: str, /, **arguments: Any) -> AsyncGenerator[Row, None]:
        """Each answer of an operation; an error among them is how the stream ends."""
        for event in self._answer(operation, arguments):
            if isinstance(event, BaseException):
                raise event
            yield event

    def _answer(self, operation: str, arguments: Row) -> list[Any]:
        self.calls.append((operation, arguments))
        if operation not in self.answers:
            raise AssertionError(f"{operation} was called, and no answer is given for it")
        answer = self.answers[operation]
        if isinstance(answer, BaseException):
            raise answer
        if callable(answer):
            answer = answer(**arguments)
        return copy.deepcopy([answer] if isinstance(answer, dict) else list(answer))


def sample_row(service: str, operation: str, pick: str = "") -> Any:
    """A row as the operation would return it, every field of the service model filled."""
    from awstui.engine.contract import rows_in

    found = rows_in(service, operation, pick)
    if not found:
        raise LookupError(f"{service}.{operation} has no rows at {pick or 'its only list'!r}")
    return found[0]


def sample(shape: Any, depth: int = 10, name: str = "") -> Any:
    """A value of a botocore shape, every member filled, down to ``depth`` levels.

    ``name`` is what its member is called: an ARN looks like one, and each known key of a map is there.
    """
    if shape is None or depth == 0:
        return None
    kind = shape.type_name
    if kind == "structure":
        members = shape.members.items()
        return {name: sample(member, depth - 1, name) for name, member in members}
    if kind == "list":
        return [sample(shape.member, depth - 1, name)]
    if kind == "map":
        keys = shape.key.enum or [sample(shape.key, depth - 1)]
        return {key: sample(shape.value, depth - 1, key) for key in keys}
    if kind == "string":
        return shape.enum[0] if shape.enum else _word(name)
    moment = dt.datetime(2024, 5, 17, 12, 0, tzinfo=dt.UTC)
    plain = {"timestamp": moment, "boolean": True, "blob": b"bytes", "float": 1.5, "double": 1.5}
    return plain.get(kind, 1)


ANY = "text"
"""What stands where a sample may hold any text; also the one key of a map of unknown keys."""


def _word(name: str) -> str:
    """A text that a member of that name could hold."""
    lower = name.lower()
    if lower.endswith(("arn", "arns")) or lower in ("stackid", "resource"):
        return "arn:aws:service:eu-west-1:123456789012:kind/name"
    if lower.endswith(("url", "urls")):
        return "https://service.eu-west-1.amazonaws.com/123456789012/name"
    if re.search("number|period|seconds|size|timeout|timestamp|count", lower):
        return "1"
    if lower.endswith(("policy", "parameters")):
        return "{}"
    return "2024-05-17T12:00:00.000+0000" if lower.startswith("last") else ANY
