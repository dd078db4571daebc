"""The application: one header, a workspace of panes, one line of keys. It knows no service."""

from __future__ import annotations

import asyncio
import gc
import os
import sys
import time
from collections.abc import Awaitable, Callable, Hashable, Mapping, Sequence
from pathlib import Path
from typing import Any, ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.filter import LineFilter

from awstui import wire
from awstui.ascii import for_terminal, speaks_unicode
from awstui.link import Link
from awstui.registry import Registry
from awstui.text import safe
from awstui.ui import declared
from awstui.ui.ascii_filter import AsciiFilter
from awstui.ui.banner import Banner
from awstui.ui.clipboard import COPY_LIMIT, to_clipboard
from awstui.ui.editor import give_up, sweep
from awstui.ui.guide import Guide
from awstui.ui.home_pane import HomePane
from awstui.ui.places import sources_of
from awstui.ui.prompt import Prompt
from awstui.ui.readying import import_panes, import_plugins
from awstui.ui.remote import Remote
from awstui.ui.rows_pane import RowsPane
from awstui.ui.status import Header, KeysLine
from awstui.ui.terminal import (
    Tty,
    crash_words,
    notice_size,
    paint_when_continued,
    tell_loose_faults,
)
from awstui.ui.theme import use_theme
from awstui.ui.unhurried import Unhurried, takes_text
from awstui.ui.watch import EngineWatch
from awstui.ui.work import work
from awstui.ui.workspace import Workspace
from awstui.wire import Problem


