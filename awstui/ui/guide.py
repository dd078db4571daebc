"""The way around: what is typed after ``:`` and ``/``, and the panes that places stand for."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Any

from awstui.plugin import Plugin, Resource
from awstui.registry import Registry, above, nested
from awstui.ui.address import Go, Say, Unknown, complete, understand
from awstui.ui.home_pane import HomePane
from awstui.ui.links import Goal
from awstui.ui.prompt import Prompt
from awstui.ui.resource_pane import ResourcePane, pane_type
from awstui.ui.target import Target

if TYPE_CHECKING:
    from awstui.ui.app import AwsTui
    from awstui.ui.described_pane import DescribedPane
    from awstui.ui.pane import Pane


class Guide:
    """Understands what is typed, and makes the panes it leads to."""

    def __init__(self, console: AwsTui, registry: Registry) -> None:
        self._console, self._registry = console, registry
        self._known: dict[tuple[str, str], list[str]] = {}
        self._types: dict[tuple[str, str], type[ResourcePane]] = {}
        self._described: dict[tuple[str, str], type[DescribedPane]] = {}
        self._take: Callable[[str], str] | None = None
        self._done: Callable[[str], None] | None = None

    def resource_pane(
        self,
        plugin: Plugin,
        resource: Resource,
        *,
        parent: Target | None = None,
        goal: Goal | None = None,
        filter_text: str = "",
    ) -> ResourcePane:
        """The pane of a resource, with the bindings its declaration gives it."""
        name = (plugin.name, resource.name)
        if name not in self._types:
            self._types[name] = pane_type(plugin, resource)
        made = self._types[name]
        return made(plugin, resource, parent=parent, goal=goal, filter_text=filter_text)

    def described_pane(
        self,
        plugin: Plugin,
        resource: Resource,
        subject: Target,
        load: Callable[[], Awaitable[Any]],
        *,
        raw: bool = False,
    ) -> DescribedPane:
        """The pane with all about one row, with the ways that lead on from it."""
        from awstui.ui.described_pane import described_type

        name = (plugin.name, resource.name)
        if name not in self._described:
            self._described[name] = described_type(plugin, resource)
        form = "JSON" if raw else "describe"
        title = f"{subject.name} › {form}"
        return self._described[name](subject, title, load, raw=raw, asks=plugin.title)

    def remember(self, plugin: str, resource: str, keys: Iterable[str]) -> None:
        """Keep the names of rows that were seen, for completion."""
        self._known[plugin, resource] = list(keys)

    def known(self, plugin: str, resource: str) -> list[str]:
        """The names of rows that were seen."""
        return self._known.get((plugin, resource), [])

    def understand(self, text: str) -> Go | Say | Unknown:
        """What a text asks for."""
        return understand(text, self._registry)

    def suggest(self, text: str) -> list[str]:
        """What a text could become."""
        identity = self._console.identity
        return complete(
            text,
            self._registry,
            regions=identity.regions if identity else (),
            profiles=identity.profiles if identity else (),
            keys=self._known,
        )

    def place(self, meant: Go | Say | Unknown) -> Pane | None:
        """The pane that is meant; None when it is a word that does something, or nothing."""
        match meant:
            case Go():
                return self._list(meant)
            case Say("home"):
                return HomePane()
            case Say("audit"):
                from awstui.ui.audit_pane import AuditPane

                return AuditPane()
            case Say("plugins"):
                from awstui.ui.plugins_pane import PluginsPane

                return PluginsPane(self._registry)
        return None

    def _list(self, meant: Go) -> ResourcePane:
        """The list that is meant; of what lies under rows of another that one, to pick a row in."""
        plugin = self._registry.plugin(meant.plugin)
        resource = plugin.resource(meant.resource)
        over = above(plugin, resource) if nested(plugin, resource) else []
        pane = self.resource_pane(
            plugin,
            over[0] if over else resource,
            goal=Goal((meant.key,) if meant.key else ()),
            filter_text=meant.filter,
        )
        if over:
            pane.on_the_way(resource, over)
        return pane

    # ---- the prompt ----------------------------------------------------------------------------------

    def ask_place(self) -> None:
        """Ask where to go."""
        self._console.prompt.ask("go", ":", suggest=self.suggest)

    def ask_filter(
        self,
        label: str,
        take: Callable[[str], str],
        text: str,
        done: Callable[[str], None] | None = None,
    ) -> None:
        """Ask for a filter or a search; ``take`` gets each edit and returns what is wrong with it.

        ``done`` gets what was entered once nothing is wrong with it: for what must not act on each edit.
        """
        self._take, self._done = take, done
        self._console.prompt.ask("filter", label, text)

    def edited(self, message: Prompt.Edited) -> None:
        """Let a filter act while it is typed."""
        if message.purpose == "filter" and self._take is not None:
            self._console.prompt.complain(self._take(message.text))

    def cancelled(self, message: Prompt.Cancelled) -> None:
        """Put the filter back as it was."""
        if message.purpose == "filter" and self._take is not None:
            self._take(message.before)
        self._leave_prompt()

    def submitted(self, message: Prompt.Submitted) -> None:
        """Keep the filter, or go where it says; what is wrong is said and the prompt stays."""
        text = message.text.strip()
        if message.purpose == "filter":
            complaint = self._take(message.text) if self._take is not None else ""
        else:
            meant = self.understand(text)
            if isinstance(meant, Unknown) and text:
                meant = self.understand(message.offered)
            complaint = f"nothing is called {text!r}" if isinstance(meant, Unknown) and text else ""
        if complaint:
            self._console.prompt.complain(complaint)
            return
        done = self._done
        self._leave_prompt()
        if message.purpose == "filter" and done is not None:
            done(message.text)
        if message.purpose == "go":
            self._go(meant)

    def _leave_prompt(self) -> None:
        self._take = self._done = None
        self._console.prompt.close()
        self._console.workspace.pane.focus_content()

    def _go(self, meant: Go | Say | Unknown) -> None:
        if (pane := self.place(meant)) is not None:
            self._console.workspace.open(pane)
        elif isinstance(meant, Say):
            self._say(meant)

    def _say(self, said: Say) -> None:
        console = self._console
        deeds: Mapping[str, Callable[[], Any]] = {
            "help": console.action_help,
            "tab": console.action_new_tab,
            "quit": console.action_leave,
            "q": console.action_leave,
        }
        if said.word in deeds:
            deeds[said.word]()
        elif said.word == "login":
            from awstui.ui.identity_dialogs import log_in

            console.do(log_in(console, said.argument), "login")
        elif said.argument:
            names = ",".join(said.argument.replace(",", " ").split())
            profile, region = (names, "") if said.word == "profile" else (console.profiles, names)
            console.do(console.engine.switch(profile, region), "switch")
        else:
            console.say(f"Which {said.word}? Type :{said.word} and its name.", "warn")
