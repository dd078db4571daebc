"""The list of queues: every queue at once, its attributes after, and who feeds whom at the end."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Callable

from awstui.plugin import Aws, Row, Signal, Tone

from . import attributes as the
from .ages import Ages
from .depths import Depths

LOOKS_DEAD = re.compile(r"dlq|dead|fail|error|poison|undeliver|redrive", re.IGNORECASE)
"""Names people give to dead-letter queues: what may be asked about before the list has been settled."""

SIGNALS_MAX = 50
"""How many queues the home pane asks about: it must not cost a call for every queue there is."""


class Queues:
    """Lists the queues of one account and region, remembering between two readings who feeds whom."""

    def __init__(self, ages: Ages | None = None, depths: Depths | None = None) -> None:
        self._ages = ages if ages is not None else Ages()
        self._depths = depths if depths is not None else Depths()
        self._fed: dict[str, dict[str, object]] = {}
        """For each ARN what :meth:`settle` added to its row last time, so that a refresh keeps it."""

    async def rows(self, aws: Aws, parent: Row) -> AsyncIterator[Row]:
        """Every queue's URL and name. Without MaxResults the API stops at 1,000, silently."""
        del parent
        where = f"arn:{aws.partition}:sqs:{aws.region}"
        async for url in aws.rows("list_queues", "QueueUrls", MaxResults=1000):
            account, name = url.rstrip("/").split("/")[-2:]
            known = {"QueueArn": f"{where}:{account}:{name}"} if account.isdigit() else {}
            yield {"QueueUrl": url, "QueueName": name, **known}

    async def enrich(self, aws: Aws, row: Row) -> Row:
        """Add the attributes and, for what is known to be a dead-letter queue, the age of its oldest."""
        answer = await aws.read(
            "get_queue_attributes", QueueUrl=row["QueueUrl"], AttributeNames=["All"]
        )
        full = row | {"Attributes": the.parsed(answer.get("Attributes", {}))}
        arn = the.arn_of(full)
        full |= self._fed.get(arn, {})
        looks_dead = not the.target(full) and LOOKS_DEAD.search(row["QueueName"])
        dead = bool(the.is_dead_letter(full) or looks_dead)
        queue = (aws.profile, aws.account, aws.region, row["QueueName"])
        growth = self._depths.grown(queue, the.held(full), dead=dead)
        if growth is not None:
            full["Growth"] = dict(zip(("More", "Seconds"), growth, strict=True))
        if dead and the.waiting(full):
            age = await self._ages.oldest(aws, row["QueueName"])
            if age is not None:
                full["OldestAge"] = age
        return full

    def settle(self, rows: list[Row]) -> list[Row]:
        """Tell each queue what only the whole list knows: its sources, or how full its DLQ is."""
        by_arn = {arn: row for row in rows if (arn := the.arn_of(row))}
        fed: dict[str, list[Row]] = {}
        for row in by_arn.values():
            if the.target(row):
                fed.setdefault(the.target(row), []).append(row)
        changed = [self._told(row, by_arn, fed.get(arn, [])) for arn, row in by_arn.items()]
        return [row for row in changed if row is not None]

    def _told(self, row: Row, by_arn: dict[str, Row], feeders: list[Row]) -> Row | None:
        """The row with what the others say about it; None when that is what it says already."""
        facts: dict[str, object] = {}
        if feeders:
            facts["Sources"] = sorted(the.arn_of(feeder) for feeder in feeders)
            facts["SourceRetention"] = max(the.retention(feeder) for feeder in feeders)
        goal = the.target(row)
        if goal in by_arn:
            facts["DeadLetters"] = the.waiting(by_arn[goal])
        elif goal and goal.split(":")[3:5] == the.arn_of(row).split(":")[3:5]:
            facts["DeadLetterQueueGone"] = True
        own = the.arn_of(row)
        before = {name: row[name] for name in FED if name in row}
        if facts:
            self._fed[own] = facts
        else:
            self._fed.pop(own, None)
        if facts == before:
            return None
        return {name: value for name, value in row.items() if name not in FED} | facts

    async def signals(self, aws: Aws) -> AsyncIterator[Signal]:
        """Dead-letter queues that hold messages; asks about names that look like one, and few of them."""
        asked = 0
        async for row in self.rows(aws, {}):
            if not LOOKS_DEAD.search(row["QueueName"]) or asked >= SIGNALS_MAX:
                continue
            asked += 1
            answer = await aws.read(
                "get_queue_attributes",
                QueueUrl=row["QueueUrl"],
                AttributeNames=["ApproximateNumberOfMessages", "RedrivePolicy"],
            )
            held = the.parsed(answer.get("Attributes", {}))
            depth = held.get("ApproximateNumberOfMessages", 0)
            if depth and not held.get("RedrivePolicy"):
                text = f"{row['QueueName']} holds {the.counted(depth)}"
                yield Signal(text, "bad", "queues", row["QueueName"])


