"""Tones are told by glyph as well as by colour, in every theme."""

from __future__ import annotations

import pytest
from rich.style import Style
from textual.app import App

from awstui.ascii import in_ascii
from awstui.ui.theme import HOUSE, names, use_theme
from awstui.ui.tone import GLYPHS, VARIABLES, glyph, style, worst

TONES = ("good", "warn", "bad", "muted")


def test_each_tone_has_its_own_glyph_in_unicode_and_in_ascii() -> None:
    assert [glyph(tone) for tone in TONES] == ["✓", "!", "✗", "·"]
    assert [in_ascii(glyph(tone)) for tone in TONES] == ["+", "!", "x", "."]
    assert len(set(GLYPHS.values())) == len(TONES)
    assert glyph("") == glyph("unheard of") == ""


@pytest.mark.parametrize(
    ("tones", "named"),
    [((), ""), (("", "good"), ""), (("good", "warn"), "warn"), (("warn", "bad", "good"), "bad")],
)
def test_a_row_is_called_by_its_worst_tone(tones: tuple[str, ...], named: str) -> None:
    assert worst(tones) == named


async def test_every_tone_has_a_style_in_every_theme() -> None:
    app: App[None] = App()
    async with app.run_test():
        use_theme(app)
        for name in names(app):
            assert use_theme(app, name)
            styles = {tone: style(app, tone) for tone in VARIABLES}
            assert all(styles.values()), name
            assert len({str(styles[tone]) for tone in TONES}) == len(TONES), name
            assert style(app, "") == Style.null() == style(app, "unheard of")


async def test_an_unknown_theme_leaves_the_house_theme() -> None:
    app: App[None] = App()
    async with app.run_test():
        assert not use_theme(app, "no such theme")
        assert app.theme == HOUSE.name
        assert use_theme(app, "light")
        assert app.theme == "textual-light"
        assert use_theme(app, "ansi")
        assert app.native_ansi_color
