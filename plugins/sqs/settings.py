"""A queue's attributes and tags changed: only what differs is sent, and the plan shows before and after."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from awstui.plugin import Aws, Field, Plan, Row

from . import around
from . import attributes as the

NUMBERS: dict[str, tuple[str, str, int, int]] = {
    "visibility": ("VisibilityTimeout", "Visibility timeout", 0, 43_200),
    "retention": ("MessageRetentionPeriod", "Retention", 60, 1_209_600),
    "delay": ("DelaySeconds", "Delivery delay", 0, 900),
    "wait": ("ReceiveMessageWaitTimeSeconds", "Receive wait", 0, 20),
    "size": ("MaximumMessageSize", "Largest message", 1_024, 1_048_576),
}
"""For each field the attribute, its title, and its limits as SQS has them."""

RECEIVES_MAX = 1_000
ALLOW = ("allowAll", "denyAll")


def _number(name: str) -> Callable[[Row], str]:
    return lambda row: str(the.of(row).get(name, ""))


def _allowed(row: Row) -> str:
    held = the.of(row).get("RedriveAllowPolicy")
    if not isinstance(held, dict):
        return ""
    arns = held.get("sourceQueueArns") or []
    return " ".join(map(the.name_of, arns)) if arns else str(held.get("redrivePermission", ""))


ASK = (
    *(
        Field(
            field, title, default=_number(name),
            hint=f"{'bytes' if field == 'size' else 'seconds'}, {least:,} to {most:,}",
        )
        for field, (name, title, least, most) in NUMBERS.items()
    ),
    Field(
        "dead_letters", "Dead-letter queue", default=lambda row: the.name_of(the.target(row)),
        hint="Its name or ARN; empty: none.",
    ),
    Field(
        "receives", "Receives before it", default=lambda row: str(the.lives(row) or ""),
        hint=f"maxReceiveCount, 1 to {RECEIVES_MAX:,}",
    ),
    Field(
        "allow", "Whose dead letters it takes", default=_allowed,
        hint="allowAll, denyAll, or the names of up to ten queues; empty: as it is.",
    ),
)  # fmt: skip


async def plan(aws: Aws, row: Row, **fields: Any) -> Plan:
    """What would change, before and after."""
    row = await around.fresh(aws, row)
    changed = changes(row, **fields)
    if not changed:
        return Plan((), refusal="Nothing would change.")
    before = the.of(row)
    lines = [
        f"{name}: {_shown(before.get(name))} → {_shown(_after(text))}"
        for name, text in changed.items()
    ]
    keeps, will_keep = the.retention(row), changed.get("MessageRetentionPeriod", "")
    if will_keep and int(will_keep) < keeps:
        lines.append(
            f"Lowering the retention deletes what is older than {the.span(int(will_keep))},"
            " soon and for good; it waits up to 15 minutes to be in force."
        )
    lines.append("It takes up to 60 seconds until all of SQS knows it.")
    return Plan(
        tuple(lines), undo="The values before can be set again; deleted messages stay deleted."
    )


async def configure(aws: Aws, row: Row, **fields: Any) -> str:
    """Set what differs."""
    row = await around.fresh(aws, row)
    changed = changes(row, **fields)
    if not changed:
        return "Nothing has changed."
    await aws.write("set_queue_attributes", QueueUrl=row["QueueUrl"], Attributes=changed)
    return f"{row['QueueName']}: {', '.join(changed)} set."


async def stands(aws: Aws, row: Row, **fields: Any) -> str:
    """Whether the values are as they were to be: settles what a lost reply left open."""
    row = await around.fresh(aws, row)
    if not (left := changes(row, **fields)):
        return "It happened: SQS has the values that were to be set."
    said = ", ".join(f"{name} {_shown(the.of(row).get(name))}" for name in left)
    return f"SQS still says {said}. Up to 60 seconds it may; setting them again does no harm."


def changes(row: Row, **fields: Any) -> dict[str, str]:
    """The attributes that differ, as SetQueueAttributes takes them; refuses what SQS would refuse."""
    changed: dict[str, str] = {}
    for field, (name, title, least, most) in NUMBERS.items():
        text = str(fields.get(field, "") or "").strip()
        if not text or text == str(the.of(row).get(name, "")):
            continue
        if not text.isdigit() or not least <= int(text) <= most:
            raise around.refused(
                f"{title} is a whole number from {least:,} to {most:,}, not {text}."
            )
        changed[name] = str(int(text))
    policies = {
        "RedrivePolicy": _redrive(row, fields),
        "RedriveAllowPolicy": _allow(row, str(fields.get("allow", "") or "")),
    }
    return changed | {
        name: text
        for name, text in policies.items()
        if text is not None and _after(text) != (the.of(row).get(name) or "")
    }


def _redrive(row: Row, fields: dict[str, Any]) -> str | None:
    """The redrive policy that is meant; empty text takes it away, None leaves it."""
    if "dead_letters" not in fields:
        return None
    name = str(fields["dead_letters"] or "").strip()
    if not name:
        return "" if the.target(row) else None
    receives = str(fields.get("receives") or the.lives(row) or "").strip()
    if not receives.isdigit() or not 1 <= int(receives) <= RECEIVES_MAX:
        raise around.refused(
            f"Receives are a whole number from 1 to {RECEIVES_MAX:,}, not {receives}."
        )
    arn = _arn(row, name)
    if arn.endswith(".fifo") != the.is_fifo(row):
        raise around.refused(
            "A queue and its dead-letter queue are of one type: both FIFO, or none."
        )
    if arn == the.arn_of(row):
        raise around.refused("A queue cannot be its own dead-letter queue.")
    return json.dumps({"deadLetterTargetArn": arn, "maxReceiveCount": int(receives)})


def _allow(row: Row, text: str) -> str | None:
    words = text.replace(",", " ").split()
    if not words or text == _allowed(row):
        return None
    if len(words) == 1 and words[0] in ALLOW:
        return json.dumps({"redrivePermission": words[0]})
    if len(words) > 10:
        raise around.refused(f"SQS takes ten queues by name here, not {len(words)}: say allowAll.")
    arns = [_arn(row, word) for word in words]
    return json.dumps({"redrivePermission": "byQueue", "sourceQueueArns": arns})


def _arn(row: Row, name: str) -> str:
    if name.startswith("arn:"):
        return name
    return f"{the.arn_of(row).rsplit(':', 1)[0]}:{name}"


def _after(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        return text


def _shown(value: Any) -> str:
    if isinstance(value, dict):
        return " ".join(
            ", ".join(map(the.name_of, held)) if isinstance(held, list) else
            the.name_of(held) if str(held).startswith("arn:") else str(held)
            for held in value.values()
        )  # fmt: skip
    return (
        "nothing" if value in (None, "") else f"{value:,}" if isinstance(value, int) else str(value)
    )


# ---- tags ---------------------------------------------------------------------------------------------

TAGS_MAX = 50
ASK_TAGS = (
    Field(
        "tags", "Tags", kind="multiline", required=True,
        hint="name=value on a line sets one, -name takes one away; the others stay.",
    ),
)  # fmt: skip


async def tags_plan(aws: Aws, row: Row, *, tags: str = "") -> Plan:
    """What tags would be set and taken away."""
    put, gone = read_tags(tags)
    before = await around.tags(aws, row)
    if len({*before, *put} - gone) > TAGS_MAX:
        return Plan((), refusal=f"A queue takes {TAGS_MAX} tags.")
    lines = [f"{name}: {before.get(name, 'nothing')} → {value}" for name, value in put.items()]
    lines += [f"{name}: {before.get(name, 'nothing')} → nothing" for name in sorted(gone)]
    return Plan(tuple(lines), undo="The values before can be set again.")


async def tag(aws: Aws, row: Row, *, tags: str = "") -> str:
    """Set and take away tags."""
    put, gone = read_tags(tags)
    if put:
        await aws.write("tag_queue", QueueUrl=row["QueueUrl"], Tags=put)
    if gone:
        await aws.write("untag_queue", QueueUrl=row["QueueUrl"], TagKeys=sorted(gone))
    return f"{row['QueueName']}: {len(put)} tags set, {len(gone)} taken away."


async def tagged(aws: Aws, row: Row, *, tags: str = "") -> str:
    """Whether the tags are as they were to be: settles what a lost reply left open."""
    put, gone = read_tags(tags)
    now = await around.tags(aws, row)
    wrong = sorted([name for name in put if now.get(name) != put[name]] + [*(gone & now.keys())])
    if not wrong:
        return "It happened: the tags are as they were to be."
    return f"Not yet, or not at all: {', '.join(wrong)}. Setting them again does no harm."


def read_tags(text: str) -> tuple[dict[str, str], set[str]]:
    """What is to be set, and what to be taken away; refuses a line that is neither."""
    put: dict[str, str] = {}
    gone: set[str] = set()
    for line in filter(str.strip, text.splitlines()):
        name, equals, value = line.strip().partition("=")
        if equals and name.strip():
            put[name.strip()] = value.strip()
        elif line.strip().startswith("-") and len(line.strip()) > 1:
            gone.add(line.strip()[1:].strip())
        else:
            raise around.refused(
                f"A tag is name=value, or -name to take it away, not {line.strip()!r}."
            )
    return put, gone
