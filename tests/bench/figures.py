"""Figures of subject and yardstick, and the table they make."""

from __future__ import annotations

import statistics
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field


@dataclass
class Goal:
    """One line of the table: what is measured, of whom, and what it must be."""

    title: str
    unit: str = "ms"
    must: str = ""
    yardstick: str = ""
    """The subject whose median the others are divided by."""

    faster: bool = False
    """Whether the ratio says how many times faster the subject is, not how many times longer it takes."""

    notes: list[str] = field(default_factory=list)
    """What is to be read below the table, such as what the worst was caused by."""

    figures: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))

    def add(self, subject: str, *values: float) -> None:
        """Take in what one round gave."""
        self.figures[subject] += values

    def lines(self) -> list[tuple[str, ...]]:
        """The cells of the table: a line for each subject."""
        measure = (
            statistics.median(self.figures[self.yardstick])
            if self.yardstick in self.figures
            else 0.0
        )
        made: list[tuple[str, ...]] = []
        for subject, values in self.figures.items():
            middle = statistics.median(values)
            ratio = ""
            if measure and middle and subject != self.yardstick:
                ratio = (
                    f"{measure / middle:.1f}x faster" if self.faster else f"{middle / measure:.2f}x"
                )
            worst = (
                f"{percentile(values, 0.95):.4g} / {max(values):.4g}" if len(values) >= 20 else ""
            )
            made.append(
                (
                    self.title,
                    subject,
                    f"{middle:.4g} {self.unit}",
                    f"{min(values):.4g}",
                    worst,
                    ratio,
                    self.must,
                )
            )
        return made


def percentile(values: Sequence[float], share: float) -> float:
    """The value below which that share of them lies."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, round(share * (len(ordered) - 1)))]


def table(goals: Sequence[Goal]) -> str:
    """All goals as one table of Markdown."""
    lines: list[tuple[str, ...]] = [
        ("goal", "subject", "median", "least", "p95 / max", "ratio", "must")
    ]
    for goal in goals:
        lines += goal.lines()
    widths = [max(len(line[column]) for line in lines) for column in range(len(lines[0]))]
    drawn = ["| " + " | ".join(map(str.ljust, line, widths)) + " |" for line in lines]
    drawn.insert(1, "|" + "|".join("-" * (width + 2) for width in widths) + "|")
    for goal in goals:
        drawn += ["", f"{goal.title}:", *goal.notes] if goal.notes else []
    return "\n".join(drawn)
