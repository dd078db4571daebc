"""The plugin contract: what a service declares, and the one door through which it reaches AWS.

A plugin is a module with ``plugin = Plugin(...)``. A plugin has resources; a resource says where its
rows come from, which columns they show and what can be done to one. Nothing here imports Textual or
botocore, so that a declaration serves the console, the command line and a test alike.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal, Protocol, TypeAlias

import msgspec

from awstui.aws import Aws, Path, Row
from awstui.command import OFTEN, Command, Effect, Out
from awstui.plan import Plan

if TYPE_CHECKING:
    from awstui.ui.pane import Pane

__all__ = [
    "OFTEN", "Action", "Aws", "Column", "Command", "Effect", "Field", "Job", "Kind", "Link", "Out", "Path", "Plan",
    "Plugin", "Reaches", "Resource", "Row", "Rows", "Run", "Signal", "Told", "Tone", "Value", "View",
]  # fmt: skip

Tone: TypeAlias = Literal["", "good", "warn", "bad", "muted"]
"""How a value feels; the interface makes colour, glyph and word of it."""

Kind: TypeAlias = Literal["text", "number", "bytes", "age", "time", "duration", "state", "spark"]
"""What a column holds: decides alignment, sorting and rendering.

``age`` and ``time`` take a datetime, epoch seconds or epoch milliseconds; ``duration`` seconds;
``bytes`` a count; ``spark`` a list of numbers; ``state`` a word that usually has a tone.
"""

Value: TypeAlias = Path | Callable[[Row], Any]
"""Data where data does, a function where data ends."""


Rows: TypeAlias = Callable[[Aws, Row], AsyncIterator[Row]]
"""``async def rows(aws, parent)``: a generator of rows; ``parent`` is ``{}`` at the top."""


class Column(msgspec.Struct, frozen=True):
    """One column of a resource's table."""

    title: str
    """What stands above it; also the field to show when ``value`` is empty."""

    value: Value = ""
    """JMESPath over the row, or a function of it. Nothing (None) is shown as a quiet dash."""

    width: int = 0
    """Cells wide; 0 fits what is in it."""

    tone: Mapping[str, Tone] | Callable[[Row], Tone] | None = None
    """From the shown value, or from the row, to how it feels."""

    kind: Kind = "text"
    """Decides alignment, sorting and rendering."""

    rank: int = 1
    """0 is always shown; where the screen is too narrow the highest rank goes first, from the right."""


class Link(msgspec.Struct, frozen=True):
    """A way from a row to rows of this or another plugin."""

    title: str
    """What the other end is, such as ``dead-letter queue``."""

    to: str
    """``plugin.resource``, or ``resource`` of the same plugin."""

    where: Value = ""
    """The key or ARN of the other row, or several; None hides the link. Empty: opened under this row."""

    key: str = ""
    """The key that follows it; links of one resource may share one when only one of them ever shows."""

    view: str = ""
    """The view of the other resource that opens instead of its list, such as the tail of a log group."""

    at: Value = ""
    """The moment of this row to which that view goes; without one it shows what is so at present."""


class Field(msgspec.Struct, frozen=True):
    """One thing an action asks for before it runs; becomes a keyword argument of it."""

    name: str
    title: str
    kind: Literal["text", "number", "multiline", "choice", "flag"] = "text"
    default: str | Callable[[Row], str] = ""
    required: bool = False
    choices: tuple[str, ...] = ()
    """What there is to choose from; for a text, the words that it may be completed to."""

    hint: str = ""
    """One short sentence: the unit, the limits, what empty means."""

    when: Callable[[Row], bool] | None = None
    """Whether the row takes this field at all, such as a FIFO group."""


Reaches: TypeAlias = Callable[..., Awaitable[Sequence[str]]]
"""``async def reaches(aws, row, **fields)``: the keys, ARNs or URLs that are written on beside the row's own
key and ARN; only reads."""


Run: TypeAlias = Callable[..., Awaitable[str | None]]
"""``async def run(aws, row, **fields)``; with ``many`` it takes a list of rows. The sentence is shown.

It is also walked through for the plan, with an ``aws`` that reads and only notes what it is to write: so
it does nothing but through ``aws``.
"""


