"""A pane about one queue: it knows whose queue that is, and does what the list of queues can do."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual.binding import Binding, BindingType

from awstui.plugin import Action, Row, View
from awstui.ui.acting import perform
from awstui.ui.links import Goal
from awstui.ui.pane import Pane

from . import attributes as the
from . import plugin, queues

if TYPE_CHECKING:
    from awstui.ui.acting import Target
    from awstui.ui.remote import RemoteAws


class QueuePane(Pane):
    """One queue; a subclass shows something of it."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("p", "open_view('messages')", "peek", id="queue.peek",
                tooltip="Look at messages, and give them back"),
        Binding("S", "open_view('scanned')", "scan", id="queue.scan",
                tooltip="Look at all of its messages, and give them back"),
        Binding("m", "act('redrive')", "redrive", id="queue.redrive",
                tooltip="Move the dead letters by AWS's own task"),
        Binding("n", "act('send')", "send", id="queue.send", tooltip="Send a message"),
        Binding("M", "open_view('tasks')", "moves", id="queue.moves",
                tooltip="The move task that runs, and those before it"),
        Binding("B", "open_view('redriving')", "redrives", show=False, id="queue.redriving",
                tooltip="The redrives of chosen messages, and those that were interrupted"),
        Binding("D", "follow", "other end", id="queue.follow",
                tooltip="Its dead-letter queue, or who sends its dead letters here"),
        Binding("e", "act('configure')", "attributes", show=False, id="queue.configure",
                tooltip="Change its attributes"),
        Binding("t", "act('tag')", "tags", show=False, id="queue.tag", tooltip="Change its tags"),
        Binding("h", "open_view('metrics')", "metrics", show=False, id="queue.metrics",
                tooltip="What CloudWatch counts of it"),
        Binding("P", "act('purge')", "purge", show=False, id="queue.purge",
                tooltip="Delete every message (destroy)"),
    ]  # fmt: skip

    target: Target
    """The queue's row; given by the list that opens the pane."""

    def __init__(self, row: Row, what: str) -> None:
        """``what`` follows the queue's name in the title."""
        super().__init__(f"{row['QueueName']} › {what}")
        self.row = row

    @property
    def aws(self) -> RemoteAws:
        """The door to the queue's own account and region."""
        return self.remote.aws(self.target.ref.scope, plugin.botocore_name)

    def action_open_view(self, name: str) -> None:
        """Open another pane about the same queue."""
        self.open_view(next(view for view in queues.views if view.name == name))

    def open_view(self, view: View) -> None:
        """Open a view on top of this pane."""
        pane = view.make(self.row)
        pane.target = self.target  # type: ignore[attr-defined]
        self.post_message(self.Opened(pane))

    def action_act(self, name: str) -> None:
        """Carry out one of the list's actions on this queue."""
        action = next(action for action in queues.actions if action.name == name)
        self.work(self._act(action), "act")

    async def _act(self, action: Action) -> None:
        outcome = await perform(self.console, action, [self.target])
        if not outcome or not self.is_attached:
            return
        view = next((view for view in queues.views if view.name == outcome), None)
        if view is not None:
            self.open_view(view)
        else:
            self.acted()

    def acted(self) -> None:
        """An action was carried out: show what it changed."""

    def action_follow(self) -> None:
        """Go to the other end of the redrive policy."""
        pane = self.console.guide.resource_pane(
            plugin, queues, goal=Goal(self._other_end(), self.target.ref.scope)
        )
        self.post_message(self.Opened(pane))

    def _other_end(self) -> tuple[str, ...]:
        if target := the.target(self.row):
            return (target,)
        names = [the.name_of(url) for url in self.row.get("SourceUrls") or the.sources(self.row)]
        return tuple(names)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Offer only what this queue can do."""
        if action == "follow":
            return bool(self._other_end())
        declared: list[Action] | list[View] = queues.actions if action == "act" else queues.views
        if action in ("act", "open_view"):
            held = next(one for one in declared if one.name == parameters[0])
            return held.when is None or held.when(self.row)
        return True
