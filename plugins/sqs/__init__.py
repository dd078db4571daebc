"""SQS: queues and their dead letters, from the list to the redrive."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import TYPE_CHECKING

from awstui.plugin import Aws, Column, Link, Plugin, Resource, Row, Signal

from . import attributes as the
from . import listing, moving, peeking, sending, settings, topology
from .commands import COMMANDS
from .listing import LOOKS_DEAD, Queues
from .redriving import job as redrive_job
from .redriving import operations
from .scanning import job as scan_job
from .transfer import deleting, resending

if TYPE_CHECKING:
    from awstui.ui.pane import Pane

_lister = Queues()

queues = Resource(
    name="queues",
    title="Queues",
    rows=_lister.rows,
    enrich=_lister.enrich,
    settle=_lister.settle,
    describe=topology.detail,
    key="QueueName",
    arn=the.arn_of,
    every=10.0,
    order=listing.order,
    columns=(
        Column("Queue", "QueueName", rank=0, tone=listing.tone),
        Column("Waiting", "Attributes.ApproximateNumberOfMessages", kind="number", rank=0),
        Column(
            "In flight", "Attributes.ApproximateNumberOfMessagesNotVisible", kind="number", rank=3
        ),
        Column("Delayed", "Attributes.ApproximateNumberOfMessagesDelayed", kind="number", rank=5),
        Column("Dead letters", listing.dead_letters, rank=2),
        Column("Lives", "Attributes.RedrivePolicy.maxReceiveCount", kind="number", rank=6),
        Column("Keeps", "Attributes.MessageRetentionPeriod", kind="duration", rank=4),
        Column("Type", listing.kind, rank=8),
        Column("Encryption", the.encryption, rank=7, tone={"none": "muted"}),
        Column("State", listing.state, rank=1, tone=listing.tone),
    ),
    links=(
        Link("dead-letter queue", "sqs.queues", the.target, "D"),
        Link("source queues", "sqs.queues", the.feeders, "D"),
        Link("consumers", "lambda.mappings", key="l"),
        Link("logs of its consumers", "logs.groups", listing.consumed, "L", view="tail"),
    ),
)


def may_hold_dead_letters(row: Row) -> bool:
    """Whether a redrive may make sense; the plan has the last word."""
    name = str(row.get("QueueName", ""))
    return the.is_dead_letter(row) or bool(LOOKS_DEAD.search(name) and not the.target(row))


@queues.view("enter", "open")
def detail(row: Row) -> Pane:
    """Its attributes and its way, without receiving."""
    from .detail_pane import DetailPane

    return DetailPane(row)


@queues.view("p", "peek", first=True)
def messages(row: Row) -> Pane:
    """Its messages, by a safe peek."""
    from .transfer.editing_pane import EditingPane

    return EditingPane(row)


@queues.view("S", "scan")
def scanned(row: Row) -> Pane:
    """All of its messages, by one scan."""
    from .scanning.scan_pane import ScanPane

    return ScanPane(row)


@queues.view("h", "metrics")
def metrics(row: Row) -> Pane:
    """What CloudWatch counts of it."""
    from .metrics_pane import MetricsPane

    return MetricsPane(row)


@queues.view("M", "moves", when=may_hold_dead_letters)
def tasks(row: Row) -> Pane:
    """The move task that runs, and those before it."""
    from .moves_pane import MovesPane

    return MovesPane(row)


@queues.view("B", "redrives", when=may_hold_dead_letters)
def redriving(row: Row) -> Pane:
    """The redrives of chosen messages: the one that runs, and those that were interrupted."""
    from .redriving.redrive_pane import RedrivePane

    return RedrivePane(row)


queues.job(effect="touch", sends=peeking.SENDS, lasts=peeking.LASTS)(peeking.peek)
queues.job(
    effect="change", sends=redrive_job.SENDS, reaches=redrive_job.reaches, plan=redrive_job.plan,
    lasts=redrive_job.LASTS,
    often=redrive_job.OFTEN,
)(redrive_job.redrive_some)  # fmt: skip
queues.job(effect="touch")(redrive_job.redrives)
queues.job(effect="touch")(redrive_job.redriven)
queues.job(effect="touch")(redrive_job.tell_redrive)
queues.job(
    effect="touch", sends=peeking.SENDS, lasts=2.0 * scan_job.HOLD_MAX, often=scan_job.OFTEN
)(scan_job.scan)
queues.job(
    effect="destroy", sends=deleting.SENDS, plan=deleting.plan, lasts=2.0 * scan_job.HOLD_MAX,
    often=scan_job.OFTEN,
)(deleting.delete_messages)  # fmt: skip

queues.action(
    "m", "redrive", effect="change", first=True, ask=moving.ASK, plan=moving.plan,
    when=may_hold_dead_letters, shows="tasks", stop="cancel-move", check=moving.runs,
)(moving.redrive)  # fmt: skip
queues.action(
    "X", "cancel move", effect="change", plan=moving.cancel_plan,
    when=may_hold_dead_letters, shows="tasks", check=moving.runs,
)(moving.cancel_move)  # fmt: skip
queues.action(
    "n", "send", effect="change", first=True, ask=sending.ASK, plan=sending.plan,
    check=sending.waits,
)(sending.send)  # fmt: skip
queues.action(
    "P", "purge", effect="destroy", plan=sending.purge_plan, check=sending.left,
)(sending.purge)  # fmt: skip

queues.action(
    "e", "attributes", effect="change", ask=settings.ASK, plan=settings.plan,
    check=settings.stands,
)(settings.configure)  # fmt: skip
queues.action(
    "t", "tags", effect="change", ask=settings.ASK_TAGS, plan=settings.tags_plan,
    check=settings.tagged,
)(settings.tag)  # fmt: skip
queues.action(
    "E", "edit and send", effect="change", ask=resending.ASK, plan=resending.plan,
    when=resending.has_message, check=resending.waits,
)(resending.resend)  # fmt: skip


async def signals(aws: Aws) -> AsyncIterator[Signal]:
    """What needs a person: redrives that were interrupted, dead letters, queues that grow."""
    async for signal in operations.interrupted(aws):
        yield signal
    async for signal in _lister.signals(aws):
        yield signal


plugin = Plugin(
    name="sqs",
    title="SQS",
    aliases=("queues", "queue"),
    resources=(queues,),
    signals=signals,
    left=operations.left,
    commands=COMMANDS,
)
