"""Articles a day → bars that are links: as SVG made here, so that it needs no script.

Positions across are percentages and heights are pixels, so that the picture fits any width and its letters keep their
shape. What ``static/room.js`` needs to let a reader brush over it stands in ``data-`` attributes.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from markupsafe import Markup

from archive.facets import begin_of, next_of
from archive.fields import written_span
from archive.when import days_between

#: What a bar can be, and how many days it has.
_STEPS = ((1, "day"), (7, "week"), (30.44, "month"), (365.25, "year"))
#: Bars on a page: four months of days, two years of weeks, ten of months.
MOST = 122
#: Pixels: of the bars, above them for the number at the top, below them for the times.
_HEIGHT, _HEAD, _FOOT = 96, 18, 20
#: The least that a bar with any article is high, in pixels, and the most that one is wide, in per cent.
_LEAST, _THICKEST = 2.0, 6.0
#: Times told below the bars.
_TICKS = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """A time, and how many articles are of it."""

    first: date
    last: date
    count: int

    @property
    def span(self) -> str:
        """The value of a filter that finds them."""
        return written_span(days_between(self.first, self.last))


def bars_of(days: Sequence[tuple[date, int]], most: int = MOST) -> tuple[str, list[Bar]]:
    """Articles of each day from the first to the last → the finest step with at most so many bars, and a bar for each.

    Years are the coarsest, however many there are.
    """
    step = next((name for length, name in _STEPS if len(days) <= most * length), _STEPS[-1][1])
    bars: list[Bar] = []
    counts: dict[date, int] = {}
    for day, count in days:
        begin = begin_of(day, step)
        counts[begin] = counts.get(begin, 0) + count
    for begin, count in counts.items():
        try:
            last = next_of(begin, step) - timedelta(days=1)
        except (ValueError, OverflowError):  # the last year that there is
            last = date.max
        bars.append(Bar(first=begin, last=last, count=count))
    return step, bars


def draw(bars: Sequence[Bar], step: str, link: Callable[[Bar], str]) -> Markup:
    """The bars as a picture; each leads to its articles."""
    top = max((bar.count for bar in bars), default=0) or 1
    wide = 100 / max(len(bars), 1)
    thick = min(wide * 0.8, _THICKEST)
    ground = _HEAD + _HEIGHT
    drawn = Markup()
    for n, bar in enumerate(bars):
        if not bar.count:
            continue
        high = max(bar.count / top * _HEIGHT, _LEAST)
        told = f"{label(bar, step)}: {bar.count:,}"
        drawn += Markup(
            '<a href="{}" aria-label="{}" data-n="{}"><title>{}</title>'
            '<rect class="hit" x="{:.2f}%" width="{:.2f}%" y="0" height="{}"/>'
            '<rect x="{:.2f}%" width="{:.2f}%" y="{:.1f}" height="{:.1f}"/></a>'
        ).format(link(bar), told, n, told, n * wide, wide, ground, (n + 0.5) * wide - thick / 2, thick,
                 ground - high, high)  # fmt: skip
    return Markup(
        '<svg class="timeline" height="{}" role="group" aria-label="{}" data-days="{}" data-end="{}"'
        ' data-counts="{}"><text class="most" x="4" y="12">{:,}</text>'
        '<line class="top" x1="0" x2="100%" y1="{}" y2="{}"/>'
        '{}<line class="ground" x1="0" x2="100%" y1="{}" y2="{}"/>{}</svg>'
    ).format(ground + _FOOT, f"Articles each {step}", " ".join(bar.first.isoformat() for bar in bars),
             bars[-1].last.isoformat() if bars else "", " ".join(str(bar.count) for bar in bars), top, _HEAD, _HEAD,
             drawn, ground, ground, _ticks(bars, step, wide))  # fmt: skip


def _ticks(bars: Sequence[Bar], step: str, wide: float) -> Markup:
    """Some of the times, below their bars."""
    number = min(len(bars), _TICKS)
    drawn = Markup()
    for n in range(number):
        at = (2 * n + 1) * len(bars) // (2 * number)
        drawn += Markup('<text class="tick" x="{:.2f}%" y="{}" text-anchor="middle">{}</text>').format(
            (at + 0.5) * wide, _HEAD + _HEIGHT + 15, _short(bars[at].first, step)
        )
    return drawn


def _short(day: date, step: str) -> str:
    if step == "year":
        return f"{day.year}"
    return f"{day:%b} {day.year}" if step == "month" else f"{day.day} {day:%b}"


def label(bar: Bar, step: str) -> str:
    """A bar's time in words."""
    if step == "year":
        return str(bar.first.year)
    if step == "month":
        return f"{bar.first:%B %Y}"
    day = f"{bar.first.day} {bar.first:%B %Y}"
    return day if step == "day" else f"week of {day}"