class Action(msgspec.Struct, frozen=True, kw_only=True):
    """Something done to a row, or to the marked rows."""

    name: str
    key: str
    title: str
    effect: Effect
    run: Run
    ask: tuple[Field, ...] = ()
    plan: Callable[..., Awaitable[Plan]] | None = None
    """``async def plan(aws, row, **fields)``: only reads."""

    when: Callable[[Row], bool] | None = None
    many: bool = False
    first: bool = False
    """Whether the line of keys names it before others: what is done most."""

    shows: str = ""
    """The view to open once it has run."""

    sends: tuple[str, ...] = ()
    """What it writes beside what a walk through it shows, such as ``delete_object`` or
    ``logs:delete_log_group``; all that a ``touch`` writes. On its row, or what ``reaches`` names."""

    reaches: Reaches | None = None

    undo: str = ""
    """The name of the action that takes it back, where one honestly does."""

    stop: str = ""
    """The name of the action that ends it while it goes on; what is done by then stays done."""

    check: Callable[..., Awaitable[str]] | None = None
    """``async def check(aws, row, **fields)``: when the reply was lost, reads whether it happened and
    says so."""


class View(msgspec.Struct, frozen=True, kw_only=True):
    """A pane of a plugin's own over one row; its Textual code is imported when it is first opened."""

    name: str
    key: str
    title: str
    make: Callable[[Row], Pane]
    when: Callable[[Row], bool] | None = None
    many: bool = False
    """Whether it shows all marked rows together: the pane finds them in ``targets``."""

    first: bool = False
    """As an action's."""


class Told(Protocol):
    """What the interface tells a running job, such as to release what it holds."""

    async def next(self, timeout: float | None = None) -> Row | None:
        """The next thing told, or None when nothing came within ``timeout`` seconds."""


class Job(msgspec.Struct, frozen=True, kw_only=True):
    """Work that takes time and reports as it goes; it runs beside AWS, never in the interface.

    ``run`` is an async generator ``(aws, row, told, **arguments)`` of plain dicts. When the pane that
    opened it goes away the generator is closed, and its ``finally`` has two seconds to tidy up.
    """

    name: str
    effect: Effect
    run: Callable[..., AsyncIterator[Row]]
    sends: tuple[str, ...] = ()
    """The operations it writes, on its row or what ``reaches`` names; the gate refuses others."""

    reaches: Reaches | None = None

    plan: Callable[..., Awaitable[Plan]] | None = None
    """As an action's; a job that changes something is confirmed as an action is."""

    lasts: float = 60.0
    """Seconds for which it may write."""

    often: int = OFTEN
    """How often it may send each of them."""


class Signal(msgspec.Struct, frozen=True):
    """Something that is wrong in a service at this moment, for the home pane."""

    text: str
    tone: Tone
    resource: str = ""
    key: str = ""


