"""Several profiles and regions in one list: which columns tell them apart, and how each of them stands."""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping, Sequence

from awstui.errors import LAPSED
from awstui.places import TITLES
from awstui.ui.grid import GridColumn, GridRow
from awstui.ui.pane import problem_lines
from awstui.wire import Cell, Identity, PackedRow, Problem, RowsState, Scope, Source

WORDS = ("text", "state")
"""Kinds of columns in which a sentence may stand."""

FAILED_LINES = 3
"""How many failed places are named above the rows of the others."""


def sources_of(identity: Identity | None) -> tuple[Source, ...]:
    """Every place that is read; of an identity that names none, the one it is."""
    if identity is None:
        return ()
    return identity.sources or (Source(identity.scope, identity.arn, identity.problem),)


def stands(scope: Scope, known: Iterable[Scope]) -> bool:
    """Whether a place is still one of those known; one whose account AWS had not named may have got it."""
    return any(
        one == scope
        or (not scope.account and (one.profile, one.region) == (scope.profile, scope.region))
        for one in known
    )


def spread(columns: Sequence[GridColumn], titles: Sequence[str]) -> tuple[GridColumn, ...]:
    """The columns with those that tell places apart after the first."""
    own = tuple(GridColumn(title, "text", 0, 1) for title in titles)
    return (*columns[:1], *own, *columns[1:])


def row(
    scope: Scope, packed: PackedRow, titles: Sequence[str], columns: Sequence[GridColumn]
) -> GridRow:
    """A row of the grid, with the cells that tell where it is from, and why it is incomplete."""
    key = (scope, packed.key)
    cells, tones = packed.cells, packed.tones
    if packed.trouble:
        cells, tones = _troubled(packed, columns)
    if not titles:
        return GridRow(key, cells, tones, packed.order)
    told: Mapping[str, Cell] = dict(
        zip(TITLES, (scope.profile, scope.account, scope.region), strict=True)
    )
    cells = (*cells[:1], *(told[title] for title in titles), *cells[1:])
    return GridRow(key, cells, (*tones[:1], *("" for _ in titles), *tones[1:]), packed.order)


def _troubled(
    packed: PackedRow, columns: Sequence[GridColumn]
) -> tuple[tuple[Cell, ...], tuple[str, ...]]:
    """The cells with the reason in the right-most one that holds words, and their tones."""
    cells, tones = list(packed.cells), list(packed.tones)
    words = [index for index, column in enumerate(columns) if index and column.kind in WORDS]
    place = words[-1] if words else 0
    if words:
        cells[place] = "; ".join(map(str, filter(None, (packed.trouble, cells[place]))))
    tones[place] = tones[place] or "warn"
    return tuple(cells), tuple(tones)


def phase_of(states: Iterable[RowsState]) -> str:
    """The least finished phase; failed only where every place has."""
    phases = {state.phase for state in states}
    for phase in ("asking", "listing", "filling", "ready", "failed"):
        if phase in phases:
            return phase
    return "asking"


def read_at(states: Iterable[RowsState]) -> float:
    """When the place that was read longest ago was; one that never was has no say beside others."""
    return min((state.at for state in states if state.at), default=0.0)


def count(sources: Sequence[Source], states: Mapping[Scope, RowsState]) -> str:
    """How many places of how many are there; nothing where there is only one."""
    if len(sources) < 2:
        return ""
    good = sum(state.phase != "failed" and bool(state.at) for state in states.values())
    return f"{'' if good == len(sources) else '! '}{good} sources of {len(sources)}"


def name(scope: Scope) -> str:
    """What a place is called in a sentence."""
    return f"{scope.profile or 'default'} {scope.region}".strip()


def failures(
    states: Mapping[Scope, RowsState], *, empty: bool, told_elsewhere: bool
) -> list[tuple[str, str]]:
    """What is said of the places that failed, or have rows that did; of several a line each."""
    told = [(scope, s, s.problem) for scope, s in states.items() if s.problem is not None]
    if len(states) > 1:
        lines = [_line(state, problem, f"{name(scope)}: ") for scope, state, problem in told]
        more = len(lines) - FAILED_LINES
        return lines[:FAILED_LINES] + ([(f"and {more} more", "muted")] if more > 0 else [])
    if not told:
        return []
    _, state, problem = told[0]
    if told_elsewhere and problem.kind in LAPSED:
        waits = "Nothing is read until there are credentials."
        return [(waits, "muted"), (problem.why, "")] if empty else []
    missing = [(f"missing permission: {problem.action}", "warn")] if problem.action else []
    return problem_lines(problem) if empty else [_line(state, problem), *missing]


def _line(state: RowsState, problem: Problem, where: str = "") -> tuple[str, str]:
    """One line about a list that failed, about what is missing of it, or about its rows that failed."""
    if state.phase == "failed":
        return f"✗ {where}{problem.what}", "bad"
    if not state.troubled:
        return f"! {where}{problem.what}", "warn"
    return f"! {where}{state.troubled:,} of {state.listed:,} incomplete: {problem.what}", "warn"


def stale(at: float) -> str:
    """The mark of data that are not read any more."""
    return f"stale {time.strftime('%H:%M:%S', time.localtime(at))}" if at else "partial"


def lapsed(sources: Sequence[Source], scopes: Iterable[Scope]) -> Problem | None:
    """Why nothing of these places can be read, where their credentials are over."""
    by_scope = {source.scope: source.problem for source in sources}
    problems = [by_scope.get(scope) for scope in scopes]
    over = [p for p in problems if p is not None and p.kind == "expired"]
    return over[0] if over and len(over) == len(problems) else None
