"""The banner that says what has to be done about who we are."""

from __future__ import annotations

from rich.text import Text
from textual.widgets import Static

from awstui.errors import LAPSED
from awstui.text import safe
from awstui.wire import Problem, Source


class Banner(Static):
    """One line or two below the header, there only while something has to be done about who we are."""

    DEFAULT_CSS = """
    Banner { height: auto; max-height: 3; padding: 0 1; background: $error-muted; display: none; }
    Banner.shown { display: block; }
    """

    @property
    def is_shown(self) -> bool:
        """Whether it says something at this moment."""
        return self.has_class("shown")

    def stand(self, sources: tuple[Source, ...]) -> None:
        """Say for each profile what is wrong and what to run."""
        told: dict[str, Problem] = {}
        for source in sources:
            if source.problem is not None and source.problem.kind in LAPSED:
                told.setdefault(source.scope.profile, source.problem)
        text = Text()
        for problem in list(told.values())[:2]:
            text.append(f"✗ {safe(problem.what)} ", "bold").append(f"{safe(problem.do)}\n")
        if len(told) > 2:
            text.append(f"and {len(told) - 2} more profiles\n")
        text.rstrip()
        self.set_class(bool(text.plain), "shown")
        self.update(text)
