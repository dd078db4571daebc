"""Several profiles and regions in one list: which columns tell them apart, and how each of them stands."""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping, Sequence

from awstui.places import TITLES
from awstui.ui.grid import GridColumn, GridRow
from awstui.ui.pane import problem_lines
from awstui.wire import Cell, Identity, PackedRow, Problem, RowsState, Scope, Source

FAILED_LINES = 3
"""How many failed places are named above the rows of the others."""


def sources_of(identity: Identity | None) -> tuple[Source, ...]:
    """Every place that is read; of an identity that names none, the one it is."""
    if identity is None:
        return ()
    return identity.sources or (Source(identity.scope, identity.arn, identity.problem),)


def spread(columns: Sequence[GridColumn], titles: Sequence[str]) -> tuple[GridColumn, ...]:
    """The columns with those that tell places apart after the first."""
    own = tuple(GridColumn(title, "text", 0, 1) for title in titles)
    return (*columns[:1], *own, *columns[1:])


def row(scope: Scope, packed: PackedRow, titles: Sequence[str]) -> GridRow:
    """A row of the grid, with the cells that tell where it is from."""
    key = (scope, packed.key)
    if not titles:
        return GridRow(key, packed.cells, packed.tones, packed.order)
    told: Mapping[str, Cell] = dict(
        zip(TITLES, (scope.profile, scope.account, scope.region), strict=True)
    )
    cells = (*packed.cells[:1], *(told[title] for title in titles), *packed.cells[1:])
    tones = (*packed.tones[:1], *("" for _ in titles), *packed.tones[1:])
    return GridRow(key, cells, tones, packed.order)


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
    """What is said of the places that failed; of several a line each, of one all of it."""
    failed = [(scope, s.problem) for scope, s in states.items() if s.problem is not None]
    if len(states) > 1:
        lines = [(f"✗ {name(scope)}: {problem.what}", "bad") for scope, problem in failed]
        more = len(lines) - FAILED_LINES
        return lines[:FAILED_LINES] + ([(f"and {more} more", "muted")] if more > 0 else [])
    if not failed:
        return []
    problem = failed[0][1]
    if told_elsewhere and problem.kind in ("expired", "credentials"):
        return (
            [] if not empty else [("Nothing is read until the credentials are renewed.", "muted")]
        )
    lines = problem_lines(problem)
    return lines if empty else lines[:1] + lines[3:4]


def stale(at: float) -> str:
    """The mark of data that are not read any more."""
    return f"stale {time.strftime('%H:%M:%S', time.localtime(at))}" if at else "partial"


def lapsed(sources: Sequence[Source], scopes: Iterable[Scope]) -> Problem | None:
    """Why nothing of these places can be read, where their credentials are over."""
    by_scope = {source.scope: source.problem for source in sources}
    problems = [by_scope.get(scope) for scope in scopes]
    over = [p for p in problems if p is not None and p.kind == "expired"]
    return over[0] if over and len(over) == len(problems) else None
