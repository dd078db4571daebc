"""A pane about rows of a declared resource: it opens, follows and does what the declaration offers."""

from __future__ import annotations

from typing import ClassVar

from awstui.errors import AwstuiError
from awstui.plugin import Action, Plugin, Resource, Row, View
from awstui.ui.ends import listed, seen, viewed
from awstui.ui.links import Way, ways
from awstui.ui.pane import Pane
from awstui.ui.target import Target


class DoingPane(Pane):
    """Carries out the keys of :mod:`awstui.ui.declared`; a subclass says which row is meant."""

    plugin: Plugin
    resource: Resource
    FIRST: ClassVar[tuple[str, ...]] = ()

    def subject(self) -> Target | None:
        """The row that is meant; None while there is none."""
        raise NotImplementedError

    def subjects(self) -> list[Target]:
        """The rows that are marked; none where nothing is."""
        return []

    def known(self, subject: Target) -> Row:
        """The row with all that this pane knows of it."""
        return subject.row

    def moment_here(self) -> float | None:
        """When that happened on which the cursor is, in epoch seconds, where the pane shows such things."""
        return None

    def acted(self) -> None:
        """An action was carried out: show what it changed."""

    # ---- views ---------------------------------------------------------------------------------------

    def action_view(self, name: str) -> None:
        """Open one of the plugin's own panes."""
        subject = self.subject()
        view = next((view for view in self.resource.views if view.name == name), None)
        if subject is not None and view is not None:
            self.open_view(view, subject)

    def open_view(self, view: View, subject: Target) -> None:
        """Show a view of a row on top of this pane."""
        self.post_message(self.Opened(self.made(view, subject)))

    def made(self, view: View, subject: Target) -> Pane:
        """The pane that a view makes for a row, or for all that are marked."""
        marked = self.subjects() if view.many else []
        return seen(view, subject, marked or [subject], row=self.known(subject))

    # ---- links ---------------------------------------------------------------------------------------

    def action_follow(self, number: int) -> None:
        """Follow a link of the row."""
        subject = self.subject()
        way = self._way(subject, number) if subject else None
        if subject is None or way is None:
            return
        if way.link.view:
            self.look_into(subject, way, self.moment_here())
        else:
            self.post_message(self.Opened(listed(self.console, subject, way)))

    def look_into(self, subject: Target, way: Way, at: float | None) -> None:
        """Show the view that a link leads into; ``at`` is when, where the row itself does not say."""
        self.work(self._look_into(subject, way, at), "follow")

    async def _look_into(self, subject: Target, way: Way, at: float | None) -> None:
        try:
            pane = await viewed(self.console, subject, way, at)
        except AwstuiError as error:
            self.console.say(f"{error.problem.what} {error.problem.why}".strip(), "warn")
            return
        if self.console.workspace.pane is self:  # somebody may have gone on meanwhile
            self.post_message(self.Opened(pane))

    def ways(self, row: Row) -> list[Way]:
        """The links of a row."""
        return ways(self.plugin.name, self.resource, row)

    def _way(self, subject: Target, number: int) -> Way | None:
        """Where one of the declared links leads from a row, when it has it."""
        link = self.resource.links[number]
        return next((way for way in self.ways(self.known(subject)) if way.link is link), None)

    # ---- actions -------------------------------------------------------------------------------------

    def action_act(self, name: str) -> None:
        """Carry out a declared action on the marked rows, or on the one that is meant."""
        action = next((action for action in self.resource.actions if action.name == name), None)
        subject = self.subject()
        if action is not None and subject is not None:
            marked = self.subjects() if action.many else []
            self.work(self._act(action, marked or [subject]), "act")

    async def _act(self, action: Action, targets: list[Target]) -> None:
        from awstui.ui.acting import perform

        outcome = await perform(self.console, action, targets)
        if not outcome or not self.is_attached:
            return
        self.acted()
        view = next((view for view in self.resource.views if view.name == outcome), None)
        if view is not None:
            self.open_view(view, targets[0])

    # ---- what can be done ----------------------------------------------------------------------------

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Offer only what can be done to the row that is meant."""
        if action not in ("act", "view", "follow") or not self.is_attached:
            return super().check_action(action, parameters)
        subject = self.subject()
        if subject is None:
            return False
        if action == "follow":
            return self._way(subject, int(str(parameters[0]))) is not None
        return self._can(action, str(parameters[0]), subject)

    def _can(self, kind: str, name: str, subject: Target) -> bool:
        declared: list[Action] | list[View] = (
            self.resource.actions if kind == "act" else self.resource.views
        )
        found = next((one for one in declared if one.name == name), None)
        return found is not None and (found.when is None or found.when(self.known(subject)))
