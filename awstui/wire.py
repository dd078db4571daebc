"""The messages between the interface and the engine; ``codec.py`` is how they cross.

Every message is a tagged msgspec struct. The same structs travel unpacked when both ends live in one
process (headless commands, tests).
"""

from __future__ import annotations

from typing import Any, TypeAlias

import msgspec

from awstui.packing import as_json, as_json_line, pack, unpack

__all__ = ["as_json", "as_json_line", "pack", "unpack"]

TRYING = "trying"
Cell: TypeAlias = str | int | float | bool | list[float] | None
"""What a cell holds; how it looks is decided where it is painted. Times are epoch seconds."""


class Scope(msgspec.Struct, frozen=True, array_like=True):
    """Whose rows these are: every call made for a row uses its own scope."""

    profile: str = ""
    region: str = ""
    account: str = ""


class RowRef(msgspec.Struct, frozen=True, array_like=True):
    """One row, wherever it is shown: its scope, its resource and its key."""

    scope: Scope
    plugin: str
    resource: str
    key: str


class PackedRow(msgspec.Struct, array_like=True):
    """A row as it crosses: what is shown, and the raw form still packed."""

    key: str
    cells: tuple[Cell, ...]
    tones: tuple[str, ...]
    """One for each cell; empty strings where nothing is to be said."""

    raw: bytes
    order: tuple[Cell, ...] = ()
    arn: str = ""
    trouble: str = ""
    """Why this row is incomplete, when a call for it failed."""


class Problem(msgspec.Struct, array_like=True):
    """An error as a person needs it."""

    what: str
    """What happened, in a sentence."""

    why: str = ""
    """What it means."""

    do: str = ""
    """What to do about it."""

    action: str = ""
    """The IAM action that is missing, such as ``sqs:ListQueues``."""

    code: str = ""
    request_id: str = ""
    kind: str = "error"
    """denied, expired, credentials, throttled, offline, missing, refused, unknown, fault, error."""


# ---- from the interface to the engine


class Start(msgspec.Struct, tag=True):
    """The first message: who to be and how; several profiles or regions are separated by commas."""

    profile: str = ""
    region: str = ""
    endpoint_url: str = ""
    read_only: bool = False
    plugin_folders: tuple[str, ...] = ()
    demo: bool = False
    """Whether ``endpoint_url`` is the embedded AWS, which may still be starting."""

    production: tuple[str, ...] = ()
    read_only_for: tuple[str, ...] = ()
    """Regular expressions over accounts and profiles: production, and where nothing may be changed."""


class Switch(msgspec.Struct, tag=True):
    """Become another profile or region; the old one stays when the new one cannot be had.

    Several, separated by commas, are read together: each profile in each region.
    """

    id: int
    profile: str
    region: str


class Subscribe(msgspec.Struct, tag=True):
    """Send the rows of a resource, and what changes in them, until unsubscribed."""

    id: int
    plugin: str
    resource: str
    scopes: tuple[Scope, ...] = ()
    """Empty: the engine's own."""

    parent: bytes = b""
    """The packed parent row."""

    every: float = -1.0
    """Seconds between refreshes; negative takes the resource's own, 0 never."""

    on_screen: tuple[str, ...] = ()
    """The keys of rows that are shown already, as they were last known."""


class SubscribeHome(msgspec.Struct, tag=True):
    """Send one row for each service: what it holds and whether it could be read."""

    id: int
    every: float = 60.0


class Unsubscribe(msgspec.Struct, tag=True):
    """End a subscription."""

    id: int


class Refresh(msgspec.Struct, tag=True):
    """Read again at once; ``every`` of 0 or more also sets the cadence in seconds."""

    id: int
    every: float = -1.0


class Describe(msgspec.Struct, tag=True):
    """Fetch the details of one row."""

    id: int
    row: RowRef
    raw: bytes


class MakePlan(msgspec.Struct, tag=True):
    """Work out what an action would do."""

    id: int
    rows: tuple[RowRef, ...]
    raws: tuple[bytes, ...]
    action: str
    fields: dict[str, Any] = {}


class Act(msgspec.Struct, tag=True):
    """Do it: the person has confirmed what a plan said."""

    id: int
    rows: tuple[RowRef, ...]
    raws: tuple[bytes, ...]
    action: str
    fields: dict[str, Any] = {}
    typed: str = ""
    plan: str = ""
    """The id of the plan that was confirmed, and what was typed to confirm it."""

    reason: str = ""
    """Why, in the person's words; lifts read-only mode for this one action."""

    took: float = 0.0


class OpenJob(msgspec.Struct, tag=True):
    """Start a job on a row; its events come back under this id."""

    id: int
    row: RowRef
    raw: bytes
    job: str
    arguments: dict[str, Any] = {}
    typed: str = ""
    plan: str = ""
    reason: str = ""
    took: float = 0.0
    """As for :class:`Act`, where the job changes something."""


class Tell(msgspec.Struct, tag=True):
    """Say something to a running job."""

    id: int
    what: dict[str, Any]


