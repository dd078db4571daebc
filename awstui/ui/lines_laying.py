"""How the lines of a text come to lie on a surface: made, wrapped and measured a part at a time."""

from __future__ import annotations

from collections.abc import Iterator

from textual import events
from textual.geometry import Size
from textual.message import Message
from textual.scroll_view import ScrollView

from awstui.ui.lines_making import Line, Made
from awstui.ui.lines_text import PART, Wrapping, width_of
from awstui.ui.turns import in_turns
from awstui.ui.work import work
from awstui.wire import Problem

AT_ONCE = 7
"""Steps that are taken before anything else happens: a screenful, and all of most texts."""


class LaidLines(ScrollView, can_focus=True, inherit_bindings=False):
    """A scrollable text of any length: its beginning is there at once, the rest as it is ready.

    What is to be done stands in cursors (how much is made, how much is wrapped), and a step moves one of
    them on. So whatever changes in between, another text or another width, only puts a cursor back.
    """

    class LaidOut(Message, namespace="lines"):
        """A long text is there to its end."""

        def __init__(self, lines: LaidLines) -> None:
            super().__init__()
            self.lines = lines

        @property
        def control(self) -> LaidLines:
            """The text."""
            return self.lines

    def __init__(
        self,
        *,
        wrap: bool = False,
        id: str | None = None,  # noqa: A002  Textual's own name
        classes: str | None = None,
    ) -> None:
        super().__init__(id=id, classes=classes)
        self.wrap = wrap
        self.is_whole = True
        """Whether the text is there to its end."""

        self._texts: list[str] = []
        self._special: dict[int, Line] = {}
        self._longest = 0
        self._makes: Iterator[Made] = iter(())
        self._has_head = False
        """Whether the last line is but the beginning of itself."""

        self._wrapping: Wrapping | None = None
        self._coming: Wrapping | None = None
        """What takes the place of the other one as soon as it is as far."""

        self._stay = 0
        """The line that is to be the first on screen when it does."""

        self._kept = 0
        """The height that is kept free while the place that was looked at is not there again."""

        self._told = 0
        self._awaited: tuple[int, int] | None = None
        """A line that was asked for and is not there yet, and where the surface was scrolled to then."""

        self._goes_on = False
        self._lain_for = Size(0, 0)
        """The size for which the lines were laid out last."""

    @property
    def line_count(self) -> int:
        """How many lines the text has, as far as it is there."""
        return len(self._texts)

    # ---- what there is ---------------------------------------------------------------------------

    def _begin(self, makes: Iterator[Made]) -> None:
        """Have another text."""
        y, height = self.scroll_offset.y, self.size.height
        self._kept = y + height if y else 0
        self._makes, self.is_whole, self._has_head = makes, False, False
        self._texts, self._special, self._longest = [], {}, 0
        self._told, self._awaited, self._coming = 0, None, None
        self._wrapping = self._empty() if self._wraps else None
        self._lain_for = self.size
        self._forget()
        self._catch_up()

    @property
    def _wraps(self) -> bool:
        """Whether lines are wrapped, at the width there is."""
        return self.wrap and self.size.width > 0

    def _empty(self) -> Wrapping:
        """A wrapping of no line so far, beside the scrollbar."""
        return Wrapping((), self.size.width - self.styles.scrollbar_size_vertical)

    def _forget(self) -> None:
        """Forget what was painted, and all that was found out about the lines."""

    def _forget_line(self, line: int) -> None:
        """Forget what was found out about a line that has grown."""

    # ---- step by step ----------------------------------------------------------------------------

    def _step(self) -> bool:
        """Do a little of what there is to do; False when all is done."""
        return self._wrap_some() or self._make_some()

    def _make_some(self) -> bool:
        made = next(self._makes, None)
        if made is None:
            self.is_whole = True
            return False
        if made.texts:
            first = len(self._texts) - self._has_head
            if self._has_head:
                del self._texts[-1]
                self._forget_line(first)
                for wrapping in (self._wrapping, self._coming):
                    if wrapping is not None:
                        wrapping.forget(first)
            self._has_head = made.is_head
            self._texts += made.texts
            self._special |= {first + index: line for index, line in made.special.items()}
            self._longest = max(self._longest, *map(width_of, made.texts))
        return True

    def _wrap_some(self) -> bool:
        wrapping = self._coming or self._wrapping
        if wrapping is None:
            return False
        worked = wrapping.go_on(self._texts)
        if self._coming is not None and self._coming.count >= self._lying:
            self._wrapping, self._coming = self._coming, None
            self._kept = 0
            self._forget_strips()
            self._resize_surface()
            self._scroll(y=self._top(self._stay))
        return worked

    @property
    def _lying(self) -> int:
        """How many lines can be seen."""
        return len(self._texts) if self._wrapping is None else self._wrapping.count

    def _catch_up(self) -> None:
        """Do what there is to do: a little at once, the rest in turn with everything else."""
        for _ in range(AT_ONCE):
            if not self._step():
                break
        else:
            self._grow()
            self._go_on()
            return
        self._finish()

    def _go_on(self) -> None:
        if not self._goes_on and self.is_attached:
            self._goes_on = True
            work(self, self._do_the_rest(), group="lines", fail=self._fail)

    async def _do_the_rest(self) -> None:
        try:
            await in_turns(self._step, self._grow)
        finally:
            self._goes_on = False
        self._finish()
        self.post_message(self.LaidOut(self))

    def _fail(self, problem: Problem) -> None:
        """Say in its place why the text ends before its end."""
        text = " ".join((problem.what, problem.why))
        self._makes = iter([Made([text], {0: Line(text, "bad")})])
        self._catch_up()

    def on_mount(self) -> None:
        """Go on with what was given before there was a screen."""
        self._catch_up()

    # ---- how it lies -----------------------------------------------------------------------------

    def _grow(self) -> None:
        """Show what has come so far: what is looked at once it is there, how much there is now and then."""
        height = self._height()
        bottom = self.scroll_offset.y + self.size.height
        if height >= 2 * self._told or self._told < bottom <= height:
            self._told = height
            self._resize_surface()
            self.refresh()
        if self._awaited is not None and self._awaited[0] < self._lying:
            self._go_to_awaited()

    def _finish(self) -> None:
        """All is there."""
        self._kept = 0
        few = len(self._texts) <= self.size.height and sum(map(len, self._texts)) <= PART
        if self._wrapping is not None and few:
            wide = Wrapping(self._texts, self.size.width)  # where all is seen there is no scrollbar
            if wide.height <= self.size.height:
                self._wrapping = wide
        self._forget_strips()
        self._resize_surface()
        self.refresh()
        self._go_to_awaited()

    def _go_to_awaited(self) -> None:
        """Go where it was asked to, unless somebody has gone elsewhere in the meantime."""
        awaited, self._awaited = self._awaited, None
        if awaited is not None and awaited[1] == self.scroll_offset.y:
            self._resize_surface()
            self.go_to_line(awaited[0])

    def go_to_line(self, line: int) -> None:
        """Bring a line into sight; the last one, where there are not so many."""
        if not self.is_whole and line >= self._lying:
            self._awaited = line, self.scroll_offset.y
        self._scroll(y=self._top(min(line, len(self._texts) - 1)))

    def _forget_strips(self) -> None:
        """Forget what was painted."""

    def _lie(self, stay: int) -> None:
        """Lay the lines out again, a line staying the first on screen."""
        self._lain_for = self.size
        if self._wraps:
            self._coming, self._stay = self._empty(), stay
            self._catch_up()
            return
        self._wrapping = self._coming = None
        self._forget_strips()
        self._resize_surface()
        self._scroll(y=stay)
        self.refresh()

    def _height(self) -> int:
        return len(self._texts) if self._wrapping is None else self._wrapping.height

    def _resize_surface(self) -> None:
        width = self._longest if self._wrapping is None else self._wrapping.width
        wanted = Size(width, max(self._height(), self._kept))
        if self.virtual_size != wanted:
            self.virtual_size = wanted

    def on_resize(self, event: events.Resize) -> None:
        """Lay the lines out for another width, the first one staying where it is."""
        if self._wrapping is None and not self.wrap:
            self._forget_strips()
        elif self._lain_for != self.size:
            self._lie(self._at(self.scroll_offset.y)[0])

    def _at(self, y: int) -> tuple[int, int]:
        """The line at a line of the surface, and which part of it."""
        return (y, 0) if self._wrapping is None else self._wrapping.at(y)

    def _top(self, line: int) -> int:
        return line if self._wrapping is None else self._wrapping.top(line)

    def _scroll(self, *, x: int | None = None, y: int | None = None) -> None:
        if self.is_attached:
            self.scroll_to(x=x, y=y, animate=False, immediate=True, force=True)
