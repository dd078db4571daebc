"""Amazon SNS: topics, who listens to them, and who would but has not confirmed."""

from __future__ import annotations

import json
from collections import Counter
from functools import partial
from typing import Any

from awstui.plugin import Aws, Column, Link, Plugin, Resource, Row, Tone
from awstui.project import short


async def with_attributes(aws: Aws, row: Row) -> Row:
    """A topic with its attributes and the first hundred of its subscriptions."""
    topic = {"TopicArn": row["TopicArn"]}
    attributes = (await aws.read("get_topic_attributes", **topic))["Attributes"]
    page = await aws.read("list_subscriptions_by_topic", **topic)
    found = {"Subscriptions": page.get("Subscriptions", []), "More": bool(page.get("NextToken"))}
    return {**row, "Attributes": attributes, **found}


async def with_terms(aws: Aws, row: Row) -> Row:
    """A subscription with its filter, dead-letter queue and form; a pending one has none to ask for."""
    if not confirmed(row):
        return row
    arguments = {"SubscriptionArn": row["SubscriptionArn"]}
    return {**row, **await aws.read("get_subscription_attributes", **arguments)}


def confirmed(row: Row) -> bool:
    """Whether a subscription is one: AWS writes a word where the ARN would be until it is."""
    return str(row.get("SubscriptionArn", "")).startswith("arn:")


def attribute(row: Row, name: str) -> str:
    """An attribute; empty when it is not there, or not yet."""
    return str((row.get("Attributes") or {}).get(name) or "")


def arn_of(service: str, arn: Any) -> str | None:
    """The ARN when it is one of that service, without a function's alias."""
    parts = str(arn).split(":")
    return ":".join(parts[:7]) if parts[2:3] == [service] else None


def goes_to(row: Row) -> str | None:
    """How many of what listen to a topic."""
    if "Subscriptions" not in row:
        return None
    counted = Counter(one["Protocol"] for one in row["Subscriptions"])
    more = " and more" if row.get("More") else ""
    return ", ".join(f"{count} {protocol}" for protocol, count in counted.most_common()) + more


def queues(row: Row) -> list[str]:
    """The queues that listen to a topic."""
    ends = (arn_of("sqs", one.get("Endpoint")) for one in row.get("Subscriptions", ()))
    return [arn for arn in ends if arn]


def how_many(row: Row, *, are_confirmed: bool) -> int | None:
    """How many subscriptions a topic has: counted, or as its attributes say when they are many."""
    if row.get("More"):
        counted = "SubscriptionsConfirmed" if are_confirmed else "SubscriptionsPending"
        return int(attribute(row, counted) or 0)
    if "Subscriptions" not in row:
        return None
    return sum(confirmed(one) == are_confirmed for one in row["Subscriptions"])


def topic_says(row: Row) -> str:
    """What is odd about a topic."""
    if pending := how_many(row, are_confirmed=False):
        return f"{pending} not confirmed: nothing is sent there"
    return "nobody listens" if how_many(row, are_confirmed=True) == 0 else ""


def topic_tone(row: Row) -> Tone:
    """How a topic is."""
    return "warn" if how_many(row, are_confirmed=False) else ""


def dead_letters(row: Row) -> str | None:
    """The ARN of the queue that takes what a subscription could not deliver."""
    policy = attribute(row, "RedrivePolicy")
    return json.loads(policy).get("deadLetterTargetArn") if policy else None


def subscription_says(row: Row) -> str:
    """What to know of a subscription."""
    if not confirmed(row):
        return "gets nothing until its owner confirms"
    policy = attribute(row, "FilterPolicy")
    if policy:
        scope = "body" if attribute(row, "FilterPolicyScope") == "MessageBody" else "attributes"
        return f"only where {scope} match {policy}"
    return ""


def writers(row: Row) -> list[str]:
    """What logs a delivery: the function that takes it, and the topic."""
    ends = (arn_of("lambda", row.get("Endpoint")), row.get("TopicArn"))
    return [arn for arn in ends if arn]


topics = Resource(
    name="topics",
    rows="list_topics",
    enrich=with_attributes,
    key="TopicArn",
    arn="TopicArn",
    child="subscriptions",
    every=60.0,
    order=lambda row: (topic_tone(row) == "", short(row["TopicArn"])),
    columns=(
        Column("Topic", lambda row: short(row["TopicArn"]), rank=0, tone=topic_tone),
        Column("Confirmed", partial(how_many, are_confirmed=True), kind="number", rank=0),
        Column(
            "Pending",
            partial(how_many, are_confirmed=False),
            kind="number",
            rank=0,
            tone=topic_tone,
        ),
        Column("Goes to", goes_to),
        Column("Type", lambda row: "FIFO" if row["TopicArn"].endswith(".fifo") else "standard"),
        Column("Key", "Attributes.KmsMasterKeyId", rank=2),
        Column("State", topic_says, rank=0, tone=topic_tone),
    ),
    links=(
        Link("queues", "sqs.queues", queues, key="o"),
        Link("delivery logs", "logs.groups", "TopicArn", key="L", view="tail"),
    ),
)

subscriptions = Resource(
    name="subscriptions",
    rows="list_subscriptions_by_topic",
    given={"TopicArn": "TopicArn"},
    enrich=with_terms,
    # Until they are confirmed all of them have the same word for an ARN.
    key=("SubscriptionArn", "Protocol", "Endpoint"),
    arn=lambda row: row["SubscriptionArn"] if confirmed(row) else None,
    every=60.0,
    order=lambda row: (confirmed(row), row.get("Protocol"), row.get("Endpoint")),
    columns=(
        Column("Protocol", rank=0),
        Column("Endpoint", lambda row: short(row.get("Endpoint") or ""), rank=0),
        Column(
            "State",
            lambda row: "confirmed" if confirmed(row) else "pending",
            kind="state",
            rank=0,
            tone={"pending": "warn"},
        ),
        Column("Raw", "Attributes.RawMessageDelivery", rank=2),
        Column("Dead letters", lambda row: short(dead_letters(row) or "") or None),
        Column("Owner", rank=3),
        Column("Note", subscription_says, rank=0),
    ),
    links=(
        Link("queue", "sqs.queues", lambda row: arn_of("sqs", row.get("Endpoint")), key="o"),
        Link(
            "function",
            "lambda.functions",
            lambda row: arn_of("lambda", row.get("Endpoint")),
            key="o",
        ),
        Link("dead-letter queue", "sqs.queues", dead_letters, key="x"),
        Link("topic", "topics", "TopicArn", key="u"),
        Link("logs", "logs.groups", writers, key="L", view="tail"),
    ),
)

plugin = Plugin(
    name="sns",
    title="SNS",
    aliases=("topics",),
    resources=(topics, subscriptions),
)
