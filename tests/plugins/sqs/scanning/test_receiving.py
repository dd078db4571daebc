"""A receive that fails: repeated where that hides nothing twice, and given up where it would."""

from __future__ import annotations

from typing import Any

import pytest

from awstui.errors import AwsError
from awstui.plugin import Row
from awstui.testing import FakeAws
from awstui.wire import Problem
from plugins.sqs.scanning import receiving
from plugins.sqs.scanning.receiving import Receiving
from tests.plugins.sqs.model import queue

SLOWER = Problem("Too many calls.", kind="throttled")
AWAY = Problem("AWS has trouble.", kind="fault", code="ServiceUnavailable")
LOST = Problem("No answer came.", kind="unknown")
DENIED = Problem("You may not.", kind="denied")


@pytest.fixture(autouse=True)
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody waits between two attempts."""
    monkeypatch.setattr(receiving, "BACK_OFF", 0.0)


async def received(name: str, *problems: Problem) -> tuple[int, set[Any]]:
    """How many messages came, and the names under which they were asked for, after these failures."""
    left = list(problems)

    def answer(**_: Any) -> Row:
        if left:
            raise AwsError(left.pop(0))
        return {"Messages": [{"MessageId": "a", "ReceiptHandle": "h"}]}

    aws = FakeAws({"receive_message": answer}, service="sqs")
    brought = await Receiving(aws, queue(name), 30).some(1)
    assert len(aws.calls) == len(problems) + 1
    return len(brought[0][0]), {asked.get("ReceiveRequestAttemptId") for _, asked in aws.calls}


@pytest.mark.parametrize("problem", [SLOWER, AWAY])
async def test_one_that_was_refused_for_the_moment_is_asked_again(problem: Problem) -> None:
    assert (await received("orders-dlq", problem, problem))[0] == 1


async def test_a_fifo_queue_answers_the_same_under_the_same_name() -> None:
    count, names = await received("orders-dlq.fifo", LOST)
    assert (count, len(names)) == (1, 1)
    assert None not in names


@pytest.mark.parametrize("problem", [LOST, DENIED])
async def test_one_that_may_have_hidden_others_is_not_asked_again(problem: Problem) -> None:
    with pytest.raises(AwsError):
        await received("orders-dlq", problem)


async def test_it_is_given_up_in_the_end() -> None:
    with pytest.raises(AwsError):
        await received("orders-dlq", *[SLOWER] * receiving.TRIES)