class AwsTui(Unhurried):
    """The console."""

    TITLE = "awstui"
    ENABLE_COMMAND_PALETTE = False
    DEFAULT_CSS = """
    Screen { layers: below above; }
    Toast { max-width: 70%; padding: 0 1; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        # With priority it acts before the next key is handed on: what is typed after it is not lost.
        Binding("colon", "go", "go", show=False, priority=True, id="app.go",
                tooltip="Go to a service, resource or row"),
        Binding("question_mark", "help", "keys", show=False, id="app.help", tooltip="The keys of this pane"),
        Binding("escape", "back", "back", show=False, id="app.back",
                tooltip="Take the filter away, then go back"),
        Binding("left_square_bracket", "history(-1)", "before", show=False, id="app.before",
                tooltip="The pane before, with its filter"),
        Binding("right_square_bracket", "history(1)", "after", show=False, id="app.after",
                tooltip="The pane after"),
        Binding("ctrl+t", "new_tab", "tab", show=False, id="app.tab", tooltip="A new tab"),
        Binding("ctrl+w", "close_tab", "close", show=False, id="app.close", tooltip="Close this tab"),
        *[
            Binding(str(n), f"tab({n - 1})", f"tab {n}", show=False, id=f"app.tab-{n}",
                    tooltip=f"Go to tab {n}")
            for n in range(1, 10)
        ],
        Binding("tab", "other_half", "other half", show=False, priority=True, id="app.half",
                tooltip="The other half of a split"),
        Binding("ctrl+l", "login", "login", show=False, id="app.login",
                tooltip="Renew credentials: SSO, an MFA code"),
        Binding("ctrl+e", "engine", "engine", show=False, id="app.engine",
                tooltip="Start the engine again after it stopped"),
        Binding("ctrl+z", "suspend_process", "suspend", show=False, id="app.suspend",
                tooltip="Put the console in the background"),
        Binding("ctrl+c,ctrl+q", "leave", "quit", show=False, priority=True, id="app.quit",
                tooltip="Leave; the engine ends too"),
    ]  # fmt: skip

    def __init__(
        self,
        link: Link,
        registry: Registry,
        start: wire.Start,
        *,
        theme: str = "",
        crash_folder: Path | None = None,
        keymap: Mapping[str, str] | None = None,
        cadence: Mapping[str, float] | None = None,
        production: Callable[[wire.Scope], bool] = lambda scope: False,
        go: str = "",
    ) -> None:
        """``start`` is what the engine was started with; ``go`` is the place to begin at."""
        super().__init__()
        self.registry = registry
        self.engine = EngineWatch(self, link, start)
        self.guide = Guide(self, registry)
        self.is_production = production
        self.cadence = cadence or {}
        """From ``plugin.resource`` to the seconds between refreshes that the user has set."""

        self.crash_words = ""
        """What to say on the terminal once it is given back."""

        self._warned = ""
        self.kept: dict[Hashable, Any] = {}
        """What goes on when the pane that began it is gone; the next one finds it by its name."""

        self.loop: asyncio.AbstractEventLoop | None = None
        self._last_filters = [] if speaks_unicode() else [AsciiFilter()]
        self._crash_folder = crash_folder
        self.header = Header()
        self.banner = Banner(markup=False)
        self.keys = KeysLine()
        self.prompt = Prompt()
        self.workspace = Workspace(self.guide.place(self.guide.understand(go)) or HomePane())
        use_theme(self, theme)
        if keymap:
            self.set_keymap(dict(keymap))

    def get_line_filters(self) -> Sequence[LineFilter]:
        """What every line goes through before it is written."""
        return [*super().get_line_filters(), *self._last_filters]

    def compose(self) -> ComposeResult:
        """Header, workspace, prompt, keys."""
        yield self.header
        yield self.banner
        yield self.workspace
        yield self.prompt
        yield self.keys

    async def on_mount(self) -> None:
        """Open the line to the engine, and keep time."""
        self.loop = asyncio.get_running_loop()
        await self.engine.open()
        self.set_interval(1.0, self._tick)
        self.screen.bindings_updated_signal.subscribe(self, lambda _: self._show_keys())
        self.call_after_refresh(lambda: self.do(self._settle(), "settle"))
        self.do(asyncio.to_thread(sweep), "sweep")
        paint_when_continued(self)
        tell_loose_faults(
            self.loop,
            lambda error: self.say(crash_words(error, self._crash_folder, "met"), "bad"),
        )

    async def _settle(self) -> None:
        """Once painted, import what nobody has asked for yet, and let all of it rest in memory."""
        await import_plugins()
        _ = self.registry.plugins
        _settle_memory()
        await import_panes()
        _settle_memory()

    def on_resize(self) -> None:
        """Paint all: a window that was small for a moment has lost what was on it."""
        self.refresh(layout=True)

    # ---- what panes ask for --------------------------------------------------------------------------

    @property
    def remote(self) -> Remote:
        """The engine, to ask things of."""
        return self.engine.remote

    @property
    def identity(self) -> wire.Identity | None:
        """Who the engine is; None before it has said so."""
        return self.engine.identity

    @property
    def scope(self) -> wire.Scope:
        """Whose account and region a new pane is about."""
        return self.engine.scope

    @property
    def profiles(self) -> str:
        """The profiles that are read, separated by commas."""
        told = dict.fromkeys(source.scope.profile for source in sources_of(self.identity))
        return ",".join(told) or self.scope.profile

    def do(self, job: Awaitable[None], group: str) -> None:
        """Run something for the whole console."""
        work(self.screen, job, group=group, fail=self.fail)

    def copy(self, text: str, what: str) -> None:
        """Copy through the terminal, so that it works over SSH."""
        if len(text.encode(errors="surrogateescape")) > COPY_LIMIT:
            self.say(f"{what} is too large for the terminal's clipboard (74 kB).", "warn")
            return
        self.copy_to_clipboard(text)
        self.say(f"Sent {what} to the terminal's clipboard; some terminals ignore it.")

    def copy_to_clipboard(self, text: str) -> None:
        """Write what asks the terminal to take a text, through whatever is between it and us."""
        self._clipboard = text
        if self._driver is not None:
            self._driver.write(to_clipboard(text, os.environ))

    # ---- telling -------------------------------------------------------------------------------------

    def _tick(self) -> None:
        now = time.time()
        for pane in self.workspace.seen():
            pane.tick(now)
        self.engine.questions.look()
        self.stand()
        notice_size(self)

    def stand(self) -> None:
        """Show in the header how everything stands."""
        if not self.is_attached or not self.header.is_attached:
            return
        pane = self.workspace.pane
        at = pane.at() if isinstance(pane, RowsPane) else 0.0
        self.banner.stand(sources_of(self.identity))
        self.header.say(self.engine.standing(f"{max(0, time.time() - at):.0f} s old" if at else ""))

    def _show_keys(self) -> None:
        if self.is_attached and self.keys.is_attached:
            active = self.screen.active_bindings.values()
            shown = [one.binding for one in active if one.binding.show and one.enabled]
            keys = declared.in_line(shown, self.workspace.pane.FIRST)
            self.keys.say(keys, more=not self.screen.is_modal)

    def say(self, sentence: str, tone: str = "", seconds: float = 6.0) -> None:
        """Tell the person something in passing."""
        severity = {"bad": "error", "warn": "warning"}.get(tone, "information")
        self.notify(safe(sentence), severity=severity, markup=False, timeout=seconds)  # type: ignore[arg-type]

    def fail(self, problem: Problem) -> None:
        """Tell of a problem that belongs to no pane."""
        self.say(f"{problem.what} {problem.do}", "bad")

    async def settled(self) -> None:
        """Wait until the pane that is seen has the keys."""
        await self.workspace.settled.wait()

    # ---- going ---------------------------------------------------------------------------------------

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """A colon is a colon wherever text is typed, and Tab completes there."""
        if action in ("go", "other_half"):
            return not self.screen.is_modal and not takes_text(self.focused)
        return True

    def action_go(self) -> None:
        """Ask where to go."""
        self.guide.ask_place()

    def on_prompt_edited(self, message: Prompt.Edited) -> None:
        """Let a filter act while it is typed."""
        self.guide.edited(message)

    def on_prompt_cancelled(self, message: Prompt.Cancelled) -> None:
        """Put the filter back as it was."""
        self.guide.cancelled(message)

    def on_prompt_submitted(self, message: Prompt.Submitted) -> None:
        """Keep the filter, or go where it says."""
        self.guide.submitted(message)

    def action_login(self) -> None:
        """Renew the credentials that have lapsed, or those of the first profile."""
        from awstui.ui.identity_dialogs import log_in

        self.do(log_in(self, ""), "login")

    def action_engine(self) -> None:
        """Start the engine again after it died."""
        if self.engine.died:
            self.do(self.engine.restart(), "engine")

    async def action_back(self) -> None:
        """Undo the nearest thing: waiting for credentials, the pane's own, then the pane."""
        workspace = self.workspace
        if self.engine.questions.skip():
            self.stand()
        elif not workspace.pane.back() and not workspace.tab.step(-1) and workspace.beside:
            workspace.unsplit()

    def action_history(self, by: int) -> None:
        """Walk the panes of this tab."""
        if not self.workspace.tab.step(by):
            self.say("No pane " + ("before this one." if by < 0 else "after this one."))

    def action_new_tab(self) -> None:
        """Open a tab with the home pane."""
        self.workspace.new_tab(HomePane())

    def action_close_tab(self) -> None:
        """Close the active tab."""
        if not self.workspace.close_tab():
            self.say("This is the only tab; ctrl+c leaves.")

    def action_tab(self, index: int) -> None:
        """Go to a tab by its number."""
        self.workspace.go(index)

    def action_other_half(self) -> None:
        """Give the keys to the other half of a split."""
        self.workspace.other_half()

    def on_workspace_pane_seen(self) -> None:
        """Say the keys and the age of the pane that has come to be seen."""
        self._show_keys()
        self.stand()

    def action_help(self) -> None:
        """Show the keys that act here."""
        from awstui.ui.help import Help

        self.push_screen(Help(self.workspace.pane.title, self.screen.active_bindings.values()))

    # ---- leaving -------------------------------------------------------------------------------------

    def action_leave(self) -> None:
        """Leave; the engine ends too. What is being sent is said first."""
        if (sending := self.engine.deeds.said) and sending != self._warned:
            self._warned = sending
            self.say(f"{sending} What comes of it would stay unknown. ctrl+c again leaves.", "warn")
        else:
            self.exit(0)

    async def on_unmount(self) -> None:
        """End the engine with the console."""
        await self.engine.close()

    def crashed(self, error: Exception) -> None:
        """Keep a fault of our own to be told at the end; the first, for it is the cause of others."""
        self._return_code = 70
        if self._exception is None:
            self._exception = error
            self._exception_event.set()
            self.crash_words = crash_words(error, self._crash_folder)

    def _handle_exception(self, error: Exception) -> None:
        """End on a fault of our own: a sentence and a file, where Textual would print every local."""
        self.crashed(error)
        self._close_messages_no_wait()


def _settle_memory() -> None:
    """After the first paint what was loaded stays: let the collector look only at what comes."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 100)
    gc.enable()


def run(app: AwsTui) -> int:
    """Run the console on this terminal until it ends; the exit status."""
    tty = Tty(last=lambda: give_up(kill=True))
    ended: list[int] = []

    def leave(status: int) -> None:
        ended.append(status)
        give_up()
        if app.loop is not None:
            app.loop.call_soon_threadsafe(app.exit, status)

    tty.guard(leave)
    tty.watch_input(leave)
    left, status = False, None
    try:
        status = app.run()
        left = True
    except Exception as error:  # noqa: BLE001  a pane may fall even while panes are taken down
        app.crashed(error)
    finally:
        tty.restore(left=left)
    if words := app.crash_words:
        sys.stderr.write(for_terminal(safe(words)) + "\n")
    return ended[0] if ended else (app.return_code or status or 0)
