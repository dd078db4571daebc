"""Dialogs: a box over the console, and the form for what an action asks for."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any, ClassVar, Literal

from rich.text import Text
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.content import Content
from textual.message import Message
from textual.screen import ModalScreen
from textual.suggester import Suggester
from textual.widgets import Button, Checkbox, Input, Label, Select, TextArea

from awstui.plugin import Field, Row
from awstui.text import safe
from awstui.ui.tone import style
from awstui.wire import Scope


class Dialog(ModalScreen[Any]):
    """A box in the middle, its title naming account and region."""

    DEFAULT_CSS = """
    Dialog { align: center middle; }
    Dialog > #box {
        width: 90%; max-width: 96; height: auto; max-height: 90%;
        border: solid $primary; background: $surface; padding: 0 1;
    }
    Dialog.production > #box { border: heavy $error; }
    Dialog #lines { height: auto; max-height: 14; margin: 1 0; }
    Dialog #fields { height: auto; }
    Dialog #more { height: 1; width: 1fr; margin: 0; }
    Dialog.small > #box { max-height: 100%; }
    Dialog.small Label, Dialog.small #buttons { margin-top: 0; }
    Dialog.small TextArea { height: 4; }
    Dialog #complaint { margin: 0; }
    Dialog #buttons { height: 1; align-horizontal: right; margin-top: 1; }
    Dialog Button { min-width: 10; height: 1; border: none; margin-left: 2; }
    Dialog Button:focus { text-style: bold reverse; }
    Dialog Label { height: auto; margin-top: 1; width: 1fr; }
    Dialog Input, Dialog Input:focus { border: none; height: 1; background: $panel; padding: 0 1; }
    Dialog Input.-invalid, Dialog Input.-invalid:focus { border: none; color: $text-error; }
    Dialog TextArea { height: 8; border: none; background: $panel; }
    Dialog TextArea:focus { border: none; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "cancel", "cancel", id="dialog.cancel", priority=True),
        Binding("left", "app.focus_previous", show=False),
        Binding("right", "app.focus_next", show=False),
    ]

    def __init__(self) -> None:
        super().__init__()
        self.painted_at = math.inf
        """When it was first painted, on the clock of events: what was typed before is not for it."""

    def on_mount(self) -> None:
        """Take keys from the first paint on."""
        self.call_after_refresh(self.painted)

    def sent(self) -> None:
        """A frame of it went to the terminal. On a busy machine that is well before the refresh has ended."""
        if self.is_mounted and any(part.size for part in self.children):
            self.painted()

    def painted(self) -> None:
        """It can be seen now."""
        self.painted_at = min(self.painted_at, Message().time)

    def action_cancel(self) -> None:
        """Close, and do nothing."""
        self.dismiss(None)


class Tick(Checkbox):
    """A checkbox that looks empty while it is off, in a terminal without colours, too."""

    @property
    def _button(self) -> Content:
        return Content("[x]" if self.value else "[ ]")


class Words(Suggester):
    """Completes the last word of a text to one of those that are known."""

    def __init__(self, words: Sequence[str]) -> None:
        super().__init__(use_cache=False, case_sensitive=True)
        self._words = words

    async def get_suggestion(self, value: str) -> str | None:
        """The text with its last word complete; None when nothing begins so."""
        before, gap, last = value.rpartition(" ")
        found = next((word for word in self._words if last and word.startswith(last)), None)
        return None if found is None else f"{before}{gap}{found}"


ROOMY = 30
"""Lines of screen from which a form has air between its fields."""