FED = ("Sources", "SourceRetention", "DeadLetters", "DeadLetterQueueGone")
"""What :meth:`Queues.settle` adds to rows."""


def order(row: Row) -> tuple[int, int, str]:
    """The deepest dead-letter queue first, then the longest backlog, then by name."""
    depth = the.waiting(row)
    dead = the.is_dead_letter(row) and depth > 0
    return (0 if dead else 1, -depth, str(row.get("QueueName", "")))


def consumed(row: Row) -> list[str]:
    """The queues whose consumers can tell what became of its messages: of dead letters, the sources'."""
    return [arn for arn in (the.arn_of(row), *the.sources(row)) if arn]


def kind(row: Row) -> str:
    """Standard or FIFO."""
    return "FIFO" if the.is_fifo(row) else "standard"


def dead_letters(row: Row) -> str | None:
    """Where messages go that nobody could process, or who sends them here."""
    feeders = [the.name_of(arn) for arn in the.sources(row)]
    goal = the.target(row)
    parts = []
    if feeders:
        parts.append(f"← {feeders[0]}" + (f" and {len(feeders) - 1} more" if feeders[1:] else ""))
    if goal:
        depth = row.get("DeadLetters")
        parts.append(f"→ {the.name_of(goal)}" + (f" {depth:,}" if depth else ""))
    return " ".join(parts) or None


def expiry(row: Row) -> str:
    """How soon the first message of a dead-letter queue expires, as far as the metric can tell."""
    age, keeps = row.get("OldestAge"), the.retention(row)
    if age is None or not keeps:
        return ""
    # A standard DLQ counts age from the move but retention from the first send: this is the most
    # that can be left. A FIFO DLQ starts both anew.
    return f"first expires in {'' if the.is_fifo(row) else '≤ '}{the.span(keeps - age)}"


def state(row: Row) -> str | None:
    """The one sentence about a queue that a person should read, if there is one."""
    said = [sentence for rule in _RULES if (sentence := rule(row))]
    return "; ".join(said) or None


def tone(row: Row) -> Tone:
    """How a queue feels as a whole."""
    if not the.of(row):
        return ""
    if (the.is_dead_letter(row) and the.waiting(row)) or row.get("DeadLetterQueueGone"):
        return "bad"
    if row.get("Growth") or the.lives(row) == 1 or (the.is_dead_letter(row) and _trap(row)):
        return "warn"
    return ""


def _growing(row: Row) -> str:
    growth = row.get("Growth")
    return f"growing, {growth['More']:,} more in {the.span(growth['Seconds'])}" if growth else ""


def _dead(row: Row) -> str:
    if not (the.is_dead_letter(row) and the.waiting(row)):
        return ""
    return expiry(row) or ("" if _trap(row) else f"keeps {the.span(the.retention(row))} in all")


def _trap(row: Row) -> str:
    """Retention runs from the first send: a DLQ that keeps no longer than its source loses letters."""
    keeps, source = the.retention(row), row.get("SourceRetention", 0)
    if the.is_fifo(row) or not source or keeps > source:
        return ""
    return f"keeps {the.span(keeps)}, its source {the.span(source)}: late failures die early"


def _gone(row: Row) -> str:
    if not row.get("DeadLetterQueueGone"):
        return ""
    return f"its dead-letter queue {the.name_of(the.target(row))} is gone"


def _lives(row: Row) -> str:
    return "maxReceiveCount 1: one look condemns" if the.lives(row) == 1 else ""


def _none(row: Row) -> str:
    if not the.of(row) or the.target(row) or the.is_dead_letter(row):
        return ""
    return "no dead-letter queue" if not LOOKS_DEAD.search(str(row.get("QueueName", ""))) else ""


_RULES: tuple[Callable[[Row], str], ...] = (_growing, _dead, _gone, _lives, _trap, _none)
