"""The one door through which a plugin reaches AWS, as plugins see it."""

from __future__ import annotations

from collections.abc import AsyncGenerator, AsyncIterator
from typing import Any, Protocol, TypeAlias

Row: TypeAlias = dict[str, Any]
"""One resource as the API gave it. Rows stay raw, so that describe, copy and export need no second model."""

Path: TypeAlias = str
"""A JMESPath expression over a row."""


class Aws(Protocol):
    """The only door to AWS: one service, under one profile, in one account and region.

    Operations are named as botocore names them in Python (``list_queues``); arguments as the API does.
    Errors are ``awstui.errors.AwsError`` with a sentence for a person.
    """

    @property
    def service(self) -> str:
        """botocore's name of the service, such as ``sqs``."""

    @property
    def profile(self) -> str:
        """The profile that the credentials come from; ``default`` when none was named."""

    @property
    def account(self) -> str:
        """The twelve digits of the account, from GetCallerIdentity; empty while unknown."""

    @property
    def region(self) -> str:
        """The region every call goes to."""

    @property
    def partition(self) -> str:
        """``aws``, ``aws-cn`` or ``aws-us-gov``."""

    @property
    def reason(self) -> str:
        """Why, in a person's words, read-only is lifted for what is done at this moment; empty where it is not.

        It is for a process that goes on with just that: nothing else may be lifted by it.
        """

    @property
    def rehearses(self) -> bool:
        """Whether this is the dry run: what would be written is noted, and nothing else may be done either."""

    def at(self, *, service: str = "", region: str = "", deadline: float = 0.0) -> Aws:
        """The same identity at another service or region, or with another deadline in seconds."""

    def now(self) -> float:
        """The time in epoch seconds by AWS's clock, as its answers tell it: this machine's may be off."""

    async def read(self, operation: str, /, **arguments: Any) -> Row:
        """Call an operation that changes nothing; retried with back-off when AWS refuses or fails."""

    def pages(self, operation: str, /, **arguments: Any) -> AsyncIterator[Row]:
        """Every response of a reading operation, following each token, through empty pages."""

    def rows(self, operation: str, pick: Path = "", /, **arguments: Any) -> AsyncIterator[Any]:
        """Every row in the pages of a reading operation; ``pick`` says where when the model does not."""

    def stream(self, operation: str, /, **arguments: Any) -> AsyncGenerator[Row, None]:
        """The events of an operation that answers with a stream, each ``{its name: its content}``.

        Sent once. It ends when AWS ends it in good order; any other end is an AwsError, silence included.
        Closing the generator ends it at AWS.
        """

    async def write(self, operation: str, /, **arguments: Any) -> Row:
        """Call any other operation: once, through the gate, written to the audit."""