class Form(Dialog):
    """Asks for what an action needs, in all the room there is; what is further down is said to be there."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+s", "done", "go on", id="form.done", priority=True),
        Binding("ctrl+o", "editor", "editor", id="form.editor"),
    ]

    def __init__(self, title: str, scope: Scope, fields: Sequence[Field], row: Row) -> None:
        super().__init__()
        self._heading, self._scope = title, scope
        self._fields = [field for field in fields if field.when is None or field.when(row)]
        self._row = row

    def compose(self) -> ComposeResult:
        """A label and an input for each field."""
        with Vertical(id="box") as box:
            box.border_title = Text(f" {safe(self._heading)} ")
            box.border_subtitle = Text(f" {safe(where(self._scope))} ")
            with VerticalScroll(id="fields", can_focus=False):
                for field in self._fields:
                    hint = f"  {field.hint}" if field.hint else ""
                    if field.kind != "flag":
                        yield Label(
                            Text.assemble(
                                (safe(field.title), "bold"), (safe(hint), style(self.app, "muted"))
                            )
                        )
                    yield self._input(field)
            yield Label("", id="complaint")
            with Horizontal(id="buttons"):
                yield Label("", id="more")
                yield Button("Cancel", id="cancel", compact=True)
                yield Button("Go on (^s)", id="done", compact=True)

    def _input(self, field: Field) -> Input | TextArea | Select[str] | Checkbox:
        default = field.default(self._row) if callable(field.default) else field.default
        ident = f"field-{field.name}"
        match field.kind:
            case "multiline":
                return TextArea(default, id=ident)
            case "choice":
                options = [(Text(safe(choice)), choice) for choice in field.choices]
                return Select(options, id=ident, allow_blank=not field.required, compact=True)
            case "flag":
                said, on = Text(safe(field.title)), default == "true"
                return Tick(said, id=ident, value=on, compact=True)
            case _:
                kind: Literal["number", "text"] = "number" if field.kind == "number" else "text"
                completes = Words(field.choices) if field.choices else None
                return Input(
                    default,
                    id=ident,
                    type=kind,
                    suggester=completes,
                    valid_empty=not field.required,
                )

    def on_mount(self) -> None:
        """The first field has the keys."""
        super().on_mount()
        self.watch(self.query_one("#fields"), "scroll_y", self._say_more, init=False)
        self.query("Input, TextArea, Select, Checkbox").first().focus()

    # ---- room ----------------------------------------------------------------------------------------

    def on_resize(self) -> None:
        """Use the room there is."""
        self.set_class(self.size.height < ROOMY, "small")
        self.call_after_refresh(self._give_room)

    def _give_room(self) -> None:
        if not self.is_attached:
            return
        fields, below = self.query_one("#fields"), self.query("#complaint, #buttons")
        taken = sum(one.outer_size.height + one.styles.margin.height for one in below)
        limit = self.size.height if self.has_class("small") else self.size.height * 9 // 10
        fields.styles.max_height = max(3, limit - taken - 2)
        self.call_after_refresh(self._say_more)

    def _say_more(self) -> None:
        """Say whether there are fields further down."""
        fields = self.query_one("#fields")
        more = "↓ more below" if fields.scroll_y < fields.max_scroll_y else ""
        self.query_one("#more", Label).update(Text(more, style(self.app, "warn")))

    # ---- what is said to it --------------------------------------------------------------------------

    def on_input_submitted(self) -> None:
        """Enter in a one-line field goes to the next one, and on after the last."""
        self.action_done() if self.focused is self._last() else self.focus_next()

    def _last(self) -> Any:
        return self.query("Input, TextArea, Select, Checkbox").last()

    def on_button_pressed(self, event: Button.Pressed) -> None:
        """Take the button that was pressed."""
        if event.button.id == "done":
            self.action_done()
        else:
            self.dismiss(None)

    def action_done(self) -> None:
        """Give the values back; a required one must be there."""
        values: dict[str, Any] = {}
        for field in self._fields:
            value = self._value(field)
            if field.required and value in ("", None):
                complaint = f"✗ {field.title} is needed."
                self.query_one("#complaint", Label).update(
                    Text(safe(complaint), style(self.app, "bad"))
                )
                self.query_one(f"#field-{field.name}").focus()
                return
            values[field.name] = value
        self.dismiss(values)

    def _value(self, field: Field) -> Any:
        widget = self.query_one(f"#field-{field.name}")
        if isinstance(widget, TextArea):
            return widget.text
        if isinstance(widget, Select):
            return "" if widget.is_blank() else widget.value
        value = widget.value  # type: ignore[attr-defined]
        if field.kind == "number" and value:
            return float(value) if "." in value else int(value)
        return value

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Offer the editor where there is a field for it."""
        if action == "editor":
            return any(field.kind == "multiline" for field in self._fields)
        return super().check_action(action, parameters)

    def action_editor(self) -> None:
        """Edit the multi-line field in ``$EDITOR``."""
        from awstui.ui.editor import edit

        areas = self.query(TextArea)
        if areas:
            area = self.focused if isinstance(self.focused, TextArea) else areas.first()
            area.text = edit(self.app, area.text)


def where(scope: Scope, *, production: bool = False) -> str:
    """Which account and region a dialog is about, in one phrase."""
    parts = [scope.profile or "default", scope.account or "account unknown", scope.region]
    return ("PROD · " if production else "") + " · ".join(parts)
