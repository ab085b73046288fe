"""Articles a day → bars that are links: as SVG made here, so that it needs no script."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from markupsafe import Markup

from archive.facets import begin_of, next_of
from archive.fields import written_span
from archive.when import days_between

#: Days up to which a bar is a day, a week, a month; else it is a year.
_STEPS = ((92, "day"), (728, "week"), (3700, "month"))
_WIDTH, _HEIGHT, _FOOT = 1000, 120, 18
#: The least that a bar with any article is high.
_LEAST = 2.0
_THICKEST = 60.0


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


def bars_of(days: Sequence[tuple[date, int]]) -> tuple[str, list[Bar]]:
    """Articles of each day from the first to the last → the step, and a bar for each."""
    step = next((name for most, name in _STEPS if len(days) <= most), "year")
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
    wide = _WIDTH / max(len(bars), 1)
    thick = min(wide * 0.8, _THICKEST)
    plot = _HEIGHT - _FOOT
    drawn = Markup()
    for n, bar in enumerate(bars):
        if not bar.count:
            continue
        high = max(bar.count / top * (plot - 4), _LEAST)
        told = f"{label(bar, step)}: {bar.count:,}"
        drawn += Markup(
            '<a href="{}" aria-label="{}"><title>{}</title><path class="hit" d="M{:.1f} 0h{:.1f}v{}h-{:.1f}z"/>'
            '<path d="M{:.1f} {:.1f}h{:.1f}v{:.1f}h-{:.1f}z"/></a>'
        ).format(link(bar), told, told, n * wide, wide, plot, wide, n * wide + (wide - thick) / 2, plot - high,
                 thick, high, thick)  # fmt: skip
    return Markup(
        '<svg class="timeline" viewBox="0 0 {} {}" preserveAspectRatio="none" role="group" aria-label="{}">{}'
        '<path class="ground" d="M0 {}h{}"/></svg>'
    ).format(_WIDTH, plot, f"Articles each {step}", drawn, plot, _WIDTH)


def label(bar: Bar, step: str) -> str:
    """A bar's time in words."""
    if step == "year":
        return str(bar.first.year)
    if step == "month":
        return f"{bar.first:%B %Y}"
    day = f"{bar.first.day} {bar.first:%B %Y}"
    return day if step == "day" else f"week of {day}"
