"""One night's figures and the nights before it in; a verdict with its evidence out. Pure.

The first check that finds something gives the verdict, what further ones find is told after it: who cannot be
reached is not also called quiet, but that no article came is part of the evidence.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime

from archive.health import content, reach
from archive.health.usual import ENOUGH, Past, past_of, usual_volume, usual_week
from archive.health.values import Control, Figures, Finding, SourceNight
from archive.health.verdicts import Health

#: In the order of how much they explain: whoever was not reached has no layout.
_CHECKS: tuple[Callable[[Figures, Past], Finding | None], ...] = (
    reach.certificate,
    reach.unreachable,
    reach.moved,
    reach.blocked,
    reach.server_errors,
    reach.robots,
    reach.slowed,
    reach.unfinished,
    content.consent_wall,
    content.login_wall,
    content.needs_javascript,
    content.crashed,
    content.layout_changed,
    content.dates_gone,
    content.authors_gone,
    reach.feed_dead,
    content.slower,
)
_REMARKS = (content.redesigned, content.other_field_lost)

#: Shares of pages that clean well from which on they are well, and below which they are not.
_WELL, _ILL = 0.7, 0.5


def judge(at: datetime, tonight: Figures, before: Iterable[SourceNight]) -> Finding:
    """What a source's night was like. ``before``: its earlier nights, oldest first."""
    past = past_of(at, tonight, before)
    found = [finding for check in _CHECKS if (finding := check(tonight, past))]
    if quiet := _quiet(at, tonight, past):
        found.append(quiet)
    remarks = [finding for check in _REMARKS if (finding := check(tonight, past))]
    verdict = found[0].verdict if found else Health.FINE
    told = [sentence for finding in [*found, *remarks] for sentence in finding.evidence]
    if not told:
        told = [_fine_told(at, tonight, past)]
    return Finding(verdict=verdict, evidence=tuple(dict.fromkeys(told)))


def _quiet(at: datetime, tonight: Figures, past: Past) -> Finding | None:
    week = usual_week(past.good)
    earlier = [week.get(night.at.weekday()) for night in past.recent]
    return content.quiet(tonight, past, week.get(at.weekday()), earlier)


def _fine_told(at: datetime, tonight: Figures, past: Past) -> str:
    articles = f"{tonight.new:,} new {'article' if tonight.new == 1 else 'articles'}"
    usual = usual_volume(at, past.good)
    if usual is None:
        return f"{articles}. {_known(len(past.good))}: judged by what needs no past."
    return f"{articles}, where about {usual.level:.0f} are usual on such a weekday."


def _known(nights: int) -> str:
    so_far = {0: "No good night", 1: "One good night"}.get(nights, f"{nights} good nights")
    return f"{so_far} came before it, of the {ENOUGH} that a comparison needs"


def overturned(night: Finding, control: Control) -> Finding:
    """The verdict after yesterday's raw pages were cleaned again beside tonight's.

    If the old ones still clean well and tonight's do not, the site changed. If neither do, we did.
    """
    if not control.old or not control.new:
        return night
    old, new = control.old_good / control.old, control.new_good / control.new
    told = (
        f"Of {control.old} raw pages up to {control.old_day}, which gave good articles then, {control.old_good} do so"
        f" today; of {control.new} pages of tonight, {control.new_good}"
    )
    verdict = night.verdict
    if old < _ILL:
        verdict = Health.OURS
        since = f" (then {control.old_extractor}, now {control.extractor})"
        told += f": the cleaning changed, not the site{since if control.old_extractor != control.extractor else ''}."
    elif old >= _WELL and new < _ILL:
        told += ": the site changed."
    else:
        told += ": not plain enough to tell who changed."
    return Finding(verdict=verdict, evidence=(*night.evidence, told))
