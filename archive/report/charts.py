"""Numbers in; small pictures as inline SVG out. They take their colours from the page, and need no script."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

#: Units of the drawing; the page stretches it to the width that there is.
_WIDTH, _HEIGHT = 360.0, 150.0
_LEFT, _RIGHT, _TOP, _BOTTOM = 34.0, 4.0, 8.0, 18.0
_PLOT = _HEIGHT - _TOP - _BOTTOM
#: A night without an article that should have had some is seen all the same.
_LEAST = {"sick": 4.0, "watch": 4.0}


@dataclass(frozen=True, slots=True, kw_only=True)
class Series:
    """One value a night; None: there is none. ``style``: a class of the page's sheet."""

    name: str
    style: str
    values: tuple[float | None, ...]


def bars(days: Sequence[str], series: Sequence[Series], *, unit: str = "", about: str) -> Markup:
    """Stacked bars, a night each. ``days``: labels, as many as values. ``about``: what is shown, for who cannot see."""
    sums = [sum(each.values[n] or 0 for each in series) for n in range(len(days))]
    top = _round_up(max(sums, default=0))
    parts = [_frame(days, top, unit)]
    step = (_WIDTH - _LEFT - _RIGHT) / max(len(days), 1)
    for n, day in enumerate(days):
        base, told = _TOP + _PLOT, ", ".join(f"{each.name} {_short(each.values[n] or 0)}{unit}" for each in series)
        drawn = Markup()
        for each in series:
            high = (each.values[n] or 0) / top * _PLOT
            base -= high
            if high > 0:
                x = _LEFT + n * step + step * 0.12
                drawn += Markup('<rect class="{}" x="{:.1f}" y="{:.1f}" width="{:.1f}" height="{:.1f}"/>').format(
                    each.style, x, base, step * 0.76, max(high, 0.8)
                )
        parts.append(Markup("<g><title>{}: {}</title>{}</g>").format(day, told, drawn))
    return _svg(parts, about)


def lines(days: Sequence[str], series: Sequence[Series], *, about: str) -> Markup:
    """Shares from 0 to 1 as lines over the nights."""
    parts = [_frame(days, 100, "%")]
    step = (_WIDTH - _LEFT - _RIGHT) / max(len(days), 1)
    for each in series:
        points = [
            f"{_LEFT + (n + 0.5) * step:.1f},{_TOP + _PLOT * (1 - value):.1f}"
            for n, value in enumerate(each.values)
            if value is not None
        ]
        if points:
            line = Markup('<polyline class="{}" points="{}"/>').format(each.style, " ".join(points))
            x, y = points[-1].split(",")
            dot = Markup('<circle class="{} dot" cx="{}" cy="{}" r="2.6"/>').format(each.style, x, y)
            parts.append(Markup("<g><title>{}</title>{}{}</g>").format(each.name, line, dot))
    return _svg(parts, about)


def spark(values: Sequence[tuple[int, str]], *, about: str, band: tuple[float, float] | None = None) -> Markup:
    """A row of tiny bars, each with its class; ``band``: what is usual for the last of them."""
    width, height, step = 120.0, 26.0, 120.0 / 30
    top = max([1.0, *(value for value, _ in values), *(band[1:] if band else ())])
    parts = []
    if band:
        low, high = (height - limit / top * (height - 2) for limit in band)
        parts.append(
            Markup('<rect class="band" x="0" y="{:.1f}" width="{}" height="{:.1f}"/>').format(
                high, int(width), max(low - high, 1)
            )
        )
    start = width - len(values) * step
    # One path for all bars of a kind: a page with thousands of sources stays small.
    for style in dict.fromkeys(style for _, style in values):
        least = _LEAST.get(style, 1.0)
        path = "".join(
            f"M{start + n * step + step / 2:.0f} {height:.0f}v-{max(least, value / top * (height - 2)):.1f}"
            for n, (value, each) in enumerate(values)
            if each == style
        )
        parts.append(Markup('<path class="{}" d="{}"/>').format(style, path))
    body = Markup().join(parts)
    return Markup('<svg class="spark" viewBox="0 0 {} {}" role="img" aria-label="{}"><title>{}</title>{}</svg>').format(
        int(width), int(height), about, about, body
    )


def _frame(days: Sequence[str], top: float, unit: str) -> Markup:
    """Lines at nought, half and the top, and the first, middle and last day."""
    drawn = Markup()
    for share in (0.0, 0.5, 1.0):
        y = _TOP + _PLOT * (1 - share)
        drawn += Markup(
            '<line class="grid" x1="{}" x2="{}" y1="{:.1f}" y2="{:.1f}"/><text x="{}" y="{:.1f}" class="num">{}</text>'
        ).format(_LEFT, _WIDTH - _RIGHT, y, y, _LEFT - 5, y + 3.5, _short(top * share) + unit)
    step = (_WIDTH - _LEFT - _RIGHT) / max(len(days), 1)
    shown = {0, len(days) // 2, len(days) - 1} if len(days) > 4 else set(range(len(days)))
    for n in sorted(shown & set(range(len(days)))):
        anchor = "start" if n == 0 and len(days) > 4 else "end" if n == len(days) - 1 and len(days) > 4 else "middle"
        x = _LEFT + (n + {"start": 0.0, "middle": 0.5, "end": 1.0}[anchor]) * step
        drawn += Markup('<text x="{:.1f}" y="{}" text-anchor="{}">{}</text>').format(x, _HEIGHT - 4, anchor, days[n])
    return drawn


def _svg(parts: Sequence[Markup], about: str) -> Markup:
    return Markup('<svg class="chart" viewBox="0 0 {} {}" role="img" aria-label="{}">{}</svg>').format(
        int(_WIDTH), int(_HEIGHT), about, Markup().join(parts)
    )


def _round_up(number: float) -> float:
    """The next number that an axis may well end with."""
    if number <= 2:
        return 2
    scale = 10.0 ** (len(str(int(number))) - 1)
    return next(factor * scale for factor in (1, 2, 3, 4, 5, 6, 8, 10) if factor * scale >= number)


def _short(number: float) -> str:
    """``1.2k``, ``35``, ``0.5``."""
    for limit, suffix in ((1e9, "G"), (1e6, "M"), (1e3, "k")):
        if number >= limit:
            return f"{number / limit:.3g}{suffix}"
    return f"{number:.3g}"
