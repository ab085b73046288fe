"""Curves over steps of time → SVG made here: in a page, stretched to its width, and as a file that stands by itself.

Each curve has a colour, a dash and a mark of its own, so that nobody needs the colours. In a page the drawing holds no
words, which would be stretched too: the axes are words of the page around it. Marks are lines without length, whose
round or square ends are not stretched.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from markupsafe import Markup

#: Units of the drawing.
WIDTH, HEIGHT = 1000.0, 300.0
#: Curves that can be told apart; the styles below are as many.
MOST_CURVES = 6
_COLOURS = ("#1f5f9e", "#b3540e", "#0e7a5f", "#7a3e9d", "#b8264f", "#5f5a1f")
_DASHES = ("", "8 4", "2 4", "11 3 2 3", "3 7", "5 3 1 3")
_ENDS = ("round", "square", "round", "square", "round", "square")
_HOLLOW = (False, False, True, True, False, True)
#: Points of a curve up to which each has its mark.
_MARKED = 62
#: A file: its size, and the room around the drawing.
_FILE_WIDTH, _LEFT, _TOP, _BOTTOM, _LEGEND = 1100.0, 78.0, 62.0, 34.0, 26.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Curve:
    """One line of a chart."""

    #: 0 to ``MOST_CURVES`` - 1: its colour, dash and mark.
    style: int
    name: str
    #: One a step; None: there is none, and the line has a gap.
    values: tuple[float | None, ...]
    #: Where the point of a step leads; None: its points lead nowhere.
    link: Callable[[int], str] | None = None
    #: What the point of a step says.
    told: Callable[[int], str] | None = None


def in_page(curves: Sequence[Curve], top: float, *, name: str, about: str, id_: str) -> Markup:
    """The drawing, to be stretched. ``about``: what is to be seen, for who cannot see it."""
    return Markup(
        '<svg class="plot" viewBox="0 0 {:.0f} {:.0f}" preserveAspectRatio="none" role="group"'
        ' aria-labelledby="{}-t {}-d"><title id="{}-t">{}</title><desc id="{}-d">{}</desc>{}{}</svg>'
    ).format(WIDTH, HEIGHT, id_, id_, id_, name, id_, about, _grid(), _drawn(curves, top))


def swatch(style: int) -> Markup:
    """A piece of a curve, for a legend."""
    dots = Markup('<path class="dots" d="M22 7h0"/>') + (
        Markup('<path class="hole" d="M22 7h0"/>') if _HOLLOW[style] else ""
    )
    return Markup(
        '<svg class="swatch" viewBox="0 0 44 14" aria-hidden="true"><g class="c{}"><path class="line" d="M1 7h42"/>'
        "{}</g></svg>"
    ).format(style + 1, dots)


def to_file(
    curves: Sequence[Curve], top: float, *, name: str, about: str, ticks: Sequence[tuple[int, str]], unit: str
) -> Markup:
    """The drawing with its axes and its legend, for a text or a slide. ``ticks``: steps, and their words."""
    height = _TOP + HEIGHT + _BOTTOM + _LEGEND * len(curves) + 10
    words = [_words(0, 24, name, size=20), _words(0, 44, about, size=13, colour="#555")]
    for share in (0.0, 0.5, 1.0):
        words.append(_words(_LEFT - 8, _TOP + HEIGHT * (1 - share) + 4, number(top * share, unit), anchor="end"))
    step = WIDTH / max([1, *(len(curve.values) for curve in curves)])
    for n, tick in ticks:
        words.append(_words(_LEFT + (n + 0.5) * step, _TOP + HEIGHT + 22, tick, anchor="middle"))
    for n, curve in enumerate(curves):
        y = _TOP + HEIGHT + _BOTTOM + _LEGEND * (n + 0.5)
        sample = _one(curve.style, f"M{_LEFT:.0f} {y:.0f}h44", f"M{_LEFT + 22:.0f} {y:.0f}h0", Markup())
        words += [sample, _words(_LEFT + 56, y + 5, curve.name)]
    plain = [Curve(style=each.style, name=each.name, values=each.values) for each in curves]
    body = Markup('<g transform="translate({:.0f} {:.0f})">{}{}</g>').format(
        _LEFT, _TOP, _grid(), _drawn(plain, top)
    ) + Markup().join(words)
    return Markup(
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="-10 0 {:.0f} {:.0f}" width="{:.0f}" height="{:.0f}"'
        ' font-family="system-ui, sans-serif" role="img" aria-labelledby="t d"><title id="t">{}</title>'
        '<desc id="d">{}</desc><path fill="#fff" d="M-10 0h{:.0f}v{:.0f}h-{:.0f}z"/>{}</svg>\n'
    ).format(_FILE_WIDTH, height, _FILE_WIDTH, height, name, about, _FILE_WIDTH, height, _FILE_WIDTH, body)


def _drawn(curves: Sequence[Curve], top: float) -> Markup:
    """The curves, the first one uppermost."""
    return Markup().join(_curve(curve, top) for curve in reversed(curves))


def _curve(curve: Curve, top: float) -> Markup:
    step = WIDTH / max(len(curve.values), 1)
    places = [
        None if value is None else ((n + 0.5) * step, HEIGHT - value / (top or 1) * HEIGHT)
        for n, value in enumerate(curve.values)
    ]
    line, pen = [], "M"
    for place in places:
        if place is not None:
            line.append(f"{pen}{place[0]:.1f} {place[1]:.1f}")
        pen = "M" if place is None else "L"
    there = [(n, place) for n, place in enumerate(places) if place is not None]
    lone = len(places) > _MARKED
    dots = "".join(
        f"M{x:.1f} {y:.1f}h0"
        for n, (x, y) in there
        if not lone or ((n == 0 or places[n - 1] is None) and (n + 1 == len(places) or places[n + 1] is None))
    )
    return _one(curve.style, "".join(line), dots, Markup().join(_links(curve, there)))


def _links(curve: Curve, there: Sequence[tuple[int, tuple[float, float]]]) -> Iterator[Markup]:
    """A place to click for each point that has articles."""
    if curve.link is None or curve.told is None:
        return
    for n, (x, y) in there:
        if curve.values[n]:
            yield Markup(
                '<a href="{}" tabindex="-1"><title>{}</title><path class="hit" d="M{:.1f} {:.1f}h0"/></a>'
            ).format(curve.link(n), curve.told(n), x, y)


def _one(style: int, line: str, dots: str, links: Markup) -> Markup:
    """A line and its marks. A page's sheet has the last word on how they look; a file has none."""
    hole = Markup('<path class="hole" stroke="#fff" stroke-width="3.4" d="{}"/>').format(dots)
    return Markup(
        '<g class="c{}" stroke="{}" fill="none" stroke-width="2.2" stroke-linecap="{}" stroke-linejoin="round">'
        '<path class="line" stroke-linecap="butt" stroke-dasharray="{}" d="{}"/>{}{}{}</g>'
    ).format(
        style + 1,
        _COLOURS[style],
        _ENDS[style],
        _DASHES[style] or "none",
        line,
        Markup('<path class="dots" stroke-width="7" d="{}"/>').format(dots) if dots else "",
        hole if dots and _HOLLOW[style] else "",
        links,
    )


