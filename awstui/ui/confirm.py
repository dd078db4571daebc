"""The confirmation: what will be done to what and where, and the way to say yes to that and nothing else."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import ClassVar

from rich.text import Text
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.message import Message
from textual.widgets import Button, Input, Label, Static

from awstui.confirming import demanded
from awstui.plugin import Effect, Plan, Row
from awstui.text import safe
from awstui.ui.dialogs import Dialog, where
from awstui.ui.tone import style
from awstui.ui.typed_input import TypedInput
from awstui.wire import Scope, as_json_line

SHORTEST_REASON = 3
"""Letters that a reason has at least."""

LINES = 14
"""Lines of the plan that are seen at once where there is room."""


@dataclass(frozen=True, slots=True)
class Confirmation:
    """Everything a confirmation has to say."""

    title: str
    """What will be done to what, such as ``Redrive · orders-dlq``."""

    verb: str
    effect: Effect
    scope: Scope
    target: str
    """The exact name; what has to be typed where the effect is ``destroy``."""

    plan: Plan
    production: bool = False
    calls: tuple[Row, ...] = ()
    """The exact requests, as a dry run shows them."""

    read_only: bool = False
    """Whether nothing is sent unless a reason lifts that."""

    notice: str = ""
    """Why it is asked anew."""

    @property
    def typed(self) -> str:
        """What must be typed, or nothing: one step stricter on production."""
        said = demanded(self.effect, self.target, self.scope, production=self.production)
        return said or ""


@dataclass(frozen=True, slots=True)
class Reply:
    """A yes, and how it was said."""

    typed: str = ""
    reason: str = ""
    """Why read-only is lifted for it."""

    took: float = 0.0
    """Seconds from the first paint to the yes."""


class Confirm(Dialog):
    """Shows the plan; Cancel has the keys, and Enter alone never says yes."""

    DEFAULT_CSS = """
    Confirm #subject { height: auto; }
    Confirm Toast { display: none; }
    Confirm .hidden { display: none; }
    Confirm.small > #box { width: 100%; max-height: 100%; padding: 0; }
    Confirm.small #lines { margin: 0; }
    Confirm.small Button { min-width: 6; margin-left: 1; }
    Confirm.small #buttons, Confirm.small Label { margin-top: 0; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("y", "yes", "yes", show=False, id="confirm.yes", tooltip="Yes, where no name is to be typed"),
        Binding("d", "dry_run", "dry run", show=False, id="confirm.dry-run",
                tooltip="The exact requests that would be sent"),
        Binding("tab", "onward", "onward", show=False, priority=True, id="confirm.onward",
                tooltip="To what is to be typed, or to the next button"),
        Binding("down,pagedown", "scroll_plan(1)", "further", show=False, id="confirm.down",
                tooltip="Further down in the plan"),
        Binding("up,pageup", "scroll_plan(-1)", "back", show=False, id="confirm.up",
                tooltip="Back up in the plan"),
        Binding("u", "lift", "lift read-only", show=False, id="confirm.lift",
                tooltip="Lift read-only for this one action, with a reason"),
    ]  # fmt: skip

    def __init__(self, question: Confirmation) -> None:
        super().__init__()
        self.question = question
        self.locked = question.read_only
        self.set_class(question.production, "production")
        self._dry, self._reason = False, ""
        self._asking_why = False
        """Whether the reason for lifting read-only is being typed."""

    # ---- what it says --------------------------------------------------------------------------------

    def compose(self) -> ComposeResult:
        """What about, the plan, what cannot be undone, and the way to say yes."""
        question = self.question
        with Vertical(id="box") as box:
            box.border_title = Text(" PROD " if question.production else " Confirm ")
            yield Static(self._subject(), id="subject", markup=False)
            with VerticalScroll(id="lines", can_focus=False):
                yield Static(self._lines(), id="said", markup=False)
            yield Label(self._ask(), id="ask")
            yield TypedInput(question.typed)
            yield Input(id="reason", placeholder="why", max_length=200)
            with Horizontal(id="buttons"):
                yield Button("Cancel", id="cancel", compact=True)
                if not question.plan.refusal:
                    yield Button("Dry run (d)", id="dry", compact=True)
                    yield Button("Lift read-only (u)", id="lift", compact=True)
                    verb = safe(question.verb.capitalize())
                    yield Button(Text(f"{verb} (y)"), id="yes", compact=True)

    def on_mount(self) -> None:
        """The way out has the keys."""
        self._arrange()
        self.query_one("#cancel").focus()
        self.call_after_refresh(self._fit)

    def on_resize(self) -> None:
        """Leave out of the plan, never of what it is about."""
        self.call_after_refresh(self._fit)

    def _subject(self) -> Text:
        question = self.question
        text = Text(overflow="fold")
        if question.production:
            text.append("PROD ", style(self.app, "bad"))
        text.append(safe(where(question.scope)) + "\n")
        return text.append(safe(question.title), "bold")

    def _lines(self) -> Text:
        plan = self.question.plan
        text = Text()
        if self.question.notice:
            text.append(f"! {safe(self.question.notice)} Look anew.\n", style(self.app, "warn"))
        if plan.refusal:
            return text.append(f"✗ {safe(plan.refusal)}", style(self.app, "bad"))
        if self.question.effect != "touch" and plan.undo:
            text.append(safe(plan.undo) + "\n", style(self.app, "warn"))
        for line in plan.lines:
            text.append(safe(line) + "\n")
        if plan.requests:
            text.append(f"sends {safe(', '.join(plan.requests))}\n", style(self.app, "muted"))
        if self._dry:
            for line in dry_run(self.question.calls):
                text.append(safe(line) + "\n")
        text.rstrip()
        return text

    def _ask(self) -> Text:
        question = self.question
        if self.locked:
            return Text("! Read-only: nothing is sent. u lifts it for this one action.")
        if self._asking_why:
            return Text("Why is read-only lifted? Enter takes it; the audit keeps it.")
        if self.has_class("small"):
            words = "ACCOUNT/NAME" if question.production and question.effect == "destroy" else ""
            shown = words or ("the name" if question.typed == question.target else question.typed)
        else:
            shown = question.typed
        return Text.assemble(
            "Tab, then type ", (safe(shown), "bold"), f" to {safe(question.verb)}:"
        )

    def _arrange(self) -> None:
        """Offer what can be done at this moment and nothing else."""
        question = self.question
        over = bool(question.plan.refusal)
        asking_why = self._asking_why
        typed = bool(question.typed) and not over and not self.locked and not asking_why
        self._offer("#typed", offered=typed)
        self._offer("#reason", offered=asking_why)
        self._offer("#ask", offered=not over and (self.locked or typed or asking_why))
        self._offer("#dry", offered=bool(question.calls))
        self._offer("#lift", offered=self.locked)
        self._offer("#yes", offered=not (self.locked or asking_why or question.typed))
        self.query_one("#ask", Label).update(self._ask())
        self.query_one("#said", Static).update(self._lines())

    def _offer(self, selector: str, *, offered: bool) -> None:
        for widget in self.query(selector):
            widget.set_class(not offered, "hidden")

    # ---- room ----------------------------------------------------------------------------------------

    def _fit(self) -> None:
        if not self.is_attached:
            return
        self.set_class(self.size.height < 20 or self.size.width < 60, "small")
        self.query_one("#ask", Label).update(self._ask())
        self.call_after_refresh(self._give_room)

    def _give_room(self) -> None:
        if not self.is_attached:
            return
        beside = [
            self.query_one(name) for name in ("#subject", "#ask", "#typed", "#reason", "#buttons")
        ]
        taken = sum(
            one.outer_size.height + one.styles.margin.height for one in beside if one.display
        )
        small = self.has_class("small")
        limit = self.size.height if small else self.size.height * 9 // 10
        room = limit - taken - (2 if small else 4)
        self.query_one("#lines").styles.max_height = max(0 if small else 1, min(LINES, room))
        self.call_after_refresh(self.painted)

    def shows_subject(self) -> bool:
        """Whether all of what it is about can be seen; without that nobody may say yes."""
        subject = self.query_one("#subject")
        if subject not in self._compositor.visible_widgets:
            return False
        region, clip = self._compositor.visible_widgets[subject]
        return (
            region.area > 0 and clip.contains_region(region) and self.region.contains_region(region)
        )

    # ---- what is said to it --------------------------------------------------------------------------

    def action_yes(self) -> None:
        """Say yes, where one key is enough."""
        if not self.question.typed:
            self._agree("")

    def action_onward(self) -> None:
        """Go to what is to be typed, else to the next button."""
        typed = self.query_one("#typed")
        if typed.display and not typed.has_focus:
            typed.focus()
        else:
            self.focus_next()

    def action_dry_run(self) -> None:
        """Show the exact requests, or hide them again."""
        self._dry = not self._dry
        self._arrange()
        self._fit()

    def action_scroll_plan(self, pages: int) -> None:
        """Scroll what does not fit."""
        lines = self.query_one("#lines")
        lines.scroll_relative(y=pages * max(1, lines.size.height - 1), animate=False)

    def action_lift(self) -> None:
        """Ask why read-only is to be lifted for this one action."""
        if self.locked and not self.question.plan.refusal:
            self.query_one("#reason").remove_class("hidden").focus()
            self.locked, self._asking_why = False, True
            self.call_after_refresh(self._arrange)

    def on_button_pressed(self, event: Button.Pressed) -> None:
        """Take the button that was pressed."""
        match event.button.id:
            case "yes":
                self.action_yes()
            case "dry":
                self.action_dry_run()
            case "lift":
                self.action_lift()
            case _:
                self.dismiss(None)

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Accept only the exact name, and a reason only when there is one."""
        if event.input.id == "reason":
            self._take_reason(event.value.strip())
        elif event.value == self.question.typed:
            self._agree(event.value)
        else:
            self.query_one(TypedInput).value = ""
            self.query_one("#ask", Label).update(
                Text.assemble("That is not it. Type ", (safe(self.question.typed), "bold"), ":")
            )

    def on_typed_input_pasted(self) -> None:
        """Say why it was not taken."""
        self.query_one("#ask", Label).update(
            Text.assemble("A paste does not count. Type ", (safe(self.question.typed), "bold"), ":")
        )

    def _take_reason(self, reason: str) -> None:
        if len(reason) < SHORTEST_REASON:
            self.query_one("#ask", Label).update(Text("A reason has a few letters at least:"))
            return
        self._reason, self._asking_why = reason, False
        self.query_one("#cancel").focus()
        self.call_after_refresh(self._arrange)
        self.call_after_refresh(self._fit)

    def _agree(self, typed: str) -> None:
        if (
            self.locked
            or self.question.plan.refusal
            or (self.question.read_only and not self._reason)
        ):
            return
        if not self.shows_subject():
            self.app.bell()
            return
        self.dismiss(Reply(typed, self._reason, Message().time - self.painted_at))


def dry_run(calls: Iterable[Row]) -> Iterator[str]:
    """Each request that would be sent, with what it would say."""
    for number, call in enumerate(calls, 1):
        yield f"{number}. {call['action']} {as_json_line(call['parameters'])}"
