"""What only a person can do for an identity: a code, a login elsewhere; and the banner that asks for it."""

from __future__ import annotations

import shutil
import subprocess
import time
from typing import TYPE_CHECKING, ClassVar

from rich.text import Text
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.widgets import Button, Input, Label, Static

from awstui.errors import LAPSED, AwstuiError
from awstui.masking import for_child
from awstui.text import safe
from awstui.ui.dialogs import Dialog
from awstui.ui.places import sources_of
from awstui.ui.tone import style
from awstui.wire import Ask, Problem

if TYPE_CHECKING:
    from awstui.ui.app import AwsTui

CODE_LENGTH = 6


class Question(Dialog):
    """A dialog that an engine's question has opened."""

    def __init__(self, ask: Ask) -> None:
        super().__init__()
        self.asked = ask


class CodeDialog(Question):
    """Asks for the code that an MFA device shows."""

    def compose(self) -> ComposeResult:
        """Whose device, what was wrong with the last code, and where to type."""
        ask = self.asked
        with Vertical(id="box") as box:
            box.border_title = Text(f" MFA code · profile {safe(ask.profile)} ")
            yield Label(Text.assemble("The code that ", (safe(ask.subject), "bold"), " shows now:"))
            yield Input(
                id="code", restrict=r"[0-9]*", max_length=CODE_LENGTH, placeholder="six digits"
            )
            yield Label(self._complaint(ask.complaint), id="complaint")
            with Horizontal(id="buttons"):
                yield Button("Not now (esc)", id="cancel", compact=True)

    def on_mount(self) -> None:
        """The keys go where the code does."""
        self.query_one(Input).focus()

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Send a whole code; a shorter one is not sent."""
        event.stop()
        if len(event.value) == CODE_LENGTH:
            self.dismiss(event.value)
        else:
            self.query_one("#complaint", Label).update(self._complaint("A code has six digits."))

    def on_button_pressed(self) -> None:
        """Leave it for now."""
        self.dismiss(None)

    def _complaint(self, words: str) -> Text:
        return Text(f"✗ {safe(words)}" if words else "", style(self.app, "bad"))


class DeviceDialog(Question):
    """Shows the page to open and the code it must show, for as long as the login waits."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("c", "copy", "copy the page", show=False),
        Binding("C", "copy_code", "copy the code", show=False),
    ]

    def compose(self) -> ComposeResult:
        """Page and code, each on a line of its own so that a mouse can take it."""
        ask = self.asked
        with Vertical(id="box") as box:
            box.border_title = Text(f" SSO login · profile {safe(ask.profile)} ")
            yield Label("Open this page in any browser, on any machine:")
            yield Static(Text(safe(ask.subject), "bold"), markup=False, id="page")
            yield Label("Confirm there only if it shows this code:")
            yield Static(Text(safe(ask.code), "bold"), markup=False, id="user-code")
            yield Label("", id="waiting")
            with Horizontal(id="buttons"):
                yield Button("Copy page (c)", id="copy", compact=True)
                yield Button("Copy code (C)", id="copy-code", compact=True)
                yield Button("Give up (esc)", id="cancel", compact=True)

    def on_mount(self) -> None:
        """Let the time that is left grow less."""
        self.query_one("#copy").focus()
        self.set_interval(1.0, self._wait)
        self._wait()

    def _wait(self) -> None:
        left = max(0.0, self.asked.until - time.time())
        words = f"waiting for the page · {left / 60:.0f} min left" if left else "waiting"
        self.query_one("#waiting", Label).update(Text(words, style(self.app, "muted")))

    def on_button_pressed(self, event: Button.Pressed) -> None:
        """Copy, or give up."""
        event.stop()
        match event.button.id:
            case "copy":
                self.action_copy()
            case "copy-code":
                self.action_copy_code()
            case _:
                self.dismiss(None)

    def action_copy(self) -> None:
        """Copy the page through the terminal, so that it works over SSH."""
        self.app.copy_to_clipboard(self.asked.subject)

    def action_copy_code(self) -> None:
        """Copy the code."""
        self.app.copy_to_clipboard(self.asked.code)


async def log_in(console: AwsTui, said: str) -> None:
    """Renew a profile's credentials: from inside, or by a command on the terminal where it takes one.

    ``:login cli``, also after a profile's name, leaves it to the AWS command line in any case.
    """
    words = said.split()
    by_command_line = words[-1:] == ["cli"] and (len(words) > 1 or "cli" not in _profiles(console))
    profile = " ".join(words[:-1] if by_command_line else words) or _lapsed(console)
    told = await console.remote.login(profile, by="command" if by_command_line else "")
    if command := [str(word) for word in told.get("run", ())]:
        run(console, command)
        await console.remote.login(profile, by="done")
    console.say(f"The credentials of {profile} are renewed.")


def _profiles(console: AwsTui) -> set[str]:
    """The profiles there are, as far as they are known."""
    identity = console.identity
    read = {source.scope.profile for source in sources_of(identity)}
    return read | set(identity.profiles if identity is not None else ())


def _lapsed(console: AwsTui) -> str:
    """The profile that a login helps: the first whose credentials are over, else the first."""
    for source in sources_of(console.identity):
        if source.problem is not None and source.problem.kind in LAPSED:
            return source.scope.profile
    return console.scope.profile or "default"


def run(console: AwsTui, words: list[str]) -> None:
    """Run a login of the AWS command line on the terminal, which it gets for that time."""
    program = shutil.which(words[0])
    if program is None:
        raise AwstuiError(
            Problem(
                f"The AWS command line is not installed here, and `{' '.join(words)}` needs it.",
                do="Run it where it is installed, or choose a profile with SSO: :login logs in to that.",
                kind="credentials",
            )
        )
    with console.suspend():
        status = subprocess.run([program, *words[1:]], check=False, env=for_child()).returncode
    if status:
        raise AwstuiError(f"`{' '.join(words)}` ended with status {status}.")
