"""The closed list of verdicts on a source's night; each with its words, its likely cause, and what to do next."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Level(StrEnum):
    """How much a verdict matters."""

    WELL = "well"
    WATCH = "watch"  # may pass by itself; look at it if it stays
    SICK = "sick"  # articles are lost, or lose something, until somebody acts


class Health(StrEnum):
    """What a source's night was like."""

    FINE = "fine"
    QUIET = "quiet"
    SLOWED = "slowed"
    UNFINISHED = "unfinished"
    FEED_DEAD = "feed-dead"
    AUTHORS_GONE = "authors-gone"
    DATES_GONE = "dates-gone"
    LAYOUT_CHANGED = "layout-changed"
    OURS = "ours"
    NEEDS_JAVASCRIPT = "needs-javascript"
    LOGIN_WALL = "login-wall"
    CONSENT_WALL = "consent-wall"
    BLOCKED = "blocked"
    ROBOTS = "robots"
    MOVED = "moved"
    SERVER_ERRORS = "server-errors"
    CERTIFICATE = "certificate"
    UNREACHABLE = "unreachable"


@dataclass(frozen=True, slots=True, kw_only=True)
class Meaning:
    """A verdict in words."""

    level: Level
    words: str
    cause: str
    #: ``{source}`` stands for its name.
    next_step: str


MEANINGS: dict[Health, Meaning] = {
    Health.FINE: Meaning(level=Level.WELL, words="fine", cause="", next_step=""),
    Health.QUIET: Meaning(
        level=Level.WATCH,
        words="far fewer new articles than usual",
        cause="The paper published little (a holiday, a strike), or it lists its news where nobody reads it here.",
        next_step="Compare its front page with: nightdesk sources check {source}. If news is missing there, give its"
        " feeds, sitemaps or sections in sources.toml.",
    ),
    Health.SLOWED: Meaning(
        level=Level.WATCH,
        words="the site is slow, or asked to be left alone for a while",
        cause="It was asked more often than it likes, or it is overloaded.",
        next_step="Nothing, if it happens once. If it stays, raise delay of {source} in sources.toml.",
    ),
    Health.UNFINISHED: Meaning(
        level=Level.WATCH,
        words="its turn did not come",
        cause="The run was stopped, or reached its limit, before this source was through. The rest waits.",
        next_step="Nothing, if it happens once. If it stays, give the night more time, or look whether max_pages of"
        " {source} is too low for it.",
    ),
    Health.FEED_DEAD: Meaning(
        level=Level.SICK,
        words="a feed that brought its news is dead",
        cause="The feed was removed, renamed, or is no longer filled.",
        next_step="Look which feeds its front page names: nightdesk sources check {source}. Take the dead one out of"
        " sources.toml, put the new one in.",
    ),
    Health.AUTHORS_GONE: Meaning(
        level=Level.SICK,
        words="its articles have lost their authors",
        cause="The site shows its bylines in another way, or not any more.",
        next_step="Open one of tonight's articles in a browser. If it names an author, keep the page as a fixture and"
        " teach the reader of bylines; if not, nothing is lost.",
    ),
    Health.DATES_GONE: Meaning(
        level=Level.SICK,
        words="its articles have lost their dates",
        cause="The site writes its dates in another way, or by a script.",
        next_step="Open one of tonight's articles in a browser. If it shows a date, keep the page as a fixture and"
        " teach the reader of dates.",
    ),
    Health.LAYOUT_CHANGED: Meaning(
        level=Level.SICK,
        words="its pages are built differently",
        cause="The site has a new design, or a new publishing system.",
        next_step="Look at a page that was not kept: nightdesk runs RUN names one, nightdesk explain URL tells its"
        " story. The raw pages are in the WARC: nothing is lost, they can be cleaned again.",
    ),
    Health.OURS: Meaning(
        level=Level.SICK,
        words="our cleaning has got worse",
        cause="Raw pages that once gave good articles give none now: nightdesk changed, not the site.",
        next_step="Go back to the version before, and keep one of the pages as a fixture. The raw pages are in the"
        " WARC: nothing is lost.",
    ),
    Health.NEEDS_JAVASCRIPT: Meaning(
        level=Level.SICK,
        words="its articles need a browser",
        cause="The site now writes its text by script.",
        next_step="If it has feeds or a sitemap with whole texts, name them in sources.toml; else it needs rendering.",
    ),
    Health.LOGIN_WALL: Meaning(
        level=Level.SICK,
        words="a login stands before its articles",
        cause="The paper closed its site, or counts our visits.",
        next_step="Ask the publisher for access; nightdesk evades no wall. Until then pause {source}, to spare both"
        " sides.",
    ),
    Health.CONSENT_WALL: Meaning(
        level=Level.SICK,
        words="a consent dialog stands before its articles",
        cause="The site shows its dialog to whoever brings no cookie.",
        next_step="See whether its feed or an AMP edition is open, and name that in sources.toml; nobody here clicks"
        " consent away.",
    ),
    Health.BLOCKED: Meaning(
        level=Level.SICK,
        words="the site refuses us",
        cause="A bot check or a block of our address or our user agent.",
        next_step="Write to the publisher, who finds your contact in the user agent. Raise delay of {source}, or pause"
        " it until there is an answer.",
    ),
    Health.ROBOTS: Meaning(
        level=Level.SICK,
        words="its robots.txt keeps us out",
        cause="The site changed its robots.txt, or it cannot be read, which counts as a no.",
        next_step="Read its robots.txt. Respect it, or ask the publisher.",
    ),
    Health.MOVED: Meaning(
        level=Level.SICK,
        words="the site has moved",
        cause="Its addresses lead to another domain.",
        next_step="Look where it leads. If that is the paper, put its new front page into home of {source}, or the new"
        " host into also_on.",
    ),
    Health.SERVER_ERRORS: Meaning(
        level=Level.SICK,
        words="the site answers with errors",
        cause="Its server is broken or overloaded.",
        next_step="Nothing at first: everything is asked for again. If it stays for days, see whether the site opens in"
        " a browser.",
    ),
    Health.CERTIFICATE: Meaning(
        level=Level.SICK,
        words="its certificate is not valid",
        cause="It has expired, or is for another host; or this machine's list of authorities, or its clock, is old.",
        next_step="Open the site in a browser on another machine. If it is refused there too, wait or write to the"
        " publisher; if not, bring this machine's certificates and clock up to date.",
    ),
    Health.UNREACHABLE: Meaning(
        level=Level.SICK,
        words="the site cannot be reached",
        cause="It is down, its name has lapsed, or this machine has no way to it.",
        next_step="See whether other sources were reached: if none was, it is this machine's network or its proxy. Else"
        " wait a few nights, then look whether the paper still exists.",
    ),
}

#: Verdicts that yesterday's raw pages can confirm or overturn.
DOUBTFUL = frozenset({Health.LAYOUT_CHANGED, Health.DATES_GONE, Health.AUTHORS_GONE})