@dataclass(slots=True, kw_only=True)
class Resource:
    """A kind of thing a service lists."""

    name: str
    rows: str | Rows
    """An operation's name, or an async generator ``(aws, parent)``."""

    columns: tuple[Column, ...]
    title: str = ""
    """What the pane is called; the name with a capital when empty."""

    key: str | tuple[str, ...] | Callable[[Row], str] = "Name"
    """The field, the fields or the function that tells rows of one account and region apart."""

    pick: Path = ""
    """Where the rows are in a response, when the service model does not say."""

    arguments: Mapping[str, Any] = field(default_factory=dict)
    """Arguments that every call of ``rows`` gets."""

    given: Mapping[str, Path] = field(default_factory=dict)
    """Arguments taken from the parent row."""

    alone: bool = False
    """Whether it is listed without a parent row, too, such as the environments of all applications."""

    enrich: Callable[[Aws, Row], Awaitable[Row]] | None = None
    """What one more call per row adds; returns the whole row. The core bounds how many run at once,
    and a row for which it fails stays and says why."""

    settle: Callable[[list[Row]], list[Row]] | None = None
    """What can be said only when all rows are there, such as who sends its dead letters here.
    Returns the rows that changed."""

    describe: tuple[str, Mapping[str, Path]] | Callable[[Aws, Row], Awaitable[Any]] | None = None
    """An operation and its arguments from the row, or a function; the row itself when None."""

    child: str = ""
    """The resource of the same plugin that Enter opens under a row."""

    arn: Value = ""
    """The row's ARN, so that links of others find it."""

    find: Callable[[Aws, str], AsyncIterator[Row]] | None = None
    """``async def find(aws, wanted)``: the rows that a link into a view of this names, without a list of
    all: by key, by ARN, or by the ARN of anything else that it knows to lead to its rows."""

    every: float = 30.0
    """Seconds between two refreshes while the pane is seen; 0 never refreshes by itself."""

    order: Callable[[Row], tuple[Any, ...]] | None = None
    """The operator's order, before any sort is chosen: what needs a person first."""

    links: tuple[Link, ...] = ()
    actions: list[Action] = field(default_factory=list, init=False)
    views: list[View] = field(default_factory=list, init=False)
    jobs: list[Job] = field(default_factory=list, init=False)

    def action(
        self,
        key: str,
        title: str,
        *,
        effect: Effect,
        ask: Sequence[Field] = (),
        plan: Callable[..., Awaitable[Plan]] | None = None,
        when: Callable[[Row], bool] | None = None,
        many: bool = False,
        first: bool = False,
        shows: str = "",
        sends: Sequence[str] = (),
        reaches: Reaches | None = None,
        undo: str = "",
        stop: str = "",
        check: Callable[..., Awaitable[str]] | None = None,
    ) -> Callable[[Run], Run]:
        """Declare the decorated function as an action; its name becomes the action's."""

        def declare(run: Run) -> Run:
            self.actions.append(
                Action(
                    name=_name(run), key=key, title=title, effect=effect, run=run, ask=tuple(ask),
                    plan=plan, when=when, many=many, first=first, shows=shows, sends=tuple(sends),
                    reaches=reaches, undo=undo, stop=stop, check=check,
                )
            )  # fmt: skip
            return run

        return declare

    def view(
        self,
        key: str,
        title: str,
        *,
        when: Callable[[Row], bool] | None = None,
        many: bool = False,
        first: bool = False,
    ) -> Callable[[Callable[[Row], Pane]], Callable[[Row], Pane]]:
        """Declare the decorated function, which makes a pane for a row, as a view."""

        def declare(make: Callable[[Row], Pane]) -> Callable[[Row], Pane]:
            self.views.append(
                View(
                    name=_name(make), key=key, title=title, make=make, when=when, many=many,
                    first=first,
                )
            )  # fmt: skip
            return make

        return declare

    def job(
        self,
        *,
        effect: Effect,
        sends: Sequence[str] = (),
        reaches: Reaches | None = None,
        plan: Callable[..., Awaitable[Plan]] | None = None,
        lasts: float = 60.0,
        often: int = OFTEN,
    ) -> Callable[[Callable[..., AsyncIterator[Row]]], Callable[..., AsyncIterator[Row]]]:
        """Declare the decorated async generator as a job."""

        def declare(run: Callable[..., AsyncIterator[Row]]) -> Callable[..., AsyncIterator[Row]]:
            self.jobs.append(
                Job(
                    name=_name(run), effect=effect, run=run, sends=tuple(sends), reaches=reaches,
                    plan=plan, lasts=lasts, often=often,
                )
            )  # fmt: skip
            return run

        return declare


@dataclass(frozen=True, slots=True, kw_only=True)
class Plugin:
    """One AWS service."""

    name: str
    """The word typed at the prompt."""

    title: str
    resources: tuple[Resource, ...]
    """The first is the one the plugin opens with, and what the home pane counts."""

    service: str = ""
    """botocore's name where it differs from ``name``."""

    aliases: tuple[str, ...] = ()
    is_global: bool = False
    """Whether the service has one endpoint for all regions, such as Route 53."""

    signals: Callable[[Aws], AsyncIterator[Signal]] | None = None
    """What is wrong in this service at this moment; reads only."""

    left: Callable[[], Iterable[Signal]] | None = None
    """What an earlier run left undone, told once when a console opens; looks on this machine only."""

    commands: tuple[Command, ...] = ()

    def resource(self, name: str) -> Resource:
        """The resource of that name; KeyError when there is none."""
        for resource in self.resources:
            if resource.name == name:
                return resource
        raise KeyError(name)

    @property
    def botocore_name(self) -> str:
        """The name botocore knows the service by."""
        return self.service or self.name


def _name(function: Callable[..., Any]) -> str:
    """The name a declared function goes by in bindings, the audit and the command line."""
    return str(getattr(function, "__name__", "")).replace("_", "-")
