"""What did the answers hold, and how many were there? Checks of a night against the source's past."""

from __future__ import annotations

from collections.abc import Callable
from math import exp, log, sqrt
from statistics import median

from archive.health.usual import ENOUGH, NIGHTS, Change, Past, Volume, fallen, found, risen
from archive.health.values import Figures, Finding
from archive.health.verdicts import Health
from archive.types import Outcome, Reason

#: Share of the answers that a wall takes from which on it is one, whatever is usual.
_WALL = 0.5
#: What a page looks like to us when its layout is not understood.
_NOT_UNDERSTOOD = (Reason.NOT_ARTICLE, Reason.INDEX_PAGE, Reason.TOO_SHORT, Reason.EMPTY, Reason.UNREADABLE)
#: New articles from which on their length means something.
_FEW = 4
#: New articles that must be missing for a paper to be called quiet.
_MISSED = 3.0
#: Spreads below what is usual: nought instead of eight, in one night.
_UNLIKE = 2.5
#: Seconds until an answer that are no trouble, whatever is usual.
_SLOW = 2.0

_FIELD_WORDS = {
    "authors": "new articles have an author",
    "published": "new articles have a date",
    "image": "new articles have a picture",
    "description": "new articles have a description",
    "section": "new articles have a section",
    "language": "new articles have a language",
}


def _wall(reason: Reason, verdict: Health, told: str) -> Callable[[Figures, Past], Finding | None]:
    def check(tonight: Figures, past: Past) -> Finding | None:
        change = risen(tonight, past, lambda f: (f.rejected(reason), f.cleaned), always=_WALL)
        return found(change, verdict, told)

    return check


consent_wall = _wall(Reason.CONSENT_WALL, Health.CONSENT_WALL, "pages showed a consent dialog instead of an article")
login_wall = _wall(Reason.LOGIN_WALL, Health.LOGIN_WALL, "pages asked for a login instead of showing an article")
needs_javascript = _wall(Reason.NEEDS_JAVASCRIPT, Health.NEEDS_JAVASCRIPT, "pages hold no text without JavaScript")


def crashed(tonight: Figures, past: Past) -> Finding | None:
    """Cleaning failed on its pages: a fault of ours."""
    change = risen(tonight, past, lambda f: (f.rejected(Reason.CRASHED, Reason.TIMED_OUT), f.cleaned), always=0.3)
    return found(change, Health.OURS, "pages could not be cleaned")


def layout_changed(tonight: Figures, past: Past) -> Finding | None:
    """Pages are not understood any more, or give less: shorter texts, fewer fields, "edits" everywhere."""
    told: list[str] = []
    if change := risen(tonight, past, lambda f: (f.rejected(*_NOT_UNDERSTOOD), f.cleaned)):
        told.append(change.told("pages were not understood as articles"))
    if shorter := _shorter(tonight, past):
        told.append(shorter)
    if change := risen(tonight, past, _edits):
        told.append(change.told("articles asked for again had another text"))
    fields = {name: change for name in _FIELD_WORDS if (change := _lost(name, tonight, past))}
    if not told and len(fields) < 2:
        return None
    told += [change.told(_FIELD_WORDS[name]) for name, change in fields.items()]
    return Finding(verdict=Health.LAYOUT_CHANGED, evidence=tuple(told))


def dates_gone(tonight: Figures, past: Past) -> Finding | None:
    """Articles that used to be dated are not."""
    change = _lost("published", tonight, past)
    return found(change, Health.DATES_GONE, _FIELD_WORDS["published"])


def authors_gone(tonight: Figures, past: Past) -> Finding | None:
    """Articles that used to be signed are not."""
    change = _lost("authors", tonight, past)
    return found(change, Health.AUTHORS_GONE, _FIELD_WORDS["authors"])


def redesigned(tonight: Figures, _past: Past) -> Finding | None:
    """A remark: what the source repeated is gone, and its articles are well for all that."""
    lines, seen = tonight.template_lines, tonight.template_seen
    if not lines or lines < 2 or seen:
        return None
    told = f"None of the {lines} lines that it repeated is in tonight's {tonight.new} new articles: a new design."
    return Finding(verdict=Health.FINE, evidence=(told,))


