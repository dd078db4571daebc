"""What a tail says above its lines: each thing stays until that which said it has changed."""

from __future__ import annotations

from collections.abc import Iterable

from awstui.ui.pane import problem_lines
from awstui.ui.revealing import Revealing
from awstui.wire import Problem


class Noting(Revealing):
    """A pane that has several things to say at once."""

    def __init__(self, title: str) -> None:
        super().__init__(title)
        self._notes: dict[str, list[tuple[str, str]]] = {}

    def note(self, source: str, said: Iterable[tuple[str, str]]) -> bool:
        """Say something in place of what the same source said before; whether that had said anything."""
        before = self._notes.pop(source, None)
        if lines := list(said):
            self._notes[source] = lines
        self.show_notes()
        return before is not None

    def show_notes(self) -> None:
        """Show all that is to be said."""
        said = [line for lines in self._notes.values() for line in lines]
        self.notice.say(said, alone=self.has_nothing())

    def has_nothing(self) -> bool:
        """Whether there is nothing below what is said."""
        return False

    def fail(self, problem: Problem) -> None:
        """Say what went wrong."""
        self.note("fault", problem_lines(problem))