def _grid() -> Markup:
    return Markup('<path class="grid" stroke="#ddd" fill="none" d="{}"/>').format(
        "".join(f"M0 {HEIGHT * share:.0f}h{WIDTH:.0f}" for share in (0, 0.5, 1))
    )


def _words(x: float, y: float, words: str, *, size: int = 13, anchor: str = "start", colour: str = "#222") -> Markup:
    return Markup('<text x="{:.0f}" y="{:.0f}" font-size="{}" text-anchor="{}" fill="{}">{}</text>').format(
        x, y, size, anchor, colour, words
    )


def nice_top(number_: float) -> float:
    """The next number that an axis may well end with, and that its half is a good one of too."""
    if number_ <= 0:
        return 1.0
    scale = 1.0
    while number_ > 10 * scale:
        scale *= 10
    while number_ <= scale:
        scale /= 10
    top = next(factor * scale for factor in (2, 4, 6, 8, 10) if factor * scale >= number_ * (1 - 1e-9))
    return float(f"{top:.6g}")


def number(value: float, unit: str = "") -> str:
    """``1,234``, ``0.5`` or ``12.5 %``; shares are given as they are, from 0 to 1."""
    if unit == "%":
        return f"{100 * value:.3g} %"
    return f"{value:,.0f}" if value == int(value) else f"{value:,.3g}"


def step_name(span: tuple[date, date], step: str) -> str:
    """A step in words, as short as can be: ``2026``, ``Nov 2026``, ``9 Nov 2026``."""
    first = span[0]
    if step == "year":
        return str(first.year)
    return f"{first:%b} {first.year}" if step == "month" else f"{first.day} {first:%b} {first.year}"
