"""A run's pages by outcome → the stages of its funnel; and many runs as one drawing, what came of them up and down."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from markupsafe import Markup

from archive.types import Outcome, Run

#: Stages, and the outcomes of the pages that do not come so far.
_STAGES: tuple[tuple[str, tuple[Outcome, ...]], ...] = (
    ("pages met", ()),
    ("asked for", (Outcome.KNOWN, Outcome.WAITING, Outcome.REFUSED)),
    ("answered", (Outcome.FAILED, Outcome.GONE)),
    ("articles", (Outcome.REJECTED,)),
    ("new articles", (Outcome.UNCHANGED, Outcome.DUPLICATE, Outcome.UPDATED)),
)
#: Of the drawing: above its ground, then below it, each from the ground on.
UP, DOWN = (Outcome.NEW, Outcome.UPDATED), (Outcome.REJECTED, Outcome.FAILED)
_WIDTH, _HIGH, _LOW, _THICKEST = 1000.0, 110.0, 60.0, 40.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """How many pages came so far, and what became of those that did not."""

    name: str
    count: int
    #: Of all pages, in per cent.
    share: float
    #: Outcomes of the pages that are counted, as the ledger's filter takes them; empty: all.
    outcomes: str
    left: tuple[tuple[Outcome, int], ...]


def stages_of(sums: Mapping[Outcome, int]) -> list[Stage]:
    """The stages of a run, from every page that it met to its new articles."""
    total = sum(sums.values())
    here = set(Outcome)
    stages = []
    for name, gone in _STAGES:
        here -= set(gone)
        count = sum(sums.get(outcome, 0) for outcome in here)
        stages.append(
            Stage(
                name=name,
                count=count,
                share=100 * count / total if total else 0.0,
                outcomes="" if here == set(Outcome) else ",".join(sorted(here)),
                left=tuple((outcome, sums[outcome]) for outcome in gone if sums.get(outcome)),
            )
        )
    return stages


def draw_runs(runs: Sequence[tuple[Run, Mapping[Outcome, int]]]) -> Markup:
    """Runs side by side, the oldest at the left: new and updated articles up, no articles and failures down."""
    heights = [max([1, *(sum(sums.get(each, 0) for each in side) for _, sums in runs)]) for side in (UP, DOWN)]
    wide = _WIDTH / max(len(runs), 1)
    thick = min(wide * 0.76, _THICKEST)
    drawn = Markup()
    for n, (run, sums) in enumerate(runs):
        told = ", ".join(f"{sums.get(each, 0):,} {each}" for each in (*UP, *DOWN))
        bars, x = Markup(), n * wide
        for side, most, room, sign in ((UP, heights[0], _HIGH, -1), (DOWN, heights[1], _LOW, 1)):
            at = _HIGH
            for outcome in side:
                high = sums.get(outcome, 0) / most * (room - 4)
                if high:
                    bars += Markup('<path class="o-{}" d="M{:.1f} {:.1f}h{:.1f}v{:.1f}h-{:.1f}z"/>').format(
                        outcome, x + (wide - thick) / 2, at, thick, sign * max(high, 1.5), thick
                    )
                at += sign * high
        drawn += Markup(
            '<a href="/night/{}" tabindex="-1"><title>{}: {}</title>'
            '<path class="hit" d="M{:.1f} 0h{:.1f}v{:.0f}h-{:.1f}z"/>{}</a>'
        ).format(run.id, f"{run.started_at:%-d %b %Y}", told, x, wide, _HIGH + _LOW, wide, bars)
    return Markup(
        '<svg class="runs" viewBox="0 0 {:.0f} {:.0f}" preserveAspectRatio="none" role="group" aria-labelledby="runs-t'
        ' runs-d"><title id="runs-t">What came of each run</title><desc id="runs-d">{}</desc>{}'
        '<path class="ground" d="M0 {:.0f}h{:.0f}"/></svg>'
    ).format(_WIDTH, _HIGH + _LOW, _about(heights), drawn, _HIGH, _WIDTH)


def _about(heights: Sequence[int]) -> str:
    return (
        f"Up: new and updated articles, at most {heights[0]:,}. Down: pages that were no articles, and that failed,"
        f" at most {heights[1]:,}. The two have scales of their own; the table has the numbers."
    )
