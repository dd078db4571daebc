"""The application: one header, a workspace of panes, one line of keys. It knows no service."""

from __future__ import annotations

import asyncio
import gc
import sys
import time
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any, ClassVar

from textual.app import App, ComposeResult
from textual.binding import Binding, BindingType
from textual.widgets import Input, TextArea

from awstui import wire
from awstui.link import Link
from awstui.plugin import Plugin, Resource
from awstui.registry import Registry
from awstui.text import safe
from awstui.ui.acting import Target
from awstui.ui.address import Go, Say, Unknown, complete, understand
from awstui.ui.help import Help
from awstui.ui.home_pane import HomePane
from awstui.ui.pane import Pane
from awstui.ui.prompt import Prompt
from awstui.ui.remote import Remote
from awstui.ui.resource_pane import ResourcePane, pane_type
from awstui.ui.rows_pane import RowsPane
from awstui.ui.status import Header, KeysLine, Standing
from awstui.ui.terminal import Keeper, crash_words
from awstui.ui.theme import use_theme
from awstui.ui.work import work
from awstui.ui.workspace import Workspace
from awstui.wire import Problem

COPY_LIMIT = 74_000
"""Bytes that a terminal takes over OSC 52 before it ignores the rest."""


class AwsTui(App[int]):
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
        regions: Iterable[str] = (),
        theme: str = "",
        crash_folder: Path | None = None,
        keymap: Mapping[str, str] | None = None,
        production: Callable[[wire.Scope], bool] = lambda scope: False,
        go: str = "",
    ) -> None:
        """``start`` is what the engine was started with, to start it again; ``go`` is where to begin."""
        super().__init__()
        self.registry = registry
        self.identity: wire.Identity | None = None
        self.remote = Remote(link, self._heard)
        self.is_production = production
        self._link, self._start = link, start
        self._regions, self._crash_folder = tuple(regions), crash_folder
        self._pulse: wire.Pulse | None = None
        self._died = ""
        self._known: dict[tuple[str, str], list[str]] = {}
        self.crash_words = ""
        """What to say on the terminal once it is given back."""

        self.loop: asyncio.AbstractEventLoop | None = None
        self._asking: tuple[Pane, Callable[[str], str]] | None = None
        self._pane_types: dict[tuple[str, str], type[ResourcePane]] = {}
        self.header = Header()
        self.keys = KeysLine()
        self.prompt = Prompt()
        self.workspace = Workspace(self._place(understand(go, registry)) or HomePane())
        use_theme(self, theme)  # type: ignore[arg-type]
        if keymap:
            self.set_keymap(dict(keymap))

    def compose(self) -> ComposeResult:
        """Header, workspace, prompt, keys."""
        yield self.header
        yield self.workspace
        yield self.prompt
        yield self.keys

    async def on_mount(self) -> None:
        """Open the line to the engine, and keep time."""
        self.loop = asyncio.get_running_loop()
        await self._link.open(self.remote.deliver, self._engine_died)
        self.remote.opened()
        self.set_interval(1.0, self._tick)
        self.screen.bindings_updated_signal.subscribe(self, lambda _: self._show_keys())
        self.call_after_refresh(_settle_memory)

    # ---- the engine ----------------------------------------------------------------------------------

    @property
    def scope(self) -> wire.Scope:
        """Whose account and region a new pane is about."""
        if self.identity is not None:
            return self.identity.scope
        return wire.Scope(self._start.profile, self._start.region)

    def _heard(self, message: wire.ToInterface) -> None:
        """Take what is addressed to nobody in particular."""
        match message:
            case wire.Identity():
                before, self.identity = self.identity, message
                if message.problem is not None:
                    self.workspace.pane.fail(message.problem)
                elif before is not None and before.scope != message.scope:
                    self._become()
            case wire.Pulse():
                self._pulse = message
            case wire.Dying():
                self._died = message.reason
            case _:
                self.log.error(f"no one takes {message!r}")
        self._stand()

    def _become(self) -> None:
        """Another identity: what is on screen is read anew, the rest when it is seen."""
        for tab in self.workspace.tabs:
            for pane in tab.panes:
                if isinstance(pane, RowsPane):
                    pane.sleep()
                    pane.forget()
        for pane in self.workspace.seen():
            pane.wake()

    def _engine_died(self, reason: str) -> None:
        self._died = reason or "no reason given"
        self._pulse = None
        self.remote.lost(self._died)
        for pane in self.workspace.seen():
            pane.fail(
                Problem(
                    "The engine stopped: nothing is read any more.",
                    why=self._died,
                    do="Press ctrl+e to start it again. What is on screen is what was last read.",
                    kind="fault",
                )
            )
        self._stand()

    def action_engine(self) -> None:
        """Start the engine again."""
        if self._died:
            self.do(self._restart(), "engine")

    async def _restart(self) -> None:
        await self._link.again(self._start)
        self._died = ""
        for tab in self.workspace.tabs:
            for pane in tab.panes:
                pane.notice.say([], alone=False)
                pane.sleep()
        for pane in self.workspace.seen():
            pane.wake()
        self.say("The engine runs again.")
        self._stand()

    # ---- telling -------------------------------------------------------------------------------------

    def _tick(self) -> None:
        now = time.time()
        for pane in self.workspace.seen():
            pane.tick(now)
        self._stand()

    def _stand(self) -> None:
        if not self.is_attached or not self.header.is_attached:
            return
        pane = self.workspace.pane
        at = pane.at() if isinstance(pane, RowsPane) else 0.0
        self.header.say(
            Standing(
                identity=self.identity,
                pulse=self._pulse,
                age=f"{max(0, time.time() - at):.0f} s old" if at else "",
                production=self.is_production(self.scope),
                died=bool(self._died),
            )
        )

    def _show_keys(self) -> None:
        if self.is_attached and self.keys.is_attached:
            active = self.screen.active_bindings.values()
            shown = [one.binding for one in active if one.binding.show and one.enabled]
            # What only this pane can do says more than what every list can.
            self.keys.say(sorted(shown, key=lambda b: (b.id or "").startswith("rows.")))

    def say(self, sentence: str, tone: str = "") -> None:
        """Tell the person something in passing."""
        severity = {"bad": "error", "warn": "warning"}.get(tone, "information")
        self.notify(safe(sentence), severity=severity, markup=False, timeout=6)  # type: ignore[arg-type]

    def fail(self, problem: Problem) -> None:
        """Tell of a problem that belongs to no pane."""
        self.say(f"{problem.what} {problem.do}", "bad")

    def do(self, job: Any, group: str) -> None:
        """Run something for the whole console."""
        work(self.screen, job, group=group, fail=self.fail)

    def copy(self, text: str, what: str) -> None:
        """Copy through the terminal, so that it works over SSH."""
        if len(text.encode()) > COPY_LIMIT:
            self.say(f"{what} is too large for the terminal's clipboard (74 kB).", "warn")
            return
        self.copy_to_clipboard(text)
        self.say(f"Sent {what} to the terminal's clipboard; some terminals ignore it.")

    def remember(self, plugin: str, resource: str, rows: Mapping[Any, wire.PackedRow]) -> None:
        """Keep the names of rows that were seen, for completion."""
        self._known[plugin, resource] = [row.key for row in rows.values()]

    # ---- going ---------------------------------------------------------------------------------------

    def resource_pane(
        self,
        plugin: Plugin,
        resource: Resource,
        *,
        parent: Target | None = None,
        go_to: tuple[str, ...] = (),
        filter_text: str = "",
    ) -> ResourcePane:
        """The pane of a resource, with the bindings its declaration gives it."""
        name = (plugin.name, resource.name)
        if name not in self._pane_types:
            self._pane_types[name] = pane_type(plugin, resource)
        return self._pane_types[name](
            plugin, resource, parent=parent, go_to=go_to, filter_text=filter_text
        )

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """A colon is a colon wherever text is typed, and Tab completes there."""
        if action in ("go", "other_half"):
            return not isinstance(self.focused, Input | TextArea)
        return True

    def action_go(self) -> None:
        """Ask where to go."""
        self.prompt.ask("go", ":", suggest=self._suggest)

    def _suggest(self, text: str) -> list[str]:
        profiles = self.identity.profiles if self.identity else ()
        return complete(
            text, self.registry, regions=self._regions, profiles=profiles, keys=self._known
        )

    def ask_filter(
        self, pane: Pane, label: str, take: Callable[[str], str], text: str = ""
    ) -> None:
        """Ask for a filter or search text; ``take`` gets each edit and returns what is wrong with it."""
        self._asking = (pane, take)
        self.prompt.ask("filter", label, text)

    def on_prompt_edited(self, message: Prompt.Edited) -> None:
        """Let a filter act while it is typed."""
        if message.purpose == "filter" and self._asking is not None:
            self.prompt.complain(self._asking[1](message.text))

    def on_prompt_cancelled(self, message: Prompt.Cancelled) -> None:
        """Put the filter back as it was."""
        if message.purpose == "filter" and self._asking is not None:
            self._asking[1](message.before)
        self._asking = None
        self.workspace.pane.focus_content()

    def on_prompt_submitted(self, message: Prompt.Submitted) -> None:
        """Keep the filter, or go where it says."""
        if message.purpose == "filter":
            if self._asking is not None and (complaint := self._asking[1](message.text)):
                self.prompt.complain(complaint)
                return
            self._asking = None
            self.prompt.close()
            self.workspace.pane.focus_content()
            return
        meant = understand(message.text, self.registry)
        if isinstance(meant, Unknown) and message.offered and message.text.strip():
            meant = understand(message.offered, self.registry)
        if isinstance(meant, Unknown) and message.text.strip():
            self.prompt.complain(f"nothing is called {message.text.strip()!r}")
            return
        self.prompt.close()
        self.workspace.pane.focus_content()
        self._go(meant)

    def _go(self, meant: Go | Say | Unknown) -> None:
        if (pane := self._place(meant)) is not None:
            self.workspace.open(pane)
        elif isinstance(meant, Say):
            self._say_word(meant)

    def _place(self, meant: Go | Say | Unknown) -> Pane | None:
        """The pane that is meant; None when it is a word that does something, or nothing."""
        match meant:
            case Go():
                plugin = self.registry.plugin(meant.plugin)
                return self.resource_pane(
                    plugin,
                    plugin.resource(meant.resource),
                    go_to=(meant.key,) if meant.key else (),
                    filter_text=meant.filter,
                )
            case Say("home"):
                return HomePane()
            case Say("plugins"):
                from awstui.ui.plugins_pane import PluginsPane

                return PluginsPane(self.registry)
        return None

    def _say_word(self, said: Say) -> None:
        match said.word:
            case "profile" | "region" if said.argument:
                scope = self.scope
                profile = said.argument if said.word == "profile" else scope.profile
                region = said.argument if said.word == "region" else ""
                self.do(self._switch(profile, region), "switch")
            case "profile" | "region":
                self.say(f"Which {said.word}? Type :{said.word} and its name.", "warn")
            case "help":
                self.action_help()
            case "tab":
                self.action_new_tab()
            case _:
                self.action_leave()

    async def _switch(self, profile: str, region: str) -> None:
        self.say(f"Asking AWS who {profile or 'default'} is in {region or 'its region'} …")
        await self.remote.switch(profile, region)
        scope = self.scope
        self._start = wire.Start(
            profile=scope.profile,
            region=scope.region,
            endpoint_url=self._start.endpoint_url,
            read_only=self._start.read_only,
            plugin_folders=self._start.plugin_folders,
            demo=self._start.demo,
        )

    async def action_back(self) -> None:
        """Undo the nearest thing: the pane's own, then the pane."""
        workspace = self.workspace
        if not workspace.pane.back() and not workspace.tab.step(-1) and workspace.beside:
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
        self._stand()

    def action_help(self) -> None:
        """Show the keys that act here."""
        self.push_screen(Help(self.workspace.pane.title, self.screen.active_bindings.values()))

    # ---- leaving -------------------------------------------------------------------------------------

    def action_leave(self) -> None:
        """Leave; the engine ends too."""
        self.exit(0)

    async def on_unmount(self) -> None:
        """End the engine with the console."""
        await self._link.close()

    def _handle_exception(self, error: Exception) -> None:
        """End on a fault of our own: a sentence and a file, where Textual would print every local."""
        self._return_code = 70
        if self._exception is None:  # the first is the cause; what falls over it is not
            self._exception = error
            self._exception_event.set()
            self.crash_words = crash_words(error, self._crash_folder)
        self._close_messages_no_wait()


def _settle_memory() -> None:
    """After the first paint what was loaded stays: let the collector look only at what comes."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 100)
    gc.enable()


def run(app: AwsTui) -> int:
    """Run the console on this terminal until it ends; the exit status."""
    keeper = Keeper()
    ended: list[int] = []

    def leave(status: int) -> None:
        ended.append(status)
        if app.loop is not None:
            app.loop.call_soon_threadsafe(app.exit, status)

    keeper.guard(leave)
    keeper.watch_input(leave)
    left = False
    try:
        status = app.run()
        left = True
    finally:
        keeper.restore(left=left)
    if words := app.crash_words:
        sys.stderr.write(safe(words) + "\n")
    return ended[0] if ended else (app.return_code or status or 0)