def other_field_lost(tonight: Figures, past: Past) -> Finding | None:
    """A remark: pictures, descriptions, sections or languages are not there any more."""
    names = ("image", "description", "section", "language")
    told = [change.told(_FIELD_WORDS[name]) for name in names if (change := _lost(name, tonight, past))]
    return Finding(verdict=Health.FINE, evidence=tuple(told)) if told else None


def slower(tonight: Figures, past: Past) -> Finding | None:
    """It takes much longer to answer than it used to."""
    times = [night.figures.latency_s for night in past.good if night.figures.latency_s]
    if not tonight.latency_s or tonight.latency_s < _SLOW or len(times) < ENOUGH:
        return None
    usual = median(times)
    if tonight.latency_s < 3 * usual:
        return None
    told = f"It took {tonight.latency_s:.1f} s to answer on average, usually {usual:.1f} s."
    return Finding(verdict=Health.SLOWED, evidence=(told,))


def quiet(tonight: Figures, past: Past, expected: Volume | None, earlier: list[Volume | None]) -> Finding | None:
    """Far fewer new articles than on such a weekday, in one night or in several.

    ``earlier``: what was to be expected on each night of ``past.recent``.
    """
    if tonight.pages.get(Outcome.WAITING):
        return None  # not all was asked for
    nights = past.recent
    if len(nights) >= NIGHTS and not tonight.new and not any(night.figures.new for night in nights):
        return Finding(verdict=Health.QUIET, evidence=(f"No new article on the last {len(nights) + 1} nights.",))
    if expected is None or tonight.new >= expected.level:
        return None
    volumes, brought = [expected], [tonight.new]
    pairs = zip(reversed(nights), reversed(earlier), strict=True)
    for count in range(1, ENOUGH + 1):
        usual = sum(volume.level for volume in volumes)
        spread = sqrt(sum(volume.spread**2 for volume in volumes))
        got = sum(brought)
        if got <= usual / 2 and got < usual - _UNLIKE * spread and usual - got >= _MISSED:
            return Finding(verdict=Health.QUIET, evidence=(_quiet_told(got, usual, spread, count),))
        night, volume = next(pairs, (None, None))
        if night is None or volume is None or night.figures.pages.get(Outcome.WAITING):
            break
        volumes.append(volume)
        brought.append(night.figures.new)
    return None


def _quiet_told(got: int, usual: float, spread: float, nights: int) -> str:
    over = "tonight" if nights == 1 else f"on the last {nights} nights"
    such = "on such a weekday" if nights == 1 else "on such days"
    low, high = max(0, usual - 2 * spread), usual + 2 * spread
    articles = "article" if got == 1 else "articles"
    return f"{got:,} new {articles} {over}, where about {usual:.0f} ({low:.0f} to {high:.0f}) are usual {such}."


def _edits(figures: Figures) -> tuple[int, int]:
    """Known articles that answered with a page, and how many of them had changed."""
    updated = figures.pages.get(Outcome.UPDATED, 0)
    told = figures.reasons.get(Outcome.UNCHANGED, {})  # with a reason, it was not cleaned again: 304, or the same bytes
    same = figures.pages.get(Outcome.UNCHANGED, 0) - sum(told.values())
    return updated, updated + same


def _lost(name: str, tonight: Figures, past: Past) -> Change | None:
    return fallen(tonight, past, lambda f: (f.filled.get(name, 0), f.new))


def _shorter(tonight: Figures, past: Past) -> str | None:
    """Whether the texts have become much shorter than they are wont to be."""
    lengths = [log(night.figures.words) for night in past.good if night.figures.words and night.figures.new >= _FEW]
    if tonight.words is None or tonight.new < _FEW or len(lengths) < ENOUGH:
        return None
    usual = median(lengths)
    spread = 1.4826 * median(abs(length - usual) for length in lengths)
    if log(max(tonight.words, 1.0)) > usual - max(log(2.5), 3 * spread):
        return None
    return f"The {tonight.new} new articles have {tonight.words:.0f} words in the middle, usually {exp(usual):.0f}."
