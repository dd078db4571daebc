"""The house theme, and the choice among it and Textual's own."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from textual.theme import Theme

if TYPE_CHECKING:
    from textual.app import App

HOUSE: Final = Theme(
    name="awstui",
    primary="#6CA6CD",
    secondary="#4F7A99",
    accent="#6CA6CD",
    foreground="#D3D8DF",
    background="#14171B",
    surface="#14171B",
    panel="#20262E",
    success="#86B871",
    warning="#E0B15C",
    error="#E5737A",
    dark=True,
    variables={
        "border": "#3A444F",
        "footer-key-foreground": "#6CA6CD",
        "input-selection-background": "#6CA6CD 35%",
        "scrollbar": "#2C343D",
        "scrollbar-background": "#14171B",
        "scrollbar-corner-color": "#14171B",
    },
)
"""Dark and calm: greys, one blue, and three colours that mean something."""

SHORT_NAMES: Final = {"dark": "awstui", "light": "textual-light", "ansi": "ansi-dark"}
"""What a person may say instead of a theme's name."""


def names(app: App[object]) -> list[str]:
    """The themes that can be chosen, the house theme first."""
    return [HOUSE.name, *sorted(name for name in app.available_themes if name != HOUSE.name)]


def use_theme(app: App[object], name: str = "") -> bool:
    """Put a theme on the application; the house theme, and False, when there is none of that name."""
    if HOUSE.name not in app.available_themes:
        app.register_theme(HOUSE)
    wanted = SHORT_NAMES.get(name, name) or HOUSE.name
    known = wanted in app.available_themes
    app.theme = wanted if known else HOUSE.name
    return known
