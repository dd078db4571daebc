"""The house theme, and the choice among it and Textual's own."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from rich.style import Style
from textual.theme import Theme

if TYPE_CHECKING:
    from textual.app import App
    from textual.color import Color
    from textual.widget import Widget

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


def names(app: App[Any]) -> list[str]:
    """The themes that can be chosen, the house theme first."""
    return [HOUSE.name, *sorted(name for name in app.available_themes if name != HOUSE.name)]


def use_theme(app: App[Any], name: str = "") -> bool:
    """Put a theme on the application; the house theme, and False, when there is none of that name."""
    if HOUSE.name not in app.available_themes:
        app.register_theme(HOUSE)
    wanted = SHORT_NAMES.get(name, name) or HOUSE.name
    known = wanted in app.available_themes
    app.theme = wanted if known else HOUSE.name
    return known


def component_style(widget: Widget, name: str) -> Style:
    """What a component class adds to its widget: only the rules it has, see-through colours mixed in.

    Textual's own partial styles leave out how see-through a colour is, which turns a tint into a block.
    """
    styles = widget.get_component_styles(name)
    ground = widget.background_colors[1]
    if styles.has_rule("background"):
        ground = _mixed(ground, styles.background)
    style: Style = styles.text_style
    if styles.has_rule("background"):
        style += Style(bgcolor=ground.rich_color)
    if styles.has_rule("color") and not styles.auto_color:
        style += Style(color=_mixed(ground, styles.color).rich_color)
    return style


def _mixed(ground: Color, colour: Color) -> Color:
    """A colour over another; the sixteen of a terminal cannot be mixed."""
    if colour.a >= 1 or ground.ansi is not None or colour.ansi is not None:
        return colour
    return ground.blend(colour, colour.a, alpha=1)
