"""A list's bytes in; what it brings goes into the course: its pages, and the lists that it leads to. A sentence out."""

from __future__ import annotations

from datetime import date, timedelta
from urllib.parse import parse_qs, urlsplit

from archive.backfills import Step
from archive.times import parse_stamp
from archive.types import Hint, Kind, Link, Via
from archive.urls import normalise_or_none
from crawler.backfill.archives import archive_links, guess_months
from crawler.backfill.cdx import MOST, Held, copy_url, halves, read_reply
from crawler.backfill.course import Course
from crawler.backfill.days import SLACK, Days, days_of_list, days_of_page
from crawler.discovery.likeness import Place, looks_like_article
from crawler.discovery.links import read_front
from crawler.discovery.sitemaps import read_sitemap

#: Sections in a front page's menus whose past is read.
_MOST_SECTIONS = 12
_HTML = ("text/html", "application/xhtml+xml", "", "-", "unk")


def read_list(course: Course, step: Step, body: bytes, url: str, content_type: str) -> tuple[str, str | None]:
    """Read a document as what its step takes it for: what it brought, and what was wrong with it (None: nothing)."""
    if step.way == "sitemaps":
        return _read_sitemap(course, step, body, url)
    if step.way == "cdx":
        return _read_index(course, step, body)
    return _read_section(course, step, body, url, content_type)


def _told(wanted: int, other: int, *, lists: int = 0) -> str:
    more = f", {lists} further lists" if lists else ""
    return f"{wanted} pages to ask for, {other} of other days{more}"


# ---- sitemaps ---------------------------------------------------------------------------------------------


def _read_sitemap(course: Course, step: Step, body: bytes, url: str) -> tuple[str, str | None]:
    listing = read_sitemap(body, url)
    pages = [link for link in listing.links if link.kind is Kind.PAGE]
    wanted, other = course.found(pages, listed=days_of_list(step.place))
    lists = 0
    for link in listing.links:
        newest = sitemap_newest(link, course.days) if link.kind is Kind.SITEMAP else None
        if newest is not None and course.desk.is_own(link.url, course.source):
            lists += course.add("sitemaps", link.url, newest, listed_by=step.place)
    return _told(wanted, other, lists=lists), listing.problem


def sitemap_newest(link: Link, wanted: Days) -> date | None:
    """The last day that a sitemap, as its index names it, may hold pages of; None: it holds none of those wanted."""
    if named := days_of_list(link.url):
        return named.last if wanted.may_hold(named.first, named.last) else None
    stamp = parse_stamp(link.hint.modified)
    if stamp is None:
        return wanted.last
    return stamp.date() if wanted.may_hold(None, stamp.date() + SLACK) else None


# ---- sections and a paper's own archive -------------------------------------------------------------------


def _read_section(course: Course, step: Step, body: bytes, url: str, content_type: str) -> tuple[str, str | None]:
    if "sections" not in course.wish.ways:  # asked for only because robots.txt is read on the way to it
        return "not read: sections are not asked for", None
    source, front = course.source, step.place == course.source.home
    kind = Kind.FRONT if front else Kind.SECTION
    listing = read_front(body, url, kind=kind, content_type=content_type, also_on=source.also_on)
    listed = days_of_list(step.place)
    wanted, other = course.found(listing.links, listed=listed)
    if step.guessed and not listing.links:
        return _told(0, 0), "nothing is listed there"
    lists = 0
    newest = _newest_behind(listing.links, step.newest)
    if listing.next and course.desk.is_own(listing.next, source) and newest >= course.days.first:
        lists += course.add("sections", listing.next, newest, listed_by=step.place, continues=True)
    if front and not source.sections:
        for link in listing.sections[:_MOST_SECTIONS]:
            lists += course.add("sections", link.url, course.days.last, listed_by=step.place)
    if listed is None or listed.last - listed.first > timedelta(days=31):
        for target in archive_links(body, url, content_type=content_type, also_on=source.also_on):
            lists += _add_archive(course, step, target)
    if front:
        for target, month in guess_months((link.url for link in listing.links), course.days):
            lists += course.add("sections", target, month.last, listed_by=step.place, guessed=True)
    return _told(wanted, other, lists=lists), listing.problem


def _add_archive(course: Course, step: Step, target: str) -> bool:
    named = days_of_list(target)
    if named is not None and not course.days.may_hold(named.first, named.last):
        return False
    return course.add("sections", target, named.last if named else course.days.last, listed_by=step.place)


def _newest_behind(links: tuple[Link, ...], newest: date) -> date:
    """The last day that the next part of a list may hold: as addresses on this one say, where any of them does."""
    named = [days.last for link in links if (days := days_of_page(link.url))]
    return min(newest, max(named, default=newest))


# ---- a web archive's index --------------------------------------------------------------------------------


def _read_index(course: Course, step: Step, body: bytes) -> tuple[str, str | None]:
    held, problem = read_reply(body)
    assert course.wish.cdx is not None, "only then are there such steps"
    if len(held) >= MOST:
        site = parse_qs(urlsplit(step.place).query)["url"][0]
        parts = halves(step.place, course.wish.cdx, site)
        for asked, end in parts:
            course.add("cdx", asked, end.date(), listed_by=step.place)
        if parts:
            return f"{len(held)} copies or more: asked for in two halves", None
        problem = problem or f"The archive has more than {MOST} copies of one hour; the rest was not read."
    wanted = other = 0
    for each in held:
        taken = _take_copy(course, step, each)
        wanted += taken is True
        other += taken is False
    return f"{len(held)} copies: {_told(wanted, other)}", problem


def _take_copy(course: Course, step: Step, held: Held) -> bool | None:
    url = normalise_or_none(held.url)
    if url is None or held.status not in (None, 200) or held.mime.lower() not in _HTML:
        return None
    if not course.desk.is_own(url, course.source) or not looks_like_article(url, "", Place.HEADLINE):
        return None
    captured = held.captured_at.date()
    if not course.days.holds(captured) and (captured < course.days.first or days_of_page(url) is None):
        return None  # made before these days, or after them of a page whose day is not known
    assert course.wish.replay is not None
    link = Link(url=url, kind=Kind.PAGE, hint=Hint(via=Via.ARCHIVE, where=step.place))
    return course.take(link, captured=captured, copy=copy_url(course.wish.replay, held))
