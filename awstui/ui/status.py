"""The line above everything, that says who and where, and the line below, that says which keys."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec
from rich.text import Text
from textual.binding import Binding
from textual.keys import key_to_character
from textual.widget import Widget

from awstui.text import safe
from awstui.ui.tone import style
from awstui.wire import Identity, Pulse, Source

KEY_NAMES = {
    "escape": "esc", "pagedown": "pgdn", "pageup": "pgup",
    # What Textual calls otherwise than Unicode does, so that no sign is found by the name.
    "slash": "/", "backslash": "\\", "at": "@", "minus": "-", "plus": "+", "underscore": "_",
}  # fmt: skip

LEAST = (40, 10)
"""Columns and rows from which everything a person needs can be seen."""


def key_name(key: str) -> str:
    """How a key is written: the first of several, in the fewest signs."""
    first = key.split(",", maxsplit=1)[0]
    if named := KEY_NAMES.get(first):
        return named
    sign = key_to_character(first) or ""
    return sign if sign.isprintable() and sign.strip() else first.replace("ctrl+", "^")


class Standing(msgspec.Struct, frozen=True):
    """Everything the header says."""

    identity: Identity | None = None
    pulse: Pulse | None = None
    age: str = ""
    """How old the data of the active pane are."""

    left: tuple[str, str] = ("", "")
    """How long the credentials last unless a person renews them, and its tone."""

    production: bool = False
    died: bool = False
    sending: str = ""
    """What is being sent at this moment."""

    trying: str = ""
    """Who is asked for credentials, and for how long."""


class Header(Widget):
    """Profile, account, region, role; then what limits and what happens."""

    DEFAULT_CSS = """
    Header { height: 1; dock: top; background: $panel; color: $text; }
    Header.production { background: $error-muted; }
    """

    def __init__(self) -> None:
        super().__init__()
        self._standing = Standing()

    def say(self, standing: Standing) -> None:
        """Show another standing."""
        if standing != self._standing:
            self._standing = standing
            self.set_class(standing.production, "production")
            self.refresh()

    def render(self) -> Text:
        """Both ends of the line; what limits the person outlives what is only nice to know."""
        width = max(1, self.size.width - 1)
        right = self._right()
        left = self._left()
        left.truncate(max(10, width - right.cell_len - 2), overflow="ellipsis")
        gap = " " * max(1, width - left.cell_len - right.cell_len)
        return Text.assemble(left, gap, right, no_wrap=True, overflow="crop")

    def _left(self) -> Text:
        identity = self._standing.identity
        line = Text(" awstui ", "bold")
        if identity is None:
            return line.append(" who are you? asking…", style(self.app, "muted"))
        if len(identity.sources) > 1:
            return self._several(line, identity)
        scope = identity.scope
        line.append(f" {safe(scope.profile or 'default')}", "bold")
        if scope.account:
            line.append(f" {safe(scope.account)}")
        line.append(f" · {safe(scope.region or 'no region')}")
        if identity.problem is not None and identity.problem.kind != "expired":
            return line.append(" · ✗ no identity", style(self.app, "bad"))
        if role := role_of(identity.arn):
            line.append(f" · {safe(role)}", style(self.app, "muted"))
        return line

    def _several(self, line: Text, identity: Identity) -> Text:
        """Every profile and region, and how many of their places are somebody."""
        sources = identity.sources
        profiles = dict.fromkeys(safe(one.scope.profile or "default") for one in sources)
        regions = dict.fromkeys(safe(one.scope.region or "no region") for one in sources)
        line.append(f" {' '.join(profiles)}", "bold").append(f" · {' '.join(regions)}")
        good = sum(one.problem is None and not one.asking for one in sources)
        tone = "muted" if good == len(sources) else "bad"
        return line.append(f" · {good} sources of {len(sources)}", style(self.app, tone))

    def _right(self) -> Text:
        standing = self._standing
        words: list[tuple[str, str]] = []
        if standing.died:
            words.append(("✗ engine stopped, ^e starts it", "bad"))
        if standing.production:
            words.append(("PROD", "bad"))
        words += [(said, "warn") for said in (standing.trying, standing.sending) if said]
        if standing.left[0]:
            words.append(standing.left)
        if said := read_only_of(standing.identity):
            words.append((said, "warn"))
        if standing.pulse is not None and standing.pulse.throttled:
            words.append(("! throttled", "warn"))
        if standing.pulse is not None and standing.pulse.calls_per_second >= 0.5:
            words.append((f"{standing.pulse.calls_per_second:.0f} calls/s", "muted"))
        if standing.age:
            words.append((standing.age, "muted"))
        line = Text()
        for index, (word, tone) in enumerate(words):
            line.append(" · " if index else "", style(self.app, "muted"))
            line.append(safe(word), style(self.app, tone))
        return line


def read_only_of(identity: Identity | None) -> str:
    """Whether nothing is changed, or in how many of several places; nothing where AWS has not said who one is."""
    settled = [one for one in identity.sources if not one.asking] if identity is not None else []
    guarded = sum(one.read_only for one in settled)
    if not guarded:
        return ""
    return "read-only" if guarded == len(settled) else f"read-only in {guarded} of {len(settled)}"


AMBER, RED = 600.0, 120.0
"""Seconds before the end from which the time left stands out, and from which it is urgent."""


def time_left(sources: Iterable[Source], now: float) -> tuple[str, str]:
    """How long the credentials that end first still last, in words, and how urgent that is."""
    found = list(sources)
    if any(one.problem is not None and one.problem.kind == "expired" for one in found):
        return "✗ expired, ^l renews", "bad"
    end = min((one.expires for one in found if one.expires), default=0.0)
    if not end:
        return "", ""
    seconds = max(0.0, end - now)
    if seconds <= RED:
        return f"✗ expires in {seconds:.0f} s", "bad"
    if seconds <= AMBER:
        return f"! expires in {seconds / 60:.0f} min", "warn"
    words = f"{seconds / 3600:.0f} h" if seconds >= 5400 else f"{seconds / 60:.0f} min"
    return f"{words} left", "muted"


def role_of(arn: str) -> str:
    """The person's name for who they are: role and session, or the user."""
    resource = arn.split(":", 5)[-1]
    kind, _, rest = resource.partition("/")
    return rest if kind in ("assumed-role", "user", "federated-user") else resource


