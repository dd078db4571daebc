"""A pane about one queue: it knows whose queue that is, and does what the list of queues can do."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual.binding import BindingType

from awstui.plugin import Row
from awstui.ui import declared
from awstui.ui.doing_pane import DoingPane

from . import plugin, queues

if TYPE_CHECKING:
    from awstui.ui.acting import Target
    from awstui.ui.remote import RemoteAws


class QueuePane(DoingPane):
    """One queue; a subclass shows something of it."""

    plugin, resource = plugin, queues
    BINDINGS: ClassVar[list[BindingType]] = [*declared.bindings(plugin, queues)]

    FIRST: ClassVar[tuple[str, ...]] = declared.first(plugin, queues)

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

    def subject(self) -> Target:
        """The queue."""
        return self.target

    def known(self, subject: Target) -> Row:
        """The queue's row with all that was read of it meanwhile."""
        return self.row
