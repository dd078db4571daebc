"""What is asked of Insights in its pane: the query, its groups, its range, and what that may cost."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, ClassVar

from textual.binding import Binding, BindingType

from awstui.plugin import Field, Row
from awstui.ui.dialogs import Form

from .. import moments
from ..listing import unlisted
from ..marked import by_place
from ..moments import EXAMPLES, MomentError, moment
from ..naming import group_of, identity, shown_name
from ..whose import find
from .command import sized
from .on_results import OnResults
from .parts import Part, called
from .queries_pane import QueriesPane
from .question import DEFAULT, GROUPS, Estimate, Question, dollars, estimate

if TYPE_CHECKING:
    from awstui.ui.acting import Target


class Asking(OnResults):
    """The part of Insights in which a query is written and its price foretold."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("e", "edit", "edit", id="insights.edit", tooltip="Write the query, choose its groups and range"),
        Binding("h", "queries", "history", id="insights.queries",
                tooltip="Queries asked before, and those saved in the account"),
    ]  # fmt: skip

    FIRST: ClassVar[tuple[str, ...]] = (
        "grid.select", "insights.run", "insights.edit", "insights.queries", "insights.filter",
    )  # fmt: skip

    def __init__(self, row: Row, asked: Question | None = None, *, follows: bool = False) -> None:
        """``asked`` is a query to begin with, such as the one a tail offers; it waits for ``r``.

        With ``follows`` its range goes on to the present.
        """
        super().__init__(f"Insights {row['logGroupName']}")
        self.row, self.offered = row, asked
        self.wanted = asked.query if asked else DEFAULT
        self._since, self._until = "1h", "now"
        if asked is not None:
            self._since = moments.iso(asked.since * 1000)
            self._until = "now" if follows else moments.iso(asked.until * 1000)
        self.groups: list[str] = []
        self._known: dict[str, Row] = {}
        self._elsewhere: list[Part] = []
        self._left_out: list[str] = []
        self.said = "nothing was asked yet · r runs, e edits"

    def on_mount(self) -> None:
        """Begin with the query: nothing is asked, and paid for, by opening this."""
        super().on_mount()
        marked: list[Target] = getattr(self, "targets", None) or [self.target]
        places, self._left_out = by_place(self.target, marked, GROUPS)
        here, *self._elsewhere = map(_part, places)
        self._known = here.known
        self._choose(here.groups)
        self.foretell()
        if self.offered is None:
            self.action_edit()
        elif self.offered.lost:
            self.console.say(self.offered.lost, "warn")

    def _choose(self, groups: list[str]) -> None:
        self.groups = groups
        first, more = self._known[groups[0]], self._count(groups) - 1
        name = shown_name(first, self.target.ref.scope.account)
        self.title = f"Insights {name}" + (f" + {more}" if more else "")

    def _count(self, groups: list[str]) -> int:
        return len(groups) + sum(len(part.groups) for part in self._elsewhere)

    def places(self) -> list[Part]:
        """Where the query is asked, nothing of it asked yet: here, and where more is marked."""
        every = [Part(self.target, self.groups, self._known), *self._elsewhere]
        return [Part(part.target, part.groups, part.known) for part in every]

    def span(self) -> tuple[float, float]:
        """The range in epoch seconds."""
        now = time.time()
        return moment(self._since, now), moment(self._until, now)

    def guess(self) -> Estimate:
        """What a run may scan."""
        since, until = self.span()
        rows = [part.known.get(name, {}) for part in self.places() for name in part.groups]
        return estimate(rows, since, until, time.time())

    def foretell(self) -> Estimate:
        """Say what a run may scan and cost, and what it leaves out."""
        guess = self.guess()
        unknown = f", {guess.unknown} of unknown size" if guess.unknown else ""
        costs = f"about {sized(guess.bytes)}, {dollars(guess.price)}{unknown}"
        count = self._count(self.groups)
        reach = f"{self._since} to {self._until}"
        places = f" in {len(self._elsewhere) + 1} places" if self._elsewhere else ""
        told = f"{count} group{'s' if count > 1 else ''}{places} · {reach} · estimate: {costs}"
        said = [(" ".join(self.wanted.split()), ""), (told, "muted")]
        said += [(_also(part), "muted") for part in self._elsewhere]
        said += [(one, "warn") for one in self._left_out]
        said.append((self._reason(), "muted"))
        self.notice.say(said, alone=False)
        return guess

    def _reason(self) -> str:
        """Why a group is asked here and not read elsewhere, when AWS allows nothing else."""
        rare = (unlisted(self._known.get(name, {})) for name in self.groups)
        return next(filter(None, rare), "")

    def action_edit(self) -> None:
        """Write the query, choose its groups and its range."""
        self.work(self._edit(), "edit")

    async def _edit(self) -> None:
        names = self.console.guide.known("logs", "groups")
        fields = (
            Field("query", "Query", "multiline", self.wanted, required=True, hint="^o edits it in $EDITOR"),
            Field("groups", "Groups", default=" ".join(self.groups), required=True, choices=tuple(names),
                  hint=self._reason() or self._hint()),
            Field("since", "From", default=self._since, hint=EXAMPLES),
            Field("until", "Up to", default=self._until, hint="now, or any time"),
        )  # fmt: skip
        scope = self.target.ref.scope
        given = await self.console.push_screen_wait(Form("Insights", scope, fields, self.row))
        if given is None or not self.is_attached:
            return
        self.wanted = given["query"]
        try:
            now = time.time()
            moment(given["since"], now)
            moment(given["until"], now)
        except MomentError as error:
            self.console.say(str(error), "warn")
            return
        self._since, self._until = given["since"], given["until"]
        if await self._look_up(given["groups"].replace(",", " ").split()):
            self.taken()

    def _hint(self) -> str:
        said = f"names, prefix* or ARNs; up to {GROUPS}; → completes"
        if self._elsewhere:
            said += f"; beside these, what is marked in {len(self._elsewhere)} more places is asked"
        return said

    async def _look_up(self, wanted: list[str]) -> bool:
        """Take the groups that were typed; False when one is not there, or they are too many."""
        account, names = self.target.ref.scope.account, dict[str, None]()
        for name in wanted:
            if name not in self._known or "storedBytes" not in self._known[name]:
                found = {group_of(row, account): row async for row in find(self.aws, name)}
                if not found and name not in self._known:
                    self.console.say(f"There is no log group {name} here.", "warn")
                    return False
                self._known |= found
                names |= dict.fromkeys(found or [name])
            else:
                names[name] = None
        if len(names) > GROUPS:
            said = f"These are {len(names)} groups; a query takes {GROUPS} at most."
            self.console.say(said, "warn")
            return False
        if list(names) != self.groups:
            self._left_out = []
        self._choose(list(names))
        return True

    def taken(self) -> None:
        """What was written is what will be asked."""
        self.foretell()

    def action_queries(self) -> None:
        """Choose among the queries asked before and those saved."""
        pane = QueriesPane(self.aws, self._chosen)
        pane.bound_to = self.target.ref.scope
        self.post_message(self.Opened(pane))

    def _chosen(self, query: str) -> None:
        self.wanted = query
        self.said = "r runs, e edits"
        self.foretell()
        self.retitle()


def _part(targets: list[Target]) -> Part:
    """The rows of one place as what a query is asked of there."""
    account = targets[0].ref.scope.account
    known = {group_of(one.row, account): _group(one.row) for one in targets}
    return Part(targets[0], list(known), known)


def _also(part: Part) -> str:
    """That a query is asked in another place, too, and of which groups."""
    names = ", ".join(part.groups[:3]) + (
        f" and {more} more" if (more := len(part.groups) - 3) > 0 else ""
    )
    return f"also in {called(part.scope)}: {names}"


def _group(row: Row) -> Row:
    """What a row says of its group: of a stream's own figures AWS keeps none."""
    if "logStreamName" not in row:
        return row
    return {**identity(row), "logGroupClass": row.get("logGroupClass")}
