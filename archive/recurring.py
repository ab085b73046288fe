"""Counts of a line over its source's articles in; out: is it the source's template, or an article's own text?

What recurs is template, but much recurs for good reason. So a line must be common within its own life, and stand
with articles that have nothing else in common. The rule keeps when in doubt: a house line that stays is a blemish,
a paragraph that goes is a loss.

- *Common*: the share of the articles between its first and its last that have it, taken at the low end of its 95 %
  interval (Wilson 1927), so that a dozen articles prove less than a hundred. A life of its own, because a design
  that was replaced stays template for the pages that were made with it.
- *Spread* over days of publication, bylines and sections as far as the source itself has several: an author's
  biography stands under all her pieces, the background paragraph of a running story in all its articles of a week.
- *Not of the story*: a background paragraph speaks of what its articles' headlines speak of, the house does not.
- *Its place*: a short line between paragraphs is a subheading ("Why it matters"), whatever its share; before or
  after all of them it is furniture. A line of few articles must always be at an edge to be template at all.

Three ways lead there: ``_is_layout`` is the usual one, ``_is_fresh`` the one for the first dozen articles of a site
or of a new design, ``_is_rare`` the long one for what only some pages have, such as a legal line under opinions.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt

#: Shorter lines may be headings or labels.
_SHORT = 30
#: No line of fewer articles is template.
FEWEST = 8
#: Days of publication, bylines and sections that a line of the layout has at least.
_DAYS, _AUTHORS, _SECTIONS = 3, 3, 2
_SHARE = 0.5
#: Share of a line's articles that may have it between their own paragraphs, or a word of it in the headline.
_EDGE = 2 / 3
_ECHO = 0.5
#: For what has been there for a day or two only: more articles, hardly any without it, and seen of late.
_FRESH_ARTICLES = 10
_FRESH_SHARE = 0.6
#: Articles without the line after which it is a thing of the past, if its life was not longer.
_OF_LATE = 12
#: For what stands in few articles only.
_RARE_ARTICLES, _RARE_DAYS, _RARE_AUTHORS = 30, 20, 6
_RARE_SHARE = 0.05
_RARE_EDGE = 0.9
_RARE_SPAN_DAYS = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceCount:
    """What was counted of a source."""

    #: Different articles.
    articles: int
    #: Different days of publication, bylines and sections among them, each at most 62.
    days: int
    authors: int
    sections: int


@dataclass(frozen=True, slots=True, kw_only=True)
class LineCount:
    """What was counted of a line."""

    #: Of its text, in letters.
    length: int
    #: In how many different articles it stood.
    articles: int
    #: The numbers of the first and the last of them among the source's articles.
    first: int
    last: int
    #: Days from the earliest to the latest day of publication.
    span_days: int
    #: In how many it stood before or after all the article's own paragraphs.
    edges: int
    #: In how many it shares a word with the headline.
    echoes: int
    days: int
    authors: int
    sections: int

    @property
    def life(self) -> int:
        """The source's articles from its first to its last, both included."""
        return self.last - self.first + 1


def is_template(line: LineCount, source: SourceCount) -> bool:
    """Whether a line is the source's and not its articles' own."""
    if line.articles < FEWEST or line.echoes > _ECHO * line.articles:
        return False
    if line.length < _SHORT and line.edges < _EDGE * line.articles:
        return False
    if line.authors < min(_AUTHORS, source.authors) or line.sections < min(_SECTIONS, source.sections):
        return False
    share = _least_share(line)
    return _is_layout(line, source, share) or _is_fresh(line, source, share) or _is_rare(line, source, share)


def _is_layout(line: LineCount, source: SourceCount, share: float) -> bool:
    return share >= _SHARE and line.days >= min(_DAYS, source.days)


def _is_fresh(line: LineCount, source: SourceCount, share: float) -> bool:
    return line.articles >= _FRESH_ARTICLES and share >= _FRESH_SHARE and is_current(line, source)


def _is_rare(line: LineCount, source: SourceCount, share: float) -> bool:
    return (
        line.articles >= _RARE_ARTICLES
        and share >= _RARE_SHARE
        and line.days >= _RARE_DAYS
        and line.span_days >= _RARE_SPAN_DAYS
        and line.edges >= _RARE_EDGE * line.articles
        and line.authors >= min(_RARE_AUTHORS, source.authors)
    )


def is_current(line: LineCount, source: SourceCount) -> bool:
    """Whether a line was seen of late: an episode of ten articles is over after a dozen without it."""
    return source.articles - line.last <= max(_OF_LATE, line.life)


def told(line: LineCount, source: SourceCount) -> str:
    """How common a line is, for a person: "in 14 of the source's last 15 articles"."""
    if line.articles == 0:
        return "not seen so far"
    if source.articles - line.last < _OF_LATE:
        return f"in {line.articles:,} of the source's last {source.articles - line.first + 1:,} articles"
    return f"in {line.articles:,} of {line.life:,} articles, {source.articles - line.last:,} articles ago"


def _least_share(line: LineCount) -> float:
    """The low end of the 95 % interval for the share of articles with the line, its first one not counted."""
    trials, hits, z = line.life - 1, line.articles - 1, 1.96
    if trials <= 0:
        return 0.0
    mean = hits / trials
    spread = z * sqrt(mean * (1 - mean) / trials + z * z / (4 * trials * trials))
    return float((mean + z * z / (2 * trials) - spread) / (1 + z * z / trials))
