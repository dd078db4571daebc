"""Answers that are streams of events: read here, watched for silence, and closed however they end."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from typing import Any

from awstui.engine.calls import Call
from awstui.errors import AwsError
from awstui.plugin import Row
from awstui.wire import Problem

SILENCE = 10.0
"""Seconds without an event after which a stream counts as dead: AWS sends one each second."""


async def events(call: Call, arguments: Row) -> AsyncGenerator[Row, None]:
    """Send the call, and hand on each event of its answer until that ends."""
    answer = await call.send(arguments)
    held: Any = next(value for value in answer.values() if hasattr(value, "get_initial_response"))
    coming = aiter(held)
    try:
        while True:
            try:
                async with asyncio.timeout(SILENCE):
                    event = await anext(coming)
            except StopAsyncIteration:
                return
            except TimeoutError as error:
                raise _silent(call) from error
            except Exception as error:
                raise call.failure(error) from error
            yield event
    finally:
        held.close()


def _silent(call: Call) -> AwsError:
    return AwsError(
        Problem(
            f"{call.action} has gone silent.",
            f"Nothing came for {SILENCE:g} s, where something comes each second.",
            "Another stream can be begun; check the network if that goes silent, too.",
            code="Silence",
            kind="offline",
        )
    )
