"""How a tone looks: its glyph, its theme variable and its style. Never colour alone."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final

from rich.style import Style
from textual.color import Color

if TYPE_CHECKING:
    from textual.app import App

VARIABLES: Final[Mapping[str, str]] = {
    "good": "text-success",
    "warn": "text-warning",
    "bad": "text-error",
    "muted": "foreground-muted",
    "accent": "text-accent",
}
"""The theme variable that colours each tone."""

GLYPHS: Final[Mapping[str, str]] = {"bad": "✗", "warn": "!", "good": "✓", "muted": "·"}

_RANKS: Final[Mapping[str, int]] = {"bad": 2, "warn": 1}


def glyph(tone: str) -> str:
    """The sign that says the tone without colour; empty when there is nothing to say."""
    return GLYPHS.get(tone, "")


def worst(tones: Iterable[str]) -> str:
    """What a whole row is to be called: bad before warn; anything else is quiet."""
    found = ""
    for tone in tones:
        if tone == "bad":
            return tone
        if tone == "warn":
            found = tone
    return found


def rank(tone: str) -> int:
    """How much a tone wants a person: 2 bad, 1 warn, 0 anything else."""
    return _RANKS.get(tone, 0)


def style(app: App[Any], tone: str) -> Style:
    """The style of a tone in the theme that is in use; nothing for no tone or an unknown one."""
    variable = VARIABLES.get(tone)
    if variable is None:
        return Style.null()
    variables = app.theme_variables
    return _style(variables.get(variable, ""), variables.get("background", ""), tone)


@lru_cache(maxsize=64)
def _style(colour: str, background: str, tone: str) -> Style:
    """A theme variable as a style; a colour that is half see-through mixes with the background."""
    heavy = Style(bold=True) if tone == "bad" else Style.null()
    if colour.startswith("ansi_"):
        name, _, faint = colour.partition(" ")
        return heavy + Style(color=Color.parse(name).rich_color, dim=bool(faint) or None)
    if not colour or colour.startswith("auto"):
        return heavy + Style(dim=tone == "muted" or None)
    parsed = Color.parse(colour)
    if parsed.a < 1 and background and not background.startswith("ansi_"):
        parsed = Color.parse(background).blend(parsed, parsed.a).with_alpha(1)
    return heavy + Style(color=parsed.rich_color)