class KeysLine(Widget):
    """The keys of this moment, the nearest first; what does not fit is behind ``?``."""

    DEFAULT_CSS = """
    KeysLine { height: 1; dock: bottom; background: $panel; color: $text; }
    """

    def __init__(self) -> None:
        super().__init__()
        self._keys: list[tuple[str, str]] = []
        self._more = True

    def say(self, bindings: Iterable[Binding], *, more: bool = True) -> None:
        """Show these bindings; ``more`` when those that act everywhere act now, too."""
        keys = [(key_name(b.key_display or b.key), b.description) for b in bindings]
        if (keys, more) != (self._keys, self._more):
            self._keys, self._more = keys, more
            self.refresh()

    def render(self) -> Text:
        """As many as fit; the way to the rest always does. Too small a screen is said instead."""
        least, size = LEAST, self.app.size
        if size.width < least[0] or size.height < least[1]:
            said = f"{size.width}×{size.height} is under {least[0]}×{least[1]}"
            return Text(safe(said), no_wrap=True)
        always = Text.assemble((":", "bold"), " go  ", ("?", "bold"), " keys ")
        always = always if self._more else Text()
        room = self.size.width - always.cell_len - 1
        line = Text(" ")
        for key, title in self._keys:
            hint = Text.assemble(
                (safe(key), "bold"), (f" {safe(title)}  ", style(self.app, "muted"))
            )
            if line.cell_len + hint.cell_len > room:
                break
            line.append_text(hint)
        return Text.assemble(line, always, no_wrap=True, overflow="crop")
