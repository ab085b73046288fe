"""How many of a night's articles no list showed: capture and recapture over feed, sitemap and front page.

Each list is one look at what a newspaper published. What two independent looks both saw tells how much either of them
overlooks, and so how much both did. Newspapers fill their lists from one system: a page that is on one is on the
others more often than by chance, which makes the overlap too large and the estimate too small. So the number
is a lower bound on what was missed; its interval speaks of chance alone, not of that.

Two lists: Chapman's estimator (Chapman 1951) with Seber's variance (Seber 1970). Three lists: Chao's lower bound from
the pages seen on one and on two of them, corrected for bias (Chao 1987; Chao and Chiu 2016). Both with the
log-normal interval of 95 %, which never falls below what was seen (Burnham et al. 1987).
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from archive.types import Via

#: Pages on more than one list without which there is no estimate: from seven on Chapman's is as good as unbiased
#: (Robson and Regier 1964).
LEAST_OVERLAP = 7
#: The lists. What the front page and the sections show is one look.
FEED, SITEMAP, FRONT = "feed", "sitemap", "front"
LIST_OF: Mapping[Via, str] = {Via.FEED: FEED, Via.SITEMAP: SITEMAP, Via.FRONT: FRONT, Via.SECTION: FRONT}
_Z = 1.96


@dataclass(frozen=True, slots=True, kw_only=True)
class Estimate:
    """At least so many were missed."""

    missed: float
    #: The interval of 95 %; ``low`` is not below 0.
    low: float
    high: float
    #: ``chapman`` or ``chao``.
    method: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Completeness:
    """What a source's lists showed of one night's new articles."""

    #: Articles that at least one list showed.
    seen: int
    #: Those on more than one.
    overlap: int
    #: List → articles on it; lists that showed none are left out.
    lists: Mapping[str, int]
    #: A lower bound on what no list showed; None: the lists have too little in common to say, or there is only one.
    estimate: Estimate | None

    @property
    def share(self) -> float | None:
        """Share that was seen, at best; None without an estimate."""
        return None if self.estimate is None else self.seen / (self.seen + self.estimate.missed)


def judge_lists(pages: Iterable[frozenset[str]]) -> Completeness:
    """The lists that each of a night's articles was on → what that says of those on none. An empty set counts not."""
    histories = Counter(frozenset(page) for page in pages if page)
    lists = Counter(dict.fromkeys((FEED, SITEMAP, FRONT), 0))
    for page, number in histories.items():
        lists.update(dict.fromkeys(page, number))
    used = {name: number for name, number in lists.items() if number}
    seen = histories.total()
    overlap = sum(number for page, number in histories.items() if len(page) > 1)
    return Completeness(seen=seen, overlap=overlap, lists=used, estimate=_estimate(histories, used, overlap))


def _estimate(histories: Counter[frozenset[str]], used: Mapping[str, int], overlap: int) -> Estimate | None:
    if overlap < LEAST_OVERLAP:
        return None
    if len(used) == 2:
        first, second = used.values()
        return chapman(first, second, overlap)
    on_one, on_two = (sum(n for page, n in histories.items() if len(page) == size) for size in (1, 2))
    return chao(on_one, on_two, looks=len(used))


def chapman(first: int, second: int, both: int) -> Estimate:
    """From what each of two lists has, and both."""
    seen = first + second - both
    missed = (first + 1) * (second + 1) / (both + 1) - 1 - seen
    variance = (first + 1) * (second + 1) * (first - both) * (second - both) / ((both + 1) ** 2 * (both + 2))
    return _with_interval(missed, variance, "chapman")


def chao(on_one: int, on_two: int, *, looks: int) -> Estimate:
    """From how many pages are on exactly one and on exactly two of ``looks`` lists."""
    share = (looks - 1) / looks
    missed = share * on_one * (on_one - 1) / (2 * (on_two + 1))
    variance = (
        missed
        + share**2 * on_one * (2 * on_one - 1) ** 2 / (4 * (on_two + 1) ** 2)
        + share**2 * on_one**2 * on_two * (on_one - 1) ** 2 / (4 * (on_two + 1) ** 4)
    )
    if not missed:  # none or one page that only one list has: nothing to build an interval on
        return Estimate(missed=0.0, low=0.0, high=float(on_one), method="chao")
    return _with_interval(missed, variance, "chao")


def _with_interval(missed: float, variance: float, method: str) -> Estimate:
    if missed <= 0:
        return Estimate(missed=0.0, low=0.0, high=math.sqrt(variance) * _Z, method=method)
    factor = math.exp(_Z * math.sqrt(math.log1p(variance / missed**2)))
    return Estimate(missed=missed, low=missed / factor, high=missed * factor, method=method)