class Call(msgspec.Struct, tag=True):
    """A call through the ``Aws`` door for a pane. ``verb``: read, pages, rows, stream, write, reveal (only noted)."""

    id: int
    scope: Scope
    service: str
    verb: str
    operation: str
    pick: str = ""
    arguments: dict[str, Any] = {}
    deadline: float = 0.0


class Cancel(msgspec.Struct, tag=True):
    """Stop whatever runs under this id."""

    id: int


class Login(msgspec.Struct, tag=True):
    """Renew a profile's credentials, or of none those that have lapsed; what is asked comes as :class:`Ask`."""

    id: int
    profile: str = ""
    by: str = ""
    """Empty: from inside where that can be; ``command``: say which; ``done``: only look what it left."""


class Answer(msgspec.Struct, tag=True):
    """What the person said to an :class:`Ask`."""

    id: int
    text: str = ""
    given: bool = True  # False when the person would not say


class Stop(msgspec.Struct, tag=True):
    """Tidy up and end."""


class Source(msgspec.Struct, frozen=True, array_like=True):
    """One profile in one region, of those that are read together."""

    scope: Scope
    arn: str = ""
    problem: Problem | None = None
    """Why it is nobody."""

    expires: float = 0.0
    """When its credentials end unless a person renews them, in epoch seconds; 0 when they do not."""

    asking: bool = False
    read_only: bool = False
    """Whether AWS has not said yet who it is; whether nothing is changed there."""


class Identity(msgspec.Struct, tag=True):
    """Who the engine is; sent at the start, after each switch and whenever that changes."""

    scope: Scope
    arn: str = ""
    endpoint_url: str = ""
    profiles: tuple[str, ...] = ()
    regions: tuple[str, ...] = ()
    """The regions of its partition."""

    problem: Problem | None = None
    """Why it is nobody yet."""

    sources: tuple[Source, ...] = ()
    """Every profile and region that is read, the first being ``scope``."""


class Ask(msgspec.Struct, tag=True):
    """A question that only a person can answer, or something only a person can do elsewhere."""

    id: int
    kind: str
    """``code``: a code is wanted; ``device``: a page is to be confirmed; ``TRYING``: may be skipped."""

    profile: str
    subject: str = ""
    """The device that shows the code, the page to open, or who is asked for credentials."""

    complaint: str = ""
    """What was wrong with the last answer."""

    code: str = ""
    """What the page will ask for, or show."""

    until: float = 0.0
    """When the question lapses, in epoch seconds, 0 when it does not; of a try, when it began."""


class Withdrawn(msgspec.Struct, tag=True):
    """A question needs no answer any more."""

    id: int


class RowsChanged(msgspec.Struct, tag=True):
    """What changed in a subscription since the last message of it."""

    id: int
    scope: Scope
    upserts: tuple[PackedRow, ...] = ()
    removed: tuple[str, ...] = ()


class RowsState(msgspec.Struct, tag=True):
    """How a subscription stands."""

    id: int
    scope: Scope
    phase: str
    """asking, listing (rows come), filling (more about them comes), ready, failed."""

    listed: int = 0
    filled: int = 0
    to_fill: int = 0
    troubled: int = 0
    """How many rows are incomplete."""

    at: float = 0.0
    """When the list was last read whole, in epoch seconds; 0 when never."""

    asks: str = ""
    """What it is asking for, such as ``sqs:ListQueues``."""

    every: float = 0.0
    slowed: str = ""
    """Why it is read less often than was asked for: throttled, denied, expired."""

    problem: Problem | None = None


class Result(msgspec.Struct, tag=True):
    """The one answer to Describe, MakePlan, Act, Call and Switch."""

    id: int
    value: bytes = b""
    problem: Problem | None = None


class Event(msgspec.Struct, tag=True):
    """One event of a job, or one page of a call that gives many."""

    id: int
    value: bytes


class Ended(msgspec.Struct, tag=True):
    """A job, or a call that gives many, is over."""

    id: int
    problem: Problem | None = None


class Pulse(msgspec.Struct, tag=True):
    """How busy it is, by how many seconds this clock is ahead of AWS's; sent while anything changes."""

    calls_per_second: float
    in_flight: int
    throttled: bool = False
    ahead: float = 0.0


class LeftOver(msgspec.Struct, tag=True):
    """Something that an earlier run left undone."""

    text: str
    tone: str = ""


class Dying(msgspec.Struct, tag=True):
    """The engine's last words."""

    reason: str


ToEngine: TypeAlias = (
    Start | Switch | Subscribe | SubscribeHome | Unsubscribe | Refresh | Describe | MakePlan
    | Act | OpenJob | Tell | Call | Cancel | Login | Answer | Stop
)  # fmt: skip
ToInterface: TypeAlias = (
    Identity
    | Ask
    | Withdrawn
    | RowsChanged
    | RowsState
    | Result
    | Event
    | Ended
    | Pulse
    | LeftOver
    | Dying
)
